"""One's part in one opportunity: how to join it, and leaving it."""

from flask import Blueprint, Response

from ..actions import looking, people
from ..domain.erasures import Words
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
    return pages.go_to(pages.welcome(opportunity))


@blueprint.get("/-/o/<slug>/leave")
def show_leave(slug: str) -> Response:
    person = session.require_person()
    opportunity, participant = looking.part_in(here.store(), person, slug)
    return pages.show(
        "leave.html",
        opportunity=opportunity,
        participant=participant,
        spoke=people.has_words_in(here.store(), person, slug),
    )


@blueprint.post("/-/o/<slug>/leave")
def leave(slug: str) -> Response:
    session.require_from_us()
    person, withdraw = session.require_person(), pages.form().get("words") == "withdraw"
    words = Words.WITHDRAWN if withdraw else Words.KEPT
    people.leave(here.store(), here.house(), person, slug, here.now(), words)
    return pages.go_to(pages.at(f"/-/o/{slug}/leave"))
