"""Where a mail belongs in a discussion: under what it answers, at once or when that arrives."""

from dataclasses import replace
from datetime import datetime

from ..domain.discussion import Comment, Door, Place, State
from ..domain.incoming import Mail
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Writing
from .telling import update_named

DEEPEST = 1_000  # of a thread


def place_by_references(look: Reading, opportunity: Opportunity, mail: Mail) -> Place:
    """Under the comment or update that the mail answers by In-Reply-To, then References."""
    for message_id in filter(None, [mail.in_reply_to, *reversed(mail.references)]):
        comment = look.comment_by_message_id(message_id)
        if (
            comment
            and comment.opportunity_id == opportunity.id
            and comment.state in (State.PUBLISHED, State.WITHDRAWN)
        ):
            return Place(answer=comment.id)
        if slug := update_named(look, opportunity, message_id):
            return Place(update=slug)
    return Place()


def adopt_orphans(t: Writing, parent: Comment, message_id: str, now: datetime) -> None:
    """Comments that came before the mail that they answer find their place under it."""
    for earlier in t.incoming_answering(parent.opportunity_id, message_id):
        comment = t.comment(earlier.comment_id or "")
        if comment is None or comment.parent_id or comment.update:
            continue
        if parent.state is not State.PUBLISHED or _is_above(t, comment.id, parent):
            continue
        t.change_comment(replace(comment, parent_id=parent.id))
        if t.was_ever_shown(comment):
            t.note_change(comment.opportunity_id, comment.id, now)


def adopt_waiting(t: Writing, comment: Comment, now: datetime) -> None:
    """The same for a comment that came by mail and is shown only now."""
    mail = t.incoming_of(comment.id) if comment.door is Door.MAIL else None
    if mail and mail.message_id:
        adopt_orphans(t, comment, mail.message_id, now)


def _is_above(look: Reading, id: str, comment: Comment) -> bool:
    """Whether `comment` is, or answers in the end, the comment `id`: a cycle would come of it."""
    above: Comment | None = comment
    for _ in range(DEEPEST):
        if above is None:
            return False
        if above.id == id:
            return True
        above = look.comment(above.parent_id) if above.parent_id else None
    return True
