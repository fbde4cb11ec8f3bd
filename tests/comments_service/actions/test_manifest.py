"""The site tells what opportunities there are; a renamed one keeps its discussion."""

from typing import Any

import pytest

from comments_service.actions import manifest
from comments_service.actions.looking import find_opportunity
from comments_service.actions.manifest import BadManifest, take_manifest
from comments_service.domain.phases import TextFile

from ..conftest import Circle, entry

FILE = {"text": "brief", "language": "en", "path": "content/a é/brief.md", "update": None}


def words(circle: Circle, slug: str) -> list[str]:
    return [comment["html"] for comment in circle.exported(slug)["comments"]]


def speak(circle: Circle, *slugs: str) -> None:
    """Publish opportunities and say the name of each in it."""
    circle.publish(*map(entry, slugs))
    for slug in slugs:
        circle.say(circle.facilitator, slug, slug=slug)


def test_where_the_texts_are_kept_is_known_and_follows_a_move(circle: Circle) -> None:
    update = FILE | {"text": "update", "path": "content/a é/updates/b.md", "update": "b"}
    told = {"summary": " Wells\nfor all. ", "folder": "content/a é", "texts": [FILE, update]}
    assert circle.publish(entry("farm", **told))
    found = find_opportunity(circle.store, "farm")
    assert (found.in_short, found.folder) == ("Wells for all.", "content/a é")
    assert found.texts == (
        TextFile("brief", "en", "content/a é/brief.md"),
        TextFile("update", "en", "content/a é/updates/b.md", "b"),
    )
    assert not circle.publish(entry("farm", **told))
    assert circle.publish(entry("farm", **told | {"folder": "content/b"}))
    assert find_opportunity(circle.store, "farm").folder == "content/b"


def test_the_same_manifest_twice_changes_nothing(circle: Circle) -> None:
    assert circle.publish(entry("farm", "old-farm"))
    assert not circle.publish(entry("farm", "old-farm"))


def test_a_renamed_opportunity_keeps_its_discussion_under_both_names(circle: Circle) -> None:
    speak(circle, "farm")
    before = circle.changes()["cursor"]
    circle.publish(entry("great-farm", "farm"))
    assert words(circle, "great-farm") == words(circle, "farm") == ["<p>farm</p>"]
    assert circle.exported("farm")["slug"] == "great-farm"
    assert [d["slug"] for d in circle.changes(before)["discussions"]] == ["great-farm"]
    circle.publish(entry("greatest-farm", "great-farm", "farm"))
    assert words(circle, "greatest-farm") == words(circle, "farm") == ["<p>farm</p>"]


def test_two_opportunities_swap_their_names_in_two_steps(circle: Circle) -> None:
    speak(circle, "farm", "mill")
    circle.publish(entry("barn", "farm"), entry("mill"))
    circle.publish(entry("barn"), entry("farm", "mill"))
    assert words(circle, "farm") == ["<p>mill</p>"]
    circle.publish(entry("farm"), entry("mill", "barn"))
    assert (words(circle, "farm"), words(circle, "mill")) == (["<p>mill</p>"], ["<p>farm</p>"])


def test_a_new_opportunity_takes_a_name_that_another_gave_up(circle: Circle) -> None:
    speak(circle, "farm")
    circle.publish(entry("great-farm", "farm"))
    circle.publish(entry("great-farm"), entry("farm"))
    assert words(circle, "farm") == []
    assert words(circle, "great-farm") == ["<p>farm</p>"]


def test_an_alias_moves_to_another_opportunity(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill", "old"))
    circle.publish(entry("farm", "old"), entry("mill"))
    assert find_opportunity(circle.store, "old").slug == "farm"
    circle.publish(entry("mill", "old"))
    assert find_opportunity(circle.store, "old").slug == "mill"


def test_an_opportunity_that_is_gone_keeps_everything_and_comes_back(circle: Circle) -> None:
    speak(circle, "farm")
    circle.publish()
    assert find_opportunity(circle.store, "farm").gone
    assert words(circle, "farm") == ["<p>farm</p>"]
    circle.publish(entry("farm"))
    assert not find_opportunity(circle.store, "farm").gone
    assert words(circle, "farm") == ["<p>farm</p>"]
    circle.publish()
    circle.publish(entry("barn", "farm"))
    assert words(circle, "barn") == ["<p>farm</p>"]


def test_a_name_goes_to_who_bears_it_and_not_to_who_is_gone(circle: Circle) -> None:
    speak(circle, "farm", "mill")
    circle.publish(entry("mill", "farm"))
    assert find_opportunity(circle.store, "farm").slug == "mill"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "format"),
        ({}, "format"),
        ({"format": "emergence-opportunities/2", "opportunities": []}, "format"),
        ({"format": manifest.FORMAT}, "list"),
        ({"format": manifest.FORMAT, "opportunities": {"farm": {}}}, "list"),
        ({"format": manifest.FORMAT, "opportunities": ["farm"]}, "number 1"),
        ({"format": manifest.FORMAT, "opportunities": [entry("a"), {"slug": "b"}]}, "number 2"),
        ({"format": manifest.FORMAT, "opportunities": [entry("a", phase="war")]}, "war"),
        ({"format": manifest.FORMAT, "opportunities": [entry("a") | {"slug": 7}]}, "7"),
        ({"format": manifest.FORMAT, "opportunities": [entry("a", aliases="bcd")]}, "aliases"),
        ({"format": manifest.FORMAT, "opportunities": [entry("a", folder="../a")]}, "not a path"),
        (
            {
                "format": manifest.FORMAT,
                "opportunities": [entry("a", texts=[FILE | {"path": "/b"}])],
            },
            "not a path",
        ),
        ({"format": manifest.FORMAT, "opportunities": [entry("a"), entry("a")]}, "'a' is taken"),
        ({"format": manifest.FORMAT, "opportunities": [entry("a"), entry("b", "a")]}, "'a'"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_not_taken(
    circle: Circle, document: Any, told: str
) -> None:
    with pytest.raises(BadManifest, match=told):
        take_manifest(circle.store, circle.house, document, circle.now)
    assert not find_opportunity(circle.store, "farm").gone


def test_whom_the_brief_names_takes_part_as_facilitator(circle: Circle) -> None:
    [person] = circle.exported()["people"]
    assert (person["name"], person["as"]) == ("Camille Le Goff", "facilitator")
