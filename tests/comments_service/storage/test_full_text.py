"""Whatever is typed into a search box, FTS5 sees words."""

from collections.abc import Callable

import pytest

from comments_service.storage.sqlite import SqliteStore

from ..conftest import Circle

NASTY = [
    "",
    " ",
    '"',
    '""',
    '"river',
    "river NEAR delta",
    "NEAR(river delta, 2)",
    "river*",
    "*",
    "^river",
    "text:river",
    "river AND",
    "NOT river",
    "OR",
    "(",
    "-river",
    "+",
    "'; DROP TABLE comment; --",
    'river\x00" OR text:*',
    "\x00",
    "\ud800 river",
    "\u202eriver",
    "😀",
    "é" * 5_000,
    "q " * 2_500,
    '" OR "' * 1_000,
    "{text} : river",
]


@pytest.mark.parametrize("typed", NASTY, ids=range(len(NASTY)))
def test_nothing_typed_is_a_fault_or_an_operator(circle: Circle, typed: str) -> None:
    circle.say(circle.facilitator, "A pond and a delta.")
    with circle.store.reading() as look:
        assert look.comments_within(None, typed) == []
        assert isinstance(look.people_within(None, typed), list)


@pytest.mark.parametrize(
    "typed",
    [
        "rivière",
        "RIVIERE",
        "rivie\u0300re",
        "rivi",
        "sait-on la riv",
        "l'eau",
        '"rivière" l’eau',
        "c++",
    ],
)
def test_words_are_found_without_regard_to_case_accents_and_signs(
    circle: Circle, typed: str
) -> None:
    circle.say(circle.facilitator, "Sait-on la rivière, et l’eau ? En C++.")
    with circle.store.reading() as look:
        assert len(look.comments_within(None, typed)) == 1


def test_an_excerpt_marks_what_was_found(
    circle: Circle, open_store: Callable[..., SqliteStore]
) -> None:
    circle.say(circle.facilitator, "word " * 100 + "the <b>river</b> " + "word " * 100)
    with circle.store.reading() as look:
        [(_, excerpt)] = look.comments_within(None, "riv")
    assert "<b>\x02river\x03</b>" in excerpt
    assert len(excerpt) < 250
