"""Tags, links, and what a list adds to somebody whom we know."""

from dataclasses import replace

import pytest

from comments_service.domain import directory
from comments_service.domain.people import Person, Status

ADA = Person("p", "Ada", "ada@example.org", "en")
LISTED = replace(
    ADA,
    name="A. Lovelace",
    language="fr",
    know_how="Rivers",
    status=Status.FOUNDER,
    links=("https://ada.example/",),
    tags=("water", "north"),
)


def test_what_is_empty_is_filled_and_tags_are_added() -> None:
    completed = directory.completed(replace(ADA, tags=("north",)), LISTED)
    assert completed == replace(LISTED, name="Ada", language="en", tags=("north", "water"))


def test_what_somebody_said_of_themselves_stays() -> None:
    own = replace(ADA, know_how="Rain", status=Status.FRIEND, links=("https://me.example",))
    assert directory.completed(own, LISTED) == replace(own, tags=LISTED.tags)


def test_completing_twice_is_completing_once() -> None:
    once = directory.completed(ADA, LISTED)
    assert directory.completed(once, LISTED) == once


def test_tags_are_small_and_each_once() -> None:
    assert directory.split_tags(" #Water; water,, Été|a  b\x00c\n") == ("water", "été", "a b c")


@pytest.mark.parametrize("link", ["https://example.org/a?b=c#d", "HTTP://x", "https://é.example/"])
def test_a_web_address_is_a_link(link: str) -> None:
    assert directory.is_link(link)


@pytest.mark.parametrize(
    "link",
    ["", "javascript:alert(1)", "https://", "https://a b", 'https://a"b', "ftp://a", "//a", "a.b"]
    + ["https://a\u202eb", "https://" + "x" * 300, "data:text/html,https://a"],
)
def test_anything_else_is_none(link: str) -> None:
    assert not directory.is_link(link)
