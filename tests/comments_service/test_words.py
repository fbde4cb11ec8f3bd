"""Every word that the service says is there in every language, with the same placeholders."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from comments_service import errors, words

SERVICE = Path(words.__file__).parent
METHODS = [
    ("**.py", "python"),
    ("web/templates/**.html", "jinja2.ext:babel_extract"),
    ("mail/templates/**.jinja", "jinja2.ext:babel_extract"),
]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")


def said() -> dict[str, str]:
    """Every msgid, and the file that says it."""
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(SERVICE, METHODS, keywords=keywords)
    return {
        one: file
        for file, _, message, *_ in found
        for one in ([message] if isinstance(message, str) else message)
        if one
    }


def catalogs() -> list[Path]:
    return sorted((SERVICE / "translations").glob("*/LC_MESSAGES/*.po"))


def known(language: str) -> dict[str, str | tuple[str, ...]]:
    found = {}
    for path in catalogs():
        if path.parts[-3] == language:
            with path.open("rb") as file:
                for message in read_po(file):
                    ids = message.id if isinstance(message.id, tuple) else (message.id,)
                    found |= {id: message.string for id in ids if id}
    return found


@pytest.mark.parametrize("language", [tag for tag in words.languages() if tag != "en"])
def test_every_word_is_translated(language: str) -> None:
    there = known(language)
    missing = {id: file for id, file in said().items() if not there.get(id)}
    assert not missing


@pytest.mark.parametrize("path", catalogs(), ids=str)
def test_a_catalog_has_no_doubts_no_leftovers_and_the_same_placeholders(path: Path) -> None:
    used = said()
    with path.open("rb") as file:
        catalog = read_po(file)
    for message in catalog:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.id or (not message.fuzzy and ids[0] in used), message.id
        for string in strings:
            wanted = set(PLACEHOLDER.findall(ids[-1])) if ids[0] else set()
            assert set(PLACEHOLDER.findall(string)) == wanted or not ids[0], message.id


def test_french_spaces_do_not_break() -> None:
    for id, string in known("fr").items():
        for one in [string] if isinstance(string, str) else string:
            bare = re.sub(r"https?:\S*|<[^>]*>", "", one)
            assert not re.search(r"(?<![\s\u00a0\u202f])[?!»;]|[ ][?!:;»]|«[ ]|'", bare), id


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        (["fr"], "fr"),
        (["fr-CA"], "fr"),
        (["FR_ca"], "fr"),
        (["xx", None, "", "fr", "en"], "fr"),
        (["en-GB", "fr"], "en"),
        ([], "en"),
        (["../../etc", "\x00"], "en"),
    ],
)
def test_the_best_language_is_the_first_that_is_spoken(wanted: list[str], best: str) -> None:
    assert words.best_language(wanted) == best


def test_dates_are_words_in_utc() -> None:
    moment = datetime(2026, 11, 3, 10, 12, tzinfo=timezone(timedelta(hours=1)))
    assert words.date_words(moment, "en") == "3 November 2026, 09:12 UTC"
    assert words.date_words(moment, "fr") == "3 novembre 2026, 09:12 UTC"
    assert words.day_words(moment.astimezone(UTC), "fr") == "3 novembre 2026"
    assert words.date_words(moment, "no such language").startswith("3 November")


def test_a_refusal_fills_in_its_values_in_the_readers_language() -> None:
    refusal = errors.Invalid("%(length)d characters", length=3)
    assert words.refusal_words(refusal, "fr") == "3 characters"
    percent = errors.Invalid("100 %")
    assert words.refusal_words(percent, "fr") == "100 %"
    day = errors.Conflict("on %(day)s", day=date(2026, 11, 3))
    assert words.refusal_words(day, "fr") == "on 3 novembre 2026"


def test_a_language_is_called_by_its_own_name_and_knows_its_direction() -> None:
    assert [words.language_name(tag) for tag in ("en", "fr")] == ["English", "français"]
    assert [words.direction(tag) for tag in ("fr", "ar")] == ["ltr", "rtl"]
