"""The facilitator's order in a discussion: what a thread is about, and where a comment stands.

A comment keeps its id and its Message-ID wherever it is moved: what leads to it leads to it still.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .. import errors
from ..domain.discussion import Comment, Place, State
from ..domain.people import Person
from ..domain.phases import Opportunity, Update
from ..gettext import N_
from ..storage.interface import Reading, Store
from .finding import a_line, check_place, require_facilitator, the_opportunity, writable_opportunity
from .looking import WrittenComment, written
from .updates import knows_update, updates_taken_back

LONGEST_LABEL = 40
TECHNICAL, BUSINESS = "technical", "business"
_MOVABLE = (State.PUBLISHED, State.WITHDRAWN, State.HIDDEN)
Shown = dict[str, Comment]  # by id


@dataclass(frozen=True, slots=True)
class Line:
    """A comment in its thread; `depth` is 0 for the first."""

    written: WrittenComment
    depth: int


@dataclass(frozen=True, slots=True)
class LabelledThread:
    """A thread with its label; `key` is the id of its first comment or the slug of its update."""

    key: str
    label: str
    update: Update | None
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Threads:
    """All threads of an opportunity, by the time that they began; updates first, as they came."""

    opportunity: Opportunity
    threads: list[LabelledThread]
    labels: list[str]  # the facilitator's own that are in use, by name


def label_thread(
    store: Store, by: Person, slug: str, thread: str, label: str, now: datetime
) -> str:
    """Say what a thread is about: `technical`, `business`, or in a few words; empty says nothing.

    Raises Invalid, NotFound, NotAllowed, Closed.
    """
    words = a_line(label, "label", required=False, longest=LONGEST_LABEL)
    if words.casefold() in (TECHNICAL, BUSINESS):
        words = words.casefold()
    with store.transaction() as t:
        opportunity = writable_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        _check_thread(t, opportunity, thread)
        if t.topics(opportunity.id).get(thread, "") != words:
            t.set_topic(opportunity.id, thread, words)
            t.note_change(opportunity.id, None, now)
        return words


def move(
    store: Store,
    by: Person,
    slug: str,
    ids: Sequence[str],
    place: Place,
    now: datetime,
    *,
    alone: bool = False,
) -> list[Comment]:
    """Put comments under another one, under an update, or into a thread of their own.

    What answers them comes along, or, when they go `alone`, moves up to what they answered. Of
    several that go to a new thread the earliest begins it. Gives those whose place has changed.

    Raises Invalid, NotFound, NotAllowed, Closed.
    """
    with store.transaction() as t:
        opportunity = writable_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        check_place(t, opportunity, place)
        shown = {c.id: c for c in t.comments_ever_shown(opportunity.id) if c.state in _MOVABLE}
        chosen = set(ids)
        if not chosen:
            raise errors.Invalid(N_("Choose at least one comment to move."), field="comment")
        if not chosen <= shown.keys():
            raise errors.Invalid(N_("One of these comments is not in this discussion."))
        moved = _without(shown, chosen) if alone else shown
        _check_no_circle(moved, chosen, place)
        moved = _put(moved, _tops(moved, chosen), place)
        changed = [comment for id, comment in moved.items() if comment != shown[id]]
        for comment in changed:
            t.change_comment(comment)
            t.note_change(opportunity.id, comment.id, now)
        return changed


def threads(store: Store, by: Person, slug: str) -> Threads:
    """All threads, as their facilitator sees them. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        labels = look.topics(opportunity.id)
        shown = [c for c in look.comments_ever_shown(opportunity.id) if c.state in _MOVABLE]
        answers: dict[str | None, list[Comment]] = {}
        known = {comment.id for comment in shown}
        for comment in shown:
            parent = comment.parent_id if comment.parent_id in known else None
            answers.setdefault(parent, []).append(comment)
        found = _threads(look, opportunity, labels, answers)
        own = {label for label in labels.values() if label not in (TECHNICAL, BUSINESS)}
        return Threads(opportunity, found, sorted(own, key=str.casefold))


def _check_thread(look: Reading, opportunity: Opportunity, thread: str) -> None:
    if knows_update(look, opportunity, thread):
        return
    comment = look.comment(thread)
    here = comment is not None and comment.opportunity_id == opportunity.id
    if not here or comment is None or not look.was_ever_shown(comment) or not _begins(comment):
        raise errors.Invalid(N_("There is no such thread in this discussion."), field="thread")


def _begins(comment: Comment) -> bool:
    return comment.parent_id is None and comment.update is None


@dataclass(frozen=True, slots=True)
class _Above:
    """What a comment answers: its root, and the nearest that is chosen, and that is not."""

    root: str
    chosen: str | None = None
    other: str | None = None


def _above(comments: Shown, chosen: set[str]) -> dict[str, _Above]:
    """What stands above each comment, in one walk from the roots down."""
    answers: dict[str | None, list[str]] = {}
    for id, comment in comments.items():
        parent = comment.parent_id if comment.parent_id in comments else None
        answers.setdefault(parent, []).append(id)
    above = {id: _Above(id) for id in answers.get(None, ())}
    waiting = list(above)
    while waiting:
        up = waiting.pop()
        below = replace(above[up], **{"chosen" if up in chosen else "other": up})
        for id in answers.get(up, ()):
            above[id] = below
            waiting.append(id)
    return above


def _tops(comments: Shown, chosen: set[str]) -> list[str]:
    """Those of the chosen that answer none of them, however far up; oldest first."""
    above = _above(comments, chosen)
    tops = [id for id in chosen if above[id].chosen is None]
    return sorted(tops, key=lambda id: (comments[id].written, id))


def _without(shown: Shown, chosen: set[str]) -> Shown:
    """What answers one of the chosen and stays goes up to the next that stays, or begins a thread;
    among the chosen, who answered whom stays as it was.
    """
    moved = dict(shown)
    for id, above in _above(shown, chosen).items():
        near = above.chosen if id in chosen else above.other
        if near:
            moved[id] = replace(shown[id], parent_id=near)
        elif above.root != id and id not in chosen:
            root = shown[above.root]
            moved[id] = replace(shown[id], parent_id=None, update=root.update)
    return moved


def _check_no_circle(comments: Shown, chosen: set[str], place: Place) -> None:
    under = place.answer
    if under and (under in chosen or _above(comments, chosen)[under].chosen):
        raise errors.Invalid(
            N_("A comment cannot be moved below itself, or below what answers it."), field="to"
        )


def _put(comments: Shown, tops: list[str], place: Place) -> Shown:
    """With the tops in their new place; in a new thread the others answer the first."""
    first = replace(comments[tops[0]], parent_id=place.answer, update=None)
    if place.update and not place.answer:
        first = replace(first, update=place.update)
    rest = first if place.answer or place.update else replace(first, parent_id=first.id)
    moved = {
        id: replace(comments[id], parent_id=rest.parent_id, update=rest.update) for id in tops[1:]
    }
    return {**comments, **moved, first.id: first}


def _threads(
    look: Reading,
    opportunity: Opportunity,
    labels: dict[str, str],
    answers: dict[str | None, list[Comment]],
) -> list[LabelledThread]:
    found = []
    updates: dict[str, Update | None] = {update.slug: update for update in opportunity.updates}
    updates |= {one.slug: None for one in updates_taken_back(look, opportunity)}
    roots = answers.get(None, [])
    for slug, update in updates.items():
        lines = [line for c in roots if c.update == slug for line in _lines(look, c, answers)]
        if update or lines:
            found.append(LabelledThread(slug, labels.get(slug, ""), update, lines))
    for comment in roots:
        if comment.update not in updates:
            lines = _lines(look, comment, answers)
            found.append(LabelledThread(comment.id, labels.get(comment.id, ""), None, lines))
    return found


def _lines(look: Reading, root: Comment, answers: dict[str | None, list[Comment]]) -> list[Line]:
    """A comment and what answers it, each below what it answers."""
    lines, waiting = [], [(root, 0)]
    while waiting:
        comment, depth = waiting.pop()
        lines.append(Line(written(look, comment), depth))
        waiting += [(one, depth + 1) for one in reversed(answers.get(comment.id, []))]
    return lines
