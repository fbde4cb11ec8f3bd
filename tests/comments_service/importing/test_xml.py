"""Records of large XML: whole, one after the other, and nothing but elements and text."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator

import pytest

from comments_service.importing.found import BadExport
from comments_service.importing.xml import LONGEST, records

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<r xmlns:d="urn:d">'


def read(data: bytes) -> list[str]:
    return [node.text("x") for node, _ in records(io.BytesIO(data), "r", ("r/p",))]


def test_a_record_has_its_elements_its_attributes_and_its_parent() -> None:
    data = f'{HEAD}<p d:id="7"><x>a<![CDATA[<b>]]></x><p d:id="8"/></p></r>'.encode()
    [(node, above)] = records(io.BytesIO(gzip.compress(data)), "r", ("r/p",))
    assert (node.attributes["id"], node.text("x"), above.name) == ("7", "a<b>", "r")
    inner = node.child("p")
    assert inner and inner.attributes["id"] == "8", "an element of the same name is no record"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("windows-1252", "windows-1252"),
        ("iso-8859-1", "ISO-8859-1"),
        ("windows-1252", "UTF-8"),  # as many an old blog has it
    ],
)
def test_letters_are_read_as_they_were_written(encoding: str, declared: str) -> None:
    text = HEAD.replace("UTF-8", declared) + "<p><x>café – naïve</x></p></r>"
    assert read(text.replace("–", "-").encode(encoding)) == ["café - naïve"]


def test_one_old_comment_among_others_does_not_spoil_them() -> None:
    data = HEAD.encode() + b"<p><x>caf\xe9 \x93q\x94 \x81</x></p>" + "<p><x>é</x></p></r>".encode()
    assert read(data) == ["café “q” \ufffd", "é"]


def test_control_characters_are_left_out() -> None:
    assert read(f"{HEAD}<p><x>a\0\x01\x0b\x1f\uffffb\tc</x></p></r>".encode()) == ["ab\tc"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"),
        (b"   ", "the file is empty"),
        (b"hello", "this is no XML"),
        (b"<r><p><x>a</x></p>", "line 1, column 19: no element found"),
        (b"<r>\n<p></x></p></r>", "line 2, column 6: mismatched tag"),
        (b"<r>&nbsp;</r>", "line 1, column 4: undefined entity"),
        (b"<r><!-- <a> --></r><!DOCTYPE r>", "line 1"),
        (b'<!-- <r> --><!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "document type"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "document type"),
        (b'<?xml version="1.0" encoding="rot13"?><r/>', "it is written in rot13"),
        (b"<s/>", "it begins with <s>, and not with <r>"),
        (gzip.compress(b"<r></r>")[:-4], "the archive is damaged"),
        (b"\x1f\x8b\x08nonsense", "the archive is damaged"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_place(data: bytes, why: str) -> None:
    with pytest.raises(BadExport, match="(?s).*" + why.replace("(", r"\(")):
        read(data)


def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.RawIOBase):
        """Many records, and then one of a single endless word."""

        def __init__(self) -> None:
            self._pieces: Iterator[bytes] = self._all()

        def _all(self) -> Iterator[bytes]:
            yield HEAD.encode()
            for _ in range(20_000):
                yield b"<p><x>" + b"word " * 40 + b"</x></p><other><x>unasked</x></other>"
            yield b"<p><x>"
            for _ in range(200):
                yield b"x" * 50_000
            yield b"</x></p></r>"

        def read(self, _: int = -1) -> bytes:
            return next(self._pieces, b"")

        def seek(self, *_: int) -> int:
            self._pieces = self._all()
            return 0

    tracemalloc.start()
    try:
        lengths = [len(node.text("x")) for node, _ in records(Endless(), "r", ("r/p",))]  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(lengths) == 20_001 and LONGEST < lengths[-1] < 2 * LONGEST
    assert peak < 8_000_000
