"""Threads of mail as they lie about, read to become comments: whole, odd and broken ones."""

import io
import random
from datetime import UTC, datetime

import pytest

from comments_service.actions import archive
from comments_service.domain.archive import Message, Skip
from comments_service.mail.mbox import BadMbox
from comments_service.mail.unpack import unpack

from ..conftest import Circle

FROM = b"From bob@example.net Tue Nov  3 12:00:00 2026\n"
HEAD = b"""\
Message-ID: <one@example.net>
Date: Tue, 3 Nov 2026 10:00:00 +0200
From: Bob Stone <bob@example.net>
Subject: Water
"""
WORDS = b"\nWhere does the water come from?\n"


def read(data: bytes) -> list[Message | Skip]:
    return list(unpack(io.BytesIO(data)))


def read_one(head: bytes = HEAD, words: bytes = WORDS) -> Message | Skip:
    [one] = read(FROM + head + words)
    return one


def test_a_mail_is_read_with_all_that_matters() -> None:
    more = HEAD + b"In-Reply-To: <c@x>\nReferences: <a@x> <b@x> <c@x>\n"
    assert read_one(more) == Message(
        sender="bob@example.net",
        name="Bob Stone",
        written=datetime(2026, 11, 3, 8, tzinfo=UTC),
        text="Where does the water come from?",
        message_id="<one@example.net>",
        references=("<a@x>", "<b@x>", "<c@x>"),
        subject="Water",
    )


def test_in_reply_to_names_the_parent_and_references_the_rest() -> None:
    one = read_one(HEAD + b"In-Reply-To: <a@x>\nReferences: <a@x> <b@x>\n")
    assert isinstance(one, Message)
    assert one.references == ("<b@x>", "<a@x>")


def test_quotes_are_cut_and_own_words_kept() -> None:
    words = b"\nFrom the hills.\n\nOn Tue, 3 Nov 2026, Ada wrote:\n> Where from?\n> Really?\n"
    one = read_one(words=words)
    assert isinstance(one, Message)
    assert one.text == "From the hills."


def test_attachments_are_told_of() -> None:
    head = HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
    words = (
        b"\n--b\nContent-Type: text/plain\n\nThe plan.\n--b\nContent-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename="plan.pdf"\n\n%PDF\n--b--\n'
    )
    one = read_one(head, words)
    assert isinstance(one, Message)
    assert [file.name for file in one.attachments] == ["plan.pdf"]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (HEAD.replace(b"From: Bob Stone <bob@example.net>\n", b""), Skip.NO_SENDER),
        (HEAD.replace(b"bob@example.net>\nS", b"nobody>\nS"), Skip.NO_SENDER),
        (HEAD + b"Auto-Submitted: auto-replied\n", Skip.AUTOMATIC),
        (HEAD + b"Content-Type: multipart/report; report-type=delivery-status\n", Skip.AUTOMATIC),
    ],
)
def test_what_nobody_wrote_is_passed_over(head: bytes, why: Skip) -> None:
    assert read_one(head) is why


@pytest.mark.parametrize(
    "date",
    [b"", b"Date: yesterday\n", b"Date: Tue, 33 Nov 2026 10:00:00 +0200\n", b"Date: \xff\n"]
    + [b"Date: Tue, 3 Nov 1802 00:00:00 +2300\n", b"Date: Tue, 3 Nov 99999 10:00:00 +9999\n"],
)
def test_without_a_date_that_of_its_arrival_counts(date: bytes) -> None:
    head = HEAD.replace(b"Date: Tue, 3 Nov 2026 10:00:00 +0200\n", date)
    one = read_one(head)
    assert isinstance(one, Message)
    assert one.written == datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert read(b"From bob\n" + head + WORDS) == [Skip.NO_DATE]


def test_a_message_that_claims_to_be_ours_and_is_broken_is_read_as_any_other() -> None:
    ours = b"X-Emergence-Format: emergence-mbox/1\n"
    assert read_one(HEAD.replace(b"Date: Tue, 3", b"Date: Moon, 3x") + ours) != Skip.NO_DATE
    assert read_one(HEAD.replace(b"bob@example.net", b"bob") + ours) is Skip.NO_SENDER
    odd = ours + b"X-Emergence-State: crowned\nX-Emergence-Edited: later\nContent-Type: \xff/x\n"
    one = read_one(HEAD + odd, b"\n\xff\xfe words\n")
    assert isinstance(one, Message)
    assert (one.ours, one.state, one.edited) == (True, "published", None)


ODD = {
    "headers only": FROM + HEAD,
    "nothing after From": FROM,
    "two From lines": FROM + FROM + HEAD + WORDS,
    "a million lines": FROM + HEAD + b"\n" + b"word\n" * 1_000_000,
    "one line of 20 MB": FROM + HEAD + b"\n" + b"word " * 4_000_000,
    "30 MB": FROM + HEAD + b"\n" + b"word " * 6_000_000,
    "a header of 5 MB": FROM + b"X: " + b"y" * 5_000_000 + b"\n" + HEAD + WORDS,
    "a hundred thousand headers": FROM + b"X: y\n" * 100_000 + HEAD + WORDS,
    "a hundred thousand references": FROM + HEAD + b"References:" + b" <a@x>" * 100_000 + WORDS,
    "NUL bytes": FROM + HEAD + b"\n" + bytes(100_000),
    "wrong charset": FROM
    + HEAD
    + b'Content-Type: text/plain; charset="no-such"\n'
    + b"\n\xe9t\xe9\n",
    "broken MIME": FROM + HEAD + b"Content-Type: multipart/mixed; boundary=b\n" + WORDS,
    "broken base64": FROM + HEAD + b"Content-Transfer-Encoding: base64\n" + b"\n====!!!\n",
    "many times From": FROM * 5_000,
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD.keys())
def test_every_odd_file_ends_in_a_clear_result(circle: Circle, data: bytes) -> None:
    found = unpack(io.BytesIO(data))
    report = archive.take_in(circle.store, circle.house, "farm", found, circle.now)
    assert report.taken + len(report.skipped) >= 1
    assert len(circle.exported()["comments"]) == report.taken


def test_files_broken_anywhere_are_read_or_refused(circle: Circle) -> None:
    whole = (FROM + HEAD + WORDS + b"\n") * 3
    dice = random.Random(5)  # noqa: S311 - invented
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 20)):
            data[dice.randrange(len(data))] = dice.choice(b"\x00\xff\n\r :<>From")
        try:
            found = read(bytes(data))
        except BadMbox:
            continue
        archive.take_in(circle.store, circle.house, "farm", iter(found), circle.now)
