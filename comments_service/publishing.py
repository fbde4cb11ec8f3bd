"""How what is in git becomes what is served: fetch, check beside, move the tree, await the build.

The served tree is the folder that `emergence serve` runs in, a clone. The resident builder watches
it, builds beside the running site and swaps; what does not pass the check never comes that far.
"""

import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from .git import GitRefuses, Repository
from .processes import python
from .serving import is_served, site_environ
from .settings import Settings

PUBLISHED = "refs/emergence/published"  # what we moved the tree to last
TAKEN_UP = 20.0  # seconds until the builder has begun with a commit
BUILT = 900.0  # seconds until it is done
LOOK = 0.02
RECORD = "publish.json"


class State(StrEnum):
    """What became of it."""

    LIVE = "live"  # the site shows it
    WAITING = "waiting"  # the tree has it; nobody serves, or the builder is not done
    BAD = "bad"  # it does not pass the check, or the build failed: the last good site stays
    REFUSED = "refused"  # git, or what stands in the tree, is in the way


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody has to mend: file and line where they are known."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line or 1}: " if self.file else ""
        return where + self.message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of publishing `commit`; empty when it was not known yet."""

    state: State
    commit: str = ""
    problems: tuple[Problem, ...] = ()


def publish(settings: Settings, root: Path, commit: str | None = None) -> Outcome:
    """Make the newest commit of the published branch live; `commit` has to be part of it.

    One at a time, whoever calls. What came of it is kept in `publish.json` for the desk.
    """
    with _alone(settings):
        try:
            outcome = _publish(settings, root, commit)
        except GitRefuses as refusal:
            outcome = _refused("", str(refusal))
        _keep(settings, outcome)
    return outcome


def check(root: Path, settings: Settings, tree: Path | None = None) -> tuple[Problem, ...]:
    """What would stop a build of `tree`, a checkout of the repository of `root` (default: itself).

    A tree has the site's settings, theme and plugins of its own, or else those of `root` count.
    """
    tree = tree or root
    conf = next(p for p in (tree / "pelicanconf.py", root / "pelicanconf.py") if p.exists())
    command = python("-m", "plugins.resident.check", "--json", "--settings", str(conf))
    command += ["--content", str(tree / "content"), "--cache", str(settings.data / "publish/cache")]
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=conf.parent,
        env=site_environ(settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    problems = tuple(Problem(**json.loads(line)) for line in done.stdout.splitlines())
    if done.returncode and not problems:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        return (Problem("", None, f"the check ended with code {done.returncode}: {last[0]}"),)
    return problems


def _publish(settings: Settings, root: Path, commit: str | None) -> Outcome:
    tree = Repository(root)
    newest, head = _fetched(settings, tree), _known(tree, "HEAD")
    if commit and not _is_part(tree, commit, newest):
        branch = settings.git_branch
        return _refused(commit, f"{commit[:10]} is not part of the branch {branch}")
    if newest != head:
        if problems := check(root, settings, _checked_out(settings, tree, newest)):
            return Outcome(State.BAD, newest, problems)
        if obstacle := _moved(tree, head, newest):
            return _refused(newest, obstacle)
    tree.run("update-ref", PUBLISHED, newest)
    return _live(settings, newest)


def _fetched(settings: Settings, tree: Repository) -> str:
    """The newest commit of the published branch."""
    remote, branch = settings.git_remote, settings.git_branch
    here = f"refs/remotes/{remote}/{branch}"
    tree.run("fetch", "--quiet", "--no-tags", remote, f"+refs/heads/{branch}:{here}")
    return tree.run("rev-parse", "--verify", f"{here}^{{commit}}")


def _is_part(tree: Repository, commit: str, newest: str) -> bool:
    try:
        tree.run("merge-base", "--is-ancestor", commit, newest)
    except GitRefuses:
        return False
    return True


def _checked_out(settings: Settings, tree: Repository, commit: str) -> Path:
    """A worktree of its own with that commit; what did not change since the last keeps its date."""
    folder = settings.data / "publish/tree"
    beside = Repository(folder)
    try:
        if not (folder / ".git").exists():
            raise GitRefuses("not there yet")
        beside.run("checkout", "--quiet", "--force", "--detach", commit)
        beside.run("clean", "--quiet", "-ffdx")
    except GitRefuses:  # never made, or left behind by somebody who was killed
        shutil.rmtree(folder, ignore_errors=True)
        tree.run("worktree", "prune")
        tree.run("worktree", "add", "--quiet", "--force", "--detach", str(folder), commit)
    return folder


def _moved(tree: Repository, head: str, newest: str) -> str:
    """Move the served tree; nothing that somebody wrote there is lost. What stands in the way."""
    if not head or _is_part(tree, head, newest):
        command = ("merge", "--quiet", "--ff-only", newest)
    elif head == _known(tree, PUBLISHED):
        command = ("reset", "--quiet", "--keep", newest)  # the branch was rewritten
    else:
        return (
            f"the served tree has commits that the branch has not (its HEAD is {head[:10]}): "
            "push them, or take them back"
        )
    try:
        tree.run(*command)
    except GitRefuses as refusal:
        return f"something was changed in the served tree and not committed. {refusal}"
    return ""


def _known(tree: Repository, name: str) -> str:
    """The commit of that name; empty where there is none."""
    try:
        return tree.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except GitRefuses:
        return ""


def _live(settings: Settings, commit: str) -> Outcome:
    """Wait until the builder has built that commit, or has failed to."""
    if not is_served(settings):
        return Outcome(State.WAITING, commit)
    begun, end = time.monotonic() + TAKEN_UP, time.monotonic() + BUILT
    seen = False
    while time.monotonic() < end:
        status = _status(settings)
        if status.get("commit") == commit:
            seen = True
            if status["state"] == "ok":
                return Outcome(State.LIVE, commit)
            if status["state"] == "failed":
                problems = tuple(Problem(**problem) for problem in status["problems"])
                return Outcome(State.BAD, commit, problems)
        elif not seen and time.monotonic() > begun and status.get("state") != "building":
            break
        time.sleep(LOOK)
    return Outcome(State.WAITING, commit)


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
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _keep(settings: Settings, outcome: Outcome) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    draft = settings.data / f".{RECORD}.next"
    text = json.dumps(asdict(outcome) | {"at": at}, ensure_ascii=False, indent=1)
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, settings.data / RECORD)
