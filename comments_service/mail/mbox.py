"""The mbox format (RFC 4155; mboxrd when we write): many messages in one file, and apart again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import asctime
from typing import BinaryIO

LARGEST = 25 * 1024 * 1024  # bytes of one message, the same as for a mail that comes in

_PIECE = 64 * 1024  # a line is read in pieces no longer than this
_LONGEST_SEPARATOR = 300
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_TIME = re.compile(rb"\b\d{1,2}:\d\d(:\d\d)?\b")
_YEAR = re.compile(rb"\b(19|20)\d\d\b")
_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:|>?From ")


class BadMbox(ValueError):
    """A file that is no mbox; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of an mbox, as it stands there; `raw` is None when it is over LARGEST."""

    raw: bytes | None
    arrived: datetime | None  # what its “From ” line says


def entry(sender: str, written: datetime, message: bytes) -> bytes:
    """`message` (with Unix line ends) as it stands in an mbox, its blank line included.

    Every line of it that could begin another message gets one more `>`.
    """
    date = asctime(written.utctimetuple())
    return f"From {sender} {date}\n".encode() + _FROM.sub(rb">\1", message) + b"\n"


def split(file: BinaryIO) -> Iterator[Piece]:
    """The messages of an mbox of any dialect, one after the other. Raises BadMbox.

    A line begins a message when it says `From ` and a date, and a header follows. The blank line
    before it may be missing, and a line of words that begins with “From ” need not be quoted.
    """
    first, lines = _first_line(file)
    dated, blank = _has_date(first), False
    building = _Building(_date(first))
    line, begins = next(lines, b""), True
    while line:
        following = next(lines, b"")
        if begins and (dated or blank) and _is_separator(line, following, dated):
            yield building.piece()
            building = _Building(_date(line))
        else:
            building.add(line, begins)
        blank = begins and line in (b"\n", b"\r\n")
        begins = line.endswith(b"\n")
        line = following
    yield building.piece()


class _Building:
    """A message that is being read; of one that is too large nothing is held."""

    def __init__(self, arrived: datetime | None) -> None:
        self._arrived = arrived
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes, begins: bool) -> None:
        if begins and line.startswith(b">") and line.lstrip(b">").startswith(b"From "):
            line = line[1:]
        self._size += len(line)
        if self._size > LARGEST:
            self._lines.clear()
        else:
            self._lines.append(line)

    def piece(self) -> Piece:
        if self._lines and self._lines[-1] in (b"\n", b"\r\n"):  # belongs to the format
            self._lines.pop()
        raw = None if self._size > LARGEST else b"".join(self._lines)
        return Piece(raw, self._arrived)


def _first_line(file: BinaryIO) -> tuple[bytes, Iterator[bytes]]:
    lines = iter(lambda: file.readline(_PIECE), b"")
    for line in lines:
        line = line.removeprefix(b"\xef\xbb\xbf")
        if line.startswith(b"From "):
            return line, lines
        if line.startswith((b"\x1f\x8b", b"BZh", b"PK\x03\x04", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
            raise BadMbox("This file is compressed. Unpack it first, for instance with gunzip.")
        if line.strip():
            raise BadMbox("This is no mbox file: it does not begin with a line “From …”.")
    raise BadMbox("This file is empty.")


def _is_separator(line: bytes, following: bytes, dated: bool) -> bool:
    if not line.startswith(b"From ") or not _HEADER.match(following):
        return False
    return _has_date(line) or not dated


def _has_date(line: bytes) -> bool:
    short = len(line) <= _LONGEST_SEPARATOR
    return short and bool(_TIME.search(line) and _YEAR.search(line))


def _date(line: bytes) -> datetime | None:
    """The date after the sender's address, which is UTC unless it says otherwise."""
    words = line.decode("ascii", "replace").split()
    for start in range(2, min(len(words), 8)):  # “user at example.com” stands in some archives
        date = read_date(" ".join(words[start:]))
        if date:
            return date
    return None


def read_date(text: str) -> datetime | None:
    """The moment in a date like those of RFC 5322; None when there is none, or an absurd one."""
    try:
        date = parsedate_to_datetime(text)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if date.year >= 1970 else None
