"""Following an opportunity by mail: asking for it, saying how much, and changing one's mind."""

from flask import Blueprint, Response, request

from .. import errors
from ..actions import following, looking
from ..domain.access import Scope
from ..domain.following import Dose
from ..domain.people import Person
from ..gettext import N_
from . import here, language, network, pages, session

blueprint = Blueprint("following", __name__)


@blueprint.get("/-/o/<slug>/follow")
def show(slug: str) -> Response:
    return _page(slug, sent="sent" in request.args)


@blueprint.post("/-/o/<slug>/follow")
def follow(slug: str) -> Response:
    opportunity = looking.find_opportunity(here.store(), slug)
    language.speak_of(opportunity)
    here_again = pages.at(f"/-/o/{opportunity.slug}/follow")
    try:
        session.require_from_us()
        form, person = pages.form(), session.person()
        if person and "dose" in form:
            dose = read_dose(form["dose"])
            following.choose_dose(here.store(), here.house(), person, slug, dose, here.now())
            return pages.go_to(here_again)
        if not form.get("website"):  # a field that no person sees
            following.ask_to_follow(
                here.store(),
                here.house(),
                slug,
                form.get("email", ""),
                form.get("name", ""),
                language.current(),
                network.client_network(),
                here.now(),
            )
    except errors.Refusal as refusal:
        return _page(slug, typed=pages.typed(), refusal=refusal)
    return pages.go_to(f"{here_again}?sent=1")


@blueprint.get("/-/follow/<token>")
def ask(token: str) -> Response:
    grant_id = session.read_token(Scope.FOLLOW, token)
    opportunity, person, _ = following.what_to_follow(here.store(), grant_id, here.now())
    return _choice(person, opportunity.slug)


@blueprint.post("/-/follow/<token>")
def choose(token: str) -> Response:
    session.require_from_us()
    grant_id = session.read_token(Scope.FOLLOW, token)
    opportunity, person, _ = following.what_to_follow(here.store(), grant_id, here.now())
    language.speak_to(person)
    dose = read_dose(pages.form().get("dose"))
    if dose is Dose.NOTHING:
        following.choose_dose(
            here.store(), here.house(), person, opportunity.slug, dose, here.now()
        )
    else:
        following.follow(here.store(), grant_id, dose, here.now())
    return pages.go_to(pages.at(f"/-/follow/{token}"))


def read_dose(text: object) -> Dose:
    """The dose that a button or a document names. Raises Invalid."""
    if text not in list(Dose):
        raise errors.Invalid(N_("This is not one of the choices."), field="dose")
    return Dose(str(text))


def _page(
    slug: str,
    *,
    typed: object = None,
    refusal: errors.Refusal | None = None,
    sent: bool = False,
) -> Response:
    person = session.person()
    opportunity = looking.find_opportunity(here.store(), slug)
    language.speak_of(opportunity)
    standing = looking.standing(here.store(), person, slug) if person else None
    return pages.show(
        "follow.html",
        refusal.http_status if refusal else 200,
        opportunity=opportunity,
        standing=standing if standing and standing.can_choose else None,
        person=person,
        typed=typed or {},
        refusal=refusal,
        sent=sent,
    )


def _choice(person: Person, slug: str) -> Response:
    language.speak_to(person)
    standing = looking.standing(here.store(), person, slug)
    return pages.show(
        "follow_link.html", opportunity=standing.opportunity, standing=standing, person=person
    )
