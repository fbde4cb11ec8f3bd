"""The team as it takes shape: claim a role, propose one, take it, stand by it, lay it down."""

from flask import Blueprint, Response

from .. import errors
from ..actions import looking, roles, supports
from ..domain.discussion import LONGEST_TEXT, Comment, Door
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..domain.team import LONGEST_TITLE, LONGEST_WORDS
from ..gettext import N_
from . import here, language, pages, session
from .published import StaticPage
from .writing import lead_to

blueprint = Blueprint("roles", __name__)


@blueprint.get("/-/o/<slug>/roles")
def show_team(slug: str) -> Response:
    return _team_page(session.person(), slug)


@blueprint.post("/-/o/<slug>/roles")
def add(slug: str) -> Response:
    """`do` is `claim` or `propose`."""
    session.require_from_us()
    person = session.require_person()
    opportunity = looking.find_opportunity(here.store(), slug)
    page = StaticPage(here.settings(), opportunity)
    try:
        form = pages.form()
        title, words = form.get("title", ""), form.get("words", "")
        match form.get("do"):
            case "claim":
                roles.claim_role(here.store(), person, slug, title, words, here.now())
            case "propose":
                whom = form.get("person", "")
                house, now = here.house(), here.now()
                roles.propose_role(here.store(), house, person, slug, whom, title, words, now)
            case _:
                raise errors.Invalid(N_("This is not one of the choices."), field="do")
    except errors.Refusal as refusal:
        return _team_page(person, slug, refusal)
    return _lead_to_team(opportunity, page)


@blueprint.get("/-/o/<slug>/roles/<id>")
def show_role(slug: str, id: str) -> Response:
    return _role_page(session.person(), slug, id)


@blueprint.post("/-/o/<slug>/roles/<id>")
def act(slug: str, id: str) -> Response:
    """`do` is `take`, `lay_down`, `reword`, `support`, `say` or `unsupport`."""
    session.require_from_us()
    person = session.require_person()
    opportunity = supports.role_closely(here.store(), person, slug, id).opportunity
    page = StaticPage(here.settings(), opportunity)
    try:
        comment = _done(person, id)
    except errors.Refusal as refusal:
        return _role_page(person, slug, id, refusal)
    return lead_to(opportunity, comment) if comment else _lead_to_team(opportunity, page)


def _done(person: Person, id: str) -> Comment | None:
    """The comment that came of it, if one did. Raises Refusal."""
    form, store, now = pages.form(), here.store(), here.now()
    match form.get("do"):
        case "take":
            roles.accept_role(store, person, id, now)
        case "lay_down":
            roles.lay_down_role(store, person, id, now)
        case "reword":
            roles.reword_role(store, person, id, form.get("title", ""), form.get("words", ""), now)
        case "support":
            supports.support_role(store, person, id, form.get("comment") or None, now)
        case "say":
            text, door = form.get("text", ""), Door.PAGE
            return supports.support_in_words(
                store, here.house(), person, id, text, door=door, now=now
            )
        case "unsupport":
            supports.end_support(store, person, id, now)
        case _:
            raise errors.Invalid(N_("This is not one of the choices."), field="do")
    return None


def _lead_to_team(opportunity: Opportunity, page: StaticPage) -> Response:
    page.changes()
    return pages.go_to(f"{pages.page_of(opportunity)}#team")


def _team_page(person: Person | None, slug: str, refusal: errors.Refusal | None = None) -> Response:
    team = supports.team(here.store(), person, slug)
    language.speak_of(team.opportunity)
    return pages.show(
        "roles.html",
        refusal.http_status if refusal else 200,
        team=team,
        opportunity=team.opportunity,
        typed=pages.typed() if refusal else {},
        refusal=refusal,
        longest_title=LONGEST_TITLE,
        longest_words=LONGEST_WORDS,
    )


def _role_page(
    person: Person | None, slug: str, id: str, refusal: errors.Refusal | None = None
) -> Response:
    closely = supports.role_closely(here.store(), person, slug, id)
    language.speak_of(closely.opportunity)
    return pages.show(
        "role.html",
        refusal.http_status if refusal else 200,
        closely=closely,
        part=closely.part,
        role=closely.part.role,
        opportunity=closely.opportunity,
        own=person is not None and person.id == closely.part.holder.id,
        support=closely.part.supported_by(person),
        typed=pages.typed() if refusal else {},
        refusal=refusal,
        longest_title=LONGEST_TITLE,
        longest_words=LONGEST_WORDS,
        longest=LONGEST_TEXT,
    )
