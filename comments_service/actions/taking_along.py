"""All that is kept of one person, to take along: as a document, and their words as messages.

What facilitators note between them is not part of it.
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from enum import Enum
from typing import Any

from ..domain.archive import Message
from ..domain.discussion import Comment, State
from ..domain.house import House
from ..domain.people import Invitation, Participant, Person
from ..domain.times import to_text
from ..storage.interface import Reading, Store
from .archive import messages_of

Document = dict[str, Any]


def my_document(store: Store, person: Person, now: datetime) -> Document:
    """Everything, with opportunities by their names and moments in UTC."""
    with store.reading() as look:
        slugs = {one.id: one.slug for one in look.opportunities()}
        parts = look.participations(person.id)
        return {
            "person": _person(look, person),
            "participations": [_part(look, slugs, part) for part in parts],
            "invitations": [_invitation(slugs, i) for i in look.invitations_to(person.id)],
            "following": [
                _shown(one, slugs, "person_id", "seen", "digested")
                for one in look.followings(person.id)
            ],
            "comments": [_comment(slugs, one) for one in look.comments_by(person.id)],
            "roles": [_shown(one, slugs, "person_id", "html") for one in look.roles_of(person.id)],
            "supports": [_shown(one, slugs, "person_id") for one in look.supports_by(person.id)],
            "marks": [_shown(one, slugs, "person_id") for one in look.marks_by(person.id)],
            "rereadings": [
                _shown(one, slugs, "person_id") for one in look.rereadings_by(person.id)
            ],
            "suggestions": [
                _shown(one, slugs, "by", "person_id") for one in look.suggestions_by(person.id)
            ],
            "letters": [
                _only(one, slugs, "kind", "created", "sent") for one in look.letters_to(person.id)
            ],
            "mails": [
                _only(one, slugs, "received", "sender", "fate")
                for one in look.incoming_from(person.id)
            ],
            "access": [
                _only(one, {}, "scope", "label", "created", "expires")
                for one in look.grants_of(person.id)
                if one.ended is None and now < one.expires
            ],
        }


def my_messages(store: Store, house: House, person: Person) -> Iterator[tuple[str, list[Message]]]:
    """The titles of opportunities, each with all that the person wrote there and did not withdraw.

    Words that wait or were hidden are among them: they are the person's own.
    """
    with store.reading() as look:
        mine: dict[str, list[Comment]] = {}
        for comment in look.comments_by(person.id):
            if comment.state is not State.WITHDRAWN:
                own = replace(comment, state=State.PUBLISHED)
                mine.setdefault(comment.opportunity_id, []).append(own)
        for opportunity_id, comments in mine.items():
            if opportunity := look.opportunity_by_id(opportunity_id):
                messages = messages_of(look, house, opportunity, comments)
                yield opportunity.title, list(messages)


def _person(look: Reading, person: Person) -> Document:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "addresses": look.addresses(person.id),
        "links": list(person.links),
        "tags": list(person.tags),
        "time_zone": person.time_zone or None,
        "answers_since": _plain(person.answers_since),
        "unreachable_since": _plain(person.unreachable),
        "bounces": [_only(one, {}, "at", "permanent", "status") for one in look.bounces(person.id)],
        "language": person.language,
        "status": person.status.value,
        "know_how": person.know_how,
        "facilitates": person.facilitates,
    }


def _part(look: Reading, slugs: dict[str, str], part: Participant) -> Document:
    entry = look.introduction_of(part.opportunity_id, part.person.id)
    return {
        "opportunity": slugs.get(part.opportunity_id),
        "as": part.capacity.value,
        "introduction": part.introduction,
        "introduction_is_public": part.introduction_public,
        "introduced_in": entry.id if entry else None,
        "since": _plain(part.joined),
        "left": _plain(part.left),
    }


def _invitation(slugs: dict[str, str], invitation: Invitation) -> Document:
    moments = ("why", "sent", "looked", "reminded", "answer", "answered")
    return _only(invitation, slugs, *moments) | {"by": invitation.invited_by.name}


def _comment(slugs: dict[str, str], comment: Comment) -> Document:
    names = ("id", "update", "introduces", "state", "door", "written", "edited", "message_id")
    return _only(comment, slugs, *names, "text") | {"parent": comment.parent_id}


def _shown(one: Any, slugs: dict[str, str], *but: str) -> Document:
    """All fields of a dataclass but some."""
    return _only(one, slugs, *(name for name in asdict(one) if name not in but))


def _only(one: Any, slugs: dict[str, str], *names: str) -> Document:
    """Some fields of a dataclass; its opportunity, where it has one, by name."""
    found = {name: _plain(getattr(one, name)) for name in names if name != "opportunity_id"}
    where = getattr(one, "opportunity_id", None)
    return found | ({"opportunity": slugs.get(where)} if where else {})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    return value.value if isinstance(value, Enum) else value
