"""The static site, for a house in which one process serves both halves: files, and nothing else."""

import gzip
import mimetypes
import os
from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, Response, current_app, make_response, request
from werkzeug.exceptions import NotFound
from werkzeug.http import http_date

from . import here, pages, session

blueprint = Blueprint("site", __name__)

WORTH_PACKING = 1024  # bytes
_PACKS = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg")

_TYPES = {
    ".xml": "application/xml",
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webp": "image/webp",
    ".avif": "image/avif",
}


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def serve(path: str) -> Response:
    """The file at `path` of the site as it stands now; what is not there is the site's 404 page."""
    if path.startswith(("-/", "api/")):
        raise NotFound()
    settings = here.settings()
    if settings.site_is_elsewhere and not _is_one_host():
        return _elsewhere(path)
    try:
        root = settings.site.resolve(strict=True)
    except OSError:
        return _being_built()
    found = _find(root, path)
    if found is None:
        return _missing(root)
    if found.is_dir():
        below = found.relative_to(root).as_posix()
        return _moved(pages.site_url("/" if below == "." else f"/{below}/"))
    return _file(found, 200)


def _find(root: Path, path: str) -> Path | None:
    """The file, or the folder whose final slash is missing; None for what is not the site's."""
    if "\x00" in path or "\\" in path or any(p.startswith(".") for p in path.split("/")):
        return None
    wanted = root / path.strip("/")
    try:
        found = wanted.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    if not found.is_relative_to(root):
        return None
    if not found.is_dir():
        return None if path.endswith("/") else found
    index = found / "index.html"
    if not index.is_file():
        return None
    return index if path == "" or path.endswith("/") else found


def _file(path: Path, status: int) -> Response:
    """The file read in one go, so that a builder that replaces it cannot mix two versions."""
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            content = file.read()
    except OSError:
        raise NotFound() from None
    kind = _type(path)
    packs = kind.startswith(_PACKS) and len(content) > WORTH_PACKING
    packed = packs and status == 200 and request.accept_encodings["gzip"] > 0
    if packed:
        content = gzip.compress(content, 4, mtime=0)
    response = current_app.response_class(content, status, mimetype=kind)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if packs:
        response.vary.add("Accept-Encoding")
    response.headers["Last-Modified"] = http_date(about.st_mtime)
    response.set_etag(f"{about.st_mtime_ns:x}-{about.st_size:x}{'-gzip' if packed else ''}")
    lasting = path.suffix in (".woff2", ".webp", ".avif", ".png", ".jpg", ".jpeg")
    response.headers["Cache-Control"] = "max-age=86400" if lasting else "no-cache"
    if status == 200:
        response.make_conditional(request, accept_ranges=not packed, complete_length=len(content))
    return response


def _type(path: Path) -> str:
    if path.name.endswith(".atom.xml"):
        return "application/atom+xml"
    guessed = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return guessed or "application/octet-stream"


def _moved(url: str) -> Response:
    response = make_response("", 301)
    response.headers["Location"] = url
    response.headers["Cache-Control"] = "no-cache"
    return response


def _is_one_host() -> bool:
    settings = here.settings()
    return session.origin(settings.site_url) == session.origin(settings.service_url)


def _elsewhere(path: str) -> Response:
    """To the same page on the host where the site is."""
    response = make_response("", 302)
    response.headers["Location"] = pages.site_url(f"/{quote(path)}")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _missing(root: Path) -> Response:
    page = root / "404.html"
    if not page.is_file():
        raise NotFound()
    return _file(page, 404)


def _being_built() -> Response:
    response = pages.show("building.html", 503)
    response.headers["Retry-After"] = "2"
    return response
