"""The discussions as last heard from the service, kept in a folder between builds.

One file for each discussion and a head with the service's id and the cursor; each carries the
sha256 of what it holds. The head is written last: after a crash between the two an older cursor
stands over newer discussions, and merging what came since is harmless. Several processes may share
the folder (a builder and the one that will follow it): saving is done under a lock and never takes
the cursor back.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from urllib.parse import quote, unquote

from .document import Answer, RawDiscussion, merged
from .errors import RefusedSnapshot
from .files import replace

FORMAT = "emergence-snapshot/1"
_OPENING = b'{"format":"' + FORMAT.encode() + b'","sha256":"'
_MIDDLE = b'","body":'
_BODY_AT = len(_OPENING) + 64 + len(_MIDDLE)


@dataclass(frozen=True, slots=True)
class Head:
    """Whose discussions these are, up to which change, and how many files there must be."""

    service: str
    cursor: int
    discussions: int


class Snapshot:
    """All discussions of one service up to one cursor, in memory as JSON, and the folder of them.

    Changes are in memory until `save`.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.service = ""
        self.cursor = 0
        self._kept: dict[str, bytes] = {}
        self._changed: dict[str, RawDiscussion] = {}
        self._base = 0  # what the folder held when we last read or wrote it
        self._anew = False

    def load(self) -> None:
        """Read the folder. Raises RefusedSnapshot, and then stays empty, if any of it is unsound.

        An absent folder is an empty snapshot.
        """
        head = _read_head(self.folder)
        if head is None:
            return
        kept = dict(_read_discussions(self.folder, head.service))
        if len(kept) < head.discussions:
            raise RefusedSnapshot(f"{head.discussions - len(kept)} discussions are missing")
        self._kept = kept
        self.service, self.cursor = head.service, head.cursor
        self._base = head.cursor

    def slugs(self) -> list[str]:
        """The slugs of all discussions, sorted."""
        return sorted(self._kept.keys() | self._changed.keys())

    def get(self, slug: str) -> RawDiscussion | None:
        """The discussion of that slug, or None."""
        if slug in self._changed:
            return self._changed[slug]
        if slug not in self._kept:
            return None
        raw: RawDiscussion = json.loads(self._kept[slug])["discussion"]
        return raw

    def merge(self, answer: Answer) -> set[str]:
        """Take in what changed; gives the slugs of it. The answer must be of this service."""
        for news in answer.discussions:
            slug = news["slug"]
            self._changed[slug] = merged(self.get(slug), news)
        self.service, self.cursor = answer.service, answer.cursor
        return {news["slug"] for news in answer.discussions}

    def begin_anew(self, answers: Iterable[Answer]) -> set[str]:
        """Take in everything, fetched from cursor 0; gives the slugs of what differs."""
        before = {slug: self.get(slug) for slug in self.slugs()}
        self._kept, self._changed, self._anew = {}, {}, True
        for answer in answers:
            self.merge(answer)
        slugs = before.keys() | self._changed.keys()
        return {slug for slug in slugs if before.get(slug) != self._changed.get(slug)}

    def save(self) -> None:
        """Write what changed. Does nothing when the folder is at this cursor already, or past it.

        A crash loses at most what the service will tell again, so nothing waits for the disk.
        """
        news = {slug: self._body(raw) for slug, raw in self._changed.items()}
        self._kept.update(news)
        self._changed = {}
        if not self.service:
            return
        os.makedirs(os.path.join(self.folder, "discussions"), exist_ok=True)
        whole, self._anew = self._anew, True  # until it is done: a full disk may stop us halfway
        with _lock(self.folder):
            head = _head_or_none(self.folder)
            if head is None or whole or not self._completes(head):
                _empty(self.folder)
                self._write(self._kept, _put)
            elif head.cursor < self.cursor:
                self._write(news, replace)
        self._anew, self._base = False, self.cursor

    def _completes(self, head: Head) -> bool:
        """Whether what changed since we last read the folder is all that it may lack."""
        return head.service == self.service and head.cursor >= self._base

    def _write(self, news: dict[str, bytes], write: Callable[[str, bytes], None]) -> None:
        for slug, body in news.items():
            write(_path(self.folder, slug), _sealed(body))
        head = Head(self.service, self.cursor, len(self._kept))
        replace(os.path.join(self.folder, "head.json"), _sealed(json.dumps(asdict(head)).encode()))

    def _body(self, raw: RawDiscussion) -> bytes:
        whole = {"service": self.service, "discussion": raw}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def discard(folder: str) -> None:
    """Take the head away, so that nobody reads the rest."""
    if os.path.isdir(folder):
        with _lock(folder):
            _empty(folder)


def _path(folder: str, slug: str) -> str:
    name = quote(slug, safe="").replace(".", "%2E")  # nor does a leading dot hide a file
    return os.path.join(folder, "discussions", f"{name}.json")


def _put(path: str, content: bytes) -> None:
    """Write where nobody reads yet, for want of a head."""
    with open(path, "wb") as file:
        file.write(content)


def _sealed(body: bytes) -> bytes:
    digest = hashlib.sha256(body).hexdigest().encode()
    return _OPENING + digest + _MIDDLE + body + b"}\n"


def _unsealed(path: str) -> bytes:
    with open(path, "rb") as file:
        content = file.read()
    name = os.path.basename(path)
    if not content.startswith(_OPENING):
        raise RefusedSnapshot(f"{name} is not of format {FORMAT}")
    digest = content[len(_OPENING) : len(_OPENING) + 64]
    body = content[_BODY_AT:-2]
    if hashlib.sha256(body).hexdigest().encode() != digest or content[-2:] != b"}\n":
        raise RefusedSnapshot(f"{name} is truncated or was changed")
    return body


def _read_head(folder: str) -> Head | None:
    try:
        body = json.loads(_unsealed(os.path.join(folder, "head.json")))
        return Head(**body)
    except FileNotFoundError:
        return None
    except TypeError:
        raise RefusedSnapshot("head.json has other fields than expected") from None


def _head_or_none(folder: str) -> Head | None:
    try:
        return _read_head(folder)
    except RefusedSnapshot:
        return None


def _read_discussions(folder: str, service: str) -> Iterator[tuple[str, bytes]]:
    inside = os.path.join(folder, "discussions")
    if not os.path.isdir(inside):
        return
    # What this plugin writes begins with the service's id, so a foreign file shows at once.
    ours = f'{{"service":{json.dumps(service, ensure_ascii=False)},'.encode()
    for name in os.listdir(inside):
        if name.startswith(".") or not name.endswith(".json"):
            continue  # a temporary file of a process that died
        body = _unsealed(os.path.join(inside, name))
        if not body.startswith(ours):
            raise RefusedSnapshot(f"{name} comes from another service")
        yield unquote(name.removesuffix(".json")), body


def _empty(folder: str) -> None:
    # The head first: without it, what is left of the rest is read by nobody.
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(folder, "head.json"))
    inside = os.path.join(folder, "discussions")
    if os.path.isdir(inside):
        for name in os.listdir(inside):
            os.unlink(os.path.join(inside, name))


@contextmanager
def _lock(folder: str) -> Iterator[None]:
    with open(os.path.join(folder, "lock"), "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
        yield
