"""The public export of discussions: what crosses to the site. Never an address."""

from collections.abc import Collection
from typing import Any

from ..domain.discussion import Comment, State
from ..domain.house import House
from ..domain.marks import Audience, MarkKind
from ..domain.people import Participant, Person
from ..domain.phases import Opportunity
from ..domain.rereading import Rereading
from ..domain.team import Role
from ..domain.times import to_text
from ..storage.interface import Reading, Store
from .finding import the_opportunity
from .updates import updates_taken_back

FORMAT = "emergence-discussions/1"
MOST_CHANGES = 5_000
Document = dict[str, Any]


def discussions_since(
    store: Store, house: House, since: int, limit: int = MOST_CHANGES
) -> Document:
    """What changed after the cursor `since`; `more` is true when there is more than fits.

    To somebody who is ahead of us (a backup was put back) everything is told anew, since 0.
    """
    with store.reading() as look:
        since = since if 0 < since <= look.cursor() else 0
        changes = look.changes(since, limit)
        discussions = []
        for opportunity_id, comments in changes.comments.items():
            if opportunity := look.opportunity_by_id(opportunity_id):
                told = _discussion(look, house, opportunity, comments, changes.cursor)
                discussions.append(told)
        return {
            "format": FORMAT,
            "service": look.service_id(),
            "since": since,
            "cursor": changes.cursor,
            "more": changes.more,
            "discussions": discussions,
        }


def discussion(store: Store, house: House, slug: str) -> Document:
    """One discussion, whole. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        return {
            "format": FORMAT,
            "service": look.service_id(),
            "cursor": look.cursor(opportunity.id),
            "discussion": whole_discussion(look, house, opportunity),
        }


def whole_discussion(look: Reading, house: House, opportunity: Opportunity) -> Document:
    """All that is public of a discussion."""
    comments = look.comments_ever_shown(opportunity.id)
    return _discussion(look, house, opportunity, comments)


def latest_cursor(store: Store, slug: str | None = None) -> tuple[str, int]:
    """The service's id and the newest cursor, of everything or of one discussion: an ETag's matter.

    Raises NotFound.
    """
    with store.reading() as look:
        opportunity_id = the_opportunity(look, slug).id if slug is not None else None
        return look.service_id(), look.cursor(opportunity_id)


def comment_document(
    house: House, comment: Comment, erased: Collection[str] = frozenset()
) -> Document:
    """A comment as the export shows it: words and author only while it is published.

    Nor does it name an author of `erased`, the ids of people whose data were.
    """
    shown = comment.state is State.PUBLISHED
    named = comment.author_id not in erased
    return {
        "id": comment.id,
        "parent": comment.parent_id,
        "update": comment.update,
        "author": comment.author_id if shown and named else None,
        "state": comment.state.value,
        "written": to_text(comment.written),
        "edited": to_text(comment.edited) if comment.edited else None,
        "html": comment.html if shown else "",
        "answer_to": f"answer+{comment.id}@{house.mail_domain}",
        "message_id": comment.message_id,
        "introduces": comment.introduces if shown else None,
    }


def role_document(store: Store, role: Role) -> Document:
    """A role as the export shows it, and since when it is laid down or declined."""
    laid_down = to_text(role.laid_down) if role.laid_down else None
    with store.reading() as look:
        return _role(look, role) | {"laid_down": laid_down}


def _discussion(
    look: Reading,
    house: House,
    opportunity: Opportunity,
    comments: list[Comment],
    until: int | None = None,
) -> Document:
    shown = (State.PUBLISHED, State.HIDDEN, State.WITHDRAWN)
    erased = look.people_erased()
    parts = [p for p in look.participants(opportunity.id) if p.joined]
    people = [_participant(look, part) for part in parts if not part.person.erased]
    visitors = look.visitors_shown(opportunity.id)
    changed = look.changed(opportunity.id, until)
    people += [_visitor(person) for person in visitors if not person.erased]
    return {
        "slug": opportunity.slug,
        "changed": to_text(changed) if changed else None,
        "answer_to": f"discuss+{opportunity.slug}@{house.mail_domain}",
        "people": people,
        "comments": [comment_document(house, c, erased) for c in comments if c.state in shown],
        "topics": look.topics(opportunity.id),
        "taken_back": [
            {"slug": one.slug, "date": one.date or None}
            for one in updates_taken_back(look, opportunity)
        ],
        "rereadings": [_rereading(one) for one in look.rereadings(opportunity.id)],
    } | _team(look, opportunity)


def _team(look: Reading, opportunity: Opportunity) -> Document:
    """Roles by time; the client's marks only where everybody may see them."""
    marks = []
    if look.audience(opportunity.id) is Audience.EVERYBODY:
        kinds = (MarkKind.CARRIES, MarkKind.RECOGNISED)
        marks = [mark for mark in look.marks(opportunity.id) if mark.kind in kinds]
    roles = [role for role in look.roles(opportunity.id) if role.laid_down is None]
    return {
        "roles": [_role(look, role) for role in roles],
        "marks": [{"kind": m.kind.value, "by": m.person_id, "subject": m.subject} for m in marks],
    }


def _role(look: Reading, role: Role) -> Document:
    supports = look.supports(role.id)
    proposer = look.person(role.proposed_by) if role.proposed_by else None
    speaking = look.some_comments([one.comment_id for one in supports if one.comment_id])
    return {
        "id": role.id,
        "title": role.title,
        "html": role.html,
        "person": role.person_id,
        "proposed_by": proposer.id if proposer and not proposer.erased else None,
        "taken": to_text(role.taken) if role.taken else None,
        "supporters": [support.person_id for support in supports],
        "comments": [one.id for one in speaking if one.state is State.PUBLISHED],
    }


def _rereading(rereading: Rereading) -> Document:
    return {
        "person": rereading.person_id,
        "version": rereading.version,
        "at": to_text(rereading.at),
    }


def _person(person: Person) -> Document:
    return {
        "id": person.id,
        "name": person.name,
        "status": person.status.value,
        "know_how": person.know_how,
        "language": person.language,
    }


def _participant(look: Reading, participant: Participant) -> Document:
    """With the introduction agreed to; other words that wait for a yes leave it as it was."""
    introduction = participant.introduction_html
    if not participant.introduction_public:
        entry = look.introduction_of(participant.opportunity_id, participant.person.id)
        introduction = entry.html if entry and entry.state is State.PUBLISHED else ""
    return _person(participant.person) | {
        "as": participant.capacity.value,
        "introduction": introduction or None,
        "since": to_text(participant.joined) if participant.joined else None,
        "left": to_text(participant.left) if participant.left else None,
    }


def _visitor(person: Person) -> Document:
    return _person(person) | {"as": "visitor", "introduction": None, "since": None, "left": None}
