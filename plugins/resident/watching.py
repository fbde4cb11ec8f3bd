"""Hearing of changes in the folders and settings that a site is made of."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from watchfiles import DefaultFilter, watch


class _Sources(DefaultFilter):
    """All that an editor saves, without what editors and Python leave beside it."""

    ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, r"\.mo$", r"^\.#", r"^4913$")


def watch_sources(
    folders: Iterable[Path], settings: Path, stop: threading.Event, act: Callable[[str], object]
) -> None:
    """Call `act`, from other threads, with "changed" whenever something changed and with
    "committed" whenever something was committed, until `stop` is set."""
    there = [folder.absolute() for folder in folders if folder.is_dir()]
    beside = settings.absolute().parent

    def in_folders() -> None:
        for _ in watch(*there, watch_filter=_Sources(), stop_event=stop, rust_timeout=500):
            act("changed")

    def beside_settings() -> None:
        # The folder, since an editor replaces the file; other settings there may be imported.
        for changes in watch(beside, recursive=False, stop_event=stop, rust_timeout=500):
            if any(path.endswith(".py") for _, path in changes):
                act("changed")

    def commits() -> None:
        # A commit changes no source, but the version of what it commits.
        for changes in watch(
            *log, watch_filter=None, recursive=False, stop_event=stop, rust_timeout=500
        ):
            if any(path.endswith("HEAD") for _, path in changes):
                act("committed")

    log = {path for folder in (beside, *there) for path in _git_log(folder)}
    for watching in (in_folders, beside_settings, *([commits] if log else [])):
        threading.Thread(target=watching, name=watching.__name__, daemon=True).start()


def commit_of(content: Path) -> str:
    """The commit that a folder stands at; empty without one."""
    return _git(content, "rev-parse", "--quiet", "--verify", "HEAD^{commit}") or ""


def are_as_at(commit: str, folders: Iterable[Path], settings: Path) -> bool:
    """Whether no commit since then has anything to do with the folders, or the settings beside."""
    first, *_ = sources = [os.path.abspath(folder) for folder in folders]
    beside = os.path.join(os.path.dirname(os.path.abspath(settings)), "*.py")
    if not commit or _git(first, "merge-base", "--is-ancestor", commit, "HEAD") is None:
        return False
    since = ("rev-list", "-1", "--full-history", f"{commit}..HEAD")
    return _git(first, *since, "--", *sources, beside) == ""


def _git(folder: str | Path, *arguments: str) -> str | None:
    """What git says; None if it refuses."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="ascii", check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _git_log(folder: Path) -> Iterator[Path]:
    """Where git notes what HEAD is, if the folder is in a repository that has a commit."""
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            if (parent / ".git/logs").is_dir():
                yield parent / ".git/logs"
            return
