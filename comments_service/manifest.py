"""Where the site's manifest is found, and when it is read again: a file, or a URL."""

import json
import logging
import threading
import urllib.request
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
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
        self._seen: object = None
        self.pause = LOOK_SECONDS[scheme if self._remote else "file"]

    def refresh(self, store: Store, now: datetime) -> bool:
        """Take the manifest in if it changed. True when the store knows something new.

        A manifest that is missing or broken is logged and changes nothing.
        """
        try:
            stamp, read = self._look()
            if stamp is not None and stamp == self._seen:
                return False
            changed = take_manifest(store, self._house, json.loads(read()), now)
            self._seen = stamp
        except FileNotFoundError:
            return False  # the site is not built yet
        except (OSError, ValueError, BadManifest) as problem:
            logger.warning("the manifest %s cannot be used: %s", self._place, problem)
            return False
        return changed

    def watch(self, store: Store, clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Refresh until `stop` is set."""
        while not stop.wait(self.pause):
            try:
                self.refresh(store, clock())
            except Exception:  # the watch goes on: the next look may succeed
                logger.exception("taking the manifest in failed")

    def _look(self) -> tuple[object, Callable[[], bytes]]:
        if self._remote:
            return None, self._fetch
        path = Path(self._place)
        status = path.stat()
        return (status.st_mtime_ns, status.st_size, status.st_ino), path.read_bytes

    def _fetch(self) -> bytes:
        with urllib.request.urlopen(self._place, timeout=20) as answer:  # noqa: S310 - of the settings
            body: bytes = answer.read(LARGEST)
            return body
