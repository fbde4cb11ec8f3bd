"""The first words of an update: in the language of its brief, under a name that is free."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments_service import scaffold

NOW = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)


def brief(content: Path, more: str = "") -> None:
    folder = content / "opportunities/farm"
    folder.mkdir(parents=True)
    (folder / "brief.md").write_text(f"Title: Farm\n{more}\nWords.\n", encoding="utf-8")


def test_an_update_is_a_dated_file_with_a_header(tmp_path: Path) -> None:
    brief(tmp_path)
    path = scaffold.new_update(tmp_path, "farm", "Été & puits", NOW)
    assert path == tmp_path / "opportunities/farm/updates/2026-11-03-ete-puits.md"
    header, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    assert header == "Title: Été & puits\nDate: 2026-11-03 09:05\nStatus: draft"
    assert text.startswith("TODO: What is new")
    with pytest.raises(scaffold.Exists):
        scaffold.new_update(tmp_path, "farm", "Été & puits", NOW)


def test_its_words_are_in_the_language_of_the_brief(tmp_path: Path) -> None:
    brief(tmp_path, "Lang: fr\n")
    path = scaffold.new_update(tmp_path, "farm", "Puits", NOW)
    assert "Ce qu’il y a de nouveau" in path.read_text(encoding="utf-8")


def test_an_opportunity_is_found_by_its_slug_in_a_folder_of_another_name(tmp_path: Path) -> None:
    brief(tmp_path, "Slug: mill\n")
    path = scaffold.new_update(tmp_path, "mill", "First visit", NOW)
    assert path == tmp_path / "opportunities/farm/updates/2026-11-03-first-visit.md"


def test_without_a_brief_there_is_no_update(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        scaffold.new_update(tmp_path, "farm", "Puits", NOW)


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("Wells", {"wells", "wells-2"}, "2026-11-03-wells-3.md"),
        ("水", set(), "2026-11-03.md"),
        ("水", {""}, "2026-11-03-2.md"),
    ],
)
def test_a_name_that_is_taken_is_counted_on(title: str, taken: set[str], name: str) -> None:
    assert scaffold.update_name(title, NOW, taken) == name
