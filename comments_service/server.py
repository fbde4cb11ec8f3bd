"""The web process: granian with one worker, whose threads share one writing connection.

`python -m comments_service.server` serves what the environment describes; `application` is what
any other WSGI server can load.
"""

import logging
import os
import threading
from datetime import UTC, datetime

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from . import create_app
from .opening import open_house
from .processes import leave_with_parent
from .settings import from_environment

THREADS = 16  # a few of them wait: for the builder, or for something new to tell it


def application() -> Flask:
    """The WSGI application, with its store open and the site's manifest watched."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s web: %(message)s")
    settings = from_environment()
    house = open_house(settings)
    threading.Thread(
        target=house.manifest.watch,
        args=(house.store, lambda: datetime.now(UTC), threading.Event()),
        name="manifest",
        daemon=True,
    ).start()
    _end_with(os.getppid())
    return create_app(settings, house.store)


def _end_with(parent: int) -> None:
    """A worker whose granian was killed must not keep the port."""

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def main() -> None:
    """Serve until SIGTERM."""
    settings = from_environment()
    leave_with_parent()
    # THREADS is meant, whatever the number of processors: most of them wait.
    logging.getLogger("_granian").addFilter(lambda told: "Python threads" not in told.getMessage())
    Granian(
        "comments_service.server:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_enabled=True,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
        workers_kill_timeout=3,  # a waiting poll is not worth more
    ).serve()


if __name__ == "__main__":
    main()
