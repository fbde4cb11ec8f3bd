"""Reading large XML that somebody else wrote: record by record, elements and text alone."""

import codecs
import gzip
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, cast
from xml.parsers import expat

from .found import BadExport

LONGEST = 200_000  # characters of one element: no comment is kept that is as long
MOST_CHILDREN = 1_000  # of one element
GZIP = b"\x1f\x8b"
_PIECE = 64 * 1024
_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = re.compile(r"(?i)(utf-?8|us-ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d)")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Exports hold what XML cannot.
_NOT_IN_XML = dict.fromkeys([*(set(range(32)) - {9, 10, 13}), 0xFFFE, 0xFFFF])
_AS_WINDOWS = "emergence-windows-1252"


@dataclass(eq=False, slots=True)
class Node:
    """An element by its name without a prefix, and so are its attributes."""

    name: str
    attributes: dict[str, str]
    children: "list[Node]" = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    in_record: bool = False

    def child(self, name: str) -> "Node | None":
        """The first child of that name."""
        return next((one for one in self.children if one.name == name), None)

    def text(self, name: str) -> str:
        """What the first child of that name says; nothing without one."""
        found = self.child(name)
        return "".join(found.pieces).strip() if found else ""


def records(file: BinaryIO, root: str, wanted: Collection[str]) -> Iterator[tuple[Node, Node]]:
    """Each element that is called for as `parent/name`, whole, with its parent, and then forgotten.

    The file may be gzipped. Raises BadExport: with line and column for what is no XML; for another
    `root`; for a declared document type, with which come entities of entities and of other files.
    """
    gathering = _Gathering(root, wanted)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = gathering.start
    parser.EndElementHandler = gathering.end
    parser.CharacterDataHandler = gathering.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        for piece in _text(file):
            parser.Parse(piece.encode(), False)
            yield from gathering.ready()
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        where = f"line {problem.lineno}, column {problem.offset + 1}"
        raise BadExport(f"{where}: {expat.ErrorString(problem.code)}") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise BadExport(f"the archive is damaged: {problem}") from None
    yield from gathering.ready()


def unpacked(file: BinaryIO) -> BinaryIO:
    """The file without its gzip, from its start."""
    start = file.read(len(GZIP))
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if start == GZIP else file


class _Gathering:
    """What is open, and which records are whole."""

    def __init__(self, root: str, wanted: Collection[str]) -> None:
        self._root, self._wanted = root, wanted
        self._open: list[Node] = []
        self._ready: list[tuple[Node, Node]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        above = self._open[-1] if self._open else None
        if above is None and node.name != self._root:
            raise BadExport(f"it begins with <{name}>, and not with <{self._root}>")
        node.in_record = above is not None and (above.in_record or self._is_record(above, node))
        if above and above.in_record and len(above.children) < MOST_CHILDREN:
            above.children.append(node)
        self._open.append(node)

    def end(self, _: str) -> None:
        node = self._open.pop()
        above = self._open[-1] if self._open else None
        if above and self._is_record(above, node):
            self._ready.append((node, above))
            if above.children and above.children[-1] is node:
                above.children.pop()

    def data(self, text: str) -> None:
        node = self._open[-1]
        if node.in_record and node.length <= LONGEST:
            node.pieces.append(text)
            node.length += len(text)

    def ready(self) -> list[tuple[Node, Node]]:
        """The records since it was last asked."""
        ready, self._ready = self._ready, []
        return ready

    def _is_record(self, above: Node, node: Node) -> bool:
        return f"{above.name}/{node.name}" in self._wanted


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> None:
    raise BadExport("it declares a document type (<!DOCTYPE), as no export does")


def _text(file: BinaryIO) -> Iterator[str]:
    """What the file says, without control characters; where it is no UTF-8, as windows-1252."""
    file = unpacked(file)
    head = file.read(_PIECE)
    decoder = codecs.getincrementaldecoder(_encoding(head))(_AS_WINDOWS)
    first = decoder.decode(head).translate(_NOT_IN_XML).lstrip()
    if not first.startswith("<"):
        raise BadExport("this is no XML" if first else "the file is empty")
    yield first
    while piece := file.read(_PIECE):
        yield decoder.decode(piece).translate(_NOT_IN_XML)
    yield decoder.decode(b"", final=True)


def _encoding(head: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding
    declared = _DECLARED.match(head[:200].decode("latin-1").lstrip())
    name = declared[1] if declared else "utf-8"
    if not _ENCODINGS.fullmatch(name):
        raise BadExport(f"it is written in {name}, which is not read here")
    return name


def _as_windows(problem: UnicodeError) -> tuple[str, int]:
    """Comments older than their site's move to UTF-8 often stand in it as they were."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    bad = problem.object[problem.start : problem.end]
    return bad.decode("windows-1252", "replace"), problem.end


codecs.register_error(_AS_WINDOWS, _as_windows)
