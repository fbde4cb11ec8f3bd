"""Disqus's export: https://help.disqus.com/en/articles/1717164-comments-export (XML, gzipped)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from ..domain.archive import Skip
from .found import Found
from .html import to_markdown
from .xml import Node, records


def read(file: BinaryIO) -> Iterator[Found]:
    """Every post, after the threads. Raises BadExport."""
    pages: dict[str, tuple[str, str]] = {}  # address, and the site's own name for it
    gone: set[str] = set()
    for record, _ in records(file, "disqus", ("disqus/thread", "disqus/post")):
        id = record.attributes.get("id", "")
        if record.name == "thread":
            pages[id] = record.text("link"), record.text("id")
            if record.text("isDeleted") == "true":
                gone.add(id)
        else:
            yield _post(record, id, pages, gone)


def _post(post: Node, id: str, pages: dict[str, tuple[str, str]], gone: set[str]) -> Found:
    thread, parent, author = post.child("thread"), post.child("parent"), post.child("author")
    number = thread.attributes.get("id", "") if thread else ""
    address, called = pages.get(number, ("", ""))
    who = author or Node("author", {})
    skip = Skip.NOT_PUBLISHED if number in gone or post.text("isApproved") == "false" else None
    if post.text("isDeleted") == "true":
        skip = Skip.DELETED
    if post.text("isSpam") == "true":
        skip = Skip.SPAM
    name = who.text("name") or who.text("username")
    return Found(
        system="disqus",
        id=id,
        page=address,
        names=(number, called),
        name=name,
        written=_moment(post.text("createdAt")),
        text="" if skip else to_markdown(post.text("message")),
        parent=parent.attributes.get("id") if parent else None,
        email=who.text("email"),
        author=who.text("username") or name,
        skip=skip,
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
