"""Answers to mails that we did not send, as a mail library collected them: nothing to compare with.

What is not exactly right keeps too much: a signature of the words `Regards, …`, what follows
`Sent from my phone` (somebody may have written it), and a quote whose lines lost their marks.
"""

from pathlib import Path

import pytest

from comments_service.mail.quotes import own_words

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "reply-parsing"
EXACTLY_RIGHT = 45  # of 49; may only grow. mail-parser-reply 1.36: 22, quotequail 0.5.4: 23

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not on this machine")


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def cases() -> list[tuple[str, list[str], list[str], str]]:
    """Name, expected lines, lines that were kept, and what was cut."""
    found = []
    for expected in sorted(CORPUS.glob("expected/*.txt")):
        mail = (CORPUS / "emails" / expected.name).read_text(encoding="utf-8")
        text, cut = own_words(mail)
        found.append((expected.name, lines(expected.read_text("utf-8")), lines(text), cut))
    return found


def test_no_author_loses_a_word() -> None:
    lost = [
        (name, line) for name, expected, kept, _ in cases() for line in expected if line not in kept
    ]
    assert lost == []


def test_most_are_exactly_right_and_no_fewer_than_before() -> None:
    right = [name for name, expected, kept, _ in cases() if kept == expected]
    assert len(right) >= EXACTLY_RIGHT


def test_every_line_is_kept_or_cut() -> None:
    for name, _, kept, cut in cases():
        words = "".join("\n".join([*kept, cut]).split())
        mail = (CORPUS / "emails" / name).read_text(encoding="utf-8")
        for line in mail.splitlines():
            assert "".join(line.strip("> ").split()) in words, name
