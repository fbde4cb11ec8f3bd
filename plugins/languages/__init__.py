"""Gives each page's chrome the page's own language: words through gettext, dates through Babel."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from pelican.plugins import signals

from .catalogues import Catalogues, languages_in
from .dates import install_dates
from .page_language import install_gettext

__all__ = ["register"]

# Each run has one context that all its generators share: the catalogues are read once for it.
_CATALOGUES = "theme_catalogues"


def find_languages(pelican: Any) -> None:
    """Where LANGUAGES is not set, the site speaks the languages that its theme speaks."""
    settings = pelican.settings
    if not settings.get("LANGUAGES"):
        own = settings["DEFAULT_LANG"]
        others = (lang.lower() for lang in languages_in(Path(settings["THEME"])) if lang != own)
        settings["LANGUAGES"] = [own, *others]


def install(generator: Any) -> None:
    """Teach the templates of a generator the page's language."""
    context = generator.context
    if _CATALOGUES not in context:
        context[_CATALOGUES] = Catalogues(Path(generator.theme))
    install_gettext(generator.env, context[_CATALOGUES])
    install_dates(generator.env, ZoneInfo(generator.settings.get("TIMEZONE") or "UTC"))
    generator.env.globals["language_name"] = language_name


def language_name(lang: str) -> str:
    """A language's name in that language: "français"."""
    try:
        return Locale.parse(lang, sep="-").get_display_name() or lang
    except (UnknownLocaleError, ValueError):
        return lang


def register() -> None:
    signals.initialized.connect(find_languages)
    signals.generator_init.connect(install)
