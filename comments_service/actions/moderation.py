"""What a facilitator decides about comments: approve one that waits, hide one, show it again."""

from dataclasses import replace
from datetime import datetime

from .. import errors
from ..domain.discussion import Comment, State
from ..domain.house import House
from ..domain.letters import Kind
from ..domain.people import Person
from ..gettext import N_
from ..storage.interface import Store, Writing
from .finding import require_facilitator, the_comment
from .placing import adopt_waiting
from .telling import tell, tell_of_comment


def approve(store: Store, house: House, by: Person, id: str, now: datetime) -> Comment:
    """Publish a comment that was held or hidden; when nobody had seen it, people are told.

    Raises NotFound, NotAllowed, Conflict.
    """
    with store.transaction() as t:
        return approve_in(t, house, by, id, now)


def approve_in(t: Writing, house: House, by: Person, id: str, now: datetime) -> Comment:
    """`approve` inside a transaction that does more."""
    comment = _to_decide(t, by, id)
    if comment.state is State.PUBLISHED:
        return comment
    if comment.state not in (State.HELD, State.HIDDEN) or not comment.text:
        raise errors.Conflict(N_("There is nothing to approve here any more."))
    waited = not t.was_ever_shown(comment)
    comment = replace(comment, state=State.PUBLISHED)
    _decide(t, comment, by, now)
    t.note_change(comment.opportunity_id, comment.id, now)
    if waited:
        _tell_author(t, house, Kind.APPROVED, comment, now)
        tell_of_comment(t, house, comment, now)
        adopt_waiting(t, comment, now)
    return comment


def hide(store: Store, house: House, by: Person, id: str, now: datetime) -> Comment:
    """Take a comment off the page. Its words stay with the facilitators; approving brings it back.

    The author of one that waited is told; nobody else is. Raises NotFound, NotAllowed, Conflict.
    """
    with store.transaction() as t:
        return hide_in(t, house, by, id, now)


def hide_in(t: Writing, house: House, by: Person, id: str, now: datetime) -> Comment:
    """`hide` inside a transaction that does more."""
    comment = _to_decide(t, by, id)
    if comment.state is State.HIDDEN:
        return comment
    if comment.state is State.WITHDRAWN:
        raise errors.Conflict(N_("Its author has withdrawn it already."))
    if comment.state is State.UNCONFIRMED:
        raise errors.Conflict(N_("Its author has not confirmed it yet: nobody sees it."))
    was_shown = comment.state is State.PUBLISHED
    comment = replace(comment, state=State.HIDDEN)
    t.drop_letters_about(comment.id)
    _decide(t, comment, by, now)
    if was_shown:
        t.note_change(comment.opportunity_id, comment.id, now)
    else:
        _tell_author(t, house, Kind.REFUSED, comment, now)
    return comment


def _tell_author(t: Writing, house: House, kind: Kind, comment: Comment, now: datetime) -> None:
    if author := t.person(comment.author_id):
        where = comment.opportunity_id
        tell(t, house, kind, [author], now, opportunity_id=where, subject=comment.id)


def _to_decide(t: Writing, by: Person, id: str) -> Comment:
    comment = the_comment(t, id)
    require_facilitator(t, by, comment.opportunity_id)
    return comment


def _decide(t: Writing, comment: Comment, by: Person, now: datetime) -> None:
    t.change_comment(comment)
    t.decide_comment(comment.id, by.id, now)
