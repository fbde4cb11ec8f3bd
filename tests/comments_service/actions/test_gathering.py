"""A list of people is taken in once, and nobody hears of it."""

from dataclasses import replace

import pytest

from comments_service import errors
from comments_service.actions import gathering
from comments_service.actions.gathering import Gathered, Row
from comments_service.domain.directory import Listed
from comments_service.domain.people import Capacity, Person, Status

from ..conftest import Circle

BOB = Listed("Bob", "Bob@Example.org ", "Soil", "Founder", "fr", ("https://b.example",), ("A", "b"))


def gather(circle: Circle, *listed: Listed | errors.Refusal, by: Person | None = None) -> Gathered:
    rows = [Row(line, one) for line, one in enumerate(listed, 2)]
    return gathering.gather(circle.store, by or circle.facilitator, rows, "en", circle.now)


def find(circle: Circle, email: str) -> Person | None:
    with circle.store.reading() as look:
        return look.person_by_email(email)


def test_somebody_new_is_kept_as_the_list_has_them(circle: Circle) -> None:
    [(line, bob)] = gather(circle, BOB).new
    assert line == 2 and bob == find(circle, "bob@example.org")
    assert (bob.name, bob.status, bob.language) == ("Bob", Status.FOUNDER, "fr")
    assert (bob.know_how, bob.links, bob.tags) == ("Soil", ("https://b.example",), ("a", "b"))


def test_twice_is_once(circle: Circle) -> None:
    gather(circle, BOB)
    bob = find(circle, "bob@example.org")
    again = gather(circle, BOB, replace(BOB, name="Robert"))
    assert (again.new, again.changed) == ([], [])
    assert again.same == [(2, bob), (3, bob)]
    assert find(circle, "bob@example.org") == bob


def test_who_is_known_keeps_what_they_said_of_themselves(circle: Circle) -> None:
    circle.bring_in("Bob", know_how="Rain", language="de")
    before = circle.changes()["cursor"]
    [(_, bob)] = gather(circle, BOB).changed
    assert (bob.know_how, bob.language, bob.status) == ("Rain", "de", Status.FOUNDER)
    assert (bob.links, bob.tags) == (BOB.links, ("a", "b"))
    assert len(circle.changes(before)["discussions"]) == 1


def test_who_is_known_by_another_address_is_the_same_person(circle: Circle) -> None:
    bob = circle.bring_in("Bob")
    with circle.store.transaction() as t:
        t.add_address("robert@example.net", bob.id)
    assert [p.id for _, p in gather(circle, replace(BOB, email="robert@example.net")).changed] == [
        bob.id
    ]


def test_somebody_named_twice_is_completed(circle: Circle) -> None:
    gathered = gather(circle, replace(BOB, know_how=""), BOB)
    assert len(gathered.new) == len(gathered.changed) == 1


@pytest.mark.parametrize(
    "change",
    [{"email": ""}, {"email": "bob"}, {"name": ""}, {"name": "x" * 81}, {"know_how": "x" * 5_000}]
    + [{"status": "king"}, {"language": "not a tag"}, {"links": ("javascript:a",)}]
    + [{"tags": tuple(map(str, range(21)))}, {"name": "\ud800"}, {"email": "a@b\nBcc: c@d"}],
)
def test_a_line_that_cannot_be_taken_is_passed_over_and_says_why(
    circle: Circle, change: dict[str, object]
) -> None:
    gathered = gather(circle, replace(BOB, **change), replace(BOB, email="b@example.org"))  # type: ignore[arg-type]
    assert [one.line for one in gathered.passed_over] == [2]
    assert [line for line, _ in gathered.new] == [3]


def test_tags_that_would_be_too_many_together_are_not_added(circle: Circle) -> None:
    tags = tuple(map(str, range(20)))
    gather(circle, replace(BOB, tags=tags))
    assert len(gather(circle, BOB).passed_over) == 1
    found = find(circle, "bob@example.org")
    assert found and found.tags == tags


def test_a_line_that_could_not_be_read_is_passed_over(circle: Circle) -> None:
    refusal = errors.Invalid("No.")
    assert gather(circle, refusal).passed_over[0].why is refusal


def test_nobody_is_mailed_or_invited(circle: Circle) -> None:
    with circle.store.reading() as look:
        before = look.letters(10)
    gather(circle, BOB)
    with circle.store.reading() as look:
        assert look.letters(10) == before
        assert look.participations((find(circle, "bob@example.org") or circle.facilitator).id) == []


def test_only_a_named_facilitator_brings_in_a_list(circle: Circle) -> None:
    miles = circle.bring_in("Miles", capacity=Capacity.FACILITATOR)
    with pytest.raises(errors.NotAllowed):
        gather(circle, BOB, by=miles)
    assert miles in gathering.given_out(circle.store, miles)
    with pytest.raises(errors.NotAllowed):
        gathering.given_out(circle.store, circle.bring_in("Ada"))
