"""The processes of `emergence serve`: started together, again when one dies, and ended together.

A child holds the reading end of its parent's pipe as its standard input; when the parent is gone,
however it went, the pipe closes and the child ends.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence

logger = logging.getLogger(__name__)

MARK = "EMERGENCE_CHILD"  # set for children only
LONGEST_PAUSE = 10.0
END_SECONDS = 10


def leave_with_parent() -> None:
    """End this process in good order (SIGTERM) when the `emergence serve` that started it is gone.

    Does nothing in a process that something else started.
    """
    if os.environ.get(MARK) != "1":
        return

    def wait() -> None:
        try:
            while os.read(0, 1024):
                pass
        except OSError:
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="leave-with-parent", daemon=True).start()


class Child:
    """One command that should run all the time, from the moment that `when` is true."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        when: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = name
        self._when: Callable[[], bool] | None = when
        self._command = list(command)
        self._environ = {**environ, MARK: "1"}
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = 0.5
        self._again_at = 0.0

    def keep_running(self) -> None:
        """Start it if it is not running and its pause is over."""
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            logger.error(
                "%s ended with code %s; starting it again in %.1f s", self.name, code, self._pause
            )
            self._process = None
            self._again_at = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self._when and not self._when():
            return
        self._when = None
        if time.monotonic() >= self._again_at:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self._command, stdin=subprocess.PIPE, env=self._environ, start_new_session=True
            )

    def end(self) -> None:
        """Ask it to end; kill it if it does not within ten seconds."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        # Only now: a child that hears of both at once gets two signals, and granian sets an Event
        # in its handler, which stops for ever when the second signal comes within the first.
        if self._process.stdin:
            self._process.stdin.close()


def run_until_signalled(children: Sequence[Child], stop: threading.Event) -> None:
    """Keep all children running until SIGINT or SIGTERM, then end them, last started first."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        while not stop.is_set():
            for child in children:
                child.keep_running()
            time.sleep(0.2)  # not stop.wait: a handler may not set what its own thread waits for
    finally:
        for child in reversed(children):
            child.end()


def python(*arguments: str) -> list[str]:
    """The command that runs a module with this very interpreter."""
    return [sys.executable, *arguments]
