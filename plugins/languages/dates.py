"""Dates in the words of the page's language, and as machines read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from .page_language import language_of

Moment = datetime | date | str


class Dates:
    """Words for dates, in the site's time zone. Each is worked out once."""

    def __init__(self, timezone: ZoneInfo) -> None:
        self._timezone = timezone
        self._known: dict[tuple[str, str, date], str] = {}

    def date_words(self, lang: str, moment: Moment) -> str:
        """The day with its year: "3 November 2026"."""
        return self._words("date", lang, self._day(moment), _date)

    def day(self, lang: str, moment: Moment) -> str:
        """The day without its year: "3 November"."""
        return self._words("day", lang, self._day(moment), _day)

    def datetime_words(self, lang: str, moment: Moment) -> str:
        """Day and time: "3 November 2026, 14:05"; for a day without a time, the day alone."""
        when = _parsed(moment)
        if not isinstance(when, datetime):
            return self.date_words(lang, when)
        locale = locale_of(lang)
        local = when.astimezone(self._timezone) if when.tzinfo else when
        joined = str(get_datetime_format("long", locale)).replace("'", "")
        time = format_time(local.time(), "short", locale=locale)
        return joined.replace("{1}", self.date_words(lang, local)).replace("{0}", time)

    def _day(self, moment: Moment) -> date:
        when = _parsed(moment)
        if not isinstance(when, datetime):
            return when
        return (when.astimezone(self._timezone) if when.tzinfo else when).date()

    def _words(self, kind: str, lang: str, day: date, write: Callable[[date, Locale], str]) -> str:
        key = (kind, lang, day)
        if key not in self._known:
            words = write(day, locale_of(lang))
            self._known[key] = _first_of_month(words, day, lang)
        return self._known[key]


def isotime(moment: Moment) -> str:
    """ISO 8601 in UTC, for <time datetime>; a day without a time stays a day."""
    when = _parsed(moment)
    if not isinstance(when, datetime):
        return when.isoformat()
    utc = when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    return utc.isoformat(timespec="seconds").replace("+00:00", "Z")


def locale_of(lang: str) -> Locale:
    """Babel's locale of a language. English is the European one: the day comes first."""
    try:
        return Locale.parse("en-GB" if lang == "en" else lang, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def install_dates(environment: Environment, timezone: ZoneInfo) -> None:
    """Offer the filters `date_words`, `day`, `datetime_words` and `isotime`."""
    dates = Dates(timezone)

    def in_page_language(write: Callable[[str, Moment], str]) -> Callable[[Context, Moment], str]:
        @pass_context
        def words(context: Context, moment: Moment) -> str:
            return write(language_of(context), moment)

        return words

    environment.filters["date_words"] = in_page_language(dates.date_words)
    environment.filters["day"] = in_page_language(dates.day)
    environment.filters["datetime_words"] = in_page_language(dates.datetime_words)
    environment.filters["isotime"] = isotime


def _parsed(moment: Moment) -> datetime | date:
    if not isinstance(moment, str):
        return moment
    return date.fromisoformat(moment) if len(moment) == 10 else datetime.fromisoformat(moment)


def _date(day: date, locale: Locale) -> str:
    return format_date(day, "long", locale=locale)


def _day(day: date, locale: Locale) -> str:
    return format_skeleton("MMMMd", datetime(day.year, day.month, day.day), locale=locale)


def _first_of_month(words: str, day: date, lang: str) -> str:
    # French says "1er novembre", which CLDR does not write.
    first = day.day == 1 and lang.partition("-")[0] == "fr" and words.startswith("1 ")
    return f"1er {words[2:]}" if first else words
