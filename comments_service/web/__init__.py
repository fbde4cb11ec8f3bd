"""The door for browsers and programs: parses a request, calls one action, renders. No rule here."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from ..settings import Settings
from ..storage.interface import Store
from . import (
    api,
    clients,
    coming_in,
    correspondence,
    desk,
    directory,
    erasing,
    export,
    following,
    headers,
    here,
    hooks,
    invitation,
    language,
    mailbox,
    marks,
    me,
    mending,
    newer,
    notes,
    openapi,
    pages,
    participation,
    refusals,
    rereading,
    roles,
    searching,
    session,
    site,
    stopping,
    suggesting,
    team_api,
    texts,
    topics,
    writing,
)
from .turns import Turns

LARGEST_BODY = 256 * 1024  # 16,384 characters outside the BMP, each percent-encoded, fit


def furnish(app: Flask, settings: Settings, store: Store, now: Callable[[], datetime]) -> None:
    """Give `app` every route of the service, and what all of them share."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["TEMPLATES_AUTO_RELOAD"] = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # Werkzeug would answer these two with a redirect to the Host that the client claims.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    larger = {hooks.PATH: hooks.LARGEST_PAYLOAD} if settings.hook_secret else {}
    app.wsgi_app = Turns(app.wsgi_app, LARGEST_BODY, larger)  # type: ignore[method-assign]
    here.install(app, settings, store, now)
    for shared in (language, pages, session, headers, refusals):
        shared.install(app)
    rooms = [writing, mending, coming_in, invitation, me, participation, following, stopping]
    rooms += (rereading, clients)
    rooms += (roles, marks, topics, team_api)
    rooms += (erasing, newer)
    rooms += (directory, notes, searching, suggesting, texts)
    for room in (*rooms, desk, correspondence, mailbox, api, export, hooks, openapi, site):
        app.register_blueprint(room.blueprint)
