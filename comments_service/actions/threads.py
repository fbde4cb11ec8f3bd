"""Where a comment stands in its thread, as mail programs see it: the Message-IDs above it."""

from dataclasses import dataclass

from ..domain.discussion import Comment, State
from ..domain.house import House
from ..domain.people import Person
from ..storage.interface import Reading
from .telling import update_message_id

DEEPEST = 1_000  # comments on the way up to a root


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a comment or an update stands."""

    opening: str  # what its thread begins with; empty when that was taken back
    above: tuple[str, ...] = ()  # the Message-IDs from the root to the parent


def thread_of(look: Reading, house: House, comment: Comment, reader: Person | None) -> Thread:
    """The thread of a comment. For its `reader` only, a comment of theirs that came by mail bears
    its own Message-ID too: their program knows it by that, and it may tell of their machine.
    """
    above = _above(look, comment)
    root = above[0] if above else comment
    opening = root.text if root.state is State.PUBLISHED else ""
    ids = []
    opportunity = look.opportunity_by_id(comment.opportunity_id) if root.update else None
    if opportunity and root.update:
        told = look.update_told(opportunity.id, root.update)  # by its name of that day
        ids.append(told or update_message_id(house, opportunity, root.update))
        titles = {update.slug: update.title for update in opportunity.updates}
        opening = titles.get(root.update, "")
    for one in above:
        if reader and one.author_id == reader.id:
            mail = look.incoming_of(one.id)
            ids += [mail.message_id] if mail and mail.message_id else []
        ids.append(one.message_id)
    return Thread(opening, tuple(ids))


def top_of(look: Reading, comment: Comment) -> str:
    """The slug of the update that began a comment's thread, or the id of the comment that did."""
    top = next(iter(_above(look, comment)), comment)
    return top.update or top.id


def _above(look: Reading, comment: Comment) -> list[Comment]:
    """What a comment answers, from the root to its parent. The way up ends, whatever is stored."""
    above: list[Comment] = []
    parent_id = comment.parent_id
    while parent_id and len(above) < DEEPEST and (parent := look.comment(parent_id)):
        above.append(parent)
        parent_id = parent.parent_id
    return above[::-1]
