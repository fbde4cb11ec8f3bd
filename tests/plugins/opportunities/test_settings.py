"""The two files of settings, as they are used from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BRIEF = "Title: Orchard\nDate: 2026-11-03\n\nWords.\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content" / "opportunities" / "orchard"
    folder.mkdir(parents=True)
    (folder / "brief.md").write_text(BRIEF, encoding="utf-8")
    pages = tmp_path / "content" / "pages"
    pages.mkdir()
    (pages / "about.md").write_text("Title: About\n\nWords.\n", encoding="utf-8")
    (pages / "about.fr.md").write_text("Title: À propos\n\nMots.\n", encoding="utf-8")
    return tmp_path / "content"


def pelican(settings: str, content: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command somewhere else than in the project."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EMERGENCE_")}
    output = str(content.parent / "output")
    return subprocess.run(
        [sys.executable, "-m", "pelican", str(content), "-s", str(ROOT / settings), "-o", output],
        cwd=content.parent,
        env={**kept, "EMERGENCE_DATA": "var", "EMERGENCE_DISCUSSION_URL": "", **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_publishing_without_an_address_says_what_is_missing(content: Path) -> None:
    done = pelican("publishconf.py", content)
    assert done.returncode == 1
    assert "EMERGENCE_SITE_URL" in done.stderr


def test_publishing_writes_absolute_addresses(content: Path) -> None:
    done = pelican("publishconf.py", content, EMERGENCE_SITE_URL="https://site.example/")
    assert done.returncode == 0, done.stdout + done.stderr
    output = content.parent / "output"
    manifest = json.loads((output / "opportunities.json").read_text(encoding="utf-8"))
    assert manifest["opportunities"][0]["url"] == "https://site.example/opportunities/orchard/"
    assert (output / "fr" / "about" / "index.html").is_file()
    assert not list((content.parent / "var").glob("cache/*Generator*"))  # Pelican's own


def test_publishing_asks_whether_the_service_must_answer(content: Path) -> None:
    nobody = {
        "EMERGENCE_SITE_URL": "https://site.example",
        "EMERGENCE_DISCUSSION_URL": "http://127.0.0.1:1",
    }
    said = {
        answer: pelican("publishconf.py", content, **nobody, EMERGENCE_DISCUSSION_REQUIRED=answer)
        for answer in ("", "no", "unless-kept", "yes", "maybe")
    }
    assert {answer: done.returncode for answer, done in said.items() if done.returncode == 0} == {
        "": 0,
        "no": 0,
    }
    assert "takes no, unless-kept or yes" in said["maybe"].stderr
    for answer in ("unless-kept", "yes"):
        assert "does not answer" in said[answer].stdout + said[answer].stderr


def test_at_home_addresses_begin_at_the_root(content: Path) -> None:
    done = pelican("pelicanconf.py", content, EMERGENCE_SITE_NAME="Chez nous", EMERGENCE_CACHE="0")
    assert done.returncode == 0, done.stdout + done.stderr
    output = content.parent / "output"
    manifest = json.loads((output / "opportunities.json").read_text(encoding="utf-8"))
    assert manifest["site"]["title"] == "Chez nous"
    assert manifest["opportunities"][0]["url"] == "/opportunities/orchard/"
    assert not (content.parent / "var" / "cache").exists()
