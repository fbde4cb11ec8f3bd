"""Taking a list of people into the directory, and giving it out. Nobody is invited or mailed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .. import errors
from ..domain.directory import (
    Listed,
    clean_tags,
    completed,
    is_language,
)
from ..domain.ids import mint
from ..domain.people import Person, Status
from ..gettext import N_
from ..storage.interface import Store, Writing
from .directory import a_status, some_links_of, some_tags_of
from .finding import a_line, an_email
from .reaching import as_seen_by, reach_of


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one line of a list: somebody, or why nobody can be read there."""

    line: int
    listed: Listed | errors.Refusal


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A line that was not taken, and why."""

    line: int
    name: str
    why: errors.Refusal


@dataclass(slots=True)
class Gathered:
    """What became of a list; people with the line that names them."""

    new: list[tuple[int, Person]] = field(default_factory=list)
    changed: list[tuple[int, Person]] = field(default_factory=list)
    same: list[tuple[int, Person]] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)


def gather(store: Store, by: Person, rows: Sequence[Row], language: str, now: datetime) -> Gathered:
    """Add the people of a list. Of who is known by address only what is empty is filled, and tags
    are added. New people read `language` where the list does not say. Twice is once.

    Raises NotAllowed.
    """
    if not by.facilitates:
        raise errors.NotAllowed(N_("This is for the facilitators whom the settings name."))
    gathered = Gathered()
    with store.transaction() as t:
        for row in rows:
            try:
                _take(t, row, language, now, gathered)
            except errors.Refusal as refusal:
                name = row.listed.name if isinstance(row.listed, Listed) else ""
                gathered.passed_over.append(PassedOver(row.line, name[:80], refusal))
    return gathered


def given_out(store: Store, by: Person) -> list[Person]:
    """All people whom a facilitator knows, to be written as a list. Raises NotAllowed."""
    with store.reading() as look:
        return [as_seen_by(by, person) for person in look.people_within(reach_of(look, by))]


def _take(t: Writing, row: Row, language: str, now: datetime, gathered: Gathered) -> None:
    if isinstance(row.listed, errors.Refusal):
        raise row.listed
    listed = _person(row.listed, language, now)
    known = t.person_by_email(listed.email)
    if known is None:
        t.add_person(listed, now)
        gathered.new.append((row.line, listed))
        return
    changed = completed(known, listed)
    some_tags_of(changed.tags)  # together they may be too many
    if changed == known:
        gathered.same.append((row.line, known))
        return
    t.change_person(changed)
    if (changed.know_how, changed.status) != (known.know_how, known.status):
        for part in t.participations(known.id):
            t.note_change(part.opportunity_id, None, now)
    gathered.changed.append((row.line, changed))


def _person(listed: Listed, language: str, now: datetime) -> Person:
    email = an_email(listed.email)
    spoken = a_line(listed.language, "language", required=False) or language
    if not is_language(spoken):
        raise errors.Invalid(
            N_("“%(tag)s” is no language tag, such as en or fr."), field="language", tag=spoken[:20]
        )
    return Person(
        id=mint(now),
        name=a_line(listed.name, "name", longest=80),
        email=email,
        language=spoken,
        status=a_status(listed.status.strip().lower()) if listed.status.strip() else Status.OTHER,
        know_how=a_line(listed.know_how, "know_how", required=False),
        links=some_links_of(listed.links),
        tags=some_tags_of(clean_tags(listed.tags)),
    )
