"""Which letters of the outbox are still wanted when they are due."""

from datetime import datetime

from ..domain.discussion import State
from ..domain.following import Dose, dose_now
from ..domain.house import House
from ..domain.letters import CONTENT, Kind, Letter
from ..domain.people import Answer
from ..domain.permissions import may_facilitate
from ..domain.team import roles_are_open
from ..storage.interface import Reading, Store
from .matter import Matter, matter_of
from .phases import still_new
from .rereading import still_asked

# Asked for by somebody who holds the address, or the first that it ever gets.
TO_ANYBODY = frozenset({Kind.SIGN_IN, Kind.CONFIRM, Kind.FOLLOW, Kind.INVITATION})


def matter_to_send(store: Store, house: House, letter: Letter, now: datetime) -> Matter | None:
    """What the letter speaks of, or None when its reader should not get it (any more)."""
    with store.reading() as look:
        latest = look.letter(letter.id)
        if latest is None or latest.due is None:  # stopped since it was claimed
            return None
        matter = matter_of(look, house, latest)  # its update may have another name by now
        return matter if matter and _is_wanted(matter, look, now) else None


def matter_sent(store: Store, house: House, letter_id: str) -> Matter | None:
    """What a letter that went out speaks of, wanted or not; None when that cannot be told."""
    with store.reading() as look:
        letter = look.letter(letter_id)
        return matter_of(look, house, letter) if letter else None


def _is_wanted(matter: Matter, look: Reading, now: datetime) -> bool:
    kind, part = matter.letter.kind, matter.part
    if not matter.person.has_address:
        return False
    if matter.person.unreachable and kind not in TO_ANYBODY:
        return False
    if matter.grant and not matter.grant.opens(matter.grant.scope, now):
        return False
    if kind in CONTENT and _dose(matter, look) is Dose.NOTHING:
        return False
    if kind in _OF_ONES_OWN and _stopped(matter, look):
        return False
    if kind in _STATES:
        wanted = matter.said is not None and matter.said.comment.state is _STATES[kind]
        return wanted and (kind is not Kind.HELD or may_facilitate(matter.person, part))
    present = part is not None and part.present
    match kind:
        case Kind.INVITATION | Kind.REMINDER:
            return matter.invitation is not None and matter.invitation.answer is None
        case Kind.INTRODUCTION:
            told = matter.said is not None and matter.said.comment.state is State.PUBLISHED
            return told and matter.whom is not None and matter.whom.present
        case Kind.DIGEST:
            return bool(matter.news or matter.updates or matter.changes or matter.left_phase)
        case Kind.PHASE:
            return still_new(look, matter.opportunity, matter.letter)
        case Kind.REREAD:
            return present and still_asked(look, matter.opportunity, matter.letter)
        case Kind.CLIENT_JOINS:
            declined = matter.invitation and matter.invitation.answer is Answer.DECLINED
            return present and not declined
        case Kind.ROLE:
            wants = _dose(matter, look) is not Dose.NOTHING
            return present and wants and _waits_for_a_yes(matter)
        case Kind.GOODBYE:
            return not present
    return True


# What became of one's own comment: told unless its author wants nothing more.
_OF_ONES_OWN = {Kind.APPROVED, Kind.REFUSED}
# The state in which a comment is worth its letter.
_STATES = {
    Kind.CONFIRM: State.UNCONFIRMED,
    Kind.HELD: State.HELD,
    Kind.APPROVED: State.PUBLISHED,
    Kind.REFUSED: State.HIDDEN,
    Kind.COMMENT: State.PUBLISHED,
}


def _waits_for_a_yes(matter: Matter) -> bool:
    open_there = matter.opportunity is not None and roles_are_open(matter.opportunity)
    return open_there and matter.role is not None and matter.role.open


def _stopped(matter: Matter, look: Reading) -> bool:
    following = look.following(matter.letter.opportunity_id or "", matter.person.id)
    present = matter.part is not None and matter.part.present
    return following is not None and following.ended is not None and not present


def _dose(matter: Matter, look: Reading) -> Dose:
    following = look.following(matter.letter.opportunity_id or "", matter.person.id)
    return dose_now(following, takes_part=matter.part is not None and matter.part.present)
