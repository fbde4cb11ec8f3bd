"""Doing one thing now and then behind everything else, never twice at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

START = 2.0  # seconds that a build has to be served before it is indexed
SHARE = 10  # at most one part in so many of the time is spent on it


class Background:
    """Calls `work` in a thread that ends with the process, `pause` seconds after it is wanted."""

    def __init__(self, work: Callable[[], None], pause: float) -> None:
        self._work, self._pause = work, pause
        self._wanted = threading.Event()
        self._due = 0.0
        self._took = 0.0
        self._thread: threading.Thread | None = None

    def soon(self, pause: float | None = None) -> None:
        """Have the work done once more: after the pause, a longer one if it is long work."""
        if not self._wanted.is_set():
            rest = max(self._pause if pause is None else pause, self._took * SHARE)
            self._due = time.monotonic() + rest
            self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="search", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._wanted.wait():
            time.sleep(max(0.0, self._due - time.monotonic()))
            self._wanted.clear()
            began = time.monotonic()
            try:
                self._work()
            except Exception:
                logger.exception("The search could not be made anew")
            self._took = time.monotonic() - began
