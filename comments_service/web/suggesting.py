"""“Who else should be here?”: the page that asks participants, and the one where it is decided."""

from urllib.parse import quote

from flask import Blueprint, Response, request

from .. import errors
from ..actions import suggesting
from ..domain.people import Person
from ..gettext import N_
from . import here, pages, session

blueprint = Blueprint("suggesting", __name__)


@blueprint.get("/-/o/<slug>/suggest")
def ask(slug: str) -> Response:
    return _form(session.require_person(), slug)


@blueprint.post("/-/o/<slug>/suggest")
def suggest(slug: str) -> Response:
    session.require_from_us()
    person = session.require_person()
    try:
        form = pages.form()
        told = {name: form.get(name, "") for name in ("name", "email", "why")}
        suggesting.suggest(here.store(), person, slug, here.now(), **told)
    except (errors.Invalid, errors.TooMany) as refusal:
        return _form(person, slug, refusal)
    return pages.go_to(pages.at(f"/-/o/{quote(slug)}/suggest?sent=yes"))


@blueprint.get("/-/desk/o/<slug>/suggestions")
def show(slug: str) -> Response:
    person = session.require_person()
    opportunity, suggested = suggesting.suggestions(here.store(), person, slug)
    return pages.show(
        "desk_suggestions.html",
        opportunity=opportunity,
        waiting=[one for one in suggested if one.suggestion.decided is None],
        decided=[one for one in suggested if one.suggestion.decided][::-1],
    )


@blueprint.post("/-/desk/o/<slug>/suggestions/<id>")
def decide(slug: str, id: str) -> Response:
    session.require_from_us()
    person = session.require_person()
    match pages.form().get("do"):
        case "aside":
            suggesting.set_aside(here.store(), person, slug, id, here.now())
        case "invited":
            suggesting.note_invited(here.store(), person, slug, id, here.now())
        case _:
            raise errors.Invalid(N_("This is not one of the choices."), field="do")
    return pages.go_to(pages.at(f"/-/desk/o/{quote(slug)}/suggestions"))


def _form(by: Person, slug: str, refusal: errors.Refusal | None = None) -> Response:
    opportunity = suggesting.may_suggest(here.store(), by, slug)
    return pages.show(
        "suggest.html",
        refusal.http_status if refusal else 200,
        opportunity=opportunity,
        sent=request.args.get("sent") == "yes",
        longest=suggesting.LONGEST_WHY,
        typed=pages.typed() if refusal else {},
        refusal=refusal,
    )
