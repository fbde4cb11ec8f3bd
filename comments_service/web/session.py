"""Who asks: the session's cookie, a program's token, and whether one of our pages asks at all."""

from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from .. import errors
from ..actions import access, looking
from ..domain import tokens
from ..domain.access import Grant, Scope
from ..domain.people import Person
from ..gettext import N_
from . import here

COOKIE = "emergence"


def install(app: Flask) -> None:
    """Let templates ask who is signed in."""
    app.jinja_env.globals.update(signed_in=reader, has_a_desk=has_a_desk)


@lru_cache(maxsize=64)
def origin(url: str) -> str:
    """`https://example.org:8443` of an absolute URL: what browsers call its origin."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    default = {"http": ":80", "https": ":443"}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{'' if port == default else port}"


def our_origins() -> set[str]:
    """Where our own pages live: the service's and the site's."""
    return {origin(here.settings().service_url), origin(here.settings().site_url)}


def from_us() -> bool:
    """Whether one of our own pages, or a program that is no browser, sends this request.

    A browser tells by Sec-Fetch-Site (Fetch Metadata) or, to plain http, by Origin; it always
    sends one of them with a POST. No form of another site can therefore use somebody's cookie.
    """
    fetched_from = request.headers.get("Sec-Fetch-Site")
    came_from = request.headers.get("Origin")
    if fetched_from == "same-origin" or came_from in our_origins():
        return True
    return fetched_from is None and came_from is None


def require_from_us() -> None:
    """Raise NotAllowed when another site's page had a browser send this."""
    if not from_us():
        raise errors.NotAllowed(
            N_("This was sent from another site, so nothing was done. Press the button here.")
        )


def person() -> Person | None:
    """Who is signed in, by cookie; nobody when another site sends the request."""
    found = _session()
    return found[0] if found else None


def reader() -> Person | None:
    """Who is signed in, as far as it can be told: a refusal must be shown with the store broken."""
    try:
        return person()
    except Exception:
        return None


def has_a_desk(person: Person) -> bool:
    """Whether the desk is for `person`, as far as it can be told: who leads anything, by the
    settings or by invitation.
    """
    try:
        return person.facilitates or looking.my_data(here.store(), person, here.now()).facilitates
    except Exception:
        return False


def grant() -> Grant | None:
    """The session itself."""
    found = _session()
    return found[1] if found else None


def require_person() -> Person:
    """Who is signed in. Raises NeedsIdentity."""
    found = person()
    if found is None:
        raise errors.NeedsIdentity(N_("Sign in first: we mail you a link that lets you in."))
    return found


def caller() -> Person | None:
    """Who asks the API: by bearer token, else by cookie. Raises NeedsIdentity for a void token."""
    header = request.headers.get("Authorization", "")
    kind, _, token = header.partition(" ")
    if not header:
        return person()
    grant_id = read_token(Scope.API, token) if kind.lower() == "bearer" else None
    try:
        found, _ = access.who_is_behind(here.store(), Scope.API, grant_id, here.now())
    except errors.BadLink:
        raise errors.NeedsIdentity(N_("This token does not open anything (any more).")) from None
    g.reader_language = found.language
    return found


def require_caller() -> Person:
    """Who asks the API. Raises NeedsIdentity."""
    found = caller()
    if found is None:
        raise errors.NeedsIdentity(N_("Send a token that you made on “My data”."))
    return found


def read_token(scope: Scope, token: str) -> str | None:
    """The id of the grant that a token stands for, or None when it is not ours."""
    return tokens.read(here.settings().secret, scope, token)


def read_stop_token(token: str) -> str | None:
    """The id of the letter whose link that stops holds `token`, or None when it is not ours."""
    return tokens.read(here.settings().secret, "stop", token)


def keep(response: Response, session: Grant) -> Response:
    """Give the browser the session's cookie."""
    response.set_cookie(
        COOKIE,
        tokens.sign(here.settings().secret, Scope.SESSION, session.id),
        max_age=session.expires - here.now(),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=here.settings().secure,
    )
    return response


def forget(response: Response) -> Response:
    """Take the cookie away."""
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="Lax", secure=here.settings().secure
    )
    return response


def _session() -> tuple[Person, Grant] | None:
    if "session" not in g:
        g.session = _look_up()
    found: tuple[Person, Grant] | None = g.session
    return found


def _look_up() -> tuple[Person, Grant] | None:
    cookie = request.cookies.get(COOKIE)
    if not cookie or (request.method not in ("GET", "HEAD") and not from_us()):
        return None
    grant_id = read_token(Scope.SESSION, cookie)
    try:
        return access.who_is_behind(here.store(), Scope.SESSION, grant_id, here.now())
    except errors.BadLink:
        return None
