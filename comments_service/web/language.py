"""In whose words a request is answered: the person's, the opportunity's, the browser's."""

from typing import Any

from flask import Flask, g, request

from .. import errors, words
from ..domain.people import Person
from ..domain.phases import Opportunity
from . import here, session


def install(app: Flask) -> None:
    """Let templates speak the reader's language."""
    environment: Any = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)
    environment.filters["date_words"] = lambda moment: words.date_words(moment, current())
    environment.filters["day_words"] = lambda moment: words.day_words(moment, current())
    environment.filters["in_words"] = lambda mail: words.kept_refusal(
        mail.reason, mail.values, current()
    )
    environment.globals.update(
        language=current,
        languages=words.languages,
        language_name=words.language_name,
        direction=words.direction,
        say=refusal_words,
    )


def speak_of(opportunity: Opportunity) -> None:
    """Answer somebody whose language we do not know in the opportunity's."""
    g.opportunity_language = opportunity.language


def speak_to(reader: Person) -> None:
    """Answer in this person's language: a personal link says who reads."""
    g.reader_language = reader.language


def current() -> str:
    """The language of this answer."""
    wanted = [g.get("reader_language")]
    signed_in = session.reader()
    wanted += [signed_in.language if signed_in else None, g.get("opportunity_language")]
    wanted += [tag for tag, quality in request.accept_languages if quality > 0]
    return words.best_language([*wanted, here.settings().language])


def gettext(message: str) -> str:
    """`message` in the language of this answer."""
    translated: str = words.translations(current()).gettext(message)
    return translated


def ngettext(singular: str, plural: str, number: int) -> str:
    """The form that `number` takes, in the language of this answer."""
    translated: str = words.translations(current()).ngettext(singular, plural, number)
    return translated


def refusal_words(refusal: errors.Refusal) -> str:
    """What a refusal says, in the language of this answer."""
    return words.refusal_words(refusal, current())
