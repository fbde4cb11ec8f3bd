"""Which worker serves, which one builds beside it, and what is told of both. Imports no Pelican."""

import logging
import signal
import threading
import time
from collections import deque
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from .builds import Builds, Problem
from .child import Child, Ended, Said
from .parent import when_parent_is_gone
from .watching import are_as_at, commit_of, watch_sources

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SETTLES = 0.2  # seconds in which the changes of one save, or of one merge, are told


class Supervisor:
    """Keeps the site in `site` built from `content` with `settings`.

    The last good build stays whatever happens. A change during a build leads to one more build
    after it: a build that takes minutes still gets to its end when somebody saves every minute.
    """

    def __init__(self, settings: Path, content: Path, site: Path, watched: list[Path]) -> None:
        self._settings, self._content = settings, content
        self._builds = Builds(site)
        self._watched = [content, *watched]
        self._events: SimpleQueue[Said | Ended | str] = SimpleQueue()
        self._serving: Child | None = None
        self._building: Child | None = None
        self._again = False
        self._pause = FIRST_PAUSE
        self._start_at: float | None = None

    def run(self) -> None:
        """Build, serve and watch, until a signal or the end of the parent."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._events.put("stop"))
        when_parent_is_gone(lambda: self._events.put("stop"))
        watch_sources(self._watched, self._settings, stop, self._events.put)
        self._build()
        try:
            while self._handle(self._next_event()):
                pass
        finally:
            stop.set()
            for child in (self._building, self._serving):
                if child:
                    child.end()

    def _next_event(self) -> Said | Ended | str:
        if self._start_at is None:
            return self._events.get()
        try:
            return self._events.get(timeout=max(0.0, self._start_at - time.monotonic()))
        except Empty:
            return "start"

    def _handle(self, event: Said | Ended | str) -> bool:
        """Deal with one event; false for the last one."""
        if isinstance(event, Said):
            self._hear(event.by, event.line)
        elif isinstance(event, Ended):
            self._bury(event.by, event.code)
        elif event == "stop":
            return False
        elif event in ("changed", "committed"):
            if event == "changed" or not self._goes_on():
                self._settle()
        else:
            self._build()
        return True

    def _goes_on(self) -> bool:
        """Take note of commits that have nothing to do with the site, such as of its archive."""
        child = self._serving
        if child is None or self._building or self._start_at is not None:
            return False
        if not are_as_at(child.commit, self._watched, self._settings):
            return False
        child.commit = commit_of(self._content)
        self._tell("ok", child)
        return True

    def _settle(self) -> None:
        if self._building:
            self._again = True
        else:
            soon = time.monotonic() + SETTLES
            self._start_at = soon if self._start_at is None else min(self._start_at, soon)

    def _build(self) -> None:
        self._again, self._start_at = False, None
        number = self._builds.fresh()
        arguments = ["--settings", str(self._settings), "--content", str(self._content)]
        arguments += ["--output", str(self._builds.folder(number))]
        if self._serving is None:
            # Nobody keeps pages current: a comment that was withdrawn must not leave it at that.
            arguments.append("--forgiving")
        # Asked before the worker reads: what is committed later is built again.
        self._building = Child(number, arguments, self._events, commit_of(self._content))
        self._tell("building", self._building)

    def _hear(self, child: Child, line: dict[str, Any]) -> None:
        if line.get("event") == "problem":
            problem = Problem(file=line["file"], line=line["line"], message=line["message"])
            child.problems.append(problem)
            if child is self._serving:
                self._tell("ok", child)
        elif line.get("event") == "ready" and child is self._building:
            self._take_over(child)

    def _take_over(self, child: Child) -> None:
        before, last = self._serving, self._builds.current()
        self._builds.swap_in(child.number)
        self._serving, self._building, self._pause = child, None, FIRST_PAUSE
        logger.info("Build %d is served", child.number)
        self._tell("ok", child)  # before clearing up
        if before:
            before.end()
        self._builds.remove_all_but([child.number, last])
        if self._again:
            self._build()

    def _bury(self, child: Child, code: int) -> None:
        if child is self._building:
            self._building = None
            self._builds.remove(child.number)
            problems = child.problems or [_unexplained(code)]
            logger.error("The site could not be built; %s", self._what_is_served())
            said = "".join(child.log)
            for problem in problems:
                where = f"{problem['file']}:{problem['line']}: " if problem["file"] else ""
                if where + problem["message"] not in said:
                    logger.error("%s%s", where, problem["message"])
            self._tell("failed", child, problems)
            if self._again:
                self._build()
            elif code < 0 or not any(problem["line"] for problem in problems):
                self._start_later()  # no file is to blame, so none will be mended
        elif child is self._serving:
            self._serving = None
            logger.error("The worker ended with code %d; building again", code)
            if not self._building:
                self._start_later()

    def _start_later(self) -> None:
        self._start_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _what_is_served(self) -> str:
        current = self._builds.current()
        return "nothing is served yet" if current is None else f"build {current} is still served"

    def _tell(self, state: str, child: Child, problems: list[Problem] | None = None) -> None:
        """What a child does, with the last problems that it had."""
        told = problems or ([] if state == "building" else child.problems[-10:])
        log = deque() if state == "building" else child.log
        self._builds.tell(state, child.commit, told, log)


def _unexplained(code: int) -> Problem:
    return Problem(file="", line=None, message=f"the builder ended with code {code}; see the log")
