"""What a facilitator sees: what waits on the desk, what he leads, and one opportunity closely."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.letters import Letter
from ..domain.people import Capacity, Invitation, Participant, Person
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from .correspondence import Trouble, trouble
from .finding import require_facilitator, the_opportunity
from .looking import WrittenComment, waiting, written


@dataclass(frozen=True, slots=True)
class Led:
    """One opportunity on its facilitator's desk."""

    opportunity: Opportunity
    participants: list[Participant]
    invitations: list[Invitation]
    trouble: Trouble

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
    lost: Trouble  # with mail that belongs to no opportunity


def desk(store: Store, person: Person, now: datetime) -> Desk:
    """What a facilitator's desk shows; empty for somebody who facilitates nothing."""
    held = waiting(store, person)
    with store.reading() as look:
        led = [
            Led(
                opportunity,
                look.participants(opportunity.id),
                look.invitations(opportunity.id),
                trouble(look, opportunity.id, now),
            )
            for opportunity in look.opportunities()
            if not opportunity.gone
            and may_facilitate(person, look.participant(opportunity.id, person.id))
        ]
        led.sort(key=lambda one: one.opportunity.title.casefold())
        if not person.facilitates:
            return Desk(held, led, [], Trouble(0, 0, 0))
        return Desk(held, led, _last_letters(look), trouble(look, None, now))


def led_closely(store: Store, person: Person, slug: str, now: datetime) -> LedClosely:
    """One opportunity as its facilitator sees it. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, person, opportunity.id)
        said = [written(look, comment) for comment in look.comments_ever_shown(opportunity.id)]
        return LedClosely(
            opportunity,
            look.participants(opportunity.id),
            look.invitations(opportunity.id),
            trouble(look, opportunity.id, now),
            said[::-1],
        )


def _last_letters(look: Reading) -> list[tuple[Letter, Person]]:
    found = ((letter, look.person(letter.person_id)) for letter in look.letters(50))
    return [(letter, person) for letter, person in found if person]
