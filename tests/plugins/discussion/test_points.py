"""What is a point, a clause or neither, and what counts as resting on something."""

import markdown
import pytest

from plugins.discussion import citations, points
from plugins.discussion.parts import Parts


def parts(text: str, *, of: str) -> Parts:
    tree = citations.read(markdown.markdown(text, extensions=["extra", "attr_list"]))
    citations.mark(tree, lambda address: True)
    read = points.parts_of_summary if of == "summary" else points.parts_of_agreement
    return read(tree)


def clauses(text: str) -> list[tuple[str, bool]]:
    return [(c.heading, c.is_grounded) for c in parts(text, of="agreement").clauses]


def ungrounded(text: str) -> list[str]:
    return [what.words for _, what in parts(text, of="summary").ungrounded]


@pytest.mark.parametrize(
    ("words", "grounded"),
    [
        ("{standard}", True),
        ("French law. {standard}", True),
        ("{standard} French law.", True),
        ("French law. *Standard.*", True),
        ("French law.\n*Standard*.", True),
        ("French law.\n\n*Standard.*", True),
        ("- French law.\n- Thirty days. *Standard.*", True),
        ("(French law.) *standard*", True),
        ("*Standard.* French law.", False),
        ("This is not *standard*.", False),
        ("This is not\n*standard*", False),
        ("This is *standard*ised.", False),
        ("French law. *Not standard.*", False),
        ("French law. **Standard.**", False),
        ("French law. *Standard.* But two months.", False),
        ("French law. *Ours*{.standard}", False),
        ("`{standard}`", False),
        ("French law. Standard.", False),
        ("<!-- {standard} -->", False),
    ],
)
def test_standard_is_the_mark_or_the_word_alone_as_the_last_sentence(
    words: str, grounded: bool
) -> None:
    assert clauses(f"## Law\n\n{words}") == [("Law", grounded)]


def test_of_a_point_likewise() -> None:
    text = "## Agreed\n\n- Monthly. *Standard.*\n- Not *standard*.\n- **Paid.** *Standard*\n"
    assert ungrounded(text) == ["Not standard."]


def test_a_heading_says_so_by_the_mark_alone() -> None:
    assert clauses("## Law {standard}\n\nFrench.\n\n## Not *standard*\n\nOurs.") == [
        ("Law", True),
        ("Not standard", False),
    ]


def test_a_lone_first_heading_above_the_others_is_the_title() -> None:
    text = "# Agreement\n\nIntro\n\n## 1. Price\n\nWe pay.\n\n## 2. Dates\n\n{comment}aa1\n"
    assert clauses(text) == [("Price", False), ("Dates", True)]
    before = parts(text, of="agreement").before
    assert "Agreement" in before and "Intro" in before and "<h1" not in before


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("# 1. Price\n\nWe pay.\n\n# 2. Dates\n\nSoon.", ["Price", "Dates"]),
        ("# Price\n\nWe pay.", ["Price"]),
        ("## Small\n\nx\n\n# Price\n\nWe pay.", ["Price"]),
    ],
    ids=["two", "the only one", "not the first"],
)
def test_other_headings_of_the_first_level_are_clauses(text: str, headings: list[str]) -> None:
    assert [heading for heading, _ in clauses(text)] == headings


def test_a_preamble_grounds_nothing_and_is_no_clause() -> None:
    text = "We are glad, says {comment}aa1. {standard}\n\n## 1. Price\n\nWe pay."
    assert clauses(text) == [("Price", False)]


def test_whatever_stands_below_an_agreed_heading_rests_on_something() -> None:
    text = (
        "## Agreed\n\nWe pay.\n\n- Monthly {comment}aa1\n\n### In detail\n\nThen,"
        " {comment}aa1.\n\nIn May.\n\n<!-- a note -->\n\n| a |\n|---|\n| 20 |\n\n"
        "***\n\n> Quoted. *Standard.*\n\n## Open\n\nWho pays?\n"
    )
    assert ungrounded(text) == ["We pay.", "In May.", "a 20"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("## What we agreed\n\n- x\n- y\n", ["What we agreed"]),
        ("## Agreed\n\n- x {standard}\n\n## Others\n\nWords.\n\n1. x\n\n- y\n", ["Others"]),
        ("## Who {.other}\n\n- x\n", []),
        ("## Agreed\n\n### In detail\n\n- x {standard}\n", []),
        ("- x\n\n## Others\n\nWords.\n", []),
    ],
)
def test_a_list_under_a_heading_of_no_kind_is_told(text: str, unknown: list[str]) -> None:
    assert parts(text, of="summary").unknown == unknown
