"""Telling people of a change of phase, once: what the site declared, and what is expected now."""

from datetime import datetime

from ..domain.house import House
from ..domain.letters import Kind, Letter
from ..domain.phases import Opportunity, Phase
from ..storage.interface import Reading, Writing
from .telling import tell


def tell_of_phase(t: Writing, house: House, told: Opportunity, now: datetime) -> None:
    """Leave a letter, after the grace, for everybody who wants each comment, if the phase is new.

    `told` is as the site says; the store still has it as it was. A phase that was changed again
    before its letters went out is as if it had never been.
    """
    before = t.opportunity_by_id(told.id)  # another process may have been quicker
    if before is None or before.phase is told.phase:
        return
    known, cursor = t.phase_told(told.id) or (before.phase.value, 0)
    last = _subject(before.phase, cursor)
    unsent = t.was_told(Kind.PHASE, told.id, last) and not t.was_sent(Kind.PHASE, told.id, last)
    known = known if unsent else before.phase.value
    t.drop_letters_about(last)
    cursor = t.note_change(told.id, None, now)
    t.note_phase_told(told.id, known, cursor)
    if known != told.phase.value:
        people = filter(None, map(t.person, t.ids_to_mail_each(told.id)))
        due, subject = now + house.grace, _subject(told.phase, cursor)
        tell(t, house, Kind.PHASE, people, now, opportunity_id=told.id, subject=subject, due=due)


def still_new(look: Reading, opportunity: Opportunity | None, letter: Letter) -> bool:
    """Whether the change that a letter tells of is the newest one."""
    newest = look.phase_told(opportunity.id) if opportunity else None
    if opportunity is None or newest is None or opportunity.gone:
        return False
    return letter.subject == _subject(opportunity.phase, newest[1])


def phase_left(look: Reading, opportunity_id: str, since: int, until: int) -> Phase | None:
    """The phase before the one of now, if a digest of what is between two cursors tells of it."""
    opportunity = look.opportunity_by_id(opportunity_id)
    newest = look.phase_told(opportunity_id)
    if opportunity is None or newest is None:
        return None
    known, cursor = newest
    is_news = since < cursor <= until and known != opportunity.phase.value
    return Phase(known) if is_news else None


def _subject(phase: Phase, cursor: int) -> str:
    """What the letters of one change are about: no two changes have the same."""
    return f"phase-{phase.value}-{cursor}"
