"""With the project's own theme, settings and plugins: what the builder keeps current is, byte for
byte, what a build from nothing makes of the same words."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..discussion.small_site import ROOT, Site
from ..discussion.standin import Service, comment, person
from .running import Builder, until

BRIEF = """Title: {title}
Date: 2026-11-0{day}
Phase: {phase}
Facilitator: Fay
Tags: data, field
{more}
The object and the context.
"""
UPDATE = "Title: What they told us\nDate: 2026-11-05\n\nThey told us a lot.\n"


@pytest.fixture
def whole(tmp_path: Path, service: Service) -> Site:
    """The project's own site with three opportunities, one of them in two languages."""
    site = Site(tmp_path, service.url)
    shutil.rmtree(tmp_path / "content")
    shutil.rmtree(tmp_path / "theme")
    shutil.copytree(ROOT / "theme", tmp_path / "theme")
    shutil.copytree(ROOT / "content/pages", tmp_path / "content/pages")
    shutil.copy(ROOT / "pelicanconf.py", tmp_path / "pelicanconf.py")
    site.configure(f'DISCUSSION_URL = "{service.url}"\nDISCUSSION_SNAPSHOT = "snapshot"')
    site.configure(f'CACHE_CONTENT = LOAD_CONTENT_CACHE = False\nPLUGIN_PATHS = ["{ROOT}"]')
    for day, slug in enumerate(("water", "wood", "wind"), start=1):
        phase = "divergence" if slug != "wind" else "engagement"
        text = BRIEF.format(title=slug.title(), day=day, phase=phase, more="")
        site.write(f"content/opportunities/{slug}/brief.md", text)
        site.write(f"content/opportunities/{slug}/updates/first.md", UPDATE)
    french = BRIEF.format(title="Eau", day=1, phase="divergence", more="Lang: fr\n")
    site.write("content/opportunities/water/brief.fr.md", french)
    return site


@pytest.fixture(params=[False, True], ids=["absolute", "relative"])
def running(whole: Site, request: pytest.FixtureRequest) -> Iterator[Builder]:
    whole.configure(f"RELATIVE_URLS = {request.param}")
    builder = Builder(whole)
    builder.wait_for("ok")
    yield builder
    builder.end()


def pages(folder: Path) -> dict[str, str]:
    found = [*folder.rglob("*.html"), *folder.glob("feeds/*.discussion.atom.xml")]
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in found}


def test_the_kept_site_is_what_a_build_from_nothing_makes(
    whole: Site, running: Builder, service: Service
) -> None:
    people = [person("ada", "Ada & Co", "facilitator"), person("bob", "Bob", language="fr")]
    service.tell("water", comment("a1", "ada", update="first"), people=people)
    service.tell("wind", comment("b1", "bob"), people=people[1:])
    service.tell("water", comment("a2", "bob", parent="a1"), comment("a3", "ada"))
    service.tell("water", comment("a3", "ada", state="withdrawn") | {"html": ""})
    service.tell("water", people=[people[0], people[1] | {"left": "2026-11-09T09:00:00Z"}])
    until(lambda: "c-a2" in running.page("water"), "the comment")
    until(lambda: (running.folder / "current/people/bob/index.html").exists(), "the person")
    assert "/-/o/water/write" in running.page("water")
    assert "Ada &amp; Co" in running.page("water")

    whole.build()
    afresh = pages(whole.output)
    until(lambda: pages(running.folder / "current") == afresh, "the same pages")
    assert {"fr/opportunities/water/index.html", "people/ada/index.html"} <= afresh.keys()


def test_a_broken_brief_is_told_with_file_and_line_and_its_mending_is_built(
    whole: Site, running: Builder
) -> None:
    path = whole.folder / "content/opportunities/wood/brief.md"
    good, before = path.read_text(encoding="utf-8"), running.page("wood")
    path.write_text(good.replace("divergence", "somewhere"), encoding="utf-8")
    status = running.wait_for("failed")
    (problem,) = status["problems"]
    assert (problem["file"], problem["line"]) == ("content/opportunities/wood/brief.md", 3)
    assert "unknown phase" in problem["message"]
    assert "unknown phase" in running.log.read_text(encoding="utf-8")
    assert running.page("wood") == before
    path.write_text(good.replace("Wood", "Rivers"), encoding="utf-8")
    running.wait_for("ok")
    assert "Rivers" in running.page("wood")
