"""“I'd work with them on this”: standing by somebody's role, quietly or with a comment; and looks
at the team. Nobody is counted or ranked: roles stand by time, people by name.
"""

from dataclasses import dataclass
from datetime import datetime

from .. import errors
from ..domain.discussion import Comment, Door, Place, State
from ..domain.house import House
from ..domain.people import Participant, Person, by_name
from ..domain.phases import Opportunity
from ..domain.team import Role, Support, roles_are_open
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .comments import Written, contribute_in
from .finding import check_open, own_comment, require_present, the_opportunity
from .finding_roles import check_roles_open, opportunity_of, the_role
from .looking import WrittenComment, written


@dataclass(frozen=True, slots=True)
class Supporter:
    """Who stands by a role, and the comment that says why, while it is there to be read."""

    person: Person
    at: datetime
    comment: Comment | None = None

    @property
    def words(self) -> str:
        """The HTML of what they say."""
        return self.comment.html if self.comment else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A role with the people around it."""

    role: Role
    holder: Person
    proposer: Person | None
    supporters: list[Supporter]

    def supported_by(self, person: Person | None) -> Supporter | None:
        """How the person stands by it; None when they do not."""
        return next((s for s in self.supporters if person and s.person.id == person.id), None)


@dataclass(frozen=True, slots=True)
class Team:
    """An opportunity's roles by time, and what somebody may do about them."""

    opportunity: Opportunity
    parts: list[Part]
    reader: Participant | None
    others: list[Participant]  # who takes part beside the reader, by name

    @property
    def open(self) -> bool:
        """Whether the reader may claim, propose and support."""
        present = self.reader is not None and self.reader.present
        return present and roles_are_open(self.opportunity)


@dataclass(frozen=True, slots=True)
class RoleClosely:
    """One role, and the reader's own comments that might speak for it, newest first."""

    opportunity: Opportunity
    part: Part
    reader: Participant | None
    comments: list[WrittenComment]

    @property
    def may_support(self) -> bool:
        """Whether the reader may stand by it now."""
        present = self.reader is not None and self.reader.present
        own = self.reader is not None and self.reader.person.id == self.part.holder.id
        return present and not own and self.part.role.held and roles_are_open(self.opportunity)


def support_role(
    store: Store, person: Person, id: str, comment_id: str | None, now: datetime
) -> Support:
    """Stand by a role quietly, or with a comment that one has written.

    Raises Invalid, NotFound, NotAllowed, Conflict, Closed.
    """
    with store.transaction() as t:
        role, opportunity = _to_support(t, person, id)
        if comment_id is not None:
            comment = own_comment(t, person, comment_id)
            published = comment.state is State.PUBLISHED
            if comment.opportunity_id != opportunity.id or not published:
                raise errors.Invalid(
                    N_("Choose a comment of yours that stands in this discussion."), field="comment"
                )
        return _support(t, role, person, comment_id, now)


def support_in_words(
    store: Store, house: House, person: Person, id: str, text: str, *, door: Door, now: datetime
) -> Comment:
    """Stand by a role with a comment of its own; whoever shows it says what it speaks for.

    Raises as `support_role` and `comments.contribute` do.
    """
    words = Written.of(text)
    with store.transaction() as t:
        role, opportunity = _to_support(t, person, id)
        comment = contribute_in(
            t, house, person, opportunity.slug, words, Place(), door=door, now=now
        )
        _support(t, role, person, comment.id, now)
        return comment


def end_support(store: Store, person: Person, id: str, now: datetime) -> None:
    """Take it back; a comment that was written stays. Raises NotFound, Closed."""
    with store.transaction() as t:
        role = the_role(t, id)
        check_open(opportunity_of(t, role))
        if any(support.person_id == person.id for support in t.supports(role.id)):
            t.end_support(role.id, person.id)
            t.note_change(role.opportunity_id, None, now)


def team(store: Store, reader: Person | None, slug: str) -> Team:
    """The roles that are held or wait for a yes, by time. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        parts = [_part(look, role) for role in look.roles(opportunity.id) if not role.over]
        present = [p for p in look.participants(opportunity.id) if p.present]
        others = [p for p in present if reader is None or p.person.id != reader.id]
        others.sort(key=lambda p: by_name(p.person))
        own = look.participant(opportunity.id, reader.id) if reader else None
        return Team(opportunity, parts, own, others)


def role_closely(store: Store, reader: Person | None, slug: str, id: str) -> RoleClosely:
    """One role of an opportunity, laid down or not. Raises NotFound."""
    with store.reading() as look:
        opportunity, role = the_opportunity(look, slug), the_role(look, id)
        if role.opportunity_id != opportunity.id:
            raise errors.NotFound(N_("There is no such role."))
        mine: list[WrittenComment] = []
        if reader:
            said = [c for c in look.comments_by(reader.id) if c.opportunity_id == opportunity.id]
            mine = [written(look, c) for c in said if c.state is State.PUBLISHED]
            mine.sort(key=lambda one: one.comment.id, reverse=True)
        own = look.participant(opportunity.id, reader.id) if reader else None
        return RoleClosely(opportunity, _part(look, role), own, mine)


def _to_support(look: Reading, person: Person, id: str) -> tuple[Role, Opportunity]:
    role = the_role(look, id)
    opportunity = opportunity_of(look, role)
    check_roles_open(opportunity)
    require_present(look, person, opportunity.id)
    if role.person_id == person.id:
        raise errors.NotAllowed(N_("This role is yours: others say whether they stand by it."))
    if not role.held:
        raise errors.Conflict(N_("Nobody carries this role now, so there is nobody to stand by."))
    return role, opportunity


def _support(
    t: Writing, role: Role, person: Person, comment_id: str | None, now: datetime
) -> Support:
    support = Support(role.id, person.id, now, comment_id)
    t.set_support(support)
    t.note_change(role.opportunity_id, None, now)
    return support


def _part(look: Reading, role: Role) -> Part:
    holder = look.person(role.person_id)
    assert holder is not None  # noqa: S101 - a foreign key holds it
    proposer = look.person(role.proposed_by) if role.proposed_by else None
    return Part(role, holder, proposer, _supporters(look, role))


def _supporters(look: Reading, role: Role) -> list[Supporter]:
    found = []
    for support in look.supports(role.id):
        comment = look.comment(support.comment_id) if support.comment_id else None
        shown = comment if comment and comment.state is State.PUBLISHED else None
        if person := look.person(support.person_id):
            found.append(Supporter(person, support.at, shown))
    return sorted(found, key=lambda one: by_name(one.person))
