"""Commits, from what `git log --raw -z` writes (see git.py), and in which order to tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

_SUBMODULE = "160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that a commit changed. `before` and `former` have an item for each parent, the blob
    (None: there was none) and the path; `after` is None for a file that was taken away."""

    path: bytes
    status: str
    before: tuple[str | None, ...]
    after: str | None
    former: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit. Of a merge, `entries` are the files that are like those of none of its parents."""

    hash: str
    parents: tuple[str, ...]
    time: int
    written: bytes
    author: bytes
    subject: bytes
    co_authors: bytes
    entries: tuple[Entry, ...]

    @property
    def date(self) -> datetime | None:
        """When it was written, or None for a date that no calendar has."""
        try:
            return datetime.fromisoformat(self.written.decode())
        except ValueError:
            return None

    @property
    def people(self) -> list[str]:
        """ "Name <address>" of its author, and then of those who wrote with them."""
        said = [self.author, *self.co_authors.split(b"\x02")]
        return [name for each in said if (name := each.decode("utf-8", "replace").strip())]


def parse(log: bytes) -> dict[str, Commit]:
    """Commits by hash, in the order of `log`."""
    tokens = iter(log.split(b"\0"))
    commits = {}
    token = next(tokens, b"")
    while token.startswith(b"\x01"):
        parents, time, written, author, subject, co_authors = (next(tokens) for _ in range(6))
        hash, entries = token[1:].decode(), []
        token = next(tokens, b"")
        while not token.startswith(b"\x01"):
            raw = token.lstrip(b"\n")
            if raw.startswith(b":"):
                entry = _entry(raw.decode(), tokens)
                if entry:
                    entries.append(entry)
            following = next(tokens, None)
            if following is None:
                break
            token = following
        commits[hash] = Commit(
            hash,
            tuple(parents.decode().split()),
            int(time),
            written,
            author,
            subject,
            co_authors,
            tuple(entries),
        )
    return commits


def _entry(raw: str, tokens: Iterator[bytes]) -> Entry | None:
    """What one line says, after which its paths follow: of a merge one for each parent and then
    the file's own; of another commit the former one only if it has another now."""
    parents = len(raw) - len(raw.lstrip(":"))
    *parts, status = raw[parents:].split(" ")
    modes, blobs = parts[: parents + 1], parts[parents + 1 :]
    if parents > 1:
        former = tuple(next(tokens) for _ in range(parents))
        path = next(tokens)
    else:
        path = next(tokens)
        former = (path,)
        if status[0] in "RC":
            path = next(tokens)
    if _SUBMODULE in modes:
        return None
    *before, after = (None if set(blob) == {"0"} else blob for blob in blobs)
    return Entry(path, status, tuple(before), after, former)


def in_order(commits: Mapping[str, Commit], head: str) -> Iterator[Commit]:
    """From `head` on, no commit before one that came after it, and else the latest first.

    The order is told by the commits alone, so it is the same however they were read.
    """
    children = Counter(parent for commit in commits.values() for parent in commit.parents)
    waiting = [(-commits[head].time, head)] if head in commits else []
    while waiting:
        commit = commits[heappop(waiting)[1]]
        yield commit
        for parent in commit.parents:
            children[parent] -= 1
            if not children[parent] and parent in commits:
                heappush(waiting, (-commits[parent].time, parent))
