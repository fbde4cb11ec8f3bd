"""Disqus's export: https://help.disqus.com/en/articles/1717164-comments-export (XML, gzipped)."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element

from ..domain.archive import Skip
from .found import BadExport, Found
from .html import to_markdown
from .xml import child, elements, local, text_in

_ID = "{http://disqus.com/disqus-internals}id"
_GZIP = b"\x1f\x8b"


def read(file: BinaryIO) -> Iterator[Found]:
    """Every post, threads before them. Raises BadExport."""
    try:
        yield from _read(_unpacked(file))
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise BadExport(f"the archive is damaged: {problem}") from None


def _unpacked(file: BinaryIO) -> BinaryIO:
    start = file.read(2)
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if start == _GZIP else file


def _read(file: BinaryIO) -> Iterator[Found]:
    pages: dict[str, str] = {}
    for element in elements(file, "disqus", ("thread", "post")):
        id = element.get(_ID, "")
        if local(element.tag) == "thread":
            pages[id] = text_in(element, "link")
        else:
            yield _post(element, id, pages)


def _post(post: Element, id: str, pages: dict[str, str]) -> Found:
    thread, parent, author = child(post, "thread"), child(post, "parent"), child(post, "author")
    of = thread.get(_ID, "") if thread is not None else ""
    who = author if author is not None else Element("author")
    skip = None
    if text_in(post, "isSpam") == "true":
        skip = Skip.SPAM
    elif text_in(post, "isDeleted") == "true":
        skip = Skip.DELETED
    name = text_in(who, "name") or text_in(who, "username")
    return Found(
        system="disqus",
        id=id,
        page=pages.get(of, ""),
        thread=of,
        name=name,
        written=_moment(text_in(post, "createdAt")),
        text=to_markdown(text_in(post, "message")),
        parent=parent.get(_ID) if parent is not None else None,
        email=text_in(who, "email"),
        author=text_in(who, "username") or name,
        skip=skip,
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
