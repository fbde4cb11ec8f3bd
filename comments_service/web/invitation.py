"""An invitation's personal link: who asks, why you, and the two buttons."""

from flask import Blueprint, Response

from .. import errors
from ..actions import access, invitations
from ..domain.access import Scope
from . import clients, here, language, pages, session

blueprint = Blueprint("invitation", __name__)


@blueprint.get("/-/invitation/<token>")
def show(token: str) -> Response:
    return _page(token, {})


@blueprint.post("/-/invitation/<token>")
def answer(token: str) -> Response:
    session.require_from_us()
    grant_id = session.read_token(Scope.INVITATION, token)
    invitation, _, opportunity = invitations.invitation_behind(here.store(), grant_id, here.now())
    language.speak_to(invitation.person)
    try:
        form = pages.form()
        if form.get("do") == "decline":
            invitations.decline(here.store(), invitation.id, here.now())
            return pages.go_to(pages.at(f"/-/invitation/{token}"))
        if form.get("do") == "read":
            invitations.look_at_project(here.store(), invitation.id, here.now())
            return pages.go_to(pages.page_of(opportunity))
        if form.get("do") != "accept":
            return _page(token, form)
        introduction = form.get("introduction")
        invitations.accept(here.store(), here.house(), invitation.id, here.now(), introduction)
    except errors.NotYet as wait:
        return clients.please_wait(token, wait)
    except errors.Refusal as refusal:
        return _page(token, pages.typed(), refusal)
    opened = access.open_session(here.store(), Scope.INVITATION, grant_id or "", here.now())
    return session.keep(pages.go_to(pages.welcome(opportunity)), opened)


def _page(token: str, typed: object, refusal: errors.Refusal | None = None) -> Response:
    grant_id = session.read_token(Scope.INVITATION, token)
    invitation, participant, opportunity = invitations.invitation_behind(
        here.store(), grant_id, here.now()
    )
    language.speak_to(invitation.person)
    return pages.show(
        "invitation.html",
        refusal.http_status if refusal else 200,
        invitation=invitation,
        participant=participant,
        opportunity=opportunity,
        typed=typed,
        refusal=refusal,
    )
