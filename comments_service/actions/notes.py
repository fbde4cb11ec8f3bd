"""Facilitators' notes on a person or an opportunity. Nobody else ever sees one, anywhere."""

from dataclasses import dataclass
from datetime import datetime

from .. import errors
from ..domain.ids import mint
from ..domain.notes import LONGEST_NOTE, Note
from ..domain.people import Person
from ..domain.permissions import may_drop_note, may_facilitate, may_read_note
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store
from .finding import a_text, require_facilitator, the_opportunity
from .reaching import in_reach, person_in_reach, reach_of


@dataclass(frozen=True, slots=True)
class Noted:
    """A note with who wrote it, and what it is about."""

    note: Note
    author: Person
    person: Person | None
    opportunity: Opportunity | None
    can_drop: bool


def notes_on_opportunity(store: Store, by: Person, slug: str) -> tuple[Opportunity, list[Noted]]:
    """The notes on it and on people in it, newest first. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        notes = look.notes(opportunity_id=opportunity.id)
        return opportunity, [_noted(look, by, n) for n in notes if may_read_note(by, n, True)]


def notes_on_person(
    look: Reading, by: Person, reach: list[str] | None, person_id: str
) -> list[Noted]:
    """The notes on somebody that `by`, who sees as far as `reach`, may read; newest first."""
    found = []
    for note in look.notes(person_id=person_id):
        leads = note.opportunity_id is not None and in_reach(reach, note.opportunity_id)
        if may_read_note(by, note, leads):
            found.append(_noted(look, by, note))
    return found


def note_on_opportunity(store: Store, by: Person, slug: str, text: str, now: datetime) -> Note:
    """Note something about an opportunity. Raises Invalid, NotFound, NotAllowed."""
    text = a_text(text, longest=LONGEST_NOTE, field="note")
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        note = Note(mint(now), by.id, text, now, opportunity_id=opportunity.id)
        t.add_note(note)
        return note


def note_on_person(
    store: Store, by: Person, person_id: str, slug: str, text: str, now: datetime
) -> Note:
    """Note something about somebody: in an opportunity, for those who lead it; without one, for
    oneself and the facilitators whom the settings name. Raises Invalid, NotFound, NotAllowed.
    """
    text = a_text(text, longest=LONGEST_NOTE, field="note")
    with store.transaction() as t:
        person = person_in_reach(t, reach_of(t, by), person_id)
        opportunity = the_opportunity(t, slug) if slug else None
        if opportunity:
            require_facilitator(t, by, opportunity.id)
        where = opportunity.id if opportunity else None
        note = Note(mint(now), by.id, text, now, opportunity_id=where, person_id=person.id)
        t.add_note(note)
        return note


def drop_note(store: Store, by: Person, id: str) -> Note:
    """Delete a note of one's own; a facilitator whom the settings name may delete any.

    Raises NotFound, also to those who may not know that there is such a note.
    """
    with store.transaction() as t:
        reach_of(t, by)
        note = t.note(id)
        if note is None or not _may_read(t, by, note) or not may_drop_note(by, note):
            raise errors.NotFound(N_("There is no such note of yours."))
        t.drop_note(id)
        return note


def _may_read(look: Reading, by: Person, note: Note) -> bool:
    where = note.opportunity_id
    leads = bool(where) and may_facilitate(by, look.participant(where or "", by.id))
    return may_read_note(by, note, leads)


def _noted(look: Reading, by: Person, note: Note) -> Noted:
    author = look.person(note.author_id)
    assert author is not None  # noqa: S101 - a foreign key holds it
    return Noted(
        note,
        author,
        look.person(note.person_id) if note.person_id else None,
        look.opportunity_by_id(note.opportunity_id) if note.opportunity_id else None,
        may_drop_note(by, note),
    )
