"""What was said after a page elsewhere was built: for its script, and to read without one."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, jsonify, request

from .. import errors
from ..actions import export, looking, newer
from ..actions.newer import NewerComment
from ..domain.discussion import State
from ..domain.times import to_text
from ..gettext import N_
from . import here, language, pages

blueprint = Blueprint("newer", __name__)

FRESH_SECONDS = 5  # as long as many readers of one page get one answer


@blueprint.get("/api/v1/opportunities/<slug>/newer")
def tell(slug: str) -> Response:
    than = _than()
    service, cursor = export.latest_cursor(here.store(), slug)
    seed = "\x1f".join((service, str(cursor), slug, request.args.get("than", "")))
    etag = sha256(seed.encode()).hexdigest()[:20]
    if request.if_none_match.contains_weak(etag):
        return _fresh(Response(status=304), etag)
    found = newer.newer(here.store(), slug, than)
    changed = to_text(found.changed) if found.changed else None
    comments = [_document(each) for each in found.comments]
    return _fresh(jsonify(changed=changed, more=found.more, comments=comments), etag)


@blueprint.get("/-/o/<slug>/newer")
def show(slug: str) -> Response:
    language.speak_of(looking.find_opportunity(here.store(), slug))
    found = newer.newer(here.store(), slug, _than())
    return pages.show(
        "newer.html",
        found=found,
        opportunity=found.opportunity,
        than=_than(),
        until=to_text(found.until) if found.until else "",
    )


def _than() -> datetime | None:
    text = request.args.get("than", "")
    try:
        found = datetime.fromisoformat(text) if text else None
        if found and found.tzinfo:
            to_text(found)  # the first and the last hours of the calendar may have no name in UTC
    except (ValueError, OverflowError):
        raise _no_time() from None
    if found and found.tzinfo is None:
        raise _no_time()
    return found


def _no_time() -> errors.Invalid:
    message = N_("This must be a time with its offset from UTC, as in 2026-11-03T09:12:00Z.")
    return errors.Invalid(message, field="than")


def _fresh(response: Response, etag: str) -> Response:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response


def _document(newer: NewerComment) -> dict[str, Any]:
    comment = newer.comment
    shown = comment.state is State.PUBLISHED
    author = newer.author if shown else None
    return {
        "id": comment.id,
        "parent": comment.parent_id,
        "update": comment.update,
        "author": author
        and {"id": author.id, "name": author.name, "initials": pages.initials(author.name)},
        "introduces": newer.introduces.name if shown and newer.introduces else None,
        "state": comment.state.value,
        "written": to_text(comment.written),
        "edited": to_text(comment.edited) if comment.edited else None,
        "html": comment.html if shown else "",
    }
