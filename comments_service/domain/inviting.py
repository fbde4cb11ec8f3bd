"""What has become of an invitation, for its facilitator's eyes; and when one may remind of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from .bounces import Bounce
from .letters import NO_LONGER_WANTED, Letter
from .people import Answer, Invitation, Participant

IN_PEACE = timedelta(days=2)  # nobody is reminded earlier; whoever says nothing later is silent


class InvitationFate(StrEnum):
    """What became of an invitation, as far as anybody can know."""

    SENT = "sent"  # lately: two days are no silence
    BOUNCED = "bounced"
    LOOKED = "looked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"


def fate(
    invitation: Invitation,
    participant: Participant | None,
    letters: Iterable[Letter],
    bounces: Iterable[Bounce],
    now: datetime,
) -> InvitationFate:
    """The fate of an invitation, whose `letters` are it and its reminder, in any order.

    `bounces` are those of its person. An answer counts more than that mail came back once.
    """
    if invitation.answer is Answer.DECLINED:
        return InvitationFate.DECLINED
    if invitation.answer is Answer.ACCEPTED or (participant and participant.joined):
        return InvitationFate.ACCEPTED
    heard_of = invitation.looked or invitation.sent
    came_back = any(bounce.at >= heard_of for bounce in bounces)
    if came_back or invitation.person.unreachable or any(map(_given_up, letters)):
        return InvitationFate.BOUNCED
    if invitation.looked:
        return InvitationFate.LOOKED
    in_peace = now < (invitation.reminded or invitation.sent) + IN_PEACE
    return InvitationFate.SENT if in_peace else InvitationFate.SILENT


def _given_up(letter: Letter) -> bool:
    return letter.sent is None and letter.due is None and letter.error != NO_LONGER_WANTED
