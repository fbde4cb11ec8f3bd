"""What a word does that answers a letter: `ok` and `hide`, `yes` and `no`.

Each function says what it did, or None when the answer is words for the discussion. Whose word it
is has been proven.
"""

from collections.abc import Callable
from datetime import datetime

from .. import errors
from ..domain.commands import Command
from ..domain.house import House
from ..domain.letters import Kind, Letter
from ..domain.people import Person
from ..gettext import N_
from ..storage.interface import Writing
from .invitations import decline_in, take_part
from .moderation import approve_in, hide_in
from .visitors import confirm_in


def moderate(
    t: Writing, house: House, letter: Letter, person: Person, command: Command | None, now: datetime
) -> str:
    """Publish or hide the held comment. Raises Invalid for any other word, and for words."""
    if command is Command.YES:
        _check_unchanged(t, letter)
        approve_in(t, house, person, letter.subject or "", now)
        return "approved"
    if command in (Command.HIDE, Command.NO):
        hide_in(t, house, person, letter.subject or "", now)
        return "hidden"
    raise errors.Invalid(
        N_("Answer “ok” to publish the comment, or “hide”. Nothing else was done.")
    )


def _check_unchanged(t: Writing, letter: Letter) -> None:
    """Raise Conflict when the letter showed other words than the comment has now."""
    comment = t.comment(letter.subject or "")
    if comment and comment.edited and letter.sent and comment.edited > letter.sent:
        raise errors.Conflict(
            N_("Its author has changed it since. A newer mail shows how it reads now: answer that.")
        )


def confirm(
    t: Writing, house: House, letter: Letter, person: Person, command: Command | None, now: datetime
) -> str:
    """Confirm the comment; a no by somebody who is invited declines. Raises Invalid otherwise."""
    invitation = t.invitation_of(letter.opportunity_id or "", person.id)
    if command is Command.NO and invitation and invitation.answer is None:
        decline_in(t, invitation.id, now)
        return "declined"
    if command is not Command.YES:
        raise errors.Invalid(N_("Answer “ok” to confirm the comment. Nothing was done."))
    confirm_in(t, house, letter.subject or "", now)
    return "confirmed"


def answer_invitation(
    t: Writing, house: House, letter: Letter, person: Person, command: Command | None, now: datetime
) -> str | None:
    """Accept or decline; other words are a comment, which brings the person in."""
    grant = t.grant(letter.subject or "")
    invitation = t.invitation(grant.subject or "") if grant else None
    if invitation is None:
        return None
    if command is Command.NO:
        decline_in(t, invitation.id, now)
        return "declined"
    participant = t.participant(invitation.opportunity_id, person.id)
    if command is Command.YES and participant:
        if not participant.present:
            take_part(t, house, participant, now)
            t.note_change(invitation.opportunity_id, None, now)
        return "accepted"
    return None


Answer = Callable[[Writing, House, Letter, Person, Command | None, datetime], str | None]
ANSWERS: dict[Kind, Answer] = {
    Kind.HELD: moderate,
    Kind.CONFIRM: confirm,
    Kind.INVITATION: answer_invitation,
}
