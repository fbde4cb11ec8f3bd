"""Asking git. Every process of this plugin is started here; none of them writes anything."""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# What a hook's environment says of another repository than that of the content.
_ELSEWHERE = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE"),
    *("GIT_IMPLICIT_WORK_TREE", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH"),
)
# Whatever somebody likes to see in a terminal must not get into what is read here.
_PLAIN = {
    "color.ui": "false",
    "core.quotePath": "false",
    "diff.orderFile": os.devnull,
    "diff.relative": "false",
    "diff.renameLimit": "2000",
    "log.follow": "false",
    "log.showRoot": "true",
    "log.showSignature": "false",
}
FIELDS = ("%H", "%P", "%ct", "%aI", "%an <%ae>", "%s")
CO_AUTHORS = "%(trailers:key=Co-authored-by,valueonly,separator=%x02)"
# Every commit, so that what is read later can go on from it, and of each the files below here.
_LOG = (
    *("log", "--full-history", "--sparse", "--raw", "-z", "--no-abbrev", "-M50%"),
    *("-c", "--combined-all-paths", "--encoding=UTF-8"),
    "--format=format:%x01" + "%x00".join((*FIELDS, CO_AUTHORS)) + "%x00",
)
_STATUS = ("status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=all")
_CONTACT = re.compile(r"[^<>\n]*<[^<>\n]*>")
_MOST_BLOBS = 200  # ids at a time; a pipe holds more than that, so nobody waits for the other


class NoHistory(Exception):
    """Nothing can be told; the message says why, and `level` how loudly to say so."""

    def __init__(self, message: str, level: int = logging.WARNING) -> None:
        self.level = level
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that a folder lies in. `prefix` is the folder's path in it, with a slash at
    its end; `head` is "" before the first commit; at the commits in `cut` a shallow clone ends."""

    folder: Path
    prefix: bytes
    head: str
    cut: frozenset[str]

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """Raises NoHistory where there is none, or git does not let it be read."""
        inside = _run(folder, "rev-parse", "--is-inside-work-tree", "--is-shallow-repository")
        is_inside, is_shallow = inside.decode().split()
        if is_inside != "true":
            raise NoHistory("The content folder is inside a .git folder", logging.INFO)
        cut = ""
        if is_shallow == "true":
            path = _run(folder, "rev-parse", "--git-path", "shallow").removesuffix(b"\n")
            cut = Path(folder, os.fsdecode(path)).read_text(encoding="ascii")
        prefix = _run(folder, "rev-parse", "--show-prefix").removesuffix(b"\n")
        return cls(folder, prefix, _head(folder), frozenset(cut.split()))

    def log(self, after: str = "") -> bytes:
        """All commits, newest first, or those that came after another one; see log.py."""
        return _run(self.folder, *_LOG, f"{after}..{self.head}" if after else self.head, "--", ".")

    def descends_from(self, commit: str) -> bool:
        """Whether `commit` is there, and HEAD came after it."""
        command = ("merge-base", "--is-ancestor", commit, self.head)
        return _start(self.folder, command).returncode == 0

    def status(self) -> bytes:
        """What is not committed, as `git status --porcelain=v2 -z` tells it."""
        return _run(self.folder, *_STATUS, "--", ".")

    def names(self, contacts: Iterable[str]) -> dict[str, str]:
        """The names of people, given as "Name <address>", as .mailmap has them."""
        asked = sorted({contact for contact in contacts if _CONTACT.fullmatch(contact)})
        if not asked:
            return {}
        answer = _run(self.folder, "check-mailmap", "--stdin", given="\n".join(asked).encode())
        told = answer.decode("utf-8", "replace").splitlines()
        return {one: mapped.rpartition("<")[0] for one, mapped in zip(asked, told, strict=False)}


class Blobs:
    """Versions of files, from one process that is started at the first question."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The contents of these blobs, without those that the repository does not have."""
        asked = list(dict.fromkeys(ids))
        found: dict[str, bytes] = {}
        for start in range(0, len(asked), _MOST_BLOBS):
            found.update(self._some(asked[start : start + _MOST_BLOBS]))
        return found

    def _some(self, ids: list[str]) -> Iterable[tuple[str, bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603
                _command(self._folder, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        asking, answering = self._process.stdin, self._process.stdout
        if not asking or not answering:  # for the type checker; they are pipes
            return
        asking.write("".join(f"{id}\n" for id in ids).encode())
        asking.flush()
        for id in ids:
            head = answering.readline().split()
            if len(head) == 3:
                yield id, answering.read(int(head[2]))
                answering.read(1)

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.communicate()
            self._process = None


def _head(folder: Path) -> str:
    done = _start(folder, ("rev-parse", "--quiet", "--verify", "HEAD^{commit}"))
    return done.stdout.decode().strip()


def _run(folder: Path, *command: str, given: bytes = b"") -> bytes:
    done = _start(folder, command, given)
    if done.returncode:
        raise _refusal(folder, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def _start(
    folder: Path, command: tuple[str, ...], given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603
            _command(folder, *command),
            input=given,
            capture_output=True,
            env=_environment(),
            check=False,
        )
    except FileNotFoundError:
        raise NoHistory("git is not installed", logging.INFO) from None


def _command(folder: Path, *command: str) -> list[str]:
    settings = [part for name, value in _PLAIN.items() for part in ("-c", f"{name}={value}")]
    return ["git", "-C", str(folder), *settings, *command]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return {**kept, "LC_ALL": "C", "LANGUAGE": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _refusal(folder: Path, told: str) -> NoHistory:
    if "not a git repository" in told:
        return NoHistory(f"{folder} is in no git repository", logging.INFO)
    if "dubious ownership" in told or "safe.directory" in told:
        owned = re.search(r"repository at '(.*)'", told)
        where = owned[1] if owned else folder
        return NoHistory(
            f"git refuses to read {where}, because it belongs to somebody else; to allow it: "
            f"git config --global --add safe.directory '{where}'"
        )
    first = next(iter(told.strip().splitlines()), "no reason given")
    return NoHistory(f"git cannot read the repository of {folder} ({first})")
