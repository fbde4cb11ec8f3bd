"""Headers of every answer: what a page may load, where it may be framed, what is kept where."""

from flask import Flask, Response, request

from . import here, session

_CORS_METHODS = "GET, POST, PUT, PATCH, DELETE"
_CORS_HEADERS = "Authorization, Content-Type"


def install(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    ours = " ".join(sorted(session.our_origins()))
    policy = (
        f"default-src 'self' {ours}; img-src 'self' {ours} data:; object-src 'none'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action 'self' {ours}"
    )
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
    """CORS (Fetch standard), for the site's origin alone, when it is another than the service's."""
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
