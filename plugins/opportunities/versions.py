"""Which version of its agreement each opportunity has: a digest of its words in all languages, and
the git commit since which they stand so.

People stand by the words; the commit is what they are shown, and what can be checked out later. Git
is asked once for the whole site, and not at all where there is no agreement.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from .header import body_of, parse_header

logger = logging.getLogger(__name__)

_SECONDS = 60
_SHORT = 8
_COMMIT = "\x01"
_GIT = ("git", "-c", "log.showSignature=false", "-c", "log.diffMerges=first-parent")
# Along first parents, so that a merge counts as what it brings to the branch that is published.
_LOG = ("log", "-z", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--no-color")
_WHICH = (f"--format={_COMMIT}%H %cI", "--", ":(glob)**/agreement*.md")


@dataclass(frozen=True, slots=True)
class Version:
    """`digest` is the SHA-256 of the words, in hexadecimal. `commit` is the whole hash of the
    commit since which the files are as they are, and `changed` when that was made; "" and None
    while they are not committed."""

    digest: str
    commit: str = ""
    changed: datetime | None = None

    @property
    def short(self) -> str:
        """Enough of it to tell versions apart by eye: of the commit, else of the digest."""
        return (self.commit or self.digest)[:_SHORT]


@dataclass(frozen=True, slots=True)
class _Change:
    """What git knows of a file: its last commit, when, the hash of its words (zeros when it was
    deleted), and how many commits were looked at before."""

    commit: str
    at: datetime
    blob: str
    place: int

    @property
    def deleted(self) -> bool:
        return not self.blob.strip("0")


def versions_of(content: Path, agreements: Mapping[str, Iterable[str]]) -> dict[str, Version]:
    """The version of each agreement, which is one or more files below `content`: its languages."""
    if not agreements:
        return {}
    known = _last_changes(content)
    return {slug: _version(content, sorted(paths), known) for slug, paths in agreements.items()}


def digest_of(texts: Iterable[bytes]) -> str:
    """The digest of an agreement, whatever its files are called.

    The title and the words below the header count; how they are spaced and cut into lines, and
    what else the header says, does not.
    """
    words = sorted(_words_of(text.decode("utf-8-sig", "replace")) for text in texts)
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def _words_of(text: str) -> list[str]:
    title = parse_header(text).get("title")
    return [" ".join(part.split()) for part in (title.text if title else "", body_of(text))]


def _version(content: Path, paths: Sequence[str], known: Mapping[str, _Change]) -> Version:
    digest = digest_of((content / path).read_bytes() for path in paths)
    folders = {PurePosixPath(path).parent for path in paths}
    beside = {path: it for path, it in known.items() if PurePosixPath(path).parent in folders}
    if not beside.keys() >= set(paths) or not all(
        _is_as_committed(content / path, change) for path, change in beside.items()
    ):
        return Version(digest)
    last = min(beside.values(), key=lambda change: change.place)
    return Version(digest, last.commit, last.at)


def _is_as_committed(file: Path, change: _Change) -> bool:
    if change.deleted or not file.is_file():
        return change.deleted and not file.exists()
    return change.blob == _blob(file.read_bytes(), change.blob)


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
    commit, at, place = "", datetime.min, 0
    words = iter(log.split("\0"))
    for word in words:
        said = word.lstrip("\n")
        if said.startswith(_COMMIT):
            commit, _, when = said[1:].partition(" ")
            at, place = datetime.fromisoformat(when.strip()), place + 1
        elif said.startswith(":"):  # both modes, both hashes and the status; then the path
            known.setdefault(next(words), _Change(commit, at, said.split()[3], place))
    return known
