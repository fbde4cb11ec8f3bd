"""The facilitator's desk: what waits, what he leads, how the site and the letters fare."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from .. import errors
from ..actions import invitations, leading, looking, moderation, people
from ..actions.invitations import Guest
from ..domain.people import Capacity, Person, Status
from ..gettext import N_
from . import here, letters, pages, session, sheets

blueprint = Blueprint("desk", __name__)

LATEST = 20  # letters and comments that a page of other things shows at once


@dataclass(frozen=True, slots=True)
class Build:
    """What the builder last said of the site."""

    state: str
    at: str = ""
    problems: list[dict[str, Any]] = field(default_factory=list)


@blueprint.get("/-/desk/")
def show() -> Response:
    person = session.require_person()
    desk = leading.desk(here.store(), person, here.now())
    if not desk.led and not person.facilitates:
        raise errors.NotAllowed(N_("The desk is for facilitators. Your own page is “My data”."))
    return pages.show(
        "desk.html",
        desk=desk,
        letters=letters.listed(desk.letters, LATEST),
        build=last_build(here.settings().data),
    )


@blueprint.post("/-/desk/comments/<id>")
def decide(id: str) -> Response:
    person = _at_the_desk()
    written = looking.find_comment(here.store(), id)
    match pages.form().get("do"):
        case "approve":
            moderation.approve(here.store(), here.house(), person, id, here.now())
        case "hide":
            moderation.hide(here.store(), here.house(), person, id, here.now())
        case _:
            raise errors.Invalid(N_("This is not one of the choices."), field="do")
    if pages.form().get("from") == "opportunity":
        return pages.go_to(pages.at(f"/-/desk/o/{written.opportunity.slug}#said"))
    return pages.go_to(pages.at("/-/desk/"))


@blueprint.get("/-/desk/o/<slug>")
def show_opportunity(slug: str) -> Response:
    return _opportunity_page(session.require_person(), slug)


@blueprint.post("/-/desk/o/<slug>/invite")
def invite(slug: str) -> Response:
    person = _at_the_desk()
    try:
        guest = _guest(pages.form())
        made = invitations.invite(here.store(), here.house(), person, slug, guest, here.now())
    except errors.Refusal as refusal:
        return _opportunity_page(person, slug, refusal, "invite")
    invited = f"?invited={made.invitation.person.id}#people"
    return pages.go_to(pages.at(f"/-/desk/o/{slug}{invited}"))


@blueprint.post("/-/desk/o/<slug>/introduce")
def introduce(slug: str) -> Response:
    person = _at_the_desk()
    try:
        form = pages.form()
        words, whom = form.get("introduction", ""), form.get("person", "")
        people.introduce(here.store(), here.house(), person, slug, whom, words, here.now())
    except errors.Refusal as refusal:
        return _opportunity_page(person, slug, refusal, "introduce")
    return pages.go_to(pages.at(f"/-/desk/o/{slug}#people"))


def last_build(data: Path) -> Build | None:
    """What stands in the builder's status file; None when there is none that can be read."""
    try:
        told = json.loads((data / "site" / "status.json").read_text(encoding="utf-8"))
        problems = [p for p in told.get("problems") or [] if isinstance(p, dict)]
        return Build(str(told["state"]), str(told.get("at") or ""), problems)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _at_the_desk() -> Person:
    session.require_from_us()
    return session.require_person()


def _guest(form: Any) -> Guest:
    try:
        return Guest(
            name=form.get("name", ""),
            email=form.get("email", ""),
            why=form.get("why", ""),
            introduction=form.get("introduction", ""),
            capacity=Capacity(form.get("as") or Capacity.EXPERT),
            status=Status(form["status"]) if form.get("status") else None,
            know_how=form.get("know_how", ""),
            language=form.get("language", ""),
        )
    except ValueError:
        raise errors.Invalid(N_("This is not one of the choices."), field="as") from None


def _opportunity_page(
    person: Person, slug: str, refusal: errors.Refusal | None = None, concerning: str = ""
) -> Response:
    led = leading.led_closely(here.store(), person, slug, here.now())
    invited = request.args.get("invited")
    return pages.show(
        "desk_opportunity.html",
        refusal.http_status if refusal else 200,
        led=led,
        said=sheets.sheet("said", led.comments, LATEST),
        just_invited=next((i.person for i in led.invitations if i.person.id == invited), None),
        opportunity=led.opportunity,
        fates={invitation.person.id: invitation for invitation in led.invitations},
        typed=pages.typed() if refusal else {},
        refusal=refusal,
        concerning=concerning,
        capacities=list(Capacity),
    )
