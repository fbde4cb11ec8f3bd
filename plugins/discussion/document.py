"""The document of discussions as the service writes it: reading, checking and merging it.

docs/discussions.schema.json describes the same document for other readers.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote

from .errors import UnusableAnswer

FORMAT = "emergence-discussions/1"
# Ids become part of paths and anchors, so their form is checked where they come in.
ID = re.compile(r"[0-9a-z][0-9a-z_-]{0,63}\Z")
LONGEST_SLUG = 200  # bytes, percent-encoded: it becomes the name of a file


class RawPerson(TypedDict):
    """A person as the service tells of them."""

    id: str
    name: str
    status: str | None
    know_how: str
    language: str | None
    introduction: str | None
    since: str | None
    left: str | None


class RawComment(TypedDict):
    """A comment as the service tells of it; `html` is sanitised there."""

    id: str
    parent: str | None
    update: str | None
    author: str | None
    state: str
    written: str
    edited: str | None
    html: str
    answer_to: str | None
    message_id: str
    introduces: NotRequired[str | None]


class RawRole(TypedDict):
    """A role as the service tells of it; `html` is sanitised there."""

    id: str
    title: str
    html: str
    person: str
    proposed_by: str | None
    taken: str | None
    supporters: list[str]
    comments: list[str]


class RawMark(TypedDict):
    """What the client marked, where everybody may see it: a person or a comment."""

    kind: str
    by: str
    subject: str


class RawRereading(TypedDict):
    """That a person stands by one version of the agreement."""

    person: str
    version: str
    at: str


class RawTakenBack(TypedDict):
    """An update that people heard of, and whose text the site should have no more."""

    slug: str
    date: str | None


class RawDiscussion(TypedDict):
    """All people of a discussion, and some or all of its comments; what else is told is complete.

    A service or a snapshot of an earlier day may not know of what need not be there.
    """

    slug: str
    answer_to: str | None
    people: list[RawPerson]
    comments: list[RawComment]
    changed: NotRequired[str | None]
    topics: NotRequired[dict[str, str]]
    roles: NotRequired[list[RawRole]]
    marks: NotRequired[list[RawMark]]
    rereadings: NotRequired[list[RawRereading]]
    taken_back: NotRequired[list[RawTakenBack]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the service: the discussions that changed after a cursor."""

    service: str
    cursor: int
    more: bool
    discussions: list[RawDiscussion]


Fields = dict[str, tuple[type, ...]]
_TEXT, _MAYBE, _SEVERAL = (str,), (str, type(None)), (list,)
_PERSON = {
    "name": _TEXT,
    "status": _MAYBE,
    "know_how": _TEXT,
    "language": _MAYBE,
    "as": _TEXT,
    "introduction": _MAYBE,
    "since": _MAYBE,
    "left": _MAYBE,
}
_COMMENT = {
    "parent": _MAYBE,
    "update": _MAYBE,
    "author": _MAYBE,
    "written": _TEXT,
    "edited": _MAYBE,
    "html": _TEXT,
    "answer_to": _MAYBE,
    "message_id": _TEXT,
    "introduces": _MAYBE,
}
_ROLE: Fields = {
    "title": _TEXT,
    "html": _TEXT,
    "person": _TEXT,
    "proposed_by": _MAYBE,
    "taken": _MAYBE,
    "supporters": _SEVERAL,
    "comments": _SEVERAL,
}
_MARK: dict[str, tuple[type, ...]] = {"kind": _TEXT, "by": _TEXT, "subject": _TEXT}
_REREADING: Fields = {"person": _TEXT, "version": _TEXT, "at": _TEXT}
_TAKEN_BACK: Fields = {"slug": _TEXT, "date": _MAYBE}
_STATES = {"published", "withdrawn", "hidden"}


def read_answer(body: bytes) -> Answer:
    """The answer in `body`. Raises UnusableAnswer for anything else than a whole document."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise UnusableAnswer(f"not JSON: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnusableAnswer(f"not a document of format {FORMAT}")
    service, cursor = document.get("service"), document.get("cursor")
    discussions = document.get("discussions")
    if not (isinstance(service, str) and service and isinstance(cursor, int)):
        raise UnusableAnswer("no service id or no cursor")
    if not isinstance(discussions, list):
        raise UnusableAnswer("no list of discussions")
    for discussion in discussions:
        _check_discussion(discussion)
    return Answer(service, cursor, document.get("more") is True, discussions)


def checked(raw: Any) -> RawDiscussion:
    """`raw`, if it is a whole discussion. Raises UnusableAnswer."""
    _check_discussion(raw)
    discussion: RawDiscussion = raw
    return discussion


def _check_discussion(raw: Any) -> None:
    slug = raw.get("slug") if isinstance(raw, dict) else None
    if not isinstance(slug, str) or not 0 < len(quote(slug)) <= LONGEST_SLUG:
        raise UnusableAnswer("a discussion without a usable slug")
    told = {"changed": _MAYBE} if "changed" in raw else {}
    _check_fields(raw, {"answer_to": _MAYBE, **told}, slug)
    for kind, fields in (("people", _PERSON), ("comments", _COMMENT)):
        if not isinstance(raw.get(kind), list):
            raise UnusableAnswer(f"discussion {slug!r}: no list of {kind}")
        for item in raw[kind]:
            if not isinstance(item, dict) or not ID.match(str(item.get("id"))):
                raise UnusableAnswer(f"discussion {slug!r}: {kind} with an unusable id")
            _check_fields(item, fields, slug)
    if any(comment.get("state") not in _STATES for comment in raw["comments"]):
        raise UnusableAnswer(f"discussion {slug!r}: a comment in an unknown state")
    _check_team(raw, slug)


def _check_team(raw: dict[str, Any], slug: str) -> None:
    topics, roles, marks = raw.get("topics", {}), raw.get("roles", []), raw.get("marks", [])
    if not isinstance(topics, dict) or not all(_is_label(each) for each in topics.values()):
        raise UnusableAnswer(f"discussion {slug!r}: unusable topics")
    told, lost = raw.get("rereadings", []), raw.get("taken_back", [])
    several: list[tuple[str, Any, Fields]] = [
        ("roles", roles, _ROLE),
        ("marks", marks, _MARK),
        ("rereadings", told, _REREADING),
        ("updates taken back", lost, _TAKEN_BACK),
    ]
    for kind, items, fields in several:
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise UnusableAnswer(f"discussion {slug!r}: no list of {kind}")
        for item in items:
            _check_fields(item, fields, slug)
    for role in roles:
        ids = [role.get("id"), *role["supporters"], *role["comments"]]
        if not all(isinstance(id, str) and ID.match(id) for id in ids):
            raise UnusableAnswer(f"discussion {slug!r}: a role with an unusable id")


def _is_label(label: Any) -> bool:
    return isinstance(label, str) and bool(label.strip())


def _check_fields(item: dict[str, Any], fields: dict[str, tuple[type, ...]], slug: str) -> None:
    for name, types in fields.items():
        if not isinstance(item.get(name), types):
            raise UnusableAnswer(f"discussion {slug!r}: unusable {name!r}")
    for name in ("written", "edited", "since", "left", "taken", "at", "date", "changed"):
        if item.get(name) is not None:
            moment(item[name], slug)


def moment(text: str, slug: str = "") -> datetime:
    """The time in an ISO 8601 text, with an offset. Raises UnusableAnswer."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnusableAnswer(f"discussion {slug!r}: {text!r} is no time") from None
    if found.tzinfo is None:
        raise UnusableAnswer(f"discussion {slug!r}: {text!r} has no offset from UTC")
    return found


def merged(known: RawDiscussion | None, news: RawDiscussion) -> RawDiscussion:
    """`known` with `news` in it: people replaced, comments put in by id. Changes neither."""
    if known is None:
        return news
    comments = {comment["id"]: comment for comment in known["comments"]}
    comments.update((comment["id"], comment) for comment in news["comments"])
    return {**news, "comments": [comments[id] for id in sorted(comments)]}


def joined(own: RawDiscussion | None, earlier: RawDiscussion) -> RawDiscussion:
    """What an opportunity has under its own slug and under one that it had before."""
    if own is None:
        return earlier
    people = {person["id"]: person for person in earlier["people"] + own["people"]}
    return {**earlier, **merged(earlier, own), "people": list(people.values())}
