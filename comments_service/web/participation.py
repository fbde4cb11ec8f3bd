"""One's part in one opportunity: how to join it, and leaving it."""

from flask import Blueprint, Response

from ..actions import looking, people
from ..domain.house import Visitors
from . import here, language, pages, session

blueprint = Blueprint("participation", __name__)


@blueprint.get("/-/o/<slug>/join")
def join(slug: str) -> Response:
    person = session.person()
    opportunity = looking.find_opportunity(here.store(), slug)
    language.speak_of(opportunity)
    participant = looking.part_in(here.store(), person, slug)[1] if person else None
    if participant and participant.present and opportunity.accepts_words:
        return pages.go_to(pages.at(f"/-/o/{opportunity.slug}/write"))
    return pages.show(
        "join.html",
        opportunity=opportunity,
        participant=participant,
        invited_only=here.house().visitors is Visitors.INVITED,
    )


@blueprint.post("/-/o/<slug>/join")
def come_back(slug: str) -> Response:
    session.require_from_us()
    person = session.require_person()
    people.come_back(here.store(), here.house(), person, slug, here.now())
    opportunity = looking.find_opportunity(here.store(), slug)
    return pages.go_to(pages.page_of(opportunity))


@blueprint.get("/-/o/<slug>/leave")
def show_leave(slug: str) -> Response:
    person = session.require_person()
    opportunity, participant = looking.part_in(here.store(), person, slug)
    return pages.show("leave.html", opportunity=opportunity, participant=participant)


@blueprint.post("/-/o/<slug>/leave")
def leave(slug: str) -> Response:
    session.require_from_us()
    people.leave(here.store(), here.house(), session.require_person(), slug, here.now())
    return pages.go_to(pages.at(f"/-/o/{slug}/leave"))
