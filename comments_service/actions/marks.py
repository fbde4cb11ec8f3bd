"""What people mark, each for themselves: worth keeping; and, the client, “I thought so too”.

Nobody counts marks. Who sees the client's is the facilitator's choice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .. import errors
from ..domain.discussion import Comment, State
from ..domain.marks import BY_THE_CLIENT, Audience, Mark, MarkKind
from ..domain.people import Capacity, Participant, Person, by_name
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .finding import (
    check_open,
    require_facilitator,
    require_present,
    the_comment,
    the_opportunity,
    writable_opportunity,
)
from .looking import WrittenComment, written


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment, and whether its reader holds it worth keeping."""

    written: WrittenComment
    keeps: bool


@dataclass(frozen=True, slots=True)
class Recognised:
    """A comment, and who of the client's side said “I thought so too”, as far as one may see."""

    written: WrittenComment
    by: list[Person]


@dataclass(frozen=True, slots=True)
class Carrying:
    """A participant, and who of the client's side says that they carry the project."""

    participant: Participant
    by: list[Person]


@dataclass(frozen=True, slots=True)
class MarksSeen:
    """The client's marks as one reader may see them. A client sees all there is to mark."""

    opportunity: Opportunity
    audience: Audience
    reader: Participant | None
    leads: bool
    people: list[Carrying]  # by name
    comments: list[Recognised]  # newest first

    @property
    def may_mark(self) -> bool:
        """Whether the reader is the client, and may mark now."""
        return _is_client(self.reader) and self.opportunity.accepts_words


def keep(store: Store, person: Person, comment_id: str, now: datetime, *, on: bool = True) -> None:
    """Mark a comment worth keeping, or no longer: by who takes part. Done twice, it is done once.

    Raises NotFound, NotAllowed, Conflict, Closed.
    """
    with store.transaction() as t:
        comment = the_comment(t, comment_id)
        opportunity = t.opportunity_by_id(comment.opportunity_id)
        assert opportunity is not None  # noqa: S101 - a foreign key holds it
        check_open(opportunity)
        require_part(t, person, opportunity.id)
        if on:
            _check_readable(comment)
        _set(t, Mark(MarkKind.KEEP, opportunity.id, person.id, comment.id, now), on)


def recognise(
    store: Store, person: Person, slug: str, comment_id: str, now: datetime, *, on: bool = True
) -> None:
    """“I thought so too”, by the client. Raises NotFound, NotAllowed, Conflict, Closed."""
    with store.transaction() as t:
        opportunity = _marked_by(t, person, slug)
        comment = the_comment(t, comment_id)
        if comment.opportunity_id != opportunity.id:
            raise errors.NotFound(N_("There is no such comment."))
        if on:
            _check_readable(comment)
            _check_other(person, comment.author_id)
        _set(t, Mark(MarkKind.RECOGNISED, opportunity.id, person.id, comment.id, now), on)
        _show(t, opportunity, now)


def say_who_carries(
    store: Store, person: Person, slug: str, who: str, now: datetime, *, on: bool = True
) -> None:
    """“Carries my project”, by the client, of a participant.

    Raises NotFound, NotAllowed, Conflict, Closed.
    """
    with store.transaction() as t:
        opportunity = _marked_by(t, person, slug)
        part = t.participant(opportunity.id, who)
        if part is None or (on and not part.present):
            raise errors.NotFound(N_("This person has no part in this opportunity."))
        if on:
            _check_other(person, who)
        _set(t, Mark(MarkKind.CARRIES, opportunity.id, person.id, who, now), on)
        _show(t, opportunity, now)


def set_audience(
    store: Store, by: Person, slug: str, audience: Audience, now: datetime
) -> Audience:
    """Choose who sees the client's marks. Raises NotFound, NotAllowed."""
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        if t.audience(opportunity.id) is not audience:
            t.set_audience(opportunity.id, audience)
            t.note_change(opportunity.id, None, now)
        return audience


def read_audience(text: object) -> Audience:
    """The audience of that name. Raises Invalid."""
    try:
        return Audience(str(text))
    except ValueError:
        raise errors.Invalid(N_("This is not one of the choices."), field="audience") from None


def marks_seen_by(store: Store, reader: Person | None, slug: str) -> MarksSeen:
    """The client's marks that `reader` may see. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        part = look.participant(opportunity.id, reader.id) if reader else None
        marks = marks_visible(look, opportunity, reader)
        present = [p for p in look.participants(opportunity.id) if p.present]
        said = [c for c in look.comments_ever_shown(opportunity.id) if c.state is State.PUBLISHED]
        subjects = {mark.subject for mark in marks}
        if not (_is_client(part) and opportunity.accepts_words):
            present = [p for p in present if p.person.id in subjects]
            said = [c for c in said if c.id in subjects]
        elif part:
            present = [p for p in present if p.person.id != part.person.id]
            said = [c for c in said if c.author_id != part.person.id]
        present.sort(key=lambda p: by_name(p.person))
        return MarksSeen(
            opportunity,
            look.audience(opportunity.id),
            part,
            may_facilitate(reader, part),
            [Carrying(p, _marking(look, marks, p.person.id)) for p in present],
            [Recognised(written(look, c), _marking(look, marks, c.id)) for c in said[::-1]],
        )


def marks_visible(look: Reading, opportunity: Opportunity, reader: Person | None) -> list[Mark]:
    """Of the client's: all to facilitators, one's own, and others as the facilitator chose."""
    marks = [mark for mark in look.marks(opportunity.id) if mark.kind in BY_THE_CLIENT]
    audience = look.audience(opportunity.id)
    if audience is Audience.EVERYBODY:
        return marks
    if reader is None:
        return []
    if may_facilitate(reader, look.participant(opportunity.id, reader.id)):
        return marks
    concerned = audience is Audience.CONCERNED
    return [
        mark
        for mark in marks
        if mark.person_id == reader.id or (concerned and _concerns(look, mark, reader))
    ]


def kept(store: Store, person: Person, comment_id: str) -> Kept:
    """What a page for keeping shows. Raises NotFound, NotAllowed, Conflict."""
    with store.reading() as look:
        comment = the_comment(look, comment_id)
        require_part(look, person, comment.opportunity_id)
        _check_readable(comment)
        marks = look.marks(comment.opportunity_id, MarkKind.KEEP)
        keeps = any(m.subject == comment.id and m.person_id == person.id for m in marks)
        return Kept(written(look, comment), keeps)


def require_part(look: Reading, person: Person, opportunity_id: str) -> None:
    """Raise NotAllowed unless the person takes part, or facilitates."""
    if not may_facilitate(person, look.participant(opportunity_id, person.id)):
        require_present(look, person, opportunity_id)


def _marked_by(look: Reading, person: Person, slug: str) -> Opportunity:
    opportunity = writable_opportunity(look, slug)
    if not _is_client(look.participant(opportunity.id, person.id)):
        raise errors.NotAllowed(N_("Only the client can do that."))
    return opportunity


def _is_client(part: Participant | None) -> bool:
    return part is not None and part.present and part.capacity is Capacity.CLIENT


def _check_readable(comment: Comment) -> None:
    if comment.state is State.WITHDRAWN:
        raise errors.Conflict(N_("Its author has withdrawn it already."))
    if comment.state is not State.PUBLISHED:
        raise errors.NotFound(N_("There is no such comment."))


def _check_other(person: Person, who: str) -> None:
    if person.id == who:
        raise errors.Conflict(N_("That would be about yourself."))


def _set(t: Writing, mark: Mark, on: bool) -> None:
    if on:
        t.set_mark(mark)
    else:
        t.end_mark(mark)


def _show(t: Writing, opportunity: Opportunity, now: datetime) -> None:
    if t.audience(opportunity.id) is Audience.EVERYBODY:
        t.note_change(opportunity.id, None, now)


def _concerns(look: Reading, mark: Mark, reader: Person) -> bool:
    if mark.kind is MarkKind.CARRIES:
        return mark.subject == reader.id
    comment = look.comment(mark.subject)
    return comment is not None and comment.author_id == reader.id


def _marking(look: Reading, marks: Iterable[Mark], subject: str) -> list[Person]:
    people = [look.person(mark.person_id) for mark in marks if mark.subject == subject]
    return sorted(filter(None, people), key=by_name)
