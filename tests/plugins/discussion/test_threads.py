"""From what the service tells to what the theme prints."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from markupsafe import Markup

from plugins.discussion.model import Discussion, Links
from plugins.discussion.threads import build, initials

from .standin import comment, person

LINKS = Links.of("water", 'Eau & "données" ?', "https://talk.example", "feeds/water.atom.xml")


@dataclass
class Update:
    slug: str
    date: datetime
    aliases: tuple[str, ...] = ()


def discuss(*comments: dict[str, Any], people: Any = (), updates: Any = ()) -> Discussion:
    raw: Any = {
        "slug": "water",
        "answer_to": "discuss+water@mail.example",
        "people": list(people),
        "comments": list(comments),
    }
    return build(raw, LINKS, updates, "people/{id}/")


def shape(discussion: Discussion) -> list[list[tuple[str, int]]]:
    return [[(e.id, e.depth) for e in thread.entries] for thread in discussion.threads]


def test_answers_follow_what_they_answer_depth_first() -> None:
    found = discuss(
        comment("a"), comment("d"), comment("b", parent="a"), comment("c", parent="b"),
        comment("e", parent="a"),
    )  # fmt: skip
    assert shape(found) == [[("a", 0), ("b", 1), ("c", 2), ("e", 1)], [("d", 0)]]
    assert [e.answers.id if e.answers else None for e in found.entries] == [
        None, "a", "b", "a", None,
    ]  # fmt: skip


def test_order_does_not_depend_on_the_order_of_arrival() -> None:
    several = [comment("a"), comment("b", parent="a"), comment("c", parent="a")]
    assert shape(discuss(*several)) == shape(discuss(*reversed(several)))


def test_a_chain_of_twenty_thousand_answers_is_only_deep() -> None:
    ids = [f"{number:06}" for number in range(20_000)]
    chain = [comment(id, parent=before) for id, before in zip(ids, [None, *ids], strict=False)]
    (entries,) = [thread.entries for thread in discuss(*chain).threads]
    assert [entry.id for entry in entries] == ids
    assert (entries[-1].depth, entries[-1].shown_depth) == (19_999, 4)


def test_an_orphan_stands_first_until_its_parent_arrives() -> None:
    orphan = comment("b", parent="a")
    assert shape(discuss(orphan)) == [[("b", 0)]]
    assert shape(discuss(orphan, comment("a"))) == [[("a", 0), ("b", 1)]]


@pytest.mark.parametrize(
    "parents",
    [
        {"a": "a"},
        {"a": "b", "b": "a"},
        {"a": "c", "b": "a", "c": "b"},
        {"a": "b", "b": "c", "c": "b"},
    ],
    ids=["itself", "two", "three", "hanging on two"],
)
def test_answers_in_a_circle_are_all_shown_once(parents: dict[str, str]) -> None:
    found = discuss(*(comment(id, parent=parent) for id, parent in parents.items()))
    assert sorted(entry.id for entry in found.entries) == sorted(parents)


def test_a_hidden_comment_keeps_its_place_only_for_its_answers() -> None:
    found = discuss(
        comment("a", state="hidden"), comment("b", parent="a"), comment("c", state="hidden"),
        comment("d", parent="c", state="hidden"), comment("e", parent="b", state="hidden"),
    )  # fmt: skip
    assert shape(found) == [[("a", 0), ("b", 1)]]
    assert found.count == 1


def test_a_withdrawn_comment_keeps_its_place_without_words() -> None:
    found = discuss(comment("a", state="withdrawn", html="<p>still sent</p>"))
    assert [(e.id, e.html, e.state) for e in found.entries] == [("a", "", "withdrawn")]
    assert (found.count, found.last) == (0, None)


def test_threads_stand_in_the_order_in_which_they_began_updates_among_them() -> None:
    updates = [
        Update("second", datetime(2026, 11, 8, tzinfo=UTC)),
        Update("first", datetime(2026, 11, 4)),
    ]
    found = discuss(
        comment("a", written="2026-11-05T00:00:00Z"),
        comment("b", update="second", written="2026-11-09T00:00:00Z"),
        comment("c", parent="b"),
        comment("d", update="second", written="2026-11-10T00:00:00Z"),
        comment("e", update="gone", written="2026-11-11T00:00:00Z"),
        updates=updates,
    )  # fmt: skip
    assert [t.update.slug if t.update else None for t in found.threads] == [
        "first", None, "second", None,
    ]  # fmt: skip
    assert shape(found) == [[], [("a", 0)], [("b", 0), ("c", 1), ("d", 0)], [("e", 0)]]
    assert len({thread.id for thread in found.threads}) == 4


def test_what_answered_an_update_by_its_former_name_is_in_its_thread() -> None:
    update = Update("frost", datetime(2026, 11, 4, tzinfo=UTC), aliases=("first-frost",))
    several = comment("a", update="first-frost"), comment("b", update="frost")
    (thread,) = discuss(*several, updates=[update]).threads
    assert (thread.id, thread.update) == ("thread-u-frost", update)
    assert [entry.id for entry in thread.entries] == ["a", "b"]


def test_the_thread_of_an_update_that_was_taken_back_stays_whole_and_in_its_place() -> None:
    raw: Any = {
        "slug": "water",
        "answer_to": None,
        "people": [],
        "comments": [
            comment("a", update="frost"),
            comment("b", update="frost"),
            comment("c", update="of-another-builder"),
        ],
        "taken_back": [
            {"slug": "frost", "date": "2026-11-04T00:00:00+01:00"},
            {"slug": "silent", "date": None},
            {"slug": "still-here", "date": None},
        ],
    }
    update = Update("still-here", datetime(2026, 11, 5, tzinfo=UTC))
    threads = build(raw, LINKS, [update], "people/{id}/").threads
    told = {t.id: (t.taken_back, [e.id for e in t.entries]) for t in threads}
    assert told["thread-u-frost"] == ("frost", ["a", "b"])
    assert told["thread-u-silent"] == ("silent", [])
    assert told["thread-u-still-here"] == ("", [])
    assert told["thread-c-c"] == ("", ["c"])


def test_people_are_told_apart_by_what_they_are_here_and_whether_they_left() -> None:
    found = discuss(
        comment("a", "ada"), comment("b", "ada", written="2026-11-07T10:00:00+02:00"),
        comment("c", "bob"), comment("d", None),
        people=[
            person("ada", "Ada Lovelace", "facilitator"), person("bob", "Bob"),
            person("cyd", "Cyd", left="2026-11-09T00:00:00Z"), person("dan", "Dan", "client"),
            person("eve", "Eve", "visitor"),
        ],
    )  # fmt: skip
    names = [p.name for p in found.facilitators + found.experts + found.clients + found.left]
    assert names == ["Ada Lovelace", "Bob", "Dan", "Cyd"]
    assert (found.count, found.spoken) == (4, 2)
    ada, bob, _, _, eve = found.people
    assert (ada.spoken, ada.last) == (2, datetime(2026, 11, 7, 8, tzinfo=UTC))
    assert (ada.initials, bob.initials) == ("AL", "B")
    assert (ada.url, eve.url) == ("people/ada/", "")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("", ""), ("Ada", "A"), ("jean-luc de la Tour", "JT"), ("Łukasz  Źdźbło", "ŁŹ"), ("— ?", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_mailto_keeps_thread_and_subject_whatever_they_hold() -> None:
    (entry,) = discuss(comment("a", message_id="<a/1&2@mail.example>")).entries
    parts = urlsplit(entry.mailto)
    assert unquote(parts.path) == "answer+a@mail.example"
    assert parse_qs(parts.query, strict_parsing=True) == {
        "subject": ['Re: Eau & "données" ?'],
        "In-Reply-To": ["<a/1&2@mail.example>"],
    }
    assert not set(' "<>&') & set(entry.mailto.replace("&In-Reply-To", ""))


def test_no_address_no_mailto() -> None:
    (entry,) = discuss(comment("a", answer_to=None)).entries
    assert entry.mailto == ""


def test_forms_are_the_services_and_places_the_pages() -> None:
    found = discuss(comment("a"))
    (entry,) = found.entries
    assert entry.answer_url == "https://talk.example/-/o/water/write?answer=a"
    assert entry.edit_url == "https://talk.example/-/c/a/edit"
    assert entry.withdraw_url == "https://talk.example/-/c/a/withdraw"
    assert (found.write_url, found.join_url, found.follow_url) == (
        "https://talk.example/-/o/water/write",
        "https://talk.example/-/o/water/join",
        "https://talk.example/-/o/water/follow",
    )
    assert found.archive_url == "https://talk.example/api/v1/discussions/water.mbox"
    assert (entry.anchor, entry.permalink) == ("c-a", "#c-a")


def test_words_are_markup_and_names_are_not() -> None:
    people = [person("ada", "<b>Ada</b>", introduction="<p>hello</p>", know_how="<i>")]
    (entry,) = discuss(comment("a", "ada", "<p>x</p>"), people=people).entries
    assert entry.author is not None
    assert isinstance(entry.html, Markup)
    assert isinstance(entry.author.introduction, Markup)
    texts: Any = SimpleNamespace(name=entry.author.name, know_how=entry.author.know_how)
    assert not any(isinstance(text, Markup) for text in vars(texts).values())


def test_an_empty_discussion_is_false_and_still_has_its_forms() -> None:
    found = discuss()
    assert not found
    assert (found.people, found.threads, found.last) == ((), (), None)
    assert found.write_url.endswith("/-/o/water/write")
