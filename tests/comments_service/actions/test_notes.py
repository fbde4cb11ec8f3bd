"""Who may write, read and delete a facilitator's note."""

import pytest

from comments_service import errors
from comments_service.actions import directory, notes
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry


@pytest.fixture
def people(circle: Circle) -> dict[str, Person]:
    """Miles leads `mill`, Faye leads `farm`, both by invitation; Ada takes part in both."""
    circle.publish(entry("farm"), entry("mill"))
    found = {
        "miles": circle.bring_in("Miles", "mill", capacity=Capacity.FACILITATOR),
        "faye": circle.bring_in("Faye", capacity=Capacity.FACILITATOR),
        "ada": circle.bring_in("Ada"),
        "camille": circle.facilitator,
    }
    circle.bring_in("Ada", "mill")
    return found


def read(circle: Circle, by: Person, of: Person) -> list[str]:
    return [n.note.text for n in directory.known_closely(circle.store, by, of.id).notes]


def read_on_farm(circle: Circle, by: Person) -> list[str]:
    return [n.note.text for n in notes.notes_on_opportunity(circle.store, by, "farm")[1]]


def test_a_note_on_an_opportunity_is_read_by_those_who_lead_it(
    circle: Circle, people: dict[str, Person]
) -> None:
    notes.note_on_opportunity(circle.store, people["faye"], "farm", "Late.", circle.now)
    assert read_on_farm(circle, people["camille"]) == read_on_farm(circle, people["faye"])
    assert read_on_farm(circle, people["faye"]) == ["Late."]
    for who in ("miles", "ada"):
        with pytest.raises(errors.NotAllowed):
            read_on_farm(circle, people[who])


def test_a_note_on_somebody_in_an_opportunity_stands_on_both_pages(
    circle: Circle, people: dict[str, Person]
) -> None:
    ada = people["ada"]
    notes.note_on_person(circle.store, people["faye"], ada.id, "farm", "Ask her.", circle.now)
    assert read_on_farm(circle, people["camille"]) == ["Ask her."]
    assert read(circle, people["faye"], ada) == read(circle, people["camille"], ada) == ["Ask her."]
    assert read(circle, people["miles"], ada) == []


def test_a_note_on_somebody_alone_is_its_authors_and_the_named_facilitators(
    circle: Circle, people: dict[str, Person]
) -> None:
    ada = people["ada"]
    notes.note_on_person(circle.store, people["faye"], ada.id, "", "Ask her.", circle.now)
    assert read(circle, people["faye"], ada) == read(circle, people["camille"], ada) == ["Ask her."]
    assert read(circle, people["miles"], ada) == read_on_farm(circle, people["faye"]) == []


def test_nobody_reads_a_note_on_oneself(circle: Circle, people: dict[str, Person]) -> None:
    camille, faye = people["camille"], people["faye"]
    circle.say(camille, "Hello.")  # takes part from now on, so that Faye knows her
    notes.note_on_person(circle.store, faye, camille.id, "farm", "Tired.", circle.now)
    notes.note_on_person(circle.store, camille, faye.id, "farm", "Eager.", circle.now)
    assert read(circle, camille, camille) == read(circle, faye, faye) == []
    assert read_on_farm(circle, camille) == ["Eager."]
    assert read_on_farm(circle, faye) == ["Tired."]


def test_its_author_or_a_named_facilitator_deletes_a_note(
    circle: Circle, people: dict[str, Person]
) -> None:
    ada = people["ada"]
    for deletes in ("faye", "camille"):
        note = notes.note_on_person(circle.store, people["faye"], ada.id, "farm", "x", circle.now)
        for stranger in ("miles", "ada"):
            with pytest.raises((errors.NotFound, errors.NotAllowed)):
                notes.drop_note(circle.store, people[stranger], note.id)
        notes.drop_note(circle.store, people[deletes], note.id)
        with pytest.raises(errors.NotFound):
            notes.drop_note(circle.store, people[deletes], note.id)
    assert read(circle, people["camille"], ada) == []
    mine = notes.note_on_opportunity(circle.store, people["camille"], "farm", "x", circle.now)
    with pytest.raises(errors.NotFound):
        notes.drop_note(circle.store, people["faye"], mine.id)


@pytest.mark.parametrize("text", ["", " \n", "x" * 4_001, "\ud800"])
def test_a_note_has_words_and_an_end(circle: Circle, people: dict[str, Person], text: str) -> None:
    with pytest.raises(errors.Invalid):
        notes.note_on_opportunity(circle.store, people["faye"], "farm", text, circle.now)
    with pytest.raises(errors.Invalid):
        notes.note_on_person(circle.store, people["faye"], people["ada"].id, "", text, circle.now)


def test_one_notes_only_what_and_whom_one_leads(circle: Circle, people: dict[str, Person]) -> None:
    eve, ada = circle.bring_in("Eve"), people["ada"]
    for by, whom, slug in (
        ("miles", eve, ""),
        ("miles", ada, "farm"),
        ("ada", eve, "farm"),
        ("ada", ada, ""),
        ("camille", ada, "nowhere"),
    ):
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            notes.note_on_person(circle.store, people[by], whom.id, slug, "x", circle.now)
