"""How what is in git becomes what is served: fetch, check beside, move the tree, await the build.

The served tree is the folder that `emergence serve` runs in, a clone. The resident builder watches
it, builds beside the running site and swaps; what does not pass the check never comes that far.
"""

import fcntl
import json
import logging
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from .domain.pushes import Problem
from .git import GitRefuses
from .processes import python
from .served_tree import InTheWay, ServedTree, in_short
from .serving import is_served, site_environ
from .settings import Settings

logger = logging.getLogger(__name__)

TAKEN_UP = 60.0  # seconds for which the builder may be idle before it begins with a commit
CHECKED = 600.0  # seconds that a check may take
BUILT = 900.0  # seconds until it is done
GONE = 10.0  # seconds after which nobody serves any more
LOOK = 0.02
RECORD = "publish.json"


class State(StrEnum):
    """What became of it."""

    LIVE = "live"  # the site shows it
    WAITING = "waiting"  # the tree has it; nobody serves, or the builder is not done
    BAD = "bad"  # it does not pass the check, or the build failed: the last good site stays
    REFUSED = "refused"  # git, or what stands in the tree, is in the way


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of publishing `commit`; empty when it was not known yet."""

    state: State
    commit: str = ""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()  # what nothing stops at


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: with problems, no build would be made."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def publish(settings: Settings, root: Path, commit: str | None = None) -> Outcome:
    """Make the newest commit of the published branch live; `commit` has to be part of it.

    One at a time, whoever calls. What came of it is kept in `publish.json` for the desk.
    """
    tree = ServedTree(root, settings.git_remote, settings.git_branch)
    with _alone(settings):
        try:
            outcome = _publish(settings, tree, commit)
        except InTheWay as told:
            outcome = _refused(commit or "", str(told))
        except subprocess.TimeoutExpired:
            outcome = _refused(commit or "", f"looking it over took more than {CHECKED:g} seconds")
        except (GitRefuses, OSError) as refusal:
            outcome = _refused(commit or "", in_short(refusal))
        _keep(settings, outcome)
    return outcome


def check(settings: Settings, conf: Path, cache: str = "cache-here") -> Checked:
    """What would stop a build with the settings `conf` of the content beside them."""
    command = python("-m", "plugins.resident.check", "--json", "--settings", str(conf))
    command += ["--content", str(conf.parent / "content")]
    command += ["--cache", str(settings.data / "publish" / cache)]
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=conf.parent,
        env=site_environ(settings) | _told_elsewhere(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=CHECKED,
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    warnings = tuple(one["warning"] for one in told if "warning" in one)
    problems = tuple(Problem(**one) for one in told if "warning" not in one)
    if done.returncode and not problems:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        words = f"the check ended with code {done.returncode}: {last[0]}"
        problems = (Problem("", None, words),)
    return Checked(problems, warnings)


def _told_elsewhere() -> dict[str, str]:
    """In a clone on another machine, the discussions are asked for where its owner says."""
    name = "EMERGENCE_DISCUSSION_URL"
    return {name: os.environ[name]} if name in os.environ else {}


def _publish(settings: Settings, tree: ServedTree, commit: str | None) -> Outcome:
    newest, head = tree.fetched(), tree.head
    if commit and not tree.is_part(commit, newest):
        return _refused(commit, f"{commit[:10]} is not part of the branch {tree.branch}")
    checked = Checked()
    if newest != head:
        if links := tree.links_in(newest):
            told = (Problem(link, None, "a symbolic link is not published") for link in links)
            return Outcome(State.BAD, newest, tuple(told))
        beside = tree.beside(settings.data / "publish/tree", newest)
        checked = check(settings, beside / "pelicanconf.py", "cache")
        if checked.problems:
            return Outcome(State.BAD, newest, checked.problems, checked.warnings)
    try:
        tree.move(newest)
    except InTheWay as told:
        return _refused(newest, str(told))
    outcome = _live(settings, newest)
    if outcome.state is State.BAD and head:
        tree.move_back(head)
    return replace(outcome, warnings=checked.warnings)


def _live(settings: Settings, commit: str) -> Outcome:
    """Wait until the builder has built that commit, or has failed to."""
    if settings.site_is_elsewhere or not is_served(settings):
        return Outcome(State.WAITING, commit)
    idle = served = time.monotonic()
    end = idle + BUILT
    while time.monotonic() < min(end, idle + TAKEN_UP, served + GONE):
        status = _status(settings)
        state, built = status.get("state"), status.get("commit") == commit
        if built and state == "ok":
            return Outcome(State.LIVE, commit)
        if built and state == "failed":
            problems = tuple(Problem(**problem) for problem in status["problems"])
            return Outcome(State.BAD, commit, problems)
        if state == "building":
            idle = time.monotonic()
        if _answers(settings):
            served = time.monotonic()
        time.sleep(LOOK)
    return Outcome(State.WAITING, commit)


def _answers(settings: Settings) -> bool:
    """Whether somebody serves still: a build that was killed says no more of itself."""
    try:
        socket.create_connection((settings.host, settings.port), 0.5).close()
    except OSError:
        return False
    return True


def _status(settings: Settings) -> dict[str, Any]:
    try:
        told = json.loads((settings.data / "site/status.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _refused(commit: str, why: str) -> Outcome:
    return Outcome(State.REFUSED, commit, (Problem("", None, why),))


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    # The kernel lets go of it when the process dies.
    with (settings.data / "publish.lock").open("a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            logger.warning("Something else is being published; this waits for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep(settings: Settings, outcome: Outcome) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    draft = settings.data / f".{RECORD}.next"
    text = json.dumps(asdict(outcome) | {"at": at}, ensure_ascii=False, indent=1)
    try:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
        os.replace(draft, settings.data / RECORD)
    except OSError as trouble:  # whoever called hears the outcome all the same
        logger.error("%s cannot be kept: %s", RECORD, trouble)
