"""What the desk counts: how one opportunity fares, what is new in it, and how all of them do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain import figures
from ..domain.discussion import Comment
from ..domain.inviting import InvitationFate
from ..domain.notes import Suggestion
from ..domain.people import Capacity, Invitation, Participant, Person
from ..domain.phases import Opportunity
from ..domain.team import Role
from ..storage.interface import Reading, Store
from .correspondence import Trouble, trouble
from .finding import require_facilitator, the_opportunity
from .reaching import in_reach, reach_of
from .reminding import fates


@dataclass(frozen=True, slots=True)
class News:
    """What changed since a facilitator last said that he had seen everything."""

    since: datetime | None  # None: he never did, and everything is new
    comments: list[Comment]
    came: list[Participant]
    left: list[Participant]
    roles: list[Role]  # claimed, proposed, taken or laid down
    suggestions: list[Suggestion]

    def __bool__(self) -> bool:
        return bool(self.comments or self.came or self.left or self.roles or self.suggestions)


@dataclass(frozen=True, slots=True)
class Figures:
    """How one opportunity fares. Lists are what a figure counts: a page links to them."""

    opportunity: Opportunity
    cursor: int  # what `seen` is to be told when all of this was seen,
    at: datetime  # and when
    fates: dict[InvitationFate, list[Invitation]]
    present: list[Participant]
    wrote: list[Person]
    quiet: list[Participant]
    left: list[Participant]
    days_to_exchange: int | None
    unanswered: list[Comment]
    people_unanswered: list[Person]
    held: list[Comment]
    waiting: list[Suggestion]
    trouble: Trouble
    introduced: int
    to_introduce: int  # of so many
    news: News

    @property
    def invited(self) -> int:
        """How many invitations there were."""
        return sum(map(len, self.fates.values()))


@dataclass(frozen=True, slots=True)
class Faring:
    """One opportunity among others."""

    opportunity: Opportunity
    present: int
    comments: int
    last: datetime | None
    days_to_exchange: int | None


@dataclass(frozen=True, slots=True)
class Across:
    """How all that somebody leads is doing, by title; and who took part where, by name."""

    opportunities: list[Faring]
    people: list[tuple[Person, list[tuple[Opportunity, Participant]]]]


def figures_of(store: Store, by: Person, slug: str, now: datetime) -> Figures:
    """Everything that the desk counts of one opportunity. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        return _figures(look, by, opportunity, now)


def seen(store: Store, by: Person, slug: str, cursor: int, at: datetime, now: datetime) -> None:
    """A facilitator has seen what `figures_of` gave `at` that time: `news` begins anew.

    A page that was opened before another one never takes that back. Raises NotFound, NotAllowed.
    """
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        before = t.visited(by.id, opportunity.id)
        earlier = before is not None and (cursor, at) < before
        if not earlier and cursor <= t.cursor() and at <= now:
            t.note_visit(by.id, opportunity.id, cursor, at)


def across(store: Store, by: Person) -> Across:
    """How all that `by` leads is doing. Raises NotAllowed."""
    with store.reading() as look:
        reach = reach_of(look, by)
        led = {o.id: o for o in look.opportunities() if in_reach(reach, o.id) and not o.gone}
        parts = [p for p in look.everybody_within(reach) if p.opportunity_id in led]
        spoken, begun = look.spoken_within(reach), look.invitations_begun(reach)
        exchanged = look.exchanges_begun(reach)
    present: dict[str, int] = {}
    people: dict[str, tuple[Person, list[tuple[Opportunity, Participant]]]] = {}
    for part in parts:
        if part.joined:
            present[part.opportunity_id] = present.get(part.opportunity_id, 0) + part.present
            _, where = people.setdefault(part.person.id, (part.person, []))
            where.append((led[part.opportunity_id], part))
    faring = []
    for one in sorted(led.values(), key=lambda one: one.title.casefold()):
        number, last = spoken.get(one.id, (0, None))
        days = figures.days_between(begun.get(one.id), exchanged.get(one.id))
        faring.append(Faring(one, present.get(one.id, 0), number, last, days))
    return Across(faring, list(people.values()))


def _figures(look: Reading, by: Person, opportunity: Opportunity, now: datetime) -> Figures:
    where, cursor = opportunity.id, look.cursor()
    participants, invitations = look.participants(where), look.invitations(where)
    said, suggestions = look.said(where), look.suggestions(where)
    last, guests = figures.last_words(said), figures.guests(participants)
    experts = [p.person.id for p in participants if p.capacity is Capacity.EXPERT]
    invited = min((one.sent for one in invitations), default=None)
    exchange = figures.days_between(invited, figures.first_exchange(said, experts))
    others = (p for p in participants if p.capacity is not Capacity.FACILITATOR)
    people = {part.person.id: part.person for part in others}
    unheard = (people.get(id) for id in figures.people_unanswered(said, now))
    waiting = [one for one in suggestions if one.decided is None]
    return Figures(
        opportunity,
        cursor,
        now,
        _by_fate(invitations, fates(look, where, now)),
        [part for part in participants if part.present],
        [part.person for part in participants if part.person.id in last],
        figures.quiet(participants, last, now),
        [part for part in participants if part.left],
        exchange,
        look.some_comments([one.id for one in figures.unanswered(said, now)]),
        [person for person in unheard if person],
        look.held_in(where),
        waiting,
        trouble(look, where, now),
        sum(bool(part.introduction) for part in guests),
        len(guests),
        _news(look, by, opportunity, cursor, participants, suggestions),
    )


def _by_fate(
    invitations: Sequence[Invitation], became: Mapping[str, InvitationFate]
) -> dict[InvitationFate, list[Invitation]]:
    found: dict[InvitationFate, list[Invitation]] = {fate: [] for fate in InvitationFate}
    for one in invitations:
        found[became[one.person.id]].append(one)
    return found


def _news(
    look: Reading,
    by: Person,
    opportunity: Opportunity,
    cursor: int,
    participants: Sequence[Participant],
    suggestions: Sequence[Suggestion],
) -> News:
    visited = look.visited(by.id, opportunity.id)
    told, since = visited or (0, None)

    def is_new(moment: datetime | None) -> bool:
        return moment is not None and (since is None or moment > since)

    return News(
        since,
        look.comments_changed(opportunity.id, told, cursor),
        [part for part in participants if is_new(part.joined)],
        [part for part in participants if is_new(part.left)],
        [
            role
            for role in look.roles(opportunity.id)
            if any(map(is_new, (role.made, role.taken, role.laid_down)))
        ],
        [one for one in suggestions if is_new(one.made)],
    )
