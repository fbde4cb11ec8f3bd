"""The errors of a build without a build: nothing is written, and everything is found."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..discussion.small_site import ROOT, Site
from ..discussion.standin import Service, comment
from .running import Builder, until


def check(site: Site, *options: str) -> tuple[int, list[str]]:
    """Exit code, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "plugins.resident.check", *options],
        cwd=site.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def files(site: Site) -> Iterator[tuple[Path, int]]:
    """All but the snapshot, which several share and nobody takes back."""
    for path in sorted(site.folder.rglob("*")):
        if path.is_file() and not {"__pycache__", "snapshot"} & set(path.parts):
            yield path, path.stat().st_mtime_ns


def test_what_is_sound_says_nothing_and_leaves_nothing(site: Site, service: Service) -> None:
    assert check(site) == (0, [])
    before = list(files(site))
    assert check(site) == (0, [])
    assert list(files(site)) == before


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("content/summary.md", "No metadata.\n", "could not find information about"),
        (
            "content/cites.md",
            "Title: x\nDate: 2026-11-02\nSlug: x\n\n{comment}nobody1\n",
            "content/cites.md:5: ",
        ),
        ("pelicanconf.py", "PATH = = 1\n", "pelicanconf.py:1: invalid syntax"),
        ("pelicanconf.py", "THEME = 'nowhere'\n", "Could not find the theme nowhere"),
        ("pelicanconf.py", "PLUGINS = ['nowhere']\n", "nowhere"),
    ],
)
def test_what_would_stop_a_build_is_told_with_its_place(
    site: Site, path: str, text: str, told: str
) -> None:
    site.write(path, text)
    code, lines = check(site)
    assert code == 1 and told in "\n".join(lines)


def test_a_program_reads_problems_and_warnings_as_json(site: Site) -> None:
    site.write("content/summary.md", "No metadata.\n")
    site.configure("import logging; logging.getLogger('own').warning('Mind the gap')")
    code, lines = check(site, "--json")
    told = [json.loads(line) for line in lines]
    assert code == 1
    assert [sorted(one) for one in told if "warning" not in one] == [["file", "line", "message"]]
    assert {"warning": "Mind the gap"} in told


def test_a_check_beside_a_running_builder_is_in_nobodys_way(
    site: Site, builder: Builder, service: Service
) -> None:
    build = builder.build
    service.tell("water", comment("a1", "ada"))
    assert check(site) == (0, [])
    until(lambda: "c-a1" in builder.page("water"))
    service.tell("water", comment("a2", "ada"))
    until(lambda: "c-a2" in builder.page("water"))
    assert builder.build == build
