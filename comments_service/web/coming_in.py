"""Coming in by a personal link, asking for one, confirming what one wrote, and going out."""

from flask import Blueprint, Response, request

from .. import errors
from ..actions import access, looking, visitors
from ..domain.access import Scope
from . import here, language, network, pages, session
from .writing import lead_to

blueprint = Blueprint("coming_in", __name__)


@blueprint.get("/-/signin")
def show_sign_in() -> Response:
    return pages.show("signin.html", typed={}, sent="sent" in request.args)


@blueprint.post("/-/signin")
def ask() -> Response:
    try:
        session.require_from_us()
        email = pages.form().get("email", "")
        access.ask_to_sign_in(
            here.store(), here.house(), email, network.client_network(), here.now()
        )
    except errors.Refusal as refusal:
        status = refusal.http_status
        return pages.show("signin.html", status, typed=pages.typed(), refusal=refusal)
    return pages.go_to(pages.at("/-/signin?sent=1"))


@blueprint.post("/-/signout")
def sign_out() -> Response:
    session.require_from_us()
    person, grant = session.person(), session.grant()
    if person and grant:
        access.revoke(here.store(), person, grant.id, here.now())
    return session.forget(pages.go_to(pages.site_url("/")))


@blueprint.get("/-/hello/<token>")
def show_hello(token: str) -> Response:
    grant_id = session.read_token(Scope.SIGN_IN, token)
    person, _ = access.who_is_behind(here.store(), Scope.SIGN_IN, grant_id, here.now())
    language.speak_to(person)
    return pages.show("hello.html", person=person)


@blueprint.post("/-/hello/<token>")
def come_in(token: str) -> Response:
    session.require_from_us()
    grant_id = session.read_token(Scope.SIGN_IN, token)
    person, grant = access.who_is_behind(here.store(), Scope.SIGN_IN, grant_id, here.now())
    language.speak_to(person)
    opened = access.open_session(here.store(), Scope.SIGN_IN, grant.id, here.now())
    first = pages.at("/-/desk/" if session.has_a_desk(person) else "/-/me")
    return session.keep(pages.go_to(first), opened)


@blueprint.get("/-/confirm/<token>")
def show_confirm(token: str) -> Response:
    grant_id = session.read_token(Scope.CONFIRM, token)
    written = looking.words_to_confirm(here.store(), grant_id, here.now())
    language.speak_to(written.author)
    return pages.show("confirm.html", written=written)


@blueprint.post("/-/confirm/<token>")
def confirm(token: str) -> Response:
    session.require_from_us()
    grant_id = session.read_token(Scope.CONFIRM, token)
    written = looking.words_to_confirm(here.store(), grant_id, here.now())
    language.speak_to(written.author)
    mine_too = pages.form().get("know_address") == "yes"
    comment = visitors.confirm(
        here.store(), here.house(), grant_id or "", here.now(), know_address=mine_too
    )
    # The link proved whose words these are: they can be mended and withdrawn from here on.
    opened = access.open_session(here.store(), Scope.CONFIRM, grant_id or "", here.now())
    return session.keep(lead_to(written.opportunity, comment), opened)
