"""Where the site's manifest is found, and when it is read again: a file, or a URL."""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .actions.manifest import BadManifest, take_manifest
from .domain.house import House
from .storage.interface import Store

logger = logging.getLogger(__name__)

LARGEST = 64 * 1024 * 1024
LOOK_SECONDS = {"file": 0.5, "http": 60.0, "https": 60.0}


class ManifestSource:
    """Reads the manifest at `place` (a path or an http(s) URL) when it is another than before."""

    def __init__(self, place: str, house: House) -> None:
        scheme = urlsplit(place).scheme
        self._remote = scheme in ("http", "https")
        self._place = place
        self._house = house
        self._seen: Any = None
        self._trouble = ""
        self.pause = LOOK_SECONDS[scheme if self._remote else "file"]

    def refresh(self, store: Store, now: datetime) -> bool:
        """Take the manifest in if it changed. True when the store knows something new.

        A manifest that is missing or broken is logged and changes nothing.
        """
        try:
            news = self._fetch() if self._remote else self._look()
            if news is None:
                return False
            stamp, text = news
            changed = take_manifest(store, self._house, json.loads(text), now)
            self._seen, self._trouble = stamp, ""
        except FileNotFoundError:
            return False  # the site is not built yet
        except (OSError, HTTPException, ValueError, BadManifest) as problem:
            self._tell(str(problem) or type(problem).__name__)
            return False
        return changed

    def watch(self, store: Store, clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Refresh until `stop` is set."""
        while not stop.wait(self.pause):
            try:
                self.refresh(store, clock())
            except Exception:  # the watch goes on: the next look may succeed
                logger.exception("taking the manifest in failed")

    def _tell(self, trouble: str) -> None:
        """Once for each trouble, however often one looks."""
        if trouble != self._trouble:
            logger.warning("the manifest %s cannot be used: %s", self._place, trouble)
        self._trouble = trouble

    def _look(self) -> tuple[object, bytes] | None:
        path = Path(self._place)
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        return None if stamp == self._seen else (stamp, path.read_bytes())

    def _fetch(self) -> tuple[object, bytes] | None:
        """With what the site says of its version, so that it sends it once (RFC 9110, 13)."""
        request = urllib.request.Request(self._place)  # noqa: S310 - of the settings
        for name, value in self._seen or ():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                said = (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))
                stamp = [
                    (ask, answer.headers[name]) for ask, name in said if name in answer.headers
                ]
                return stamp, answer.read(LARGEST)
        except urllib.error.HTTPError as refusal:
            with refusal:
                if refusal.code == HTTPStatus.NOT_MODIFIED:
                    return None
                raise
