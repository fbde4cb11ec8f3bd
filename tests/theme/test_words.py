"""Every word of the theme is translated, and French is set with care."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

THEME = Path(__file__).resolve().parents[2] / "theme"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
LANGUAGES = sorted(path.name for path in (THEME / "translations").iterdir())


def words() -> set[str | tuple[str, ...]]:
    """What the templates say, as gettext knows it."""
    found = extract_from_dir(
        str(THEME), method_map=[("templates/**.html", "jinja2")], keywords=KEYWORDS
    )
    return {said if isinstance(said, str) else tuple(said) for _, _, said, *_ in found}


def catalogue(language: str) -> Catalog:
    """The translations to a language."""
    path = THEME / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def translated(language: str) -> list[Message]:
    """All translated messages, without the header."""
    return [message for message in catalogue(language) if message.id]


def said_in(message: Message) -> list[str]:
    """The translation's forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_templates_has_its_translation_and_none_is_left_over(
    language: str,
) -> None:
    known = {m.id if isinstance(m.id, str) else tuple(m.id) for m in translated(language)}
    assert known == words()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_or_fuzzy(language: str) -> None:
    assert [m.id for m in translated(language) if m.fuzzy or not all(said_in(m))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_keeps_its_placeholders(language: str) -> None:
    for message in translated(language):
        original = message.id if isinstance(message.id, str) else message.id[-1]
        for said in said_in(message):
            assert set(re.findall(r"%\(\w+\)s", said)) == set(re.findall(r"%\(\w+\)s", original))


def test_french_is_set_with_care() -> None:
    """U+202F before ; ! ?, U+00A0 before : and inside « », typographic apostrophes."""
    said = [text for message in translated("fr") for text in said_in(message)]
    pages = [
        path.read_text(encoding="utf-8").split("\n\n", 1)[1]
        for path in THEME.parent.glob("content/pages/*.fr.md")
    ]
    for text in said + pages:
        plain = re.sub(r"<[^>]*>|https?:\S*", "", text)
        assert not re.search(r"(?<!\u202f)[;!?]", plain), text
        assert not re.search(r"(?<!\u00a0):(?!\w)", plain), text
        assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)»", plain), text
        assert "'" not in plain, text
