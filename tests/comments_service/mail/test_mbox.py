"""Mbox files of every dialect, whole and broken; and that other programs read ours."""

import contextlib
import gzip
import io
import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments_service.mail import mbox
from comments_service.mail.mbox import BadMbox, Piece, entry, split

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
FIRST = b"From ada@example.org Tue Nov  3 12:00:00 2026\nSubject: One\n\nHello.\n"
SECOND = b"From bob@example.org Tue Nov  3 12:05:00 2026\nSubject: Two\n\nGood day.\n"


def bodies(data: bytes) -> list[bytes]:
    """What stands below the headers of each message, with Unix line ends."""
    raws = [piece.raw or b"" for piece in split(io.BytesIO(data))]
    return [raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2] for raw in raws]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Hello.\n",
        b"From here on:\nFrom there\n\nFrom\n",
        b">From a quote\n>>From a quote in a quote\n> From words\n",
        b"From x Tue Nov  3 12:00:00 2026\nSubject: not a message\n\nFrom y\n",
        b"\n\nTwo lines before, two after.\n\n\n",
        "Éloïse 🌱 مرحبا\n".encode(),
        b"x" * 200_000 + b"\n",
    ],
)
def test_what_is_put_in_comes_out_to_the_byte(body: bytes) -> None:
    message = b"Subject: One\n\n" + body
    file = io.BytesIO(entry("ada@farm.invalid", NOON, message) * 3)
    assert list(split(file)) == [Piece(message, NOON)] * 3


BOTH = FIRST + b"\n" + SECOND
DIALECTS = {
    "plain": BOTH + b"\n",
    "CRLF": BOTH.replace(b"\n", b"\r\n"),
    "no blank line": FIRST + SECOND,
    "a byte order mark": b"\xef\xbb\xbf" + BOTH,
    "blank lines before": b"\n\n" + BOTH,
    "no newline at the end": BOTH.removesuffix(b"\n"),
    "Thunderbird": BOTH.replace(b"ada@example.org", b"-"),
    "Mailman": BOTH.replace(b"ada@example.org", b"ada at example.org "),
    "zone after the year": BOTH.replace(b"2026\n", b"2026 +0100\n"),
    "zone before the year": BOTH.replace(b"00 2026", b"00 CET 2026"),
    "no dates": BOTH.replace(b" Tue Nov  3 12:00:00 2026", b"").replace(
        b" Tue Nov  3 12:05:00 2026", b""
    ),
    "a From line of a relay": BOTH.replace(b"Subject: One", b">From ada Tue Nov 3\nSubject: One"),
}


@pytest.mark.parametrize("data", DIALECTS.values(), ids=DIALECTS.keys())
def test_two_messages_are_two_in_every_dialect(data: bytes) -> None:
    assert [body.strip() for body in bodies(data)] == [b"Hello.", b"Good day."]


@pytest.mark.parametrize(
    "words",
    [
        b"From here on we talk: it is 12:00 already, in 2026.",
        b"From: ada@example.org\nDate: in words",
        b"and\n\nFrom what I saw\nit works",
        b"From ada@example.org Tue Nov  3 12:00:00 2026\nis how it begins.",
    ],
)
def test_words_that_begin_with_from_begin_no_message(words: bytes) -> None:
    data = FIRST.replace(b"Hello.", words) + b"\n" + SECOND
    assert [body.strip() for body in bodies(data)] == [words, b"Good day."]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\n\r\n \n", "empty"),
        (gzip.compress(FIRST), "compressed"),
        (b"PK\x03\x04" + bytes(100), "compressed"),
        (bytes(range(256)) * 1000, "no mbox"),
        (bytes(1_000_000), "no mbox"),
        (b"Subject: a single mail\n\nHello.\n", "no mbox"),
        (b"x" * 1_000_000, "no mbox"),
    ],
)
def test_what_is_no_mbox_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(BadMbox, match=why):
        list(split(io.BytesIO(data)))


def test_a_date_tells_when_a_message_arrived_and_an_absurd_one_nothing() -> None:
    for text, arrived in [
        (b"Tue Nov  3 12:00:00 2026", NOON),
        (b"Tue Nov  3 13:00:00 2026 +0100", NOON),
        (b"Tue Nov  3 12:00:00 1802", None),
        (b"Tue Nov 33 12:00:00 2026", None),
        (b"99:99:99 2026", None),
    ]:
        [piece] = split(io.BytesIO(FIRST.replace(b"Tue Nov  3 12:00:00 2026", text)))
        assert piece.arrived == arrived


def test_a_million_lines_are_one_message() -> None:
    [first, second] = bodies(FIRST + b"word\n" * 1_000_000 + b"\n" + SECOND)
    assert first.count(b"\n") == 1_000_001
    assert second == b"Good day.\n"


@pytest.mark.parametrize("line", [b"word\n", b"word"], ids=["lines", "one-line"])
def test_of_a_message_that_is_too_large_nothing_is_held_and_the_next_is_read(line: bytes) -> None:
    too_much = line * (mbox.LARGEST // len(line) + 1)
    [first, second] = split(io.BytesIO(FIRST + too_much + b"\n\n" + SECOND))
    assert (first.raw, second.raw) == (None, b"Subject: Two\n\nGood day.\n")


def test_a_file_cut_in_the_middle_gives_what_is_there() -> None:
    data = FIRST + b"\n" + SECOND
    for end in range(6, len(data)):
        assert 1 <= len(list(split(io.BytesIO(data[:end])))) <= 2


def test_python_finds_the_same_messages(tmp_path: Path) -> None:
    texts = [b"Hello.\n", b"From here\n\nFrom ada Tue Nov  3 12:00:00 2026\nX: y\n", b"", b"\n\n"]
    path = tmp_path / "farm.mbox"
    path.write_bytes(
        b"".join(entry("a@farm.invalid", NOON, b"Subject: s\n\n" + text) for text in texts)
    )
    with contextlib.closing(mailbox.mbox(path)) as box:
        assert len(box) == len(texts)
