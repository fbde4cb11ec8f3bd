"""One comment as another system exported it, and how it becomes a message of an archive."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..domain.archive import Message, Skip
from ..domain.people import normal_email

NOWHERE = "imported.invalid"  # of addresses and Message-IDs that reach nobody; RFC 2606
_DEEPEST = 1_000  # answers above each other
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


class BadExport(ValueError):
    """The file is not what it was said to be; nothing was taken. The message says where and why."""


@dataclass(frozen=True, slots=True)
class Found:
    """A comment of `system`. `id` and `parent` are its own names there, `page` the address of the
    page that it stands on, `thread` the name of that page there; `author` tells people without an
    address apart. `skip` says why it is not to be taken."""

    system: str
    id: str
    page: str
    thread: str
    name: str
    written: datetime | None
    text: str  # markdown
    parent: str | None = None
    email: str = ""
    author: str = ""
    skip: Skip | None = None


def message_of(found: Found, everything: Mapping[str, Found], anonymous: str) -> Message | Skip:
    """The comment as a message, under the nearest of those that it answers; or why not.

    The same comment always has the same Message-ID: taken in twice, it is here once.
    """
    if found.skip:
        return found.skip
    if found.written is None:
        return Skip.NO_DATE
    return Message(
        sender=normal_email(found.email) or _nobodys_address(found),
        name=found.name.strip() or anonymous,
        written=found.written,
        text=found.text,
        message_id=_message_id(found),
        references=tuple(_message_id(one) for one in _above(found, everything)),
    )


def _above(found: Found, everything: Mapping[str, Found]) -> list[Found]:
    """What it answers, root first; a circle ends where it began."""
    above: list[Found] = []
    seen, parent = {found.id}, found.parent
    while parent and parent not in seen and len(above) < _DEEPEST and parent in everything:
        seen.add(parent)
        above.append(everything[parent])
        parent = everything[parent].parent
    return above[::-1]


def _message_id(found: Found) -> str:
    """With the page's name there, which tells apart two sites that both count from 1."""
    page = hashlib.sha256(found.thread.encode()).hexdigest()[:12]
    return f"<{found.system}.{page}.{_UNFIT.sub('-', found.id)}@{NOWHERE}>"


def _nobodys_address(found: Found) -> str:
    named = found.author.strip() or found.name.strip()
    who = (
        f"{found.system}\x1f{named or found.page or found.thread}"  # the nameless of a page are one
    )
    return f"{found.system}-{hashlib.sha256(who.encode()).hexdigest()[:20]}@{NOWHERE}"
