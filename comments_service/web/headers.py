"""Headers of every answer: what a page may load, where it may be framed, what is kept where."""

import re

from flask import Flask, Response, request

from . import here, session

_CORS_METHODS = "GET, POST, PUT, PATCH, DELETE"
_CORS_HEADERS = "Authorization, Content-Type"
# The site's search runs WebAssembly, which "self" alone does not allow.
_SEARCH = re.compile(r"/(?!api/)(?:[a-z]{2,3}(?:-[a-z]+)?/)?search/")


def install(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    ours = " ".join(sorted(session.our_origins()))
    policy = (
        f"default-src 'self' {ours}; img-src 'self' {ours} data:; object-src 'none'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action 'self' {ours}"
    )
    if _SEARCH.fullmatch(request.path):
        policy += f"; script-src 'self' {ours} 'wasm-unsafe-eval'"
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    is_page = request.path.startswith("/-/")
    # The site's forms need their Origin kept on the way to a service elsewhere.
    referrer = "same-origin" if is_page else "strict-origin-when-cross-origin"
    response.headers["Referrer-Policy"] = referrer
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if is_page:
        response.headers["X-Robots-Tag"] = "noindex"
    if request.path.startswith("/api/"):
        _share_with_site(response)
    return response


def _share_with_site(response: Response) -> None:
    """CORS (Fetch standard), for the site's origin alone, when it is another than the service's.

    What is newer than a page is public and asked for without credentials: by previews and copies
    of the site too, whose origins nobody can name beforehand.
    """
    if request.endpoint == "newer.tell":
        response.headers["Access-Control-Allow-Origin"] = "*"
        return
    site = session.origin(here.settings().site_url)
    if site == session.origin(here.settings().service_url):
        return
    response.vary.add("Origin")
    if request.headers.get("Origin") == site:
        response.headers["Access-Control-Allow-Origin"] = site
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = _CORS_METHODS
            response.headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
            response.headers["Access-Control-Max-Age"] = "600"
