"""Rereading the agreement: who stands by this version, who not yet, and saying so oneself."""

from dataclasses import replace

from flask import Blueprint, Response

from .. import errors
from ..actions import rereading
from ..domain.phases import Opportunity
from ..gettext import N_
from . import here, pages, session

blueprint = Blueprint("rereading", __name__)


@blueprint.get("/-/o/<slug>/reread")
def show(slug: str) -> Response:
    return _page(slug)


@blueprint.post("/-/o/<slug>/reread")
def say(slug: str) -> Response:
    session.require_from_us()
    person, form = session.require_person(), pages.form()
    who_and_what = person, slug, form.get("version", "")
    try:
        match form.get("do"):
            case "stand_by":
                rereading.stand_by(here.store(), *who_and_what, here.now())
            case "ask":
                rereading.ask_to_reread(here.store(), here.house(), *who_and_what, here.now())
            case _:
                raise errors.Invalid(N_("This is not one of the choices."), field="do")
    except (errors.Conflict, errors.Invalid) as refusal:
        return _page(slug, refusal)
    return pages.go_to(pages.at(f"/-/o/{slug}/reread"))


def _page(slug: str, refusal: errors.Refusal | None = None) -> Response:
    so_far = rereading.how_far_reread(here.store(), session.require_person(), slug)
    return pages.show(
        "reread.html",
        refusal.http_status if refusal else 200,
        so_far=so_far,
        opportunity=so_far.opportunity,
        agreement_page=_agreement_page(so_far.opportunity),
        refusal=refusal,
    )


def _agreement_page(opportunity: Opportunity) -> str:
    """Where the agreement can be read; only ever on a site of ours."""
    url, _, place = (opportunity.agreement_url or opportunity.url).partition("#")
    page = pages.page_of(replace(opportunity, url=url))
    return f"{page}#{place}" if place else page
