"""Which language a page is in, and the words of the theme in that language."""

from __future__ import annotations

from typing import Any

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, pass_context
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Context
from jinja2.utils import missing

from .catalogues import Catalogues


class PageContext(Context):
    """A template's context in which `lang` is always the page's language, and `text_direction`
    the way it is written ("ltr" or "rtl").

    The language is `lang` where whoever renders the page gives it, else that of the page's
    `article` or `page`, else DEFAULT_LANG.
    """

    def resolve_or_missing(self, key: str) -> Any:
        value = super().resolve_or_missing(key)
        if value is missing and key == "lang":
            return self._language()
        if value is missing and key == "text_direction":
            return text_direction(self.resolve_or_missing("lang"))
        return value

    def _language(self) -> Any:
        for name in ("article", "page"):
            lang = getattr(super().resolve_or_missing(name), "lang", None)
            if lang:
                return lang
        return super().resolve_or_missing("DEFAULT_LANG")


def text_direction(lang: Any) -> str:
    """ "rtl" for a language written from right to left, else "ltr"."""
    try:
        return Locale.parse(str(lang), sep="-").text_direction
    except (UnknownLocaleError, ValueError):
        return "ltr"


def language_of(context: Context) -> str:
    """Language of the page that is being rendered.

    Raises TemplateRuntimeError where it cannot be known: in macros imported without context,
    which would otherwise speak the wrong language on some pages.
    """
    lang = context.resolve_or_missing("lang")
    if lang is missing:
        raise TemplateRuntimeError(
            f"{context.name} does not know the page's language: import its macros “with context”"
        )
    return str(lang)


def install_gettext(environment: Environment, catalogues: Catalogues) -> None:
    """Make `_`, `gettext`, `ngettext`, `pgettext`, `npgettext` and {% trans %} speak the page's
    language."""

    @pass_context
    def gettext(context: Context, message: str) -> str:
        return catalogues[language_of(context)].gettext(message)

    @pass_context
    def ngettext(context: Context, one: str, many: str, count: int) -> str:
        return catalogues[language_of(context)].ngettext(one, many, count)

    @pass_context
    def pgettext(context: Context, about: str, message: str) -> str:
        return catalogues[language_of(context)].pgettext(about, message)

    @pass_context
    def npgettext(context: Context, about: str, one: str, many: str, count: int) -> str:
        return catalogues[language_of(context)].npgettext(about, one, many, count)

    environment.context_class = PageContext
    environment.add_extension("jinja2.ext.i18n")
    install: Any = environment
    install.install_gettext_callables(
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
