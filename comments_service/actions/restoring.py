"""Discussions of an archive come back into an empty service, all of them or none. Nobody is mailed:
nothing of what comes back is news, and nobody's address is known until somebody gives it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .. import errors
from ..domain.discussion import Comment, Place, same_words
from ..domain.erasures import shell_of
from ..domain.ids import mint
from ..domain.kept import BadArchive, Kept, KeptPerson, stand_in
from ..domain.marks import Audience
from ..domain.people import Capacity, Participant, Person, bare_name, edition_of
from ..domain.phases import Opportunity
from ..domain.team import Support
from ..gettext import N_
from ..storage.interface import Store, Writing
from .addressing import Given, give, resolved
from .unpacking import unpacked

_A_TICK = timedelta(milliseconds=1)
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    discussions: int
    comments: int
    people: int
    addressed: tuple[Person, ...]  # whose address is known
    facilitators: tuple[Person, ...]  # whom the settings name, and who are who they were
    unsure: tuple[Person, ...]  # facilitators of the settings whose name several bear
    passed_over: tuple[Given, ...]  # addresses of people who are in no discussion of it


class _Undone(Exception):
    """A dry run takes back what it did."""


def restore(
    store: Store,
    documents: Mapping[str, Document],
    addresses: Sequence[Given],
    language: str,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Restored:
    """Bring back what `documents`, by the names of their files, tell.

    Raises BadArchive, which names the file, and Conflict unless the service is empty.
    """
    archive = {file: unpacked(file, document) for file, document in documents.items()}
    _check_together(archive)
    restored = None
    try:
        with store.transaction() as t:
            _require_empty(t)
            t.put_references_off()
            restored = _Restoring(t, list(archive.values()), language, now).all(addresses)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    assert restored is not None  # noqa: S101 - or something was raised
    return restored


def _require_empty(t: Writing) -> None:
    comments, people = t.holdings()
    if comments or people:
        raise errors.Conflict(
            N_(
                "This service is not empty: it holds %(comments)d comments, and knows %(people)d "
                "people besides its facilitators. An archive comes back into a new one only."
            ),
            comments=comments,
            people=people,
        )


def _check_together(archive: Mapping[str, Kept]) -> None:
    """That no two files tell of the same thing."""
    tell: list[tuple[str, Callable[[Kept], Iterable[str]]]] = [
        ("the opportunity", lambda kept: kept.names),
        ("the comment", lambda kept: [one.id for one in kept.comments]),
        ("the Message-ID", lambda kept: [one.message_id for one in kept.comments]),
        ("the role", lambda kept: [one.role.id for one in kept.roles]),
    ]
    for what, names in tell:
        found: dict[str, str] = {}
        for file, kept in archive.items():
            for name in names(kept):
                if name in found:
                    raise BadArchive(f"{file}: {what} {name} is in {found[name]}, too")
                found[name] = file


class _Restoring:
    """One restoration, in one transaction."""

    def __init__(self, t: Writing, archive: list[Kept], language: str, now: datetime) -> None:
        self._t, self._archive, self._language, self._now = t, archive, language, now
        # Somebody of several discussions is as the one that changed last has them.
        in_order = sorted(archive, key=lambda kept: kept.changed)
        self._people = {one.person.id: one.person for kept in in_order for one in kept.people}
        self._nobody = ""
        self._placed: set[str] = set()

    def all(self, addresses: Sequence[Given]) -> Restored:
        given, passed_over = resolved(addresses, self._people.values())
        here = [p for p in self._t.people() if p.facilitates and p.email not in given.values()]
        named, unsure = self._named(here)
        for id, email in named.items():
            given.setdefault(id, email)
        self._add_people()
        where = {kept.opportunity.slug: self._place(kept) for kept in self._archive}
        for id, email in given.items():
            give(self._t, id, email)
        for kept in self._archive:
            self._bring_back(kept, where[kept.opportunity.slug])
        kept_people = {id: self._t.person(id) for id in {*given, *named}}
        return Restored(
            discussions=len(self._archive),
            comments=sum(len(kept.comments) for kept in self._archive),
            people=len(self._people),
            addressed=tuple(p for id in given if (p := kept_people[id])),
            facilitators=tuple(p for id in named if (p := kept_people[id])),
            unsure=tuple(unsure),
            passed_over=tuple(passed_over),
        )

    def _named(self, here: list[Person]) -> tuple[dict[str, str], list[Person]]:
        """The addresses of facilitators whom the settings name as the archive does, by id; and
        those of whom that cannot be said, for want of a name that is one person's."""
        led = {
            one.person.id
            for kept in self._archive
            for one in kept.people
            if one.capacity is Capacity.FACILITATOR
        }
        found: dict[str, str] = {}
        unsure = []
        for person in here:
            same = [id for id in led if _is_called(self._people[id], person.name)]
            alone = sum(_is_called(other, person.name) for other in here) == 1
            if len(same) == 1 and alone:
                found[same[0]] = person.email
            elif same:
                unsure.append(person)
        return found, unsure

    def _add_people(self) -> None:
        for person in self._people.values():
            language = person.language or self._language
            returned = replace(
                person, language=language, unreachable=self._now, answers_since=self._now
            )
            self._t.add_person(returned, self._now)
        mentioned = {id for kept in self._archive for id in _mentioned(kept)}
        for id in sorted(mentioned - self._people.keys()):
            self._add_nobody(id)
        if any(not one.author_id for kept in self._archive for one in kept.comments):
            self._nobody = mint(self._now)
            self._add_nobody(self._nobody)

    def _add_nobody(self, id: str) -> None:
        person = Person(id, "", stand_in(id), self._language)
        self._t.add_person(shell_of(person, self._now), self._now)

    def _place(self, kept: Kept) -> Opportunity:
        """The opportunity as the manifest told of it, or as the archive does."""
        for name in kept.names:
            if known := self._t.opportunity(name):
                if known.id in self._placed:
                    raise BadArchive(
                        f"{kept.opportunity.slug}: the site has made one opportunity of this and "
                        "of another discussion of the archive"
                    )
                self._placed.add(known.id)
                self._t.clear(known.id)
                return known
        added = replace(kept.opportunity, id=mint(self._now))
        self._t.add_opportunity(added)
        self._t.set_aliases(added.id, kept.aliases)
        return added

    def _bring_back(self, kept: Kept, opportunity: Opportunity) -> None:
        t, id = self._t, opportunity.id
        for update in kept.updates:
            t.restore_update_told(id, update, heard=update.slug in kept.heard)
        introducers = {one.introduces: one.author_id for one in kept.comments if one.introduces}
        for one in kept.people:
            if one.capacity:
                t.add_participant(self._participant(one, id, introducers.get(one.person.id)))
        for comment in kept.comments:
            author = comment.author_id or self._nobody
            placed = replace(comment, opportunity_id=id, author_id=author)
            place = Place(comment.parent_id, comment.update)
            t.add_comment(placed, same_words(author, id, place, comment.text))
        self._bring_back_team(kept, id)
        for comment_id, at in _changes(kept):
            t.add_change(id, comment_id, at)

    def _participant(
        self, one: KeptPerson, opportunity_id: str, introduced_by: str | None
    ) -> Participant:
        person = self._t.person(one.person.id)
        assert person is not None and one.capacity is not None  # noqa: S101 - it was added
        return Participant(
            opportunity_id=opportunity_id,
            person=person,
            capacity=one.capacity,
            introduction=one.introduction,
            introduction_html=one.introduction_html,
            introduction_public=bool(one.introduction_html),
            joined=one.joined or self._now,
            left=one.left,
            introduced_by=introduced_by or None,
            introduction_seen=edition_of(one.introduction),
        )

    def _bring_back_team(self, kept: Kept, opportunity_id: str) -> None:
        t, authors = self._t, {one.id: one.author_id for one in kept.comments}
        for one in kept.roles:
            t.add_role(replace(one.role, opportunity_id=opportunity_id))
            said = {authors.get(id, ""): id for id in one.comments}
            at = one.role.taken or one.role.made
            for supporter in one.supporters:
                at += _A_TICK  # when they did so is nobody's business, but their order stays
                t.set_support(Support(one.role.id, supporter, at, said.get(supporter)))
        for number, mark in enumerate(kept.marks):
            at = mark.at + number * _A_TICK
            t.set_mark(replace(mark, opportunity_id=opportunity_id, at=at))
        if kept.marks:  # they are told only where everybody may see them
            t.set_audience(opportunity_id, Audience.EVERYBODY)
        for rereading in kept.rereadings:
            t.add_rereading(replace(rereading, opportunity_id=opportunity_id))
        for thread, label in kept.topics.items():
            t.set_topic(opportunity_id, thread, label)


def _is_called(person: Person, name: str) -> bool:
    return bare_name(person.name) == bare_name(name)


def _mentioned(kept: Kept) -> Iterator[str]:
    """Everybody to whom something refers."""
    for comment in kept.comments:
        yield from filter(None, (comment.author_id, comment.introduces))
    for one in kept.roles:
        yield from filter(None, (one.role.person_id, one.role.proposed_by, *one.supporters))
    for mark in kept.marks:
        yield mark.person_id
    for rereading in kept.rereadings:
        yield rereading.person_id


def _changes(kept: Kept) -> list[tuple[str | None, datetime]]:
    """When each comment came or was mended, no two at one time; the last is when the archive says
    that the discussion changed last."""
    told: list[tuple[str | None, datetime]] = sorted(
        ((one.id, _moment(one)) for one in kept.comments), key=lambda told: (told[1], told[0])
    )
    if not told or told[-1][1] < kept.changed:
        told.append((None, kept.changed))
    changes, latest = [], kept.changed
    for comment_id, at in reversed(told):
        at = min(at, latest)
        changes.append((comment_id, at))
        latest = at - _A_TICK
    return changes[::-1]


def _moment(comment: Comment) -> datetime:
    return max(comment.written, comment.edited or comment.written)
