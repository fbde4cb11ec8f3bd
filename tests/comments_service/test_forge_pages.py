"""Addresses at the forges, made from the one of their editor."""

from urllib.parse import parse_qs, urlsplit

import pytest

from comments_service.forge_pages import LONGEST, ForgePages

GITHUB = "https://github.com/us/site/edit/main/{path}"
GITLAB = "https://gitlab.example/a/group/site/-/edit/main/{path}"
FORGEJO = "https://codeberg.org/us/site/_edit/main/{path}"
OTHER = "https://cms.example/?file={path}"
PATH = "content/opportunities/un été/updates/2026-11-03-first.md"
QUOTED = "content/opportunities/un%20%C3%A9t%C3%A9/updates/2026-11-03-first.md"
WORDS = "Title: One & two\n\nA #, a +, 100 %: “été”.\n"


@pytest.mark.parametrize(
    ("editor", "edit", "delete"),
    [
        (
            GITHUB,
            f"https://github.com/us/site/edit/main/{QUOTED}",
            f"https://github.com/us/site/delete/main/{QUOTED}",
        ),
        (
            GITLAB,
            f"https://gitlab.example/a/group/site/-/edit/main/{QUOTED}",
            f"https://gitlab.example/a/group/site/-/blob/main/{QUOTED}",
        ),
        (
            FORGEJO,
            f"https://codeberg.org/us/site/_edit/main/{QUOTED}",
            f"https://codeberg.org/us/site/_delete/main/{QUOTED}",
        ),
        (OTHER, f"https://cms.example/?file={QUOTED}", f"https://cms.example/?file={QUOTED}"),
    ],
)
def test_a_file_is_edited_and_deleted_where_its_forge_does_that(
    editor: str, edit: str, delete: str
) -> None:
    forge = ForgePages(editor)
    assert (forge.edit(PATH), forge.delete(PATH)) == (edit, delete)


@pytest.mark.parametrize(
    ("editor", "page", "told"),
    [
        (GITHUB, "https://github.com/us/site/new/main", {"filename": [PATH], "value": [WORDS]}),
        (
            FORGEJO,
            "https://codeberg.org/us/site/_new/main/",
            {"filename": [PATH], "value": [WORDS]},
        ),
        (GITLAB, "https://gitlab.example/a/group/site/-/new/main", {"file_name": [PATH]}),
    ],
)
def test_a_file_is_begun_with_its_name_and_where_the_forge_takes_them_its_words(
    editor: str, page: str, told: dict[str, list[str]]
) -> None:
    begun = ForgePages(editor).begin(PATH, WORDS)
    assert begun
    parts = urlsplit(begun.url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == page
    assert parse_qs(parts.query) == told
    assert begun.filled is ("value" in told)


@pytest.mark.parametrize("editor", [GITHUB, FORGEJO])
def test_words_that_make_too_long_an_address_are_left_to_be_copied(editor: str) -> None:
    begun = ForgePages(editor).begin(PATH, "é" * LONGEST)
    assert begun and not begun.filled
    assert len(begun.url) < LONGEST
    assert "value" not in begun.url


def test_a_branch_and_a_group_may_have_slashes_and_repositories_odd_names() -> None:
    branch = ForgePages("https://github.com/edit/edit/edit/for/us/{path}").begin("a.md")
    assert branch and branch.url == "https://github.com/edit/edit/new/for/us?filename=a.md"
    assert branch.filled  # there are no words that would be missing


def test_of_another_forge_no_page_is_known_but_its_editor_and_without_one_nothing() -> None:
    assert ForgePages(OTHER).begin(PATH, WORDS) is None
    assert ForgePages(OTHER) and not ForgePages("")
    assert ForgePages("").edit(PATH) == ForgePages("").delete(PATH) == ""
    assert ForgePages("").begin(PATH) is None
