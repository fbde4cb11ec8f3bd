"""The service: people, invitations, comments, mail. `create_app` makes its web door."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from . import web
from .settings import Settings
from .storage.interface import Store
from .storage.sqlite import SqliteStore


def create_app(
    settings: Settings,
    store: Store | None = None,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """The WSGI application for `settings`; without a `store`, one on the settings' database.

    Raises errors.Unavailable when the database cannot be used.
    """
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    web.furnish(app, settings, store or SqliteStore(settings.database), now)
    return app
