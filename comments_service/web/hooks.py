"""The door for forges: what GitHub, GitLab, Gitea and Forgejo say was pushed."""

from flask import Blueprint, Response, abort, jsonify, make_response, request
from werkzeug.exceptions import UnsupportedMediaType

from .. import errors, forges
from ..actions import pushes
from ..gettext import N_
from . import here

blueprint = Blueprint("hooks", __name__)

PATH = "/hooks/git"
LARGEST_PAYLOAD = 25 * 1024 * 1024  # GitHub delivers nothing larger
_FORMS = ("application/json", forges.FORM)


@blueprint.post(PATH)
def take() -> Response:
    secret = here.settings().hook_secret
    if not secret:
        abort(404)
    delivery = forges.read_delivery(_said, request.mimetype, _body(), secret, here.now())
    if delivery is None:
        return make_response("", 403)
    if request.mimetype not in _FORMS:
        raise UnsupportedMediaType()
    if delivery.event == "ping":
        return jsonify(state="pong")
    told = _told(delivery)
    branch = here.settings().git_branch
    if told is None or told.deleted or told.branch != branch:
        return make_response(jsonify(state="ignored"), 202)
    pushes.note(
        here.store(), delivery.digest, delivery.forge, branch, told.commit, told.email, here.now()
    )
    return make_response(jsonify(state="asked"), 202)


def _said(field: str) -> str:
    return request.headers.get(field, "")


def _body() -> bytes:
    request.max_content_length = LARGEST_PAYLOAD
    return request.get_data()


def _told(delivery: forges.Delivery) -> forges.Told | None:
    try:
        return forges.push_told(delivery)
    except forges.BadPayload:
        raise errors.Invalid(N_("This is not what a forge tells of a push.")) from None
