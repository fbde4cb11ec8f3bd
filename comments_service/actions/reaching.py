"""How far a facilitator sees: everything, or what he leads by invitation."""

from dataclasses import replace

from .. import errors
from ..domain.people import Person
from ..domain.permissions import may_facilitate
from ..gettext import N_
from ..storage.interface import Reading


def reach_of(look: Reading, by: Person) -> list[str] | None:
    """The ids of the opportunities that `by` leads, or None for all. Raises NotAllowed."""
    if by.facilitates:
        return None
    led = [p.opportunity_id for p in look.participations(by.id) if may_facilitate(by, p)]
    if not led:
        raise errors.NotAllowed(N_("The desk is for facilitators. Your own page is “My data”."))
    return led


def person_in_reach(look: Reading, reach: list[str] | None, id: str) -> Person:
    """Somebody whom a facilitator sees: who is or was in what he leads, not who is only invited.

    Raises NotFound, as for who is erased or never was.
    """
    person = look.person(id)
    seen = person is not None and person.erased is None
    if reach is not None and not any(part.joined for part in look.parts_within(reach, [id])):
        seen = False
    if person is None or not seen:
        raise errors.NotFound(N_("There is no such person."))
    return person


def as_seen_by(by: Person, person: Person) -> Person:
    """The person; without tags, which only the facilitators whom the settings name see."""
    return person if by.facilitates else replace(person, tags=())


def in_reach(reach: list[str] | None, opportunity_id: str) -> bool:
    """Whether an opportunity is."""
    return reach is None or opportunity_id in reach
