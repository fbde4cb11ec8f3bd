"""“Who else should be here?”: participants propose, a facilitator decides, nobody is mailed."""

import threading
from collections.abc import Callable

import pytest

from comments_service import errors
from comments_service.actions import people, suggesting
from comments_service.domain.notes import Suggestion
from comments_service.domain.people import Person

from ..conftest import Circle, entry

BOB = {"name": "Bob", "email": "Bob@example.org", "why": "He knows soil."}


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


def suggest(circle: Circle, by: Person, **change: str) -> Suggestion:
    return suggesting.suggest(circle.store, by, "farm", circle.now, **BOB | change)


def listed(circle: Circle) -> list[suggesting.Suggested]:
    return suggesting.suggestions(circle.store, circle.facilitator, "farm")[1]


def test_a_suggestion_waits_for_the_facilitator_and_mails_nobody(
    circle: Circle, ada: Person
) -> None:
    with circle.store.reading() as look:
        before = look.letters(10)
    made = suggest(circle, ada)
    [one] = listed(circle)
    assert (one.suggestion, one.by, one.known, one.part) == (made, ada, None, None)
    assert made.email == "bob@example.org"
    with circle.store.reading() as look:
        assert look.letters(10) == before
        assert look.person_by_email("bob@example.org") is None


def test_the_facilitator_sees_who_is_known_or_here_already(circle: Circle, ada: Person) -> None:
    suggest(circle, ada)
    circle.invite("Bob")
    [one] = listed(circle)
    assert one.known and one.part and one.known.name == "Bob"


def test_the_same_twice_is_one_suggestion(circle: Circle, ada: Person) -> None:
    assert suggest(circle, ada) == suggest(circle, ada)
    assert suggest(circle, ada, why="And rain.") != suggest(circle, ada)


def test_five_a_day_are_enough(circle: Circle, ada: Person) -> None:
    for number in range(5):
        suggest(circle, ada, name=f"Bob {number}")
    with pytest.raises(errors.TooMany):
        suggest(circle, ada)
    suggest(circle, circle.bring_in("Eve"))
    circle.wait(days=1)
    suggest(circle, ada)


def test_five_a_day_of_many_at_once_are_enough(circle: Circle, ada: Person) -> None:
    def one(name: str) -> None:
        try:
            suggest(circle, ada, name=name)
        except errors.TooMany:
            refused.append(name)

    refused: list[str] = []
    threads = [threading.Thread(target=one, args=(f"Bob {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), len(listed(circle))) == (3, 5)


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "x" * 81}, {"why": " "}, {"why": "x" * 5_000}, {"email": "bob"}],
)
def test_what_cannot_be_taken_is_refused(
    circle: Circle, ada: Person, change: dict[str, str]
) -> None:
    with pytest.raises(errors.Invalid):
        suggest(circle, ada, **change)
    assert listed(circle) == []


def test_only_who_takes_part_suggests(circle: Circle, ada: Person) -> None:
    invited = circle.invite("Eve").invitation.person
    people.leave(circle.store, circle.house, ada, "farm", circle.now)
    for who in (invited, ada):
        with pytest.raises(errors.NotAllowed):
            suggest(circle, who)


def test_nobody_suggests_where_it_is_closed(circle: Circle, ada: Person) -> None:
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        suggest(circle, ada)


@pytest.mark.parametrize("decide", [suggesting.set_aside, suggesting.note_invited])
def test_a_decision_drops_the_address_and_is_taken_once(
    circle: Circle, ada: Person, decide: Callable[..., Suggestion]
) -> None:
    made = suggest(circle, ada)
    decided = decide(circle.store, circle.facilitator, "farm", made.id, circle.now)
    assert (decided.email, decided.decided) == ("", circle.now)
    assert decided.invited is (decide is suggesting.note_invited)
    assert "bob@example.org" not in "\n".join(circle.store._writer.conn.iterdump())
    for again in (suggesting.set_aside, suggesting.note_invited):
        with pytest.raises(errors.Conflict):
            again(circle.store, circle.facilitator, "farm", made.id, circle.now)


def test_only_its_facilitators_see_and_decide(circle: Circle, ada: Person) -> None:
    circle.publish(entry("farm"), entry("mill"))
    made = suggest(circle, ada)
    for by, slug, refusal in (
        (ada, "farm", errors.NotAllowed),
        (circle.facilitator, "mill", errors.NotFound),
        (circle.facilitator, "nowhere", errors.NotFound),
    ):
        with pytest.raises(refusal):
            suggesting.set_aside(circle.store, by, slug, made.id, circle.now)
        with pytest.raises(refusal):
            suggesting.the_suggestion(circle.store, by, slug, made.id)
    with pytest.raises(errors.NotAllowed):
        suggesting.suggestions(circle.store, ada, "farm")
