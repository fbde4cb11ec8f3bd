"""How a refusal is told, once for all routes: a page for people, a document for programs."""

import logging

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from .. import errors
from ..gettext import N_
from . import language, pages, session

logger = logging.getLogger(__name__)

_HTTP_WORDS = {
    400: ("bad_request", N_("This request cannot be understood.")),
    404: ("not_found", N_("There is nothing at this address.")),
    405: ("method_not_allowed", N_("This cannot be done at this address.")),
    413: ("too_large", N_("That is too much at once. Nothing was saved.")),
    415: ("unsupported_media_type", N_("It was sent in a form that is not understood here.")),
}
_BROKEN = N_("Something went wrong on our side. Nothing was saved; please try again.")


def install(app: Flask) -> None:
    """Let `app` tell every refusal, and every fault, in the reader's language."""
    app.register_error_handler(errors.Refusal, _refused)
    app.register_error_handler(HTTPException, _http_refused)
    app.register_error_handler(Exception, _broken)


def status_of(refusal: errors.Refusal) -> int:
    """The HTTP status of a refusal."""
    return refusal.http_status


def _refused(refusal: errors.Refusal) -> Response:
    if isinstance(refusal, errors.Unavailable):
        logger.error("unavailable: %s", refusal.message)
    words = language.refusal_words(refusal)
    asks_who = isinstance(refusal, errors.NeedsIdentity)
    response = _tell(refusal.http_status, refusal.code, words, refusal.field, asks_who=asks_who)
    if asks_who and _for_a_program() and refusal.http_status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, errors.TooMany):
        response.headers["Retry-After"] = "3600"
    if isinstance(refusal, errors.Unavailable):
        response.headers["Retry-After"] = "60"
    return response


def _http_refused(refusal: HTTPException) -> Response:
    status = refusal.code or 500
    code, message = _HTTP_WORDS.get(status, ("refused", _HTTP_WORDS[400][1]))
    response = _tell(status, code, language.gettext(message))
    for name, value in refusal.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _broken(problem: Exception) -> Response:
    # The endpoint and never the path, which may hold somebody's token.
    logger.error("%s failed", request.endpoint, exc_info=problem)
    return _tell(500, "broken", language.gettext(_BROKEN))


def _for_a_program() -> bool:
    return request.path.startswith("/api/") or request.endpoint == "hooks.take"


def _tell(
    status: int, code: str, words: str, field: str | None = None, *, asks_who: bool = False
) -> Response:
    if _for_a_program():
        error = {"code": code, "message": words} | ({"field": field} if field else {})
        return make_response(jsonify(error=error), status)
    page = render_template(
        "refusal.html",
        words=words,
        status=status,
        asks_who=asks_who,
        again=_page_to_press_on(),
        typed_text=pages.typed().get("text", ""),
    )
    return make_response(page, status)


def _page_to_press_on() -> str:
    """For a button that another site pressed: our own page with that button."""
    if request.method == "GET" or session.from_us():
        return ""
    try:
        endpoint, _ = current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return ""
    return "" if endpoint.startswith("site.") else pages.at(request.path)
