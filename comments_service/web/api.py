"""The JSON API for programs and for the site's script; its description stands in openapi.py."""

from typing import Any, cast

from flask import Blueprint, Response, jsonify, make_response

from .. import errors
from ..actions import comments, export, following, invitations, looking, moderation, visitors
from ..actions.invitations import Guest
from ..actions.visitors import Visitor
from ..domain.discussion import Comment, Door, Place, State
from ..domain.people import Capacity, Participant, Person, Status
from ..domain.phases import Opportunity
from ..domain.times import to_text
from ..gettext import N_
from . import here, language, network, pages, session
from .following import read_dose

blueprint = Blueprint("api", __name__)

_UNCONFIRMED = N_("Look into your mail: a link in it confirms your comment.")
_HELD = N_("Thank you. The facilitator reads it first; then it appears on the page.")


@blueprint.post("/api/v1/opportunities/<slug>/comments")
def contribute(slug: str) -> Response:
    author = session.caller()
    opportunity = looking.find_opportunity(here.store(), slug)
    language.speak_of(opportunity)
    document = pages.json_object()
    place = Place(pages.text_or_none(document, "answer"), pages.text_or_none(document, "update"))
    text = cast(str, document.get("text", ""))  # whatever it is, the action looks at it
    if author:
        comment = comments.contribute(
            here.store(), here.house(), author, slug, text, place, door=Door.API, now=here.now()
        )
        return _contributed(opportunity, comment)
    if document.get("website"):  # a field that no person sees
        return _waits(State.UNCONFIRMED)
    comment = visitors.contribute_as_visitor(
        here.store(),
        here.house(),
        _visitor(document),
        slug,
        text,
        place,
        door=Door.API,
        now=here.now(),
    )
    return _contributed(opportunity, comment)


@blueprint.post("/api/v1/preview")
def preview() -> Response:
    return jsonify(html=comments.preview(pages.json_object().get("text", "")))


@blueprint.patch("/api/v1/comments/<id>")
def edit(id: str) -> Response:
    author = session.require_caller()
    text = cast(str, pages.json_object().get("text", ""))
    return _comment(comments.edit(here.store(), here.house(), author, id, text, here.now()))


@blueprint.delete("/api/v1/comments/<id>")
def withdraw(id: str) -> Response:
    author = session.require_caller()
    return _comment(comments.withdraw(here.store(), author, id, here.now()))


@blueprint.post("/api/v1/comments/<id>/approval")
def approve(id: str) -> Response:
    by = session.require_caller()
    return _comment(moderation.approve(here.store(), here.house(), by, id, here.now()))


@blueprint.post("/api/v1/comments/<id>/hiding")
def hide(id: str) -> Response:
    by = session.require_caller()
    return _comment(moderation.hide(here.store(), here.house(), by, id, here.now()))


@blueprint.get("/api/v1/held")
def held() -> Response:
    waiting = looking.waiting(here.store(), session.require_caller())
    return jsonify(held=[_waiting_document(written) for written in waiting])


@blueprint.post("/api/v1/opportunities/<slug>/invitations")
def invite(slug: str) -> Response:
    by = session.require_caller()
    guest = _guest(pages.json_object())
    invited = invitations.invite(here.store(), here.house(), by, slug, guest, here.now())
    person = invited.invitation.person
    document = {
        "invitation": invited.invitation.id,
        "opportunity": invited.opportunity.slug,
        "person": {"id": person.id, "name": person.name},
    }
    return make_response(jsonify(document), 201)


@blueprint.put("/api/v1/opportunities/<slug>/following")
def choose_dose(slug: str) -> Response:
    person = session.require_caller()
    dose = read_dose(pages.json_object().get("dose"))
    following.choose_dose(here.store(), here.house(), person, slug, dose, here.now())
    opportunity = looking.find_opportunity(here.store(), slug)
    return jsonify(opportunity=opportunity.slug, dose=dose.value)


@blueprint.get("/api/v1/me")
def me() -> Response:
    person = session.require_caller()
    mine = looking.my_data(here.store(), person, here.now())
    parts = [_part(opportunity, part) for opportunity, part in mine.participations]
    return jsonify(person=_person(person), participations=parts)


def _visitor(document: dict[str, Any]) -> Visitor:
    if not document.get("name") and not document.get("email"):
        raise errors.NeedsIdentity(
            N_("Say who you are: fill in name and e-mail, or sign in."), field="name"
        )
    name, email = document.get("name", ""), document.get("email", "")
    return Visitor(name, email, language.current(), network.client_network())


def _guest(document: dict[str, Any]) -> Guest:
    text = {
        field: pages.text_or_none(document, field) or ""
        for field in ("name", "email", "why", "introduction", "know_how", "language")
    }
    capacity = pages.text_or_none(document, "as") or Capacity.EXPERT
    status = pages.text_or_none(document, "status")
    if capacity not in list(Capacity):
        raise errors.Invalid(N_("This is not one of the choices."), field="as")
    if status is not None and status not in list(Status):
        raise errors.Invalid(N_("This is not one of the choices."), field="status")
    return Guest(**text, capacity=Capacity(capacity), status=Status(status) if status else None)


def _contributed(opportunity: Opportunity, comment: Comment) -> Response:
    if comment.state is not State.PUBLISHED:
        return _waits(comment.state)
    document = {
        "comment": export.comment_document(here.house(), comment),
        "html_url": pages.absolute(pages.page_of(opportunity, comment.id)),
    }
    return make_response(jsonify(document), 201)


def _waits(state: State) -> Response:
    unconfirmed = state is State.UNCONFIRMED
    told = State.UNCONFIRMED if unconfirmed else State.HELD
    message = language.gettext(_UNCONFIRMED if unconfirmed else _HELD)
    return make_response(jsonify(state=told.value, message=message), 202)


def _comment(comment: Comment) -> Response:
    return jsonify(comment=export.comment_document(here.house(), comment))


def _waiting_document(written: looking.WrittenComment) -> dict[str, Any]:
    return {
        "id": written.comment.id,
        "opportunity": written.opportunity.slug,
        "written": to_text(written.comment.written),
        "html": written.comment.html,
        "text": written.comment.text,
        "author": {"id": written.author.id, "name": written.author.name},
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "status": person.status.value,
        "know_how": person.know_how,
        "language": person.language,
        "facilitates": person.facilitates,
    }


def _part(opportunity: Opportunity, part: Participant) -> dict[str, Any]:
    return {
        "opportunity": opportunity.slug,
        "as": part.capacity.value,
        "introduction": part.introduction,
        "since": to_text(part.joined) if part.joined else None,
        "left": to_text(part.left) if part.left else None,
    }
