"""Comments that came by mail before what they answer: they find their place when it arrives."""

from dataclasses import replace
from datetime import datetime

from ..domain.discussion import Comment, State
from ..storage.interface import Reading, Writing

DEEPEST = 1_000  # of a thread


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
