"""What the pages of the service show: plain looks that change nothing."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.access import Grant
from ..domain.discussion import Comment, State
from ..domain.letters import Letter
from ..domain.people import Invitation, Participant, Person
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from .finding import the_comment, the_opportunity


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """A comment with what a page says around it."""

    comment: Comment
    author: Person
    opportunity: Opportunity


@dataclass(frozen=True, slots=True)
class Led:
    """One opportunity on its facilitator's desk."""

    opportunity: Opportunity
    participants: list[Participant]
    invitations: list[Invitation]


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a facilitator, and what he leads."""

    held: list[WrittenComment]
    led: list[Led]
    letters: list[Letter]


@dataclass(frozen=True, slots=True)
class MyData:
    """All that is kept of one person."""

    person: Person
    participations: list[tuple[Opportunity, Participant]]
    comments: list[WrittenComment]
    grants: list[Grant]
    facilitates: bool


def find_opportunity(store: Store, slug: str) -> Opportunity:
    """The opportunity of that name. Raises NotFound."""
    with store.reading() as look:
        return the_opportunity(look, slug)


def find_comment(store: Store, id: str) -> WrittenComment:
    """A comment, its author and its opportunity. Raises NotFound."""
    with store.reading() as look:
        return _written(look, the_comment(look, id))


def find_person(store: Store, email: str) -> Person | None:
    """The person with this address, if we know one."""
    with store.reading() as look:
        return look.person_by_email(email.strip().lower())


def everybody(store: Store) -> list[Person]:
    """All people, by name."""
    with store.reading() as look:
        return look.people()


def waiting(store: Store, person: Person | None = None) -> list[WrittenComment]:
    """Held comments, oldest first; those that `person` may decide about, or all."""
    with store.reading() as look:
        held = [_written(look, comment) for comment in look.comments_in_state(State.HELD)]
        return [w for w in held if person is None or _leads(look, person, w.opportunity)]


def desk(store: Store, person: Person) -> Desk:
    """What a facilitator's desk shows; empty for somebody who facilitates nothing."""
    held = waiting(store, person)
    with store.reading() as look:
        led = [
            Led(opportunity, look.participants(opportunity.id), look.invitations(opportunity.id))
            for opportunity in look.opportunities()
            if not opportunity.gone and _leads(look, person, opportunity)
        ]
        led.sort(key=lambda one: one.opportunity.title.casefold())
        return Desk(held, led, look.letters(50) if person.facilitates else [])


def my_data(store: Store, person: Person, now: datetime) -> MyData:
    """All that is kept of `person`."""
    with store.reading() as look:
        participations = []
        for participation in look.participations(person.id):
            if opportunity := look.opportunity_by_id(participation.opportunity_id):
                participations.append((opportunity, participation))
        grants = [g for g in look.grants_of(person.id) if g.ended is None and now < g.expires]
        comments = [_written(look, comment) for comment in look.comments_by(person.id)]
        leads = person.facilitates or any(may_facilitate(person, p) for _, p in participations)
        return MyData(person, participations, comments, grants, leads)


def _leads(look: Reading, person: Person, opportunity: Opportunity) -> bool:
    return may_facilitate(person, look.participant(opportunity.id, person.id))


def _written(look: Reading, comment: Comment) -> WrittenComment:
    author = look.person(comment.author_id)
    opportunity = look.opportunity_by_id(comment.opportunity_id)
    assert author is not None and opportunity is not None  # noqa: S101 - foreign keys hold it
    return WrittenComment(comment, author, opportunity)
