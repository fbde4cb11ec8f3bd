"""A worker as its supervisor sees it: a process that builds, says that it is ready, and serves."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from .builds import Problem

logger = logging.getLogger(__name__)

LAST_LINES = 40
END_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the worker's: {"event": "ready" | "problem", …}."""

    by: "Child"
    line: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """The worker's process is over."""

    by: "Child"
    code: int


class Child:
    """The worker of build `number`, which began at `commit`; what it says comes as events."""

    def __init__(
        self, number: int, arguments: list[str], events: "SimpleQueue[Any]", commit: str = ""
    ) -> None:
        self.number = number
        self.commit = commit
        self.problems: list[Problem] = []
        self.log: deque[str] = deque(maxlen=LAST_LINES)
        self._events = events
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "plugins.resident.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=_environment(),
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout  # noqa: S101 - for the type checker; it is a pipe
        reading = threading.Thread(target=self._read_log, daemon=True)
        reading.start()
        with self._process.stdout as lines:
            for line in lines:
                try:
                    self._events.put(Said(self, json.loads(line)))
                except ValueError:
                    logger.warning("The worker said what is no line of ours: %s", line.rstrip())
        reading.join()
        self._events.put(Ended(self, self._process.wait()))

    def _read_log(self) -> None:
        assert self._process.stderr  # noqa: S101 - for the type checker; it is a pipe
        with self._process.stderr as lines:
            for line in lines:
                self.log.append(line)
                sys.stderr.write(line)
                sys.stderr.flush()

    def end(self) -> None:
        """End it. A page that it was replacing is either replaced or not."""
        assert self._process.stdin  # noqa: S101 - for the type checker; it is a pipe
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    # The worker must find this very package, also when it was not installed.
    here = str(Path(__file__).parents[2])
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
