"""Which version of its agreement each opportunity has: the git commit that last changed it.

All language versions of an agreement are one agreement with one version. Git is asked once for the
whole site, and not at all where there is no agreement.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

logger = logging.getLogger(__name__)

_SECONDS = 60
_SHORT = 8
_COMMIT = "\x01"
_GIT = ("git", "-c", "core.quotePath=false", "-c", "log.showSignature=false")
_LOG = ("log", "-c", "--raw", "--no-abbrev", "--no-renames", "--no-color")
_WHICH = (f"--format={_COMMIT}%H %cI", "--", ":(glob)**/agreement*.md")
_RAW = re.compile(r"(:+)([^\t]+)\t(.+)")


@dataclass(frozen=True, slots=True)
class Version:
    """`name` is a git commit's whole hash or, for what is not committed as it is, "sha256:" and 16
    digits. `digest` is always the latter: what was reread before it was committed stays reread.
    `changed` is when it was committed."""

    name: str
    digest: str
    changed: datetime | None = None

    @property
    def is_committed(self) -> bool:
        """Whether git has it as it is."""
        return self.name != self.digest

    @property
    def short(self) -> str:
        """Enough of it to tell versions apart by eye."""
        return self.name.removeprefix("sha256:")[:_SHORT]

    @property
    def names(self) -> tuple[str, ...]:
        """All names that these very words go by."""
        return tuple(dict.fromkeys((self.name, self.digest)))


@dataclass(frozen=True, slots=True)
class _Change:
    """What git knows of a file: its last commit, when, and the hash of its words."""

    commit: str
    at: datetime
    blob: str


def versions_of(content: Path, agreements: Mapping[str, Iterable[str]]) -> dict[str, Version]:
    """The version of each agreement, which is one or more files below `content`."""
    if not agreements:
        return {}
    known = _last_changes(content)
    return {slug: _version(content, sorted(paths), known) for slug, paths in agreements.items()}


def _version(content: Path, paths: Sequence[str], known: Mapping[str, _Change]) -> Version:
    texts = [(content / path).read_bytes() for path in paths]
    whole = hashlib.sha256(b"\0".join(texts)).hexdigest()
    digest = f"sha256:{whole[:16]}"
    changes = [known[path] for path in paths if path in known]
    clean = len(changes) == len(texts) and all(
        change.blob == _blob(text, change.blob) for change, text in zip(changes, texts, strict=True)
    )
    if not clean:
        return Version(digest, digest)
    last = max(changes, key=lambda change: change.at)
    return Version(last.commit, digest, last.at)


def _blob(text: bytes, like: str) -> str:
    """The name that git would give to these bytes, in a repository of SHA-1 or of SHA-256."""
    kind = "sha256" if len(like) == 64 else "sha1"
    return hashlib.new(kind, b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()


def _last_changes(content: Path) -> dict[str, _Change]:
    """The latest change of each agreement, by its path; nothing where there is no git."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words alone
            [*_GIT, *_LOG, *_WHICH],
            cwd=content,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        logger.debug("Git does not tell versions of agreements: %s", error)
        return {}
    # Not by --relative, which Git 2.39 overlooks for merges.
    prefix = _place_in_repository(content.resolve())
    known = _read(done.stdout)
    return {path.removeprefix(prefix): it for path, it in known.items() if path.startswith(prefix)}


def _place_in_repository(folder: Path) -> str:
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return "".join(f"{name}/" for name in folder.relative_to(parent).parts)
    return ""


def _read(log: str) -> dict[str, _Change]:
    known: dict[str, _Change] = {}
    commit, at = "", datetime.min
    for line in log.split("\n"):
        if line.startswith(_COMMIT):
            commit, _, when = line[1:].partition(" ")
            at = datetime.fromisoformat(when)
        elif found := _RAW.fullmatch(line):
            # “:” and the modes, hashes and status of two files; of a merge, “::” and one more.
            parents, fields = len(found[1]), found[2].split()
            known.setdefault(found[3], _Change(commit, at, fields[2 * parents + 1]))
    return known
