"""The parts of a message (RFC 2045, 2046), found without ever reading more than is bounded.

The standard library's parser recurses, looks at each line once for every level, and copies. Here a
part is a place in the bytes of the mail, and its content is decoded only when somebody asks.
"""

import mimetypes
import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property

from ..domain.people import one_line
from .charsets import decoded_words, from_base64, header_text, text_of

MOST_PARTS = 500
DEEPEST = 20
MOST_FIELDS = 1_000  # of one header
LONGEST_HEADER = 256 * 1024
LONGEST_CONTENT = 512 * 1024  # bytes that are decoded of one part

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")


@dataclass(frozen=True)
class Header:
    """The fields of one header, in order, names in lower case, values unfolded."""

    fields: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """The values of every field of that name, from the top."""
        return [value for known, value in self.fields if known == name]

    def first(self, name: str) -> str:
        """The value of the topmost field of that name, or an empty text."""
        return next(iter(self.all(name)), "")

    def words(self, name: str) -> str:
        """The same for a reader: encoded words decoded, one line."""
        return one_line(decoded_words(self.first(name)[:10_000]))


@dataclass(frozen=True, eq=False)
class Part:
    """A message or a part of one: its header, and where its content stands in `raw`."""

    raw: bytes = field(repr=False)
    header: Header
    start: int
    end: int
    parts: "tuple[Part, ...]" = ()

    @cached_property
    def _type(self) -> Message:
        typed = Message()
        for name in ("content-type", "content-disposition"):
            if value := self.header.first(name)[:2_000]:
                typed[name] = value
        return typed

    @cached_property
    def kind(self) -> str:
        """The media type, `text/plain` where none is told or the one told makes no sense."""
        return self._type.get_content_type()

    @cached_property
    def is_attached(self) -> bool:
        """Whether it is to be shown as a file."""
        return self._type.get_content_disposition() == "attachment"

    @cached_property
    def file_name(self) -> str:
        """The name of the file, without folders, or an empty text when it is told none."""
        try:
            told = self._type.get_filename() or ""
        except (ValueError, TypeError, LookupError):
            told = ""
        return one_line(re.split(r"[/\\]", decoded_words(told))[-1])[:100]

    def name(self) -> str:
        """A name to show for it."""
        ending = ".eml" if self.kind == "message/rfc822" else mimetypes.guess_extension(self.kind)
        return self.file_name or f"file{ending or ''}"

    def parameter(self, name: str) -> str:
        """A parameter of the media type, such as its charset."""
        try:
            value = self._type.get_param(name)
        except (ValueError, TypeError, LookupError):
            return ""
        return str(value[2] if isinstance(value, tuple) else value or "").strip()

    @property
    def encoding(self) -> str:
        """The transfer encoding, in lower case."""
        return self.header.first("content-transfer-encoding").strip().lower()

    def size(self) -> int:
        """How many bytes the content has, near enough, without decoding it."""
        size = self.end - self.start
        if self.encoding == "base64":
            breaks = sum(self.raw.count(mark, self.start, self.end) for mark in (b"\r", b"\n"))
            return (size - breaks) * 3 // 4
        return size

    def is_read_whole(self) -> bool:
        """Whether `text` gives all of the content."""
        return self.end - self.start <= LONGEST_CONTENT

    def text(self) -> str:
        """The content as text, as far as it is read."""
        data = self.raw[self.start : min(self.end, self.start + LONGEST_CONTENT)]
        if self.encoding == "base64":
            data = from_base64(data)
        elif self.encoding == "quoted-printable":
            data = a2b_qp(data)
        return text_of(data, self.parameter("charset"), whole=self.is_read_whole())

    def leaves(self) -> "Iterator[Part]":
        """The parts that have no parts, in order; itself when it has none."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass
class _Budget:
    """What may still be looked at, of the whole message."""

    parts: int = MOST_PARTS
    lines: int = 100 * MOST_PARTS  # that begin like a boundary
    spent: bool = False

    def allows_part(self) -> bool:
        self.parts -= 1
        self.spent = self.spent or self.parts < 0
        return self.parts >= 0


def read_message(raw: bytes) -> tuple[Part, bool]:
    """The message, and whether all of its parts were looked at."""
    budget = _Budget()
    return _part(raw, 0, len(raw), 0, budget), not budget.spent


def _part(raw: bytes, start: int, end: int, depth: int, budget: _Budget) -> Part:
    header, body = _header(raw, start, end)
    part = Part(raw, header, body, end)
    if not part.kind.startswith("multipart/"):
        return part
    boundary = part.parameter("boundary").encode("utf-8", "replace") or _guessed(raw, body, end)
    if depth >= DEEPEST:
        budget.spent = True
        return Part(raw, header, end, end)
    parts = [
        _part(raw, *place, depth + 1, budget) for place in _places(raw, body, end, boundary, budget)
    ]
    return Part(raw, header, body, end, tuple(parts))


def _header(raw: bytes, start: int, end: int) -> tuple[Header, int]:
    """The header that begins at `start`, and where the content after it begins.

    A line that is no field ends a header too: something lost the blank line.
    """
    fields: list[tuple[str, list[bytes]]] = []
    at = start
    while at < end:
        if len(fields) >= MOST_FIELDS or at - start > LONGEST_HEADER:
            return _unfolded(fields), _after_blank_line(raw, at - 1, end)
        stop = raw.find(b"\n", at, end) + 1 or end
        line = raw[at : min(stop, at + LONGEST_HEADER)].rstrip(b"\r\n")
        if not line:
            return _unfolded(fields), stop
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif named := _FIELD.match(line):
            fields.append((named[1].decode("ascii").lower(), [line[named.end() :]]))
        elif at != start or not line.startswith((b"From ", b">From ")):  # an mbox's first line
            return _unfolded(fields), at
        at = stop
    return _unfolded(fields), end


def _unfolded(fields: list[tuple[str, list[bytes]]]) -> Header:
    return Header(tuple((name, header_text(b"".join(lines)).strip()) for name, lines in fields))


def _after_blank_line(raw: bytes, at: int, end: int) -> int:
    found = [place for blank in (b"\n\n", b"\n\r\n") if (place := raw.find(blank, at, end)) >= 0]
    return raw.find(b"\n", min(found) + 1) + 1 if found else end


def _guessed(raw: bytes, start: int, end: int) -> bytes:
    """The boundary that a multipart forgot to tell: its first line that could be one."""
    found = re.compile(rb"^--([!-~]{4,70})\r?$", re.MULTILINE).search(
        raw, start, min(end, start + LONGEST_CONTENT)
    )
    return found[1] if found else b""


def _places(
    raw: bytes, start: int, end: int, boundary: bytes, budget: _Budget
) -> Iterator[tuple[int, int]]:
    """Where the parts between boundary lines begin and end."""
    begun = None
    for before, after, is_last in _boundary_lines(raw, start, end, boundary, budget):
        if begun is not None:
            if not budget.allows_part():
                return
            yield begun, max(begun, before)
        if is_last:
            return
        begun = after
    if begun is not None and budget.allows_part():  # cut off on the way
        yield begun, end


def _boundary_lines(
    raw: bytes, start: int, end: int, boundary: bytes, budget: _Budget
) -> Iterator[tuple[int, int, bool]]:
    """Where each boundary line's own line break begins, where it ends, and if it is the last."""
    mark = b"\n--" + boundary
    at = raw.find(mark, start - 1, end) if boundary else -1
    while at >= 0:
        budget.lines -= 1
        if budget.lines < 0:
            budget.spent = True
            return
        stop = raw.find(b"\n", at + len(mark), end) + 1 or end
        tail = raw[at + len(mark) : min(stop, at + len(mark) + 80)].strip()
        if tail in (b"", b"--"):  # else another boundary, which begins like this one
            yield at - (raw[at - 1 : at] == b"\r"), stop, tail == b"--"
        at = raw.find(mark, stop - 1, end)
