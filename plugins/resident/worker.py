"""The worker's process: builds the site once, says so, and from then on follows the discussions.

What it says to the supervisor are lines of JSON on standard output; all else goes to the log.
"""

import argparse
import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from ..discussion.client import Client, is_foreign
from ..discussion.errors import ServiceDown, UnusableAnswer
from .build import build
from .builds import Problem
from .follower import Follower, News
from .pages import Pages
from .parent import when_parent_is_gone
from .problems import Errors, problems_of

logger = logging.getLogger(__name__)

Say = Callable[[str, Problem | None], None]
# Rendering holds the interpreter; at Python's own 5 ms, news would wait for it several times over.
SWITCH_SECONDS = 0.0005
ROUNDS = 20


def main() -> None:
    """Build, and serve until the supervisor ends this process or is gone itself."""
    arguments = _arguments()
    say = _voice()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the supervisor, which ends us
    when_parent_is_gone(lambda: os._exit(0))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pelican").setLevel(logging.WARNING)
    errors = Errors()
    logging.getLogger().addHandler(errors)
    try:
        pages = build(
            arguments.settings, arguments.content, arguments.output, forgiving=arguments.forgiving
        )
    except (Exception, SystemExit) as error:
        root = str(arguments.settings.absolute().parent)
        problems = problems_of(error, errors.records, root)
        if not any(problem["line"] for problem in problems):
            logger.exception("The build stopped")
        for problem in problems:
            say("problem", problem)
        sys.exit(1)
    logging.getLogger().removeHandler(errors)
    logging.getLogger().addHandler(_Telling(say))
    serve(pages, say)


def serve(pages: Pages, say: Say) -> None:
    """Catch up with what was said during the build, say "ready", and follow from there."""
    settings, snapshot = pages.context, pages.discussions.snapshot
    url, timeout = settings["DISCUSSION_URL"], settings["DISCUSSION_TIMEOUT"]
    if url:
        catch_up(pages, url, timeout)
    # What the build left in memory stays there: the collector need not go through it again.
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)
    say("ready", None)
    pages.tell_problems()
    if not url:
        threading.Event().wait()
    follower = Follower(url, timeout, snapshot.service, snapshot.cursor)
    follower.start()
    while True:
        step(pages, follower.news)


def step(pages: Pages, news: "SimpleQueue[News]") -> None:
    """Wait for news or for a page that is due, and do one of them: all news at once, before any
    page that may wait, unless that has waited for too long."""
    waiting = []
    with suppress(Empty):
        waiting.append(news.get(timeout=pages.pending.due_in()))
        while True:
            waiting.append(news.get_nowait())
    if waiting:
        pages.take(waiting)
    if pages.pending.is_late() or (not waiting and pages.pending.due_in() == 0):
        pages.pending.do_one()


def catch_up(pages: Pages, url: str, timeout: float) -> None:
    """Take what was said while the site was being built, so that no comment seems to vanish."""
    client, snapshot = Client(url, timeout), pages.discussions.snapshot
    with suppress(ServiceDown, UnusableAnswer):  # the follower tells of that
        for _ in range(ROUNDS):
            answer = client.changes(snapshot.cursor)
            if answer and is_foreign(answer, snapshot.service, snapshot.cursor):
                pages.take([News(client.everything(), anew=True)])
            elif answer and answer.discussions:
                pages.take([News([answer])])
            else:
                break
    client.close()
    while pages.pending.due_in() is not None:
        pages.pending.do_one()


class _Telling(logging.Handler):
    """Tells the supervisor of errors that come up while the site is served."""

    def __init__(self, say: Say) -> None:
        super().__init__(logging.ERROR)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of it; of what a person has to mend, where."""
        found = getattr(record, "problem", None)
        if found:
            told = Problem(file=found.file, line=found.line, message=found.message)
        else:
            told = Problem(file="", line=None, message=record.getMessage())
        self._say("problem", told)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="python -m plugins.resident.worker", description=__doc__)
    for name in ("settings", "content", "output"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--forgiving", action="store_true")
    return parser.parse_args()


def _voice() -> Say:
    """Standard output becomes the supervisor's alone; whoever prints, prints to the log."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(event: str, problem: Problem | None) -> None:
        out.write(json.dumps({"event": event, **(problem or {})}) + "\n")
        out.flush()

    return say


if __name__ == "__main__":
    main()
