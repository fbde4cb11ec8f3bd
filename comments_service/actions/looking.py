"""What the pages of the service show: plain looks that change nothing."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.access import Grant, Scope
from ..domain.discussion import Comment, Place, State
from ..domain.letters import Letter
from ..domain.people import Capacity, Invitation, Participant, Person
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity, Update
from ..storage.interface import Reading, Store
from .finding import (
    check_editable,
    check_place,
    open_grant,
    own_comment,
    require_facilitator,
    the_comment,
    the_opportunity,
    writable_opportunity,
)


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """A comment with what a page says around it."""

    comment: Comment
    author: Person
    opportunity: Opportunity


@dataclass(frozen=True, slots=True)
class WritingPlace:
    """Where somebody is about to write, with what they answer."""

    opportunity: Opportunity
    answered: WrittenComment | None = None
    update: Update | None = None


@dataclass(frozen=True, slots=True)
class Led:
    """One opportunity on its facilitator's desk."""

    opportunity: Opportunity
    participants: list[Participant]
    invitations: list[Invitation]

    @property
    def present(self) -> int:
        """How many take part now."""
        return sum(part.present for part in self.participants)

    @property
    def unanswered(self) -> int:
        """How many invitations nobody has answered yet."""
        return sum(invitation.answer is None for invitation in self.invitations)

    @property
    def not_introduced(self) -> int:
        """How many who take part the others know nothing of; the facilitators apart."""
        return sum(
            part.present and not part.introduction
            for part in self.participants
            if part.capacity is not Capacity.FACILITATOR
        )


@dataclass(frozen=True, slots=True)
class LedClosely(Led):
    """The same with all that was ever said on its page, newest first."""

    comments: list[WrittenComment]


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a facilitator, and what he leads."""

    held: list[WrittenComment]
    led: list[Led]
    letters: list[tuple[Letter, Person]]


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


def place_to_write(store: Store, slug: str, place: Place) -> WritingPlace:
    """What a page for writing shows. Raises NotFound, Closed, Invalid as writing there would."""
    with store.reading() as look:
        opportunity = writable_opportunity(look, slug)
        check_place(look, opportunity, place)
        answered = _written(look, the_comment(look, place.answer)) if place.answer else None
        update = next((u for u in opportunity.updates if u.slug == place.update), None)
        return WritingPlace(opportunity, answered, None if answered else update)


def own_words(store: Store, author: Person, id: str) -> WrittenComment:
    """One's own comment, to be withdrawn. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        return _written(look, own_comment(look, author, id))


def words_to_mend(store: Store, author: Person, id: str, now: datetime) -> WrittenComment:
    """One's own comment, to be edited. Raises NotFound, NotAllowed, TooLate."""
    with store.reading() as look:
        comment = own_comment(look, author, id)
        check_editable(look, comment, now)
        return _written(look, comment)


def words_to_confirm(store: Store, grant_id: str | None, now: datetime) -> WrittenComment:
    """The comment that a mailed link asks its author about; changes nothing. Raises BadLink."""
    with store.reading() as look:
        grant = open_grant(look, Scope.CONFIRM, grant_id, now)
        return _written(look, the_comment(look, grant.subject or ""))


def part_in(store: Store, person: Person, slug: str) -> tuple[Opportunity, Participant | None]:
    """What somebody is to the opportunity called `slug`. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        return opportunity, look.participant(opportunity.id, person.id)


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
        return Desk(held, led, _last_letters(look) if person.facilitates else [])


def led_closely(store: Store, person: Person, slug: str) -> LedClosely:
    """One opportunity as its facilitator sees it. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, person, opportunity.id)
        said = [_written(look, comment) for comment in look.comments_ever_shown(opportunity.id)]
        return LedClosely(
            opportunity,
            look.participants(opportunity.id),
            look.invitations(opportunity.id),
            said[::-1],
        )


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


def _last_letters(look: Reading) -> list[tuple[Letter, Person]]:
    found = ((letter, look.person(letter.person_id)) for letter in look.letters(50))
    return [(letter, person) for letter, person in found if person]


def _leads(look: Reading, person: Person, opportunity: Opportunity) -> bool:
    return may_facilitate(person, look.participant(opportunity.id, person.id))


def _written(look: Reading, comment: Comment) -> WrittenComment:
    author = look.person(comment.author_id)
    opportunity = look.opportunity_by_id(comment.opportunity_id)
    assert author is not None and opportunity is not None  # noqa: S101 - foreign keys hold it
    return WrittenComment(comment, author, opportunity)
