import pytest

from comments_service.mail.subjects import first_words, shortened, thread_subject


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("How deep is the river?", "How deep is the river?"),
        ("# How *deep* is the `river`?", "How deep is the river?"),
        ("**About the river**\n\nHow deep is it?", "About the river"),
        ("Hello,\n\nhow deep is it?", "Hello, how deep is it?"),
        ("> quoted words\n\nMine.", "Mine."),
        ("> nothing but quoted words", "nothing but quoted words"),
        ("- one\n- two", "one two"),
        ("1. one\n2. two", "one two"),
        ("see [the almanac](https://x.example/a_b) of snake_case", "see the almanac of snake_case"),
        ("_Aside_ ~~gone~~", "Aside gone"),
        ("x\r\nBcc: all@example.org", "x Bcc: all@example.org"),
        ("a" * 300, "a" * 49 + "…"),
        ("words " * 30, "words words words words words words words words…"),
        ("", ""),
        ("```", ""),
    ],
)
def test_a_thread_is_called_by_its_first_words(markdown: str, words: str) -> None:
    assert first_words(markdown) == words


def test_answers_bear_the_same_subject_with_one_re() -> None:
    root = thread_subject("The farm", "How deep?", answers=False)
    assert root == "[The farm] How deep?"
    assert thread_subject("The farm", "How deep?", answers=True) == f"Re: {root}"


def test_what_was_taken_back_is_not_in_a_subject() -> None:
    assert thread_subject("The farm", "", answers=True) == "Re: [The farm]"


def test_a_long_title_is_cut_after_a_word() -> None:
    assert shortened("A data platform for a farmers’ cooperative", 40) == (
        "A data platform for a farmers’…"
    )
    assert len(shortened("x" * 140, 40)) == 40


@pytest.mark.parametrize("hostile", ["[" * 5_000, "_" * 5_000, "[a](" * 2_000, "> " * 5_000])
def test_first_words_of_anything_are_found_at_once(hostile: str) -> None:
    assert len(first_words(hostile)) <= 50
