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
from .rereading import stand_by_in, version_asked
from .roles import accept_role_in, lay_down_role_in
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


def reread(
    t: Writing, house: House, letter: Letter, person: Person, command: Command | None, now: datetime
) -> str | None:
    """Stand by the version that the letter asked about; other words are a comment.

    Raises Conflict when the agreement has changed since, Invalid for a bare no.
    """
    if command is Command.YES:
        opportunity = t.opportunity_by_id(letter.opportunity_id or "")
        if opportunity:
            stand_by_in(t, person, opportunity, version_asked(letter), now)
            return "reread"
    if command:
        raise errors.Invalid(N_("Answer “ok” if you stand by it, or say what should be changed."))
    return None


def answer_role(
    t: Writing, house: House, letter: Letter, person: Person, command: Command | None, now: datetime
) -> str:
    """Take the role that was proposed, or decline it. Raises Invalid for any other word."""
    if command is Command.YES:
        accept_role_in(t, person, letter.subject or "", now)
        return "role taken"
    if command is Command.NO:
        lay_down_role_in(t, person, letter.subject or "", now)
        return "role declined"
    raise errors.Invalid(N_("Answer “ok” to take the role, or “no”. Nothing was done."))


Answer = Callable[[Writing, House, Letter, Person, Command | None, datetime], str | None]
ANSWERS: dict[Kind, Answer] = {
    Kind.HELD: moderate,
    Kind.CONFIRM: confirm,
    Kind.INVITATION: answer_invitation,
    Kind.REMINDER: answer_invitation,
    Kind.ROLE: answer_role,
    Kind.REREAD: reread,
}
