"""What a file is, by how it begins."""

import gzip
import zlib
from pathlib import Path

from .xml import unpacked

_HEAD = 64 * 1024
_SQLITE = b"SQLite format 3\0"
_UNREAD = {b"PK\x03\x04": "a ZIP archive: unpack it", b"{": "JSON", b"[": "JSON"}


def looks_like(path: Path) -> str | None:
    """`disqus`, `wordpress`, `isso` or `mbox`; None for anything else."""
    head = _head(path)
    if head.startswith(_SQLITE):
        return "isso"
    if b"<disqus" in head:
        return "disqus"
    if b"wordpress.org/export/" in head or b"<wp:wxr_version" in head:
        return "wordpress"
    return "mbox" if head.startswith(b"From ") else None


def told_otherwise(path: Path) -> str:
    """What else it looks like, in words; nothing if nobody knows."""
    head = _head(path).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "a page of the web"
    return next((words for start, words in _UNREAD.items() if head.startswith(start.lower())), "")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        try:
            head = unpacked(file).read(_HEAD)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return b""
    return head.replace(b"\0", b"") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else head
