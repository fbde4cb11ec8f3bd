"""The API's part about the team: roles, who stands by them, and what is worth keeping."""

from typing import Any, cast

from flask import Blueprint, Response, jsonify, make_response

from ..actions import export, finding_roles, marks, roles, supports
from ..domain.discussion import Door
from ..domain.team import Role
from . import here, pages, session

blueprint = Blueprint("team_api", __name__)


@blueprint.post("/api/v1/opportunities/<slug>/roles")
def add(slug: str) -> Response:
    """Claims, or proposes when the document names a `person`."""
    by, document = session.require_caller(), pages.json_object()
    title, words = _text(document, "title"), _text(document, "words")
    store, now = here.store(), here.now()
    if whom := pages.text_or_none(document, "person"):
        role = roles.propose_role(store, here.house(), by, slug, whom, title, words, now)
    else:
        role = roles.claim_role(store, by, slug, title, words, now)
    return make_response(_document(role), 201)


@blueprint.post("/api/v1/roles/<id>/taking")
def take(id: str) -> Response:
    person = session.require_caller()
    return _document(roles.accept_role(here.store(), person, id, here.now()))


@blueprint.patch("/api/v1/roles/<id>")
def reword(id: str) -> Response:
    person, document = session.require_caller(), pages.json_object()
    title, words = _text(document, "title"), _text(document, "words")
    return _document(roles.reword_role(here.store(), person, id, title, words, here.now()))


@blueprint.delete("/api/v1/roles/<id>")
def lay_down(id: str) -> Response:
    person = session.require_caller()
    return _document(roles.lay_down_role(here.store(), person, id, here.now()))


@blueprint.put("/api/v1/roles/<id>/support")
def support(id: str) -> Response:
    """Quietly, with the id of a `comment`, or in words of its own: `text`."""
    person, document = session.require_caller(), pages.json_object()
    store, now = here.store(), here.now()
    if document.get("text"):
        text = _text(document, "text")
        supports.support_in_words(store, here.house(), person, id, text, door=Door.API, now=now)
    else:
        supports.support_role(store, person, id, pages.text_or_none(document, "comment"), now)
    return _document(finding_roles.find_role(store, id))


@blueprint.delete("/api/v1/roles/<id>/support")
def end_support(id: str) -> Response:
    person = session.require_caller()
    supports.end_support(here.store(), person, id, here.now())
    return _document(finding_roles.find_role(here.store(), id))


@blueprint.put("/api/v1/comments/<id>/keeping")
def keep(id: str) -> Response:
    marks.keep(here.store(), session.require_caller(), id, here.now())
    return jsonify(comment=id, kept=True)


@blueprint.delete("/api/v1/comments/<id>/keeping")
def drop(id: str) -> Response:
    marks.keep(here.store(), session.require_caller(), id, here.now(), on=False)
    return jsonify(comment=id, kept=False)


def _text(document: dict[str, Any], field: str) -> str:
    return cast(str, document.get(field, ""))  # whatever it is, the action looks at it


def _document(role: Role) -> Response:
    return jsonify(role=export.role_document(here.store(), role))
