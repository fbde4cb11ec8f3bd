"""What was said after a page was built: for a page that stands on a host of its own."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.discussion import Comment, State
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from .finding import the_opportunity

MOST = 100


@dataclass(frozen=True, slots=True)
class NewerComment:
    """A comment with whom a page names around it; None for whoever was erased."""

    comment: Comment
    author: Person | None
    introduces: Person | None = None
    answers: Person | None = None


@dataclass(frozen=True, slots=True)
class Newer:
    """Comments first shown, edited, withdrawn or set aside after a time, by the time of that."""

    opportunity: Opportunity
    comments: list[NewerComment]
    changed: datetime | None  # of all changes the last, whatever it was
    until: datetime | None  # what comes after this one did not fit
    more: bool


def newer(store: Store, slug: str, than: datetime | None, limit: int = MOST) -> Newer:
    """What changed after `than`; everything, without it. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        found = look.comments_changed_after(opportunity.id, than, limit + 1)
        more, found = len(found) > limit, found[:limit]
        return Newer(
            opportunity,
            [_with_people(look, comment) for _, comment in found],
            look.changed(opportunity.id),
            found[-1][0] if more else None,
            more,
        )


def _with_people(look: Reading, comment: Comment) -> NewerComment:
    parent = look.comment(comment.parent_id) if comment.parent_id else None
    introduces = comment.introduces if comment.introduces != comment.author_id else None
    return NewerComment(
        comment,
        _named(look, comment.author_id),
        _named(look, introduces),
        _named(look, parent.author_id if parent and parent.state is State.PUBLISHED else None),
    )


def _named(look: Reading, id: str | None) -> Person | None:
    person = look.person(id) if id else None
    return person if person and not person.erased else None
