"""Erasing one's data: what would go, a sign-in that is fresh, and one button."""

from flask import Blueprint, Response

from .. import errors
from ..actions import erasing
from ..domain.erasures import Words
from ..gettext import N_
from . import here, pages, session

blueprint = Blueprint("erasing", __name__)


@blueprint.get("/-/me/erase")
def show() -> Response:
    return _page()


@blueprint.post("/-/me/erase")
def erase() -> Response:
    session.require_from_us()
    person = session.require_person()
    try:
        words = _words(pages.form().get("words"))
        if not erasing.is_fresh(session.grant(), here.now()):
            raise errors.NotAllowed(
                N_("Sign in once more first: this cannot be undone, and must be by you.")
            )
        erasing.erase(here.store(), person, words, here.now())
    except errors.Refusal as refusal:
        return _page(refusal)
    return session.forget(pages.go_to(pages.at("/-/erased")))


@blueprint.get("/-/erased")
def gone() -> Response:
    return pages.show("erased.html")


def _words(chosen: str | None) -> Words:
    try:
        return Words(chosen or "")
    except ValueError:
        raise errors.Invalid(
            N_("Choose what becomes of the words you wrote."), field="words"
        ) from None


def _page(refusal: errors.Refusal | None = None) -> Response:
    person = session.require_person()
    return pages.show(
        "erase.html",
        refusal.http_status if refusal else 200,
        person=person,
        refusal=refusal,
        fresh=erasing.is_fresh(session.grant(), here.now()),
        typed=pages.typed() if refusal else {},
    )
