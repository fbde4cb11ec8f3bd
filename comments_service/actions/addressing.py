"""Addresses of people who came back from an archive: a facilitator gives them, one by one or as a
list. Nobody is taken for somebody else because they have the same name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .. import errors
from ..domain.kept import BadArchive
from ..domain.people import Person, bare_name
from ..gettext import N_
from ..storage.interface import Store, Writing
from .finding import an_email


@dataclass(frozen=True, slots=True)
class Given:
    """A line of a list: an address, and whose it is, by id or by name."""

    line: int
    email: str
    id: str = ""
    name: str = ""


def give_address(store: Store, person_id: str, email: str) -> Person:
    """Let mail reach somebody who came back without an address.

    Raises Invalid, NotFound; Conflict when they have one, or it is known as somebody else's.
    """
    with store.transaction() as t:
        person = t.person(person_id)
        if person is None or person.erased:
            raise errors.NotFound(N_("There is no such person."))
        if person.has_address:
            raise errors.Conflict(N_("Their address is known already."), field="email")
        address = an_email(email)
        if known := t.person_by_email(address):
            raise _taken(known)
        changed = replace(person, email=address, unreachable=None)
        t.change_person(changed)
        return changed


def without_address(store: Store, name: str) -> list[Person]:
    """Who bears this name and came back without an address."""
    with store.reading() as look:
        return [
            person
            for person in look.people()
            if not person.has_address
            and not person.erased
            and bare_name(person.name) == bare_name(name)
        ]


def resolved(
    addresses: Iterable[Given], people: Iterable[Person]
) -> tuple[dict[str, str], list[Given]]:
    """Whose each address is, by id, and those of people who are not there.

    Raises BadArchive, which names the line, for what is no address, twice there, or of a name that
    several bear.
    """
    people = list(people)
    found: dict[str, str] = {}
    passed_over = []
    for given in addresses:
        email = _an_email(given)
        same = _meant(given, people)
        if not same:
            passed_over.append(given)
        elif len(same) > 1:
            ids = ", ".join(person.id for person in same)
            raise BadArchive(
                f"line {given.line}: several people are called {given.name}; give the id of one: "
                f"{ids}"
            )
        elif same[0].id in found or email in found.values():
            raise BadArchive(f"line {given.line}: this person or this address is there twice")
        else:
            found[same[0].id] = email
    return found, passed_over


def give(t: Writing, person_id: str, email: str) -> Person:
    """The same in the transaction of a restoration: a facilitator whom the settings name by this
    address, and of whom nothing else is known yet, is that person. Raises Conflict."""
    known = t.person_by_email(email)
    if known is not None and not known.facilitates:
        raise _taken(known)
    if known is not None:
        t.take_the_place(person_id, known.id)
    person = t.person(person_id)
    assert person is not None  # noqa: S101 - the caller knows them
    facilitates = known is not None and known.facilitates
    changed = replace(person, email=email, unreachable=None, facilitates=facilitates)
    t.change_person(changed)
    return changed


def _taken(known: Person) -> errors.Conflict:
    words = N_("This address is known already, as that of %(name)s.")
    return errors.Conflict(words, field="email", name=known.name)


def _meant(given: Given, people: Sequence[Person]) -> list[Person]:
    if given.id:
        return [person for person in people if person.id == given.id]
    return [person for person in people if bare_name(person.name) == bare_name(given.name)]


def _an_email(given: Given) -> str:
    try:
        return an_email(given.email)
    except errors.Invalid as refusal:
        raise BadArchive(f"line {given.line}: {refusal}") from None
