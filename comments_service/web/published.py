"""Waiting, for a moment, until the builder has put what was written on the static page."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from ..domain.phases import Opportunity
from ..settings import Settings
from . import turns

PATIENCE = 1.0  # seconds
PAUSE = 0.01
AT_ONCE = 8  # threads that may wait; the others answer right away

_slots = threading.BoundedSemaphore(AT_ONCE)


class StaticPage:
    """The file of an opportunity's page, as it stands when this is made."""

    def __init__(self, settings: Settings, opportunity: Opportunity) -> None:
        self._path = file_of(settings, opportunity)
        self._before = self._stamp()

    def shows(self, comment_id: str, patience: float = PATIENCE) -> bool:
        """Whether the comment is on the page, at the latest after `patience` seconds."""
        mark = f'id="c-{comment_id}"'.encode()
        seen: object = None

        def appeared() -> bool:
            nonlocal seen
            stamp = self._stamp()
            if stamp is None or stamp == seen:
                return False
            seen = stamp
            return mark in self._bytes()

        return self._wait(appeared, patience)

    def changes(self, patience: float = PATIENCE) -> bool:
        """Whether the page was written anew, at the latest after `patience` seconds."""
        return self._wait(lambda: self._stamp() != self._before, patience)

    def _wait(self, done: Callable[[], bool], patience: float) -> bool:
        if self._before is None:  # no site here: another machine holds it
            return False
        turns.give_way()
        end = time.monotonic() + patience
        if not _slots.acquire(blocking=False):
            return done()
        try:
            while not done():
                if time.monotonic() >= end:
                    return False
                time.sleep(PAUSE)
            return True
        finally:
            _slots.release()

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _bytes(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError:  # swapped at this very moment
            return b""


def file_of(settings: Settings, opportunity: Opportunity) -> Path:
    """Where the static page of an opportunity is, when the site is built on this machine."""
    url = urlsplit(urljoin(settings.site_url + "/", opportunity.url))
    below = unquote(url.path).removeprefix(urlsplit(settings.site_url).path).strip("/")
    parts = [part for part in below.split("/") if part not in ("", ".", "..")]
    path = settings.site.joinpath(*parts)
    return path if path.suffix == ".html" else path / "index.html"
