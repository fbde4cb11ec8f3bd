"""The service's words in the reader's language: gettext catalogs, read as they are, and dates.

A language is a folder of `*.po` files in translations/<language>/LC_MESSAGES/; a further one needs
no code and nothing compiled.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from . import errors

SOURCE = "en"  # the language of the msgids
_FOLDER = Path(__file__).parent / "translations"


@lru_cache
def languages() -> tuple[str, ...]:
    """The languages that the service speaks, as BCP 47 tags: English, then the others by tag."""
    found = {path.parent.parent.name.replace("_", "-") for path in _FOLDER.glob("*/*/*.po")}
    return (SOURCE, *sorted(found - {SOURCE}))


def best_language(wanted: Iterable[str | None]) -> str:
    """The first of the `wanted` tags that is spoken here, `fr-CA` being `fr`; English if none."""
    spoken = {tag.lower(): tag for tag in languages()}
    for tag in wanted:
        parts = (tag or "").replace("_", "-").lower().split("-")
        for length in range(len(parts), 0, -1):
            if found := spoken.get("-".join(parts[:length])):
                return found
    return SOURCE


def translations(language: str) -> NullTranslations:
    """What has gettext and ngettext in `language`, or in the nearest one that is spoken here."""
    return _translations(best_language([language]))


@lru_cache
def _translations(language: str) -> NullTranslations:
    folder = _FOLDER / language.replace("-", "_") / "LC_MESSAGES"
    paths = sorted(folder.glob("*.po"))
    if not paths:
        return NullTranslations()
    merged: Catalog | None = None
    for path in paths:
        with path.open("rb") as file:
            catalog = read_po(file, locale=language.replace("-", "_"))
        if merged is None:
            merged = catalog
            continue
        for message in catalog:
            if message.id:
                merged[message.id] = message
    compiled = BytesIO()
    assert merged is not None  # noqa: S101 - there is a path
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def refusal_words(refusal: errors.Refusal, language: str) -> str:
    """What a refusal says, in `language`; a day in its words."""
    message: str = translations(language).gettext(refusal.message)
    values = {
        name: format_date(value, "long", locale=_locale(language)) if type(value) is date else value
        for name, value in refusal.values.items()
    }
    return message % values if values else message


def kept_refusal(message: str, values: Mapping[str, Any], language: str) -> str:
    """The same of a refusal that was kept as its message and values."""
    return refusal_words(errors.Refusal(message, **values), language)


def date_words(moment: datetime, language: str, zone: tzinfo = UTC) -> str:
    """`3 November 2026, 09:12 UTC`, as one writes it in `language`, by the clocks of `zone`."""
    locale, moment = _locale(language), moment.astimezone(zone)
    called = moment.tzname() or ""
    called = f"UTC{called}" if called[:1] in "+-" else called  # where it has no name, as in Brazil
    time = f"{format_time(moment, 'short', locale=locale)} {called}"
    together = str(get_datetime_format("long", locale))  # CLDR: {1} is the date, {0} the time
    return together.format(time, format_date(moment, "long", locale=locale)).replace("'", "")


def day_words(moment: datetime, language: str, zone: tzinfo = UTC) -> str:
    """`3 November 2026`, as one writes it in `language`, by the calendars of `zone`."""
    return format_date(moment.astimezone(zone), "long", locale=_locale(language))


def language_name(language: str) -> str:
    """What speakers of a language call it: `français`."""
    locale = Locale.parse(language, sep="-")
    return locale.get_display_name() or language


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return _locale(language).text_direction


@lru_cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse("en_GB" if language == SOURCE else language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_GB")
