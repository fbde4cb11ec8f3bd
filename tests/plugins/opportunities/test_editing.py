"""Where a text is edited: its path in the repository, percent-encoded into the forge's address."""

import json
import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plugins.opportunities.editing import content_in_repository

from .site import Site

FORGE = "https://forge.example/us/site/edit/main/{path}"
SCHEMA = Path(__file__).parents[3] / "docs/opportunities.schema.json"


@pytest.fixture
def whole(site: Site) -> Site:
    """An opportunity with every kind of text, some in French, some drafts."""
    site.brief("orchard")
    site.brief("orchard", title="Verger", name="brief.fr.md")
    for name in ("summary.md", "agreement.md", "agreement.fr.md"):
        site.write(f"opportunities/orchard/{name}", "Title: Words\n\nWords.\n")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.update("orchard", "2026-11-05-secret.md", "Secret", more="Status: draft")
    return site


def entry(site: Site) -> dict[str, Any]:
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(site.manifest())
    found: dict[str, Any] = site.entry("orchard")
    return found


def edited(site: Site, of: str = "") -> list[str]:
    """The addresses that the little theme prints, of a page or all of them."""
    return [line.strip() for line in site.page("orchard", of).splitlines() if "EDIT " in line]


def test_the_manifest_tells_the_folder_and_its_published_files_and_no_draft(whole: Site) -> None:
    whole.build()
    told = entry(whole)
    assert told["folder"] == "content/opportunities/orchard"
    assert [
        (t["text"], t["language"], t["path"].partition("orchard/")[2]) for t in told["texts"]
    ] == [
        ("agreement", "fr", "agreement.fr.md"),
        ("agreement", "en", "agreement.md"),
        ("brief", "fr", "brief.fr.md"),
        ("brief", "en", "brief.md"),
        ("summary", "en", "summary.md"),
        ("update", "en", "updates/2026-11-04-first.md"),
    ]
    assert [t["update"] for t in told["texts"]] == [None] * 5 + ["first"]


def test_a_folder_may_be_called_otherwise_than_its_opportunity(site: Site) -> None:
    site.brief("a place", more="Slug: orchard", title="Orchard")
    site.build()
    assert entry(site)["folder"] == "content/opportunities/a place"


def test_every_text_has_its_own_editor_in_the_language_that_is_shown(whole: Site) -> None:
    whole.build(EDIT_URL=FORGE)
    root = "https://forge.example/us/site/edit/main/content/opportunities/orchard"
    shared = [f"EDIT {root}/summary.md", f"EDIT {root}/updates/2026-11-04-first.md"]
    assert edited(whole) == [f"EDIT {root}/brief.md", f"EDIT {root}/agreement.md", *shared]
    french = [f"EDIT {root}/brief.fr.md", f"EDIT {root}/agreement.fr.md", *shared]
    assert edited(whole, "fr") == french


def test_pages_have_an_editor_too(site: Site) -> None:
    site.brief("orchard")
    site.write("pages/about.md", "Title: About\nSlug: about\n\nWords.\n")
    site.write("pages/about.fr.md", "Title: À propos\nSlug: about\nLang: fr\n\nMots.\n")
    site.build(EDIT_URL=FORGE, PAGE_LANG_SAVE_AS="{lang}/{slug}/index.html")
    for path, file in (("about", "about.md"), ("fr/about", "about.fr.md")):
        assert f"/edit/main/content/pages/{file}" in site.read(f"{path}/index.html")


def test_without_the_setting_there_is_no_editor(whole: Site) -> None:
    whole.build()
    assert set(edited(whole)) == {"EDIT"}


@pytest.mark.parametrize("wrong", ["https://forge.example/edit/", "javascript:alert('{path}')"])
def test_a_setting_without_a_place_for_the_path_is_warned_of_and_links_nowhere(
    site: Site, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    site.brief("orchard")
    with caplog.at_level(logging.WARNING):
        site.build(EDIT_URL=wrong)
    assert "EDIT_URL takes https://" in caplog.text
    assert set(edited(site)) == {"EDIT"}


def test_spaces_accents_and_signs_are_percent_encoded(site: Site) -> None:
    site.brief("un été #1?", more="Slug: orchard")
    site.build(EDIT_URL=FORGE)
    assert edited(site)[0].endswith("/opportunities/un%20%C3%A9t%C3%A9%20%231%3F/brief.md")


def test_the_root_of_the_repository_may_be_above_the_content(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    site = Site(tmp_path / "our site")
    site.brief("orchard")
    site.build(EDIT_URL=FORGE)
    assert entry(site)["folder"] == "our site/content/opportunities/orchard"
    assert "/edit/main/our%20site/content/opportunities/" in edited(site)[0]


def test_the_content_may_be_the_repository(site: Site) -> None:
    subprocess.run(["git", "init", "-q", str(site.content)], check=True)
    site.brief("orchard")
    site.build()
    assert entry(site)["folder"] == "opportunities/orchard"


def test_a_worktree_whose_git_is_a_file_and_a_link_to_the_content_count_as_well(
    tmp_path: Path,
) -> None:
    content = tmp_path / "tree/here/content"
    content.mkdir(parents=True)
    (tmp_path / "tree/.git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    (tmp_path / "content").symlink_to(content)
    assert content_in_repository(tmp_path / "content") == "here/content/"
