"""One comment as another system exported it, and how it becomes a message of an archive."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..domain.archive import NOWHERE, Message, Skip
from ..domain.discussion import LONGEST_TEXT, State, clean_text
from ..domain.people import normal_email, one_line

FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # nobody commented on a page before there were any
A_DAY = timedelta(days=1)  # that a clock there may be ahead of ours
_DEEPEST = 1_000  # answers above each other
_MOST_NAMED = 100  # of them
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_NOBODY = f"withdrawn@{NOWHERE}"  # has words that were deleted


class BadExport(ValueError):
    """The file is not what it was said to be; nothing was taken. The message says where and why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A comment of `system`. `id` and `parent` are its own names there, `page` the address of the
    page that it stands on, `names` what else that page is called there; `author` tells people
    without an address apart. `skip` says why it is not to be taken."""

    system: str
    id: str
    page: str
    names: tuple[str, ...]
    name: str
    written: datetime | None
    text: str  # markdown
    parent: str | None = None
    email: str = ""
    author: str = ""
    skip: Skip | None = None


def messages_of(here: Sequence[Found], anonymous: str, now: datetime) -> list[Message | Skip]:
    """The comments of one discussion as messages, each under what it answers; or why not.

    The same comment always has the same Message-ID: taken in twice, it is here once. One that was
    deleted keeps its place, without words and without an author, if an answer to it is taken.
    """
    by_id = {one.id: one for one in here}
    fates = [_fate(one, now) for one in here]
    taken = [one for one, fate in zip(here, fates, strict=True) if fate is None]
    answered = _above_any(taken, by_id)
    messages: list[Message | Skip] = []
    for one, fate in zip(here, fates, strict=True):
        stands = fate is None or (fate is Skip.DELETED and one.id in answered and one.written)
        messages.append(_message(one, by_id, anonymous) if stands else fate or Skip.NO_DATE)
    return messages


def _fate(found: Found, now: datetime) -> Skip | None:
    """Why it cannot be taken, of what stands in the export."""
    if found.skip:
        return found.skip
    if found.written is None or found.written < FIRST:
        return Skip.NO_DATE
    if found.written > now + A_DAY:
        return Skip.AHEAD
    text = clean_text(found.text)
    if len(text) > LONGEST_TEXT:
        return Skip.TOO_LONG
    return None if text else Skip.EMPTY


def _above_any(taken: Iterable[Found], by_id: Mapping[str, Found]) -> set[str]:
    above: set[str] = set()
    for one in taken:
        parent = one.parent
        while parent and parent not in above and parent in by_id:
            above.add(parent)
            parent = by_id[parent].parent
    return above


def _message(found: Found, by_id: Mapping[str, Found], anonymous: str) -> Message:
    assert found.written  # noqa: S101 - what has no date has a fate
    deleted = found.skip is Skip.DELETED
    name = one_line(found.name) or anonymous
    return Message(
        sender=_NOBODY if deleted else normal_email(found.email) or _stand_in(found),
        name="" if deleted else name,
        written=found.written,
        text=found.text,
        message_id=_message_id(found),
        references=tuple(_message_id(one) for one in _above(found, by_id)),
        state=State.WITHDRAWN if deleted else State.PUBLISHED,
    )


def _above(found: Found, by_id: Mapping[str, Found]) -> list[Found]:
    """What it answers and that may be taken, the nearest last; a circle ends where it began."""
    above: list[Found] = []
    seen, parent = {found.id}, found.parent
    while parent and parent not in seen and parent in by_id and len(seen) < _DEEPEST:
        seen.add(parent)
        if by_id[parent].skip in (None, Skip.DELETED) and len(above) < _MOST_NAMED:
            above.append(by_id[parent])
        parent = by_id[parent].parent
    return above[::-1]


def _message_id(found: Found) -> str:
    """Disqus numbers all comments of the world; elsewhere the time tells two sites apart, as the
    site's address, or the page's, may have changed from one export to the next."""
    number = _UNFIT.sub("-", found.id)[:60]
    if found.system != "disqus":
        number += f".{_digest(found.written.isoformat() if found.written else '')[:12]}"
    return f"<{found.system}.{number}@{NOWHERE}>"


def _stand_in(found: Found) -> str:
    """An address that reaches nobody: the same for the same author."""
    who = found.author.strip() or found.name.strip() or found.page  # the nameless of a page are one
    return f"{found.system}-{_digest(who)[:20]}@{NOWHERE}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
