"""What changed in a text, as words that stayed, came in and went out."""

import pytest

from plugins.history.merges import before_merge
from plugins.history.model import Field, Prose, Run
from plugins.history.prose import MOST_WORDS, compare

HEAD = "Title: A title\n\n"


def told(prose: Prose) -> str:
    marks = {"in": "[{}]", "out": "-{}-", "same": "{}", "gap": "…"}
    return " | ".join(
        " ".join(marks[run.kind].format(run.text) for run in runs) for runs in prose.paragraphs
    )


def changed(before: str, after: str) -> str:
    return told(compare((HEAD + before).encode(), (HEAD + after).encode()))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("Ten farms are here.", "Twelve farms are here.", "-Ten- [Twelve] farms are here."),
        ("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.", "[Three.]"),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "-Two.-"),
        ("These lines\nare broken\nhere.", "These lines are\nbroken here.", ""),
        ("One.\r\n\r\nTwo.\r\n", "One.\n\nTwo.\n", ""),
        ("- one\n- two\n- three", "- one\n- 2\n- three", "- -two- [2]"),
        ("All of this is gone now.", "Nothing stays that was.", None),
        ("", "", ""),
    ],
)
def test_what_changed_is_told_by_the_word(before: str, after: str, words: str | None) -> None:
    if words is None:
        assert changed(before, after) == f"-{before}- | [{after}]"
    else:
        assert changed(before, after) == words


def test_a_word_that_stayed_by_chance_is_told_with_those_around_it() -> None:
    before = "We begin in spring with ten farms of the north and hope for rain all year."
    after = "We begin in autumn with two mills of the south and hope for rain all year."
    assert changed(before, after) == (
        "We begin in -spring with ten farms of the north- [autumn with two mills of the south] "
        "and hope for rain all year."
    )


def test_words_far_from_the_change_are_left_out() -> None:
    long = " ".join(f"w{n}" for n in range(100))
    assert changed(f"{long} old {long}", f"{long} new {long}") == (
        "… " + " ".join(f"w{n}" for n in range(88, 100)) + " -old- [new] "
        + " ".join(f"w{n}" for n in range(12)) + " …"
    )  # fmt: skip


def test_lines_of_the_header_are_told_apart() -> None:
    before = b"Title: Old name\nPhase: brief\nDate: 2026-11-01\n\nText.\n"
    after = b"title: New name\nDate: 2026-11-01\nTags: a, b\n\nText.\n"
    prose = compare(before, after)
    assert prose.fields == (
        Field("title", (Run("out", "Old"), Run("in", "New"), Run("same", "name"))),
        Field("Tags", (Run("in", "a, b"),)),
        Field("Phase", (Run("out", "brief"),)),
    )
    assert (prose.came, prose.went) == (0, 0)


def test_a_text_that_is_new_or_gone_has_its_words_counted() -> None:
    text = (HEAD + "Three words here.").encode()
    assert compare(None, text) == Prose(came=3, words=3)
    assert compare(text, None) == Prose(went=3)


def test_a_huge_change_is_cut_and_says_how_much_is_left_out() -> None:
    text = "\n\n".join(" ".join(f"p{p}w{w}" for w in range(100)) for p in range(50))
    prose = compare(HEAD.encode(), (HEAD + text).encode())
    assert len(told(prose).split()) < MOST_WORDS + 50
    assert (prose.came, prose.left_out) == (5000, 5000 - MOST_WORDS)


def test_a_text_without_end_is_not_compared_word_by_word() -> None:
    before = ("a b c d e f g h " * 300_000).encode()
    prose = compare(before, before + b"more")
    assert prose.paragraphs == ()
    assert prose.left_out > 0


def test_two_long_passages_without_a_word_in_common_take_no_time() -> None:
    before, after = (" ".join(f"{letter}{n}" for n in range(40_000)) for letter in "ab")
    prose = compare((HEAD + before).encode(), (HEAD + after).encode())
    assert (prose.came, prose.went) == (40_000, 40_000)


def test_bytes_that_are_no_text_break_nothing() -> None:
    assert compare(b"\xff\xfe\0\x01", b"\xff\xfe\0\x02").words == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "merged", "before"),
    [
        ("1 a\n2\n3\n", "1\n2\n3 b\n", "1 a\n2\n3 b\n", None),
        ("1 a\n2\n3\n", "1 b\n2\n3\n", "1 b\n2\n3\n", None),
        ("1 a\n2\n3\n", "1 b\n2\n3\n", "1 a and b\n2\n3\n", "2\n3\n"),
        ("1 a\n2\n3\n", "1\n2\n3 b\n", "1 a\n3 b\n", "1 a\n2\n3 b\n"),
    ],
)
def test_what_a_merge_wrote_is_what_no_side_had_written(
    ours: str, theirs: str, merged: str, before: str | None
) -> None:
    expected = None if before is None else before.encode()
    assert before_merge([ours.encode(), theirs.encode()], merged.encode()) == expected
