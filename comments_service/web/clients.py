"""Inviting the client on the spot: a short form, a QR code to scan, a moment's wait at the door."""

import segno
from flask import Blueprint, Response
from markupsafe import Markup

from .. import errors
from ..actions import clients, invitations
from ..actions.invitations import Guest
from ..domain.access import Scope
from ..domain.people import Capacity, Person
from ..domain.tokens import sign
from . import here, pages, session

blueprint = Blueprint("clients", __name__)

TRY_AGAIN = 3  # seconds
WIDTH = 288  # CSS pixels: fits a phone of 320, quiet zone included


@blueprint.get("/-/desk/o/<slug>/client")
def show_form(slug: str) -> Response:
    return _form(session.require_person(), slug)


@blueprint.post("/-/desk/o/<slug>/client")
def invite(slug: str) -> Response:
    session.require_from_us()
    person = session.require_person()
    try:
        form = pages.form()
        guest = Guest(
            name=form.get("name", ""),
            email=form.get("email", ""),
            why=form.get("why", ""),
            capacity=Capacity.CLIENT,
        )
        made = invitations.invite(here.store(), here.house(), person, slug, guest, here.now())
    except (errors.Invalid, errors.Conflict) as refusal:
        return _form(person, slug, refusal)
    return pages.go_to(pages.at(f"/-/desk/o/{slug}/client/{made.invitation.person.id}"))


@blueprint.get("/-/desk/o/<slug>/client/<person_id>")
def show_code(slug: str, person_id: str) -> Response:
    by = session.require_person()
    shown = clients.client_to_show(here.store(), by, slug, person_id, here.now())
    link = ""
    if shown.grant:
        token = sign(here.settings().secret, Scope.INVITATION, shown.grant.id)
        link = f"{here.settings().service_url}/-/invitation/{token}"
    return pages.show(
        "client_code.html",
        opportunity=shown.opportunity,
        participant=shown.participant,
        link=link,
        code=_code(link) if link else "",
        by_mail=shown.by_mail,
    )


def please_wait(token: str, refusal: errors.NotYet) -> Response:
    """What a client sees who was quicker than the letters to the others; nothing typed is lost."""
    grant_id = session.read_token(Scope.INVITATION, token)
    _, participant, opportunity = invitations.invitation_behind(here.store(), grant_id, here.now())
    words = pages.typed().get("introduction")  # without it, none were before the client's eyes
    typed = words is not None and words.strip() != participant.introduction
    return pages.show(
        "client_wait.html",
        refusal.http_status,
        opportunity=opportunity,
        introduction=words,
        # A page that comes by itself brings no form along.
        seconds=None if typed else TRY_AGAIN,
        address=pages.at(f"/-/invitation/{token}"),
        refusal=refusal,
    )


def _form(person: Person, slug: str, refusal: errors.Refusal | None = None) -> Response:
    opportunity, there = clients.clients(here.store(), person, slug)
    return pages.show(
        "client.html",
        refusal.http_status if refusal else 200,
        opportunity=opportunity,
        there=there,
        typed=pages.typed() if refusal else {},
        refusal=refusal,
    )


def _code(link: str) -> Markup:
    """The link as a QR code: dark on light, whatever the reader's colours."""
    code = segno.make(link, error="m", micro=False)
    svg = code.svg_inline(dark="#000", light="#fff", border=4, omitsize=True)
    size = f'width="{WIDTH}" height="{WIDTH}" aria-hidden="true"'
    return Markup(svg.replace("<svg ", f"<svg {size} ", 1))  # noqa: S704 - made of a token
