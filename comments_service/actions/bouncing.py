"""Whose mail comes back: failures add up until nothing more is sent; a sign of life ends that."""

from dataclasses import replace
from datetime import datetime

from ..domain.bounces import TOO_MUCH, Bounce, score
from ..domain.incoming import DeliveryReport
from ..domain.letters import Letter
from ..domain.people import Person
from ..storage.interface import Writing


def note_bounce_in(t: Writing, letter: Letter, report: DeliveryReport, now: datetime) -> None:
    """A letter did not arrive; too many of them, and its reader gets no more for now."""
    t.add_bounce(Bounce(letter.person_id, now, report.permanent, report.status[:20]))
    person = t.person(letter.person_id)
    too_much = score(t.bounces(letter.person_id), now) >= TOO_MUCH
    if person and too_much and person.unreachable is None:
        t.change_person(replace(person, unreachable=now))


def write_again_in(t: Writing, person: Person) -> None:
    """Mail to this person is sent again, and the count of failures begins anew."""
    if person.unreachable:
        t.forget_bounces(person.id)
        t.change_person(replace(person, unreachable=None))
