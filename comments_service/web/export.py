"""The export of discussions: a document that is cheap to ask for again, or to wait for; and each
as an archive of mail.
"""

import gzip
import json
import threading
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Blueprint, Response, current_app, request, send_file

from .. import errors
from ..actions import archive, export, looking, taking_along
from ..domain.phases import Opportunity
from ..gettext import N_
from ..mail.archive import MEDIA_TYPE, write
from . import here, session

blueprint = Blueprint("export", __name__)

LONGEST_WAIT = 30.0  # seconds
WAITERS = 4  # threads that may be held back; the others are answered at once
LARGEST_CURSOR = 2**53 - 1
WORTH_PACKING = 4096  # bytes
HELD_IN_MEMORY = 1024 * 1024  # bytes of an archive; what is larger waits on disk

_waiting = threading.BoundedSemaphore(WAITERS)


@blueprint.get("/api/v1/discussions")
def discussions() -> Response:
    since = int(_number("since", LARGEST_CURSOR))
    wait = min(_number("wait", float("inf")), LONGEST_WAIT)
    service, cursor = export.latest_cursor(here.store())
    if wait and cursor <= since and _waiting.acquire(blocking=False):
        try:
            here.store().wait_for_change(since, wait)
        finally:
            _waiting.release()
        service, cursor = export.latest_cursor(here.store())
    if unchanged := _not_modified(service, cursor, str(since)):
        return unchanged
    document = export.discussions_since(here.store(), here.house(), since)
    return _answer(document, service, cursor, str(since))


@blueprint.get("/api/v1/discussions/<slug>")
def discussion(slug: str) -> Response:
    service, cursor = export.latest_cursor(here.store(), slug)
    if unchanged := _not_modified(service, cursor, slug):
        return unchanged
    document = export.discussion(here.store(), here.house(), slug)
    return _answer(document, service, cursor, slug)


@blueprint.get("/api/v1/discussions/<slug>.mbox")
def mbox(slug: str) -> Response:
    opportunity = looking.find_opportunity(here.store(), slug)
    service, cursor = export.latest_cursor(here.store(), slug)
    about = f"{opportunity.slug}.mbox\x1f{opportunity.title}"
    if unchanged := _not_modified(service, cursor, about):
        return unchanged
    packed = request.accept_encodings["gzip"] > 0
    response = send_file(
        _written(opportunity, packed),
        mimetype=MEDIA_TYPE,
        as_attachment=True,
        conditional=False,
        download_name=f"{opportunity.slug}.mbox",
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return _with_headers(response, _etag(service, cursor, about))


@blueprint.get("/-/me.mbox")
def my_mbox() -> Response:
    """All that whoever is signed in wrote, wherever that was."""
    mine = taking_along.my_messages(here.store(), here.house(), session.require_person())
    pieces = [piece for title, messages in mine for piece in write(title, messages)]
    response = current_app.response_class(b"".join(pieces), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = "attachment; filename=my-words.mbox"
    return response


def _written(opportunity: Opportunity, packed: bool) -> "SpooledTemporaryFile[bytes]":
    """The archive in a file, so that a slow reader keeps neither the memory nor the database."""
    file = SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 - the answer closes it
    messages = archive.messages(here.store(), here.house(), opportunity.slug)
    pieces = write(opportunity.title, messages)
    if packed:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=4, mtime=0) as into:
            into.writelines(pieces)
    else:
        file.writelines(pieces)
    file.seek(0)
    return file


def _number(name: str, largest: float) -> float:
    text = request.args.get(name, "0")
    if not text.isascii() or not text.replace(".", "", name == "wait").isdigit():
        raise errors.Invalid(N_("This must be a number."), field=name)
    if len(text) > 16 or float(text) > largest:
        raise errors.Invalid(N_("This must be a number."), field=name)
    return float(text)


def _etag(service: str, cursor: int, about: str) -> str:
    """What the document depends on; made before it, so that it never promises too much."""
    seed = "\x1f".join((service, str(cursor), about, here.settings().mail_domain))
    return sha256(seed.encode()).hexdigest()[:20]


def _not_modified(service: str, cursor: int, about: str) -> Response | None:
    etag = _etag(service, cursor, about)
    if not request.if_none_match.contains_weak(etag):
        return None
    return _with_headers(current_app.response_class(status=304), etag)


def _answer(document: dict[str, Any], service: str, cursor: int, about: str) -> Response:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    packed = len(body) > WORTH_PACKING and request.accept_encodings["gzip"] > 0
    if packed:
        body = gzip.compress(body, 4, mtime=0)
    response = current_app.response_class(body, mimetype="application/json")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return _with_headers(response, _etag(service, cursor, about))


def _with_headers(response: Response, etag: str) -> Response:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    return response
