"""An archive says what is public and nothing else, and an empty service says it again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from comments_service import errors, keeping
from comments_service.actions import (
    addressing,
    archiving,
    comments,
    erasing,
    following,
    marks,
    moderation,
    notes,
    people,
    restoring,
    roles,
    supports,
    topics,
)
from comments_service.actions.addressing import Given
from comments_service.actions.restoring import Restored
from comments_service.domain.discussion import Door
from comments_service.domain.erasures import Words
from comments_service.domain.kept import BadArchive
from comments_service.domain.letters import Kind
from comments_service.domain.marks import Audience
from comments_service.domain.people import Capacity, Person
from comments_service.domain.rereading import Rereading
from comments_service.storage.sqlite import SqliteStore

from ..conftest import FACILITATOR, Circle, entry

DOCS = Path(__file__).parents[3] / "docs"
NOT_FOR_GIT = ("@example.org", "@example.net", "unspoken", "Inestimable", "zwischenzeitlich")
UPDATES = [
    {
        "slug": "first-day",
        "title": "First day",
        "url": "https://example.org/u",
        "date": "2026-11-03",
    },
    {"slug": "soil", "title": "Soil", "url": "https://example.org/s", "date": "2026-11-04"},
]


class Past:
    """A discussion with a past, in which everything that can be there is."""

    def __init__(self, circle: Circle) -> None:
        self.circle = circle
        circle.publish(entry("farm", "field", phase="convergence", updates=UPDATES))
        self.ada, self.bob = circle.bring_in("Ada"), circle.bring_in("Bob")
        self.ines = circle.bring_in("Inestimable", introduction="Inestimable knows roofs.")
        self.client = circle.bring_in("Cleo", capacity=Capacity.CLIENT)
        self._introduce()
        self._talk()
        self._team()
        self._end()

    def _introduce(self) -> None:
        circle = self.circle
        people.mend_introduction(
            circle.store, circle.house, self.ada, "farm", "I know *soil*.", circle.now
        )
        circle.wait(minutes=1)

    def say(self, person: Person, text: str, **place: str) -> str:
        self.circle.wait(minutes=1)
        return self.circle.say(person, text, **place).id

    def _talk(self) -> None:
        circle, store, by = self.circle, self.circle.store, self.circle.facilitator
        self.first = self.say(self.ada, "How *deep* is it?\n\nSay.")
        self.answer = self.say(self.bob, "Two metres.", answer=self.first)
        self.say(self.ada, "Under the update.", update="soil")
        taken = self.say(self.bob, "unspoken: taken back")
        comments.withdraw(store, self.bob, taken, circle.now)
        hidden = self.say(self.bob, "unspoken: hidden")
        moderation.hide(store, circle.house, by, hidden, circle.now)
        self.say(self.ines, "unspoken, by somebody who is erased")
        held = circle.drop_by("Vera", "unspoken: held")
        circle.confirm(held)
        passing = circle.drop_by("Walt", "A visitor's word.")
        circle.confirm(passing)
        moderation.approve(store, circle.house, by, passing.id, circle.now)
        circle.drop_by("Xeno", "unspoken: never confirmed")
        circle.edit(self.bob, self.answer, "Two metres and a half.")
        topics.label_thread(store, by, "farm", self.first, "technical", circle.now)
        notes.note_on_person(store, by, self.ada.id, "farm", "zwischenzeitlich", circle.now)

    def _team(self) -> None:
        circle, store, by = self.circle, self.circle.store, self.circle.facilitator
        role = roles.claim_role(store, self.ada, "farm", "Soil", "All of *it*.", circle.now)
        roles.propose_role(
            store, circle.house, by, "farm", self.client.id, "Water", "If dry.", circle.now
        )
        circle.wait(minutes=1)
        supports.support_role(store, self.client, role.id, None, circle.now)
        circle.wait(minutes=1)
        supports.support_in_words(
            store, circle.house, self.bob, role.id, "She knows.", door=Door.PAGE, now=circle.now
        )
        marks.set_audience(store, by, "farm", Audience.EVERYBODY, circle.now)
        marks.say_who_carries(store, self.client, "farm", self.ada.id, circle.now)
        marks.recognise(store, self.client, "farm", self.first, circle.now)
        with store.transaction() as t:
            farm = t.opportunity("farm")
            assert farm
            t.add_rereading(Rereading(farm.id, self.bob.id, "v1", circle.now))
            t.note_change(farm.id, None, circle.now)

    def _end(self) -> None:
        circle = self.circle
        circle.wait(hours=1)
        erasing.erase(circle.store, self.ines, Words.WITHDRAWN, circle.now)
        people.leave(circle.store, circle.house, self.bob, "farm", circle.now)

    def archive(self) -> dict[str, Any]:
        told = archiving.documents(self.circle.store, self.circle.house)
        return {keeping.name_of(one["slug"]): one for one in told}


@pytest.fixture
def past(circle: Circle) -> Past:
    return Past(circle)


@pytest.fixture
def fresh(tmp_path: Path, open_store: Callable[..., SqliteStore]) -> Circle:
    """Another service, in which Camille facilitates and nothing was ever said; days later."""
    (tmp_path / "fresh").mkdir()
    circle = Circle(open_store(tmp_path / "fresh" / "emergence.db"))
    circle.wait(days=9)
    circle.appoint(FACILITATOR)
    return circle


def bring_back(
    fresh: Circle, archive: dict[str, Any], *given: Given, dry_run: bool = False
) -> Restored:
    return restoring.restore(fresh.store, archive, given, "en", fresh.now, dry_run=dry_run)


def rows(circle: Circle, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in circle.store._writer.execute(sql).fetchall()]


def publish_again(circle: Circle) -> None:
    circle.publish(entry("farm", "field", phase="convergence", updates=UPDATES))


def test_an_archive_is_as_its_schema_says(past: Past) -> None:
    told = json.loads((DOCS / "discussions.schema.json").read_text(encoding="utf-8"))
    registry = Registry().with_resource(told["$id"], Resource.from_contents(told))
    schema = json.loads((DOCS / "archive.schema.json").read_text(encoding="utf-8"))
    check = Draft202012Validator(schema, registry=registry)
    [document] = past.archive().values()
    assert [error.message for error in check.iter_errors(document)] == []
    assert list(check.iter_errors({**document, "discussion": {}}))


def test_no_address_no_note_and_no_word_that_is_not_published_gets_into_git(past: Past) -> None:
    told = json.dumps(past.archive(), ensure_ascii=False)
    assert [word for word in NOT_FOR_GIT if word in told] == []
    assert "How *deep* is it?" in told and "All of *it*." in told and "I know *soil*." in told
    assert "A visitor's word." in told


@pytest.mark.parametrize("manifest", ["before", "after"])
def test_a_restored_service_exports_what_was_exported(
    past: Past, fresh: Circle, manifest: str
) -> None:
    if manifest == "before":
        publish_again(fresh)
    restored = bring_back(fresh, past.archive())
    assert (restored.discussions, restored.people) == (1, 5)
    if manifest == "after":
        assert fresh.exported() == past.circle.exported()
        fresh.wait(minutes=1)
        publish_again(fresh)
    assert fresh.exported() == past.circle.exported()
    again = archiving.documents(fresh.store, fresh.house)
    assert list(again) == list(past.archive().values())
    assert fresh.exported("field") == past.circle.exported()


def test_a_manifest_that_says_the_same_changes_nothing_the_second_time(
    past: Past, fresh: Circle
) -> None:
    bring_back(fresh, past.archive())
    publish_again(fresh)
    assert not fresh.publish(entry("farm", "field", phase="convergence", updates=UPDATES))


def test_times_ids_and_texts_come_back(past: Past, fresh: Circle) -> None:
    bring_back(fresh, past.archive())
    shown = """SELECT id, parent_id, update_slug, text, html, message_id, written_at, edited_at
               FROM comment WHERE state = 'published' ORDER BY id"""
    assert rows(fresh, shown) == rows(past.circle, shown)
    titles = "SELECT id, title, words, html, made_at, proposed_by, taken_at FROM role ORDER BY id"
    assert rows(fresh, titles) == rows(past.circle, titles)
    told = "SELECT slug, message_id, title, dated FROM told_update ORDER BY slug"
    assert rows(fresh, told) == rows(past.circle, told)
    assert rows(fresh, "PRAGMA foreign_key_check") == []


def test_no_letter_is_written_and_none_by_what_the_manifest_says_first(
    past: Past, fresh: Circle
) -> None:
    bring_back(fresh, past.archive(), Given(2, "ada@example.org", name="Ada"))
    later = [*UPDATES, {"slug": "rain", "title": "Rain", "url": "https://example.org/r"}]
    fresh.publish(entry("farm", "field", phase="engagement", updates=later))
    following.write_digests(fresh.store, fresh.house, fresh.now + timedelta(days=2))
    assert rows(fresh, "SELECT * FROM outbox") == []
    fresh.wait(minutes=1)
    fresh.publish(entry("farm", "field", phase="underway", updates=later))
    assert {letter.person_id for letter in fresh.letters(Kind.PHASE)} >= {past.ada.id}


def test_an_update_that_was_renamed_meanwhile_keeps_its_answers(past: Past, fresh: Circle) -> None:
    bring_back(fresh, past.archive())
    renamed = [UPDATES[0], {**UPDATES[1], "slug": "the-soil", "aliases": ["soil"]}]
    fresh.publish(entry("farm", "field", phase="convergence", updates=renamed))
    assert {c["update"] for c in fresh.exported()["comments"]} == {None, "the-soil"}
    assert fresh.exported()["taken_back"] == []


def test_nobody_is_mailed_shown_or_found_by_the_stand_in_of_an_address(
    past: Past, fresh: Circle
) -> None:
    bring_back(fresh, past.archive())
    with fresh.store.reading() as look:
        ada, farm = look.person(past.ada.id), look.opportunity("farm")
        assert ada and farm and not ada.has_address
        assert look.person_by_email(ada.email) is None
        assert look.people_unreachable(farm.id) == []
        assert look.mail_trouble_within(None, fresh.now) == {}
    with pytest.raises(errors.Invalid):
        addressing.give_address(fresh.store, ada.id, ada.email)
    publish_again(fresh)
    fresh.say(fresh.facilitator, "Welcome back.")
    assert fresh.letters(Kind.COMMENT) == []


def test_a_facilitator_of_the_settings_is_who_they_were(past: Past, fresh: Circle) -> None:
    publish_again(fresh)
    before = past.circle.facilitator
    restored = bring_back(fresh, past.archive())
    assert [person.id for person in restored.facilitators] == [before.id]
    assert fresh.facilitator.id == before.id and fresh.facilitator.facilitates
    named = "SELECT count(*) FROM person WHERE name = 'Camille Le Goff'"
    assert rows(fresh, named) == [(1,)]
    fresh.appoint(FACILITATOR)
    assert rows(fresh, named) == [(1,)]


def test_a_facilitator_whose_name_several_bear_is_told_of_and_named_by_id(
    past: Past, fresh: Circle
) -> None:
    twin = past.circle.bring_in("Carla", capacity=Capacity.FACILITATOR)
    with past.circle.store.transaction() as t:
        t.change_person(replace(twin, name="camille le goff"))
    before = past.circle.facilitator
    told = bring_back(fresh, past.archive(), dry_run=True)
    assert [one.email for one in told.unsure] == [FACILITATOR[1]] and told.facilitators == ()
    told = bring_back(fresh, past.archive(), Given(2, FACILITATOR[1], id=before.id))
    assert told.unsure == ()
    assert fresh.facilitator.id == before.id != twin.id and fresh.facilitator.facilitates


def test_an_address_that_is_given_lets_mail_reach_them_again(past: Past, fresh: Circle) -> None:
    publish_again(fresh)
    given = [
        Given(2, "Ada@example.org", name="ADA"),
        Given(3, "cleo@example.org", id=past.client.id),
        Given(4, "nobody@example.org", name="Nobody"),
    ]
    restored = bring_back(fresh, past.archive(), *given)
    assert [one.line for one in restored.passed_over] == [4]
    ada = addressing.give_address(fresh.store, past.bob.id, "bob@example.org")
    assert ada.email == "bob@example.org" and ada.unreachable is None
    fresh.say(fresh.facilitator, "Welcome back.")
    mailed = {letter.person_id for letter in fresh.letters(Kind.COMMENT)}
    assert mailed == {past.ada.id, past.client.id}
    with pytest.raises(errors.Conflict):
        addressing.give_address(fresh.store, past.ada.id, "other@example.org")


def test_an_address_that_is_somebody_elses_is_given_to_nobody(past: Past, fresh: Circle) -> None:
    bring_back(fresh, past.archive())
    publish_again(fresh)
    invited = fresh.invite("Ada")
    assert invited.invitation.person.id != past.ada.id, "a name alone makes nobody the same"
    assert [one.id for one in addressing.without_address(fresh.store, "ada")] == [past.ada.id]
    with pytest.raises(errors.Conflict, match="that of Ada"):
        addressing.give_address(fresh.store, past.ada.id, "ada@example.org")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([Given(2, "no address", name="Ada")], "line 2: This is not an e-mail address"),
        ([Given(2, "a@b.org", name="Ada"), Given(3, "a@b.org", name="Cleo")], "line 3: .* twice"),
        ([Given(2, "a@restored.invalid", name="Ada")], "line 2: This is not an e-mail"),
    ],
)
def test_a_bad_list_of_addresses_is_refused_by_its_line(
    past: Past, fresh: Circle, given: list[Given], said: str
) -> None:
    with pytest.raises(BadArchive, match=said):
        bring_back(fresh, past.archive(), *given)
    assert fresh.store._writer.execute("SELECT count(*) FROM comment").fetchone()[0] == 0


def test_a_service_that_holds_anything_is_left_alone(past: Past, fresh: Circle) -> None:
    archive = past.archive()
    bring_back(fresh, archive)
    with pytest.raises(errors.Conflict, match="not empty: it holds"):
        bring_back(fresh, archive)
    with pytest.raises(errors.Conflict, match="not empty"):
        bring_back(past.circle, archive)


def test_a_dry_run_changes_nothing_and_tells_the_same(past: Past, fresh: Circle) -> None:
    publish_again(fresh)
    before = "\n".join(fresh.store._writer.conn.iterdump())
    told = bring_back(fresh, past.archive(), dry_run=True)
    assert "\n".join(fresh.store._writer.conn.iterdump()) == before
    restored = bring_back(fresh, past.archive())
    assert (told.comments, told.people) == (restored.comments, restored.people)


def test_words_that_stand_on_without_a_name_stay_nameless(past: Past, fresh: Circle) -> None:
    erasing.erase(past.circle.store, past.ada, Words.KEPT, past.circle.now)
    bring_back(fresh, past.archive())
    told = fresh.exported()
    assert told == past.circle.exported()
    assert any(c["author"] is None and c["html"] for c in told["comments"])


def test_a_hidden_comment_that_came_back_has_no_words_to_be_shown(
    past: Past, fresh: Circle
) -> None:
    bring_back(fresh, past.archive())
    [hidden] = [c["id"] for c in fresh.exported()["comments"] if c["state"] == "hidden"]
    with pytest.raises(errors.Conflict):
        moderation.approve(fresh.store, fresh.house, fresh.facilitator, hidden, fresh.now)


def spoilt(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Ways to break a file, and what is said of each."""

    def with_comment(**more: object) -> dict[str, Any]:
        first, *rest = document["discussion"]["comments"]
        told = document["discussion"] | {"comments": [first | more, *rest]}
        return document | {"discussion": told}

    yield "not in the format", {}
    yield "not in the format", document | {"format": "emergence-archive/2"}
    yield "slug", document | {"slug": "../etc"}
    yield "phase|Phase", document | {"phase": "confusion"}
    yield "discussion is no object", document | {"discussion": []}
    yield "not such HTML", with_comment(html="<script>alert(1)</script>")
    yield "not such HTML", with_comment(html='<img src="https://example.net/x">')
    yield "is not there", with_comment(parent="0000000000nothere00")
    yield "id cannot be", with_comment(id="../x")
    yield "written cannot be", with_comment(written="yesterday")
    yield "state", with_comment(state="held")
    yield "message_id", with_comment(message_id="<x>\nBcc: everybody")
    yield "text is missing", with_comment(text=None) | {"discussion": _without_text(document)}


def _without_text(document: dict[str, Any]) -> dict[str, Any]:
    comments = [
        {k: v for k, v in c.items() if k != "text"} for c in document["discussion"]["comments"]
    ]
    return document["discussion"] | {"comments": comments}


def test_a_broken_file_is_named_with_the_reason_and_nothing_is_taken(
    past: Past, fresh: Circle
) -> None:
    [document] = past.archive().values()
    for said, broken in spoilt(document):
        with pytest.raises(BadArchive, match=rf"^river\.json: .*({said})"):
            bring_back(fresh, {"river.json": broken})
        assert rows(fresh, "SELECT count(*) FROM comment, opportunity") == [(0,)]


def test_a_circle_of_answers_and_two_files_of_one_thing_are_refused(
    past: Past, fresh: Circle
) -> None:
    [document] = past.archive().values()
    first, second, *rest = [dict(c) for c in document["discussion"]["comments"]]
    first["parent"], second["parent"] = second["id"], first["id"]
    told = document["discussion"] | {"comments": [first, second, *rest]}
    with pytest.raises(BadArchive, match="answers itself"):
        bring_back(fresh, {"farm.json": document | {"discussion": told}})
    with pytest.raises(BadArchive, match=r"^two\.json: the opportunity farm is in farm\.json, too"):
        bring_back(fresh, {"farm.json": document, "two.json": document})


def test_whoever_is_invited_afterwards_answers_what_came_back(past: Past, fresh: Circle) -> None:
    bring_back(fresh, past.archive())
    publish_again(fresh)
    dora = fresh.bring_in("Dora")
    fresh.say(dora, "Hello all.", answer=past.first)
    assert fresh.said()[-1]["parent"] == past.first
