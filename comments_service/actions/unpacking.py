"""One document of an archive, read with suspicion: what it says, or why it is not taken."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..domain.discussion import Comment, Door, State
from ..domain.ids import minted_at
from ..domain.kept import BadArchive, Kept, KeptPerson, KeptRole, stand_in
from ..domain.marks import BY_THE_CLIENT, Mark, MarkKind
from ..domain.people import Capacity, Person, Status, one_line
from ..domain.phases import Opportunity, Phase, Update
from ..domain.rereading import Rereading
from ..domain.team import Role
from ..domain.times import from_text
from ..domain.updates import ToldUpdate
from ..markup import is_safe
from .archiving import FORMAT

_ID = re.compile(r"[0-9a-z][0-9a-z_-]{0,63}\Z")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>\Z")


def unpacked(file: str, document: Mapping[str, Any]) -> Kept:
    """What a document says. Raises BadArchive, which names `file`."""
    try:
        if document.get("format") != FORMAT:
            raise ValueError(f"not in the format {FORMAT}")
        return _kept(_Item(document, "the document"))
    except ValueError as problem:
        raise BadArchive(f"{file}: {problem}") from None


class _Item:
    """A JSON object of which each value is asked for by name and kind. Raises ValueError."""

    def __init__(self, raw: Any, where: str) -> None:
        if not isinstance(raw, Mapping):
            raise ValueError(f"{where} is no object")
        self._raw, self._where = raw, where

    def text(self, name: str) -> str:
        value = self._value(name)
        if not isinstance(value, str):
            self.refuse(name, value)
        return str(value)

    def maybe(self, name: str) -> str | None:
        return None if self._value(name) is None else self.text(name)

    def line(self, name: str) -> str:
        return one_line(self.text(name))

    def slug(self, name: str) -> str:
        value = self.text(name)
        if not value or "/" in value or value != one_line(value):
            self.refuse(name, value)
        return value

    def id(self, name: str) -> str:
        value = self.text(name)
        if not _ID.match(value):
            self.refuse(name, value)
        return value

    def maybe_id(self, name: str) -> str | None:
        return None if self._value(name) is None else self.id(name)

    def html(self, name: str) -> str:
        value = self.text(name)
        if not is_safe(value):
            raise ValueError(f"{self._where}: {name} is not such HTML as a comment may hold")
        return value

    def moment(self, name: str) -> datetime:
        value = self.text(name)
        try:
            return from_text(value)
        except ValueError:
            self.refuse(name, value)
            raise

    def maybe_moment(self, name: str) -> datetime | None:
        return None if self._value(name) is None else self.moment(name)

    def item(self, name: str) -> "_Item":
        return _Item(self._value(name), name)

    def items(self, name: str) -> Iterator["_Item"]:
        for number, raw in enumerate(self._list(name), 1):
            id = raw.get("id") if isinstance(raw, Mapping) else None
            yield _Item(raw, f"{name}, {id or f'number {number}'}")

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._list(name)
        if not all(isinstance(value, str) and value for value in values):
            self.refuse(name, values)
        return tuple(values)

    def pairs(self, name: str) -> dict[str, str]:
        value = self._value(name)
        if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
            self.refuse(name, value)
        return dict(value)

    def flag(self, name: str) -> bool:
        value = self._value(name)
        if not isinstance(value, bool):
            self.refuse(name, value)
        return bool(value)

    def refuse(self, name: str, value: object) -> None:
        raise ValueError(f"{self._where}: {name} cannot be {value!r:.60}")

    def _list(self, name: str) -> list[Any]:
        value = self._value(name)
        if not isinstance(value, list):
            self.refuse(name, value)
        return list(value)

    def _value(self, name: str) -> Any:
        if name not in self._raw:
            raise ValueError(f"{self._where}: {name} is missing")
        return self._raw[name]


def _kept(top: _Item) -> Kept:
    told = top.item("discussion")
    if told.text("slug") != top.slug("slug"):
        raise ValueError("it has two slugs")
    updates = tuple(map(_update, top.items("updates")))
    changed = told.moment("changed")
    kept = Kept(
        opportunity=_opportunity(top),
        aliases=top.texts("aliases"),
        updates=updates,
        heard=frozenset(one.slug("slug") for one in told.items("taken_back")),
        changed=changed,
        people=tuple(map(_person, told.items("people"))),
        comments=tuple(map(_comment, told.items("comments"))),
        roles=tuple(_role(item, changed) for item in told.items("roles")),
        marks=tuple(_mark(item, changed) for item in told.items("marks")),
        rereadings=tuple(map(_rereading, told.items("rereadings"))),
        topics=told.pairs("topics"),
    )
    _check_whole(kept)
    return kept


def _opportunity(top: _Item) -> Opportunity:
    return Opportunity(
        id="",
        slug=top.slug("slug"),
        title=top.line("title"),
        language=top.line("language"),
        phase=Phase(top.text("phase")),
        url=top.text("url"),
        facilitator=top.line("facilitator"),
        updates=tuple(
            Update(item.slug("slug"), item.line("title"), item.text("url"), date=item.text("date"))
            for item in top.items("updates")
            if item.maybe("url") is not None
        ),
        gone=top.flag("gone"),
    )


def _update(item: _Item) -> ToldUpdate:
    return ToldUpdate(
        slug=item.slug("slug"),
        message_id=item.text("message_id"),
        title=item.line("title"),
        date=item.text("date"),
        digest=item.text("digest"),
        former=item.texts("former"),
    )


def _person(item: _Item) -> KeptPerson:
    capacity, id = item.text("as"), item.id("id")
    html = item.html("introduction") if item.maybe("introduction") is not None else ""
    person = Person(
        id=id,
        name=item.line("name"),
        email=stand_in(id),
        language=item.maybe("language") or "",
        status=Status(item.maybe("status") or Status.OTHER),
        know_how=item.line("know_how"),
    )
    return KeptPerson(
        person=person,
        capacity=None if capacity == "visitor" else Capacity(capacity),
        introduction=(item.maybe("introduction_text") or "") if html else "",
        introduction_html=html,
        joined=item.maybe_moment("since"),
        left=item.maybe_moment("left"),
    )


def _comment(item: _Item) -> Comment:
    state = State(item.text("state"))
    text, html, message_id = item.text("text"), item.html("html"), item.text("message_id")
    if state not in (State.PUBLISHED, State.HIDDEN, State.WITHDRAWN):
        item.refuse("state", state.value)
    if state is not State.PUBLISHED and (text or html):
        item.refuse("text", text)
    if not _MESSAGE_ID.match(message_id):
        item.refuse("message_id", message_id)
    return Comment(
        id=item.id("id"),
        opportunity_id="",
        author_id=item.maybe_id("author") or "",
        text=text,
        html=html,
        state=state,
        door=Door.MAIL,  # with no mail that brought it: as what comes with an archive of mail
        message_id=message_id,
        written=item.moment("written"),
        edited=item.maybe_moment("edited"),
        parent_id=item.maybe_id("parent"),
        update=item.maybe("update"),
        introduces=item.maybe_id("introduces"),
    )


def _role(item: _Item, changed: datetime) -> KeptRole:
    id, taken = item.id("id"), item.maybe_moment("taken")
    role = Role(
        id=id,
        opportunity_id="",
        person_id=item.id("person"),
        title=item.line("title"),
        words=item.text("words"),
        html=item.html("html"),
        made=minted_at(id) or taken or changed,
        proposed_by=item.maybe_id("proposed_by"),
        taken=taken,
    )
    return KeptRole(role, item.texts("supporters"), item.texts("comments"))


def _mark(item: _Item, changed: datetime) -> Mark:
    kind = MarkKind(item.text("kind"))
    if kind not in BY_THE_CLIENT:
        item.refuse("kind", kind.value)
    return Mark(kind, "", item.id("by"), item.id("subject"), changed)


def _rereading(item: _Item) -> Rereading:
    return Rereading("", item.id("person"), item.text("version"), item.moment("at"))


def _check_whole(kept: Kept) -> None:
    """That ids are there once, that answers answer something, and that no thread is a circle."""
    above = {comment.id: comment.parent_id for comment in kept.comments}
    for what, ids in (
        ("people", [one.person.id for one in kept.people]),
        ("comments", [comment.id for comment in kept.comments]),
        ("roles", [one.role.id for one in kept.roles]),
    ):
        if len(set(ids)) < len(ids):
            raise ValueError(f"two of its {what} have one id")
    rooted: set[str] = set()
    for id in above:
        way: list[str] = []
        at: str | None = id
        while at is not None and at not in rooted:
            if at not in above:
                raise ValueError(f"comments, {way[-1]}: it answers {at}, which is not there")
            if at in way:
                raise ValueError(f"comments, {id}: it answers itself in the end")
            way.append(at)
            at = above[at]
        rooted.update(way)
