"""The facilitator's desk: what waits, what he leads, how the site and the letters fare."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from .. import errors
from ..actions import (
    figures,
    invitations,
    leading,
    looking,
    moderation,
    people,
    rebuilding,
    reminding,
    suggesting,
)
from ..actions.invitations import Guest
from ..domain.inviting import InvitationFate
from ..domain.people import Capacity, Person, Status
from ..domain.pushes import FAILED
from ..domain.times import from_text, to_text
from ..gettext import N_
from . import here, letters, pages, prefill, session, sheets

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
    desk = leading.desk(here.store(), session.require_person(), here.now())
    waiting_only = request.args.get("waits") == "yes"
    led = [one for one in desk.led if one.waits or not waiting_only]
    return pages.show(
        "desk.html",
        desk=desk,
        led=sheets.sheet("page", led),
        people=sheets.sheet("who", desk.people),
        waiting_only=waiting_only,
        letters=letters.listed(desk.letters, LATEST),
        build=None if here.settings().site_is_elsewhere else last_build(here.settings().data),
        bad_push=last_bad_push(here.settings().data),
        hosts=rebuilding.hosts(here.store(), here.settings().rebuild),
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
    section = pages.form().get("from", "")
    if section not in ("said", "held"):
        return pages.go_to(pages.at("/-/desk/"))
    return _back_to(written.opportunity.slug, f"#{section}")


@blueprint.get("/-/desk/o/<slug>")
def show_opportunity(slug: str) -> Response:
    return _opportunity_page(session.require_person(), slug)


@blueprint.post("/-/desk/o/<slug>/invite")
def invite(slug: str) -> Response:
    person = _at_the_desk()
    try:
        form = pages.form()
        guest = _guest(form)
        made = invitations.invite(here.store(), here.house(), person, slug, guest, here.now())
    except errors.Refusal as refusal:
        return _opportunity_page(person, slug, refusal, "invite")
    if suggestion := form.get("suggestion"):
        # Who decided about it in the meantime has done what is to be done.
        with suppress(errors.Conflict, errors.NotFound):
            whom = made.invitation.person.id
            suggesting.note_invited(
                here.store(), person, slug, suggestion, here.now(), person_id=whom
            )
    return _back_to(slug, f"?invited={made.invitation.person.id}#invitations")


@blueprint.post("/-/desk/o/<slug>/remind")
def remind(slug: str) -> Response:
    person = _at_the_desk()
    try:
        whom = pages.form().get("person", "")
        reminding.remind(here.store(), here.house(), person, slug, whom, here.now())
    except errors.Conflict as refusal:
        return _opportunity_page(person, slug, refusal, "remind")
    return _back_to(slug, f"?reminded={whom}#invitations")


@blueprint.post("/-/desk/o/<slug>/seen")
def see(slug: str) -> Response:
    person = _at_the_desk()
    try:
        cursor, at = int(pages.form().get("cursor", "")), from_text(pages.form().get("at", ""))
    except (ValueError, OverflowError):
        cursor, at = -1, here.now()
    if cursor < 0:
        raise errors.Invalid(N_("This is not one of the choices."), field="cursor")
    figures.seen(here.store(), person, slug, cursor, at, here.now())
    return _back_to(slug)


@blueprint.post("/-/desk/o/<slug>/introduce")
def introduce(slug: str) -> Response:
    person = _at_the_desk()
    try:
        form = pages.form()
        words, whom = form.get("introduction", ""), form.get("person", "")
        people.introduce(
            here.store(),
            here.house(),
            person,
            slug,
            whom,
            words,
            here.now(),
            seen=form.get("seen", ""),
        )
    except errors.Refusal as refusal:
        return _opportunity_page(person, slug, refusal, "introduce")
    return _back_to(slug, "#people")


def last_build(data: Path) -> Build | None:
    """What stands in the builder's status file; None when there is none that can be read."""
    return _last_told(data / "site" / "status.json")


def last_bad_push(data: Path) -> Build | None:
    """What stands in the way of what was pushed last; None when nothing does."""
    told = _last_told(data / "publish.json")
    return told if told and told.state in FAILED else None


def _last_told(path: Path) -> Build | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
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
    typed = pages.typed() if refusal else {}
    if request.method == "GET":
        try:
            typed = prefill.invite_form(person, slug)
        except (errors.Conflict, errors.NotFound) as gone:
            refusal = gone
        concerning = "invite" if typed or "invite" in request.args else ""
    said = sheets.sheet("said", led.comments, LATEST)
    return pages.show(
        "desk_opportunity.html",
        refusal.http_status if refusal else 200,
        led=led,
        figures=led.figures,
        opportunity=led.opportunity,
        said=said,
        written=led.written(said.rows),
        just_invited=_invited(led, "invited"),
        just_reminded=_invited(led, "reminded"),
        fates=list(InvitationFate),
        at_text=to_text(led.figures.at),
        typed=typed,
        refusal=refusal,
        concerning=concerning,
        capacities=list(Capacity),
    )


def _invited(led: leading.LedClosely, asked: str) -> Person | None:
    """Whom the query names, if they were invited."""
    invitation = led.invitations.get(request.args.get(asked, ""))
    return invitation.person if invitation else None


def _back_to(slug: str, place: str = "") -> Response:
    return pages.go_to(pages.at(f"/-/desk/o/{quote(slug)}{place}"))
