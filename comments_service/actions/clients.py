"""The client, invited on the spot: what the facilitator shows; the others hear of it first.

Inviting itself is in `invitations`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import errors
from ..domain.access import Grant, Scope
from ..domain.letters import Kind
from ..domain.people import Capacity, Invitation, Participant, Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store
from .finding import require_facilitator, the_opportunity

LONGEST_WAIT = timedelta(seconds=30)  # for letters that a mail server does not take
NEWEST = 1_000  # letters of one opportunity, written in that time


@dataclass(frozen=True, slots=True)
class Shown:
    """A client's invitation on the facilitator's phone, and the grant behind its link."""

    opportunity: Opportunity
    participant: Participant
    grant: Grant | None  # none when its link is in the mail alone, or opens nothing any more
    by_mail: bool  # whether the person was known before: the link would open all that is theirs


def clients(store: Store, by: Person, slug: str) -> tuple[Opportunity, Sequence[Participant]]:
    """The opportunity and its clients, present or only invited. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        parts = look.participants(opportunity.id)
        return opportunity, [part for part in parts if part.capacity is Capacity.CLIENT]


def client_to_show(store: Store, by: Person, slug: str, person_id: str, now: datetime) -> Shown:
    """A client, and the link to hand over. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        part = look.participant(opportunity.id, person_id)
        invitation = look.invitation_of(opportunity.id, person_id)
        if part is None or part.capacity is not Capacity.CLIENT or invitation is None:
            raise errors.NotFound(N_("No such client is invited here."))
        if not _is_new(look, part, invitation):
            return Shown(opportunity, part, None, by_mail=True)
        grants = look.grants_of(person_id)
        opening = (grant for grant in grants if grant.opens(Scope.INVITATION, now))
        return Shown(opportunity, part, next(opening, None), by_mail=False)


def _is_new(look: Reading, part: Participant, invitation: Invitation) -> bool:
    """Whether nothing but this invitation is known of somebody, who has not come in yet."""
    id = part.person.id
    return not (
        part.person.facilitates
        or part.joined
        or len(look.participations(id)) > 1
        or any(grant.subject != invitation.id for grant in look.grants_of(id))
        or look.comments_by(id)
        or look.followings(id)
    )


def check_authors_told(look: Reading, participant: Participant, now: datetime) -> None:
    """Raise NotYet when a client comes in before those who wrote were told of it.

    Their letters have been sent or given up, or thirty seconds have passed: then nobody waits.
    """
    if participant.capacity is not Capacity.CLIENT or participant.joined:
        return
    about = participant.opportunity_id, participant.person.id
    invitation = look.invitation_of(*about)
    if invitation is None or now >= invitation.sent + LONGEST_WAIT:
        return
    for letter in look.letters_about(participant.opportunity_id, NEWEST):
        of_this_client = letter.kind is Kind.CLIENT_JOINS and letter.subject == about[1]
        if of_this_client and letter.sent is None and letter.due is not None:
            raise errors.NotYet(
                N_("In a few seconds: the others are being told that you join. Then try again.")
            )
