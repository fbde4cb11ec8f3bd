"""Reading large XML that somebody else wrote: element by element, and no more than elements."""

import io
import re
from collections.abc import Collection, Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from .found import BadExport

_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z]")
_HEAD = 64 * 1024
# Exports of WordPress hold what XML cannot; none of these is part of another letter in UTF-8.
_NOT_IN_XML = bytes(set(range(32)) - {9, 10, 13})


def elements(file: BinaryIO, root: str, names: Collection[str]) -> Iterator[Element]:
    """The elements of these local names that stand in no other of them, each whole, and forgotten
    afterwards.

    Raises BadExport, with line and column, for what is no XML, for another root, and for a file
    that declares a document type, with which entities of entities come.
    """
    head = file.read(_HEAD).translate(None, _NOT_IN_XML)
    start = _FIRST_ELEMENT.search(head)
    if start is None or head[:2] in (b"PK", b"\xff\xfe", b"\xfe\xff"):
        raise BadExport("this is no XML")
    if _DECLARES.search(head, 0, start.start()):
        raise BadExport("it declares a document type (<!DOCTYPE), as no export does")
    opened: list[Element] = []  # what is not complete yet, from the root down
    inside = 0
    try:
        for event, element in iterparse(_Clean(head, file), ("start", "end")):  # noqa: S314 - no DTD
            if event == "start":
                opened.append(element)
                inside += local(element.tag) in names
                if len(opened) == 1 and local(element.tag) != root:
                    raise BadExport(f"it begins with <{local(element.tag)}>, and not with <{root}>")
                continue
            opened.pop()
            if local(element.tag) in names:
                inside -= 1
                if not inside:
                    yield element
            if not inside and opened:
                opened[-1].remove(element)
    except ParseError as problem:
        line, column = problem.position
        raise BadExport(f"line {line}, column {column + 1}: {str(problem).split(':')[0]}") from None


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def text_in(element: Element, name: str) -> str:
    """What the first child of that local name says."""
    return next(((one.text or "").strip() for one in element if local(one.tag) == name), "")


def child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next((one for one in element if local(one.tag) == name), None)


class _Clean(io.RawIOBase):
    """The file without control characters."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head, self._file = head, file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Some of it; nothing at the end."""
        data, self._head = self._head or self._file.read(max(size, _HEAD)), b""
        return data.translate(None, _NOT_IN_XML) or (self.read(size) if data else b"")
