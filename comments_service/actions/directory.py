"""A facilitator's network of people: who is in it, and what he keeps of each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from .. import errors
from ..domain.access import Scope
from ..domain.directory import (
    LONGEST_TAG,
    MOST_LINKS,
    MOST_TAGS,
    clean_tags,
    is_link,
)
from ..domain.discussion import Comment
from ..domain.people import Participant, Person, Status
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store
from .finding import a_line
from .notes import Noted, notes_on_person
from .reaching import as_seen_by, in_reach, person_in_reach, reach_of

LATELY = 10  # comments on a person's page


@dataclass(frozen=True, slots=True)
class Circle:
    """Who was looked for, and all tags that there are to look by."""

    people: list[Person]
    tags: list[str]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody with what they take part in, as far as the facilitator leads it."""

    person: Person
    parts: list[tuple[Opportunity, Participant]]
    heard: datetime | None  # when they last wrote


@dataclass(frozen=True, slots=True)
class KnownClosely(Known):
    """The same with what they wrote lately, notes, and where they could be invited to."""

    wrote: list[tuple[Opportunity, Comment]]
    notes: list[Noted]
    elsewhere: list[Opportunity]
    led: list[Opportunity]


def people(store: Store, by: Person, words: str = "", tag: str = "") -> Circle:
    """Whom a facilitator knows, by name; with all these words, or this tag. Raises NotAllowed.

    Tags are for the facilitators whom the settings name.
    """
    with store.reading() as look:
        reach = reach_of(look, by)
        if by.facilitates:
            return Circle(look.people_within(reach, words, tag), look.tags_within(reach))
        found = look.people_within(reach, words, by_tags=False)
        return Circle([as_seen_by(by, person) for person in found], [])


def known(store: Store, by: Person, some: Sequence[Person]) -> list[Known]:
    """More of some whom `people` gave: what a row of a table shows. Raises NotAllowed."""
    with store.reading() as look:
        return _known(look, reach_of(look, by), some)


def known_closely(store: Store, by: Person, id: str) -> KnownClosely:
    """All that a facilitator sees of somebody. Raises NotAllowed, NotFound."""
    with store.reading() as look:
        reach = reach_of(look, by)
        person = as_seen_by(by, person_in_reach(look, reach, id))
        [known] = _known(look, reach, [person])
        led = _led(look, reach)
        named = {one.id: one for one in led}
        parts = {part.opportunity_id for _, part in known.parts}
        latest = look.latest_by(reach, id, LATELY)
        return KnownClosely(
            person,
            known.parts,
            known.heard,
            [(named[c.opportunity_id], c) for c in latest if c.opportunity_id in named],
            notes_on_person(look, by, reach, id),
            [one for one in led if one.id not in parts and one.accepts_words],
            led,
        )


def edition(person: Person) -> str:
    """What tells one state of what a facilitator edits from another."""
    seen = (person.know_how, person.status.value, *person.links, "", *person.tags)
    return sha256("\x1f".join(seen).encode()).hexdigest()[:16]


def describe(
    store: Store,
    by: Person,
    id: str,
    now: datetime,
    *,
    know_how: str,
    status: str,
    links: Sequence[str],
    tags: Sequence[str],
    seen: str | None = None,
) -> Person:
    """Keep what a facilitator says of somebody; pages that show it follow.

    One by invitation keeps no tags, and only fills what is empty of who has a session of their
    own, or a part elsewhere. `seen` is the edition that he had before him. Raises Invalid,
    NotAllowed, NotFound; Conflict when somebody else changed it since.
    """
    know_how = a_line(know_how, "know_how", required=False)
    kind = a_status(status)
    some_links, some_tags = some_links_of(links), some_tags_of(tags)
    with store.transaction() as t:
        reach = reach_of(t, by)
        person = person_in_reach(t, reach, id)
        if seen is not None and seen != edition(as_seen_by(by, person)):
            raise errors.Conflict(
                N_("Somebody else changed this meanwhile. Look at it, then save again.")
            )
        changed = replace(person, know_how=know_how, status=kind, links=some_links)
        if by.facilitates:
            changed = replace(changed, tags=some_tags)
        elif _is_their_own_master(t, reach, person):
            _check_only_filled(person, changed)
        t.change_person(changed)
        if (know_how, kind) != (person.know_how, person.status):
            for part in t.participations(id):
                t.note_change(part.opportunity_id, None, now)
        return changed


def _is_their_own_master(look: Reading, reach: list[str] | None, person: Person) -> bool:
    """Whether somebody has had a session of their own, or a part that is led by others."""
    if any(grant.scope is Scope.SESSION for grant in look.grants_of(person.id)):
        return True
    return not all(in_reach(reach, p.opportunity_id) for p in look.participations(person.id))


def _check_only_filled(person: Person, changed: Person) -> None:
    """Raise Invalid, naming the field, when something that was said already is said otherwise."""
    for field, was, is_now in (
        ("know_how", person.know_how, changed.know_how),
        ("status", "" if person.status is Status.OTHER else person.status, changed.status),
        ("links", person.links, changed.links),
    ):
        if was and was != is_now:
            raise errors.Invalid(
                N_("%(name)s says this themselves, on “My data”; you may fill what is empty."),
                field=field,
                name=person.name,
            )


def a_status(text: str) -> Status:
    """One of the labels. Raises Invalid."""
    try:
        return Status(text)
    except ValueError:
        raise errors.Invalid(N_("This is not one of the choices."), field="status") from None


def some_links_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Web addresses. Raises Invalid."""
    for text in texts:
        if not is_link(text):
            raise errors.Invalid(
                N_("“%(link)s” is no web address: it begins with https:// or http://."),
                field="links",
                link=text[:60],
            )
    if len(texts) > MOST_LINKS:
        raise errors.Invalid(N_("At most %(most)d fit."), field="links", most=MOST_LINKS)
    return tuple(texts)


def some_tags_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Tags, each once. Raises Invalid."""
    tags = clean_tags(a_line(text, "tags", longest=LONGEST_TAG, required=False) for text in texts)
    if len(tags) > MOST_TAGS:
        raise errors.Invalid(N_("At most %(most)d fit."), field="tags", most=MOST_TAGS)
    return tags


def _known(look: Reading, reach: list[str] | None, some: Sequence[Person]) -> list[Known]:
    ids = [person.id for person in some]
    opportunities = {one.id: one for one in look.opportunities()}
    parts: dict[str, list[tuple[Opportunity, Participant]]] = {id: [] for id in ids}
    for part in look.parts_within(reach, ids):
        parts[part.person.id].append((opportunities[part.opportunity_id], part))
    heard = look.last_heard(reach, ids)
    return [Known(person, parts[person.id], heard.get(person.id)) for person in some]


def _led(look: Reading, reach: list[str] | None) -> list[Opportunity]:
    led = [one for one in look.opportunities() if not one.gone and in_reach(reach, one.id)]
    return sorted(led, key=lambda one: one.title.casefold())
