"""What need not be asked or worked out twice: the log up to a commit, and what is told of versions.

Both files may be deleted at any time; a file that cannot be used is made anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from .git import Repository

logger = logging.getLogger(__name__)

FORMAT = 1
_AT_A_TIME = 2_000


def log_of(repository: Repository, folder: Path) -> bytes:
    """The whole log. What was read before is kept in `folder`, and only newer commits are read,
    unless history was rewritten or a shallow clone was deepened: then all is read anew."""
    path = folder / "history.log"
    known, log = _load(path)
    if not log or known.get("place") != _place(repository):
        known = {}
    before = str(known.get("head", ""))
    if before == repository.head:
        return log
    if before and repository.descends_from(before):
        newer = repository.log(after=before)
        log = newer + b"\0" + log if newer else log
    else:
        log = repository.log()
    _save(path, {"head": repository.head, "place": _place(repository)}, log)
    return log


def _place(repository: Repository) -> list[str]:
    where = os.fsencode(repository.folder) + b"\0" + repository.prefix
    return [hashlib.sha256(where).hexdigest(), *sorted(repository.cut)]


def _load(path: Path) -> tuple[dict[str, object], bytes]:
    try:
        first, _, log = path.read_bytes().partition(b"\n")
        known = json.loads(first)
        if known["format"] == FORMAT and known["sum"] == hashlib.sha256(log).hexdigest():
            return known, log
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.debug("The kept history is read anew: %s", error)
    return {}, b""


def _save(path: Path, known: Mapping[str, object], log: bytes) -> None:
    head = {**known, "format": FORMAT, "sum": hashlib.sha256(log).hexdigest()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".history.", dir=path.parent)
        try:
            with open(handle, "wb") as file:
                file.write(json.dumps(head).encode() + b"\n" + log)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        logger.warning("The history cannot be kept in %s (%s)", path.parent, error)


class Told:
    """What was worked out about versions, by their blobs: always the same, so never wrong."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"history.{FORMAT}.sqlite"
        self._database = self._open()
        self._new: list[tuple[str, str, str]] = []

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return _database(str(self._path))
        except (sqlite3.Error, OSError) as error:
            logger.debug("What was told of versions is worked out anew: %s", error)
            with suppress(OSError, sqlite3.Error):
                self._path.unlink(missing_ok=True)
                return _database(str(self._path))
            return _database(":memory:")

    def all(self, kind: str) -> dict[str, str]:
        """Everything of one kind."""
        rows = self._database.execute("select key, value from told where kind = ?", (kind,))
        return dict(rows)

    def some(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """What is known of these."""
        ask = "select value from told where kind = ? and key = ?"
        rows = ((key, self._database.execute(ask, (kind, key)).fetchone()) for key in keys)
        return {key: row[0] for key, row in rows if row}

    def keep(self, kind: str, values: Mapping[str, str]) -> None:
        """Add these; from time to time they are written, and last by `close`."""
        self._new.extend((kind, key, value) for key, value in values.items())
        if len(self._new) >= _AT_A_TIME:
            self._write()

    def _write(self) -> None:
        # Short transactions: another builder may be at it too. What it keeps us from writing, and
        # what a full disk has no room for, will be worked out again.
        with suppress(sqlite3.Error), self._database:
            self._database.executemany("insert or replace into told values (?, ?, ?)", self._new)
        self._new.clear()

    def close(self) -> None:
        """Write what was added, and be done."""
        self._write()
        self._database.close()


def _database(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5)
    try:
        database.execute(
            "create table if not exists told (kind text not null, key text not null, "
            "value text not null, primary key (kind, key)) strict, without rowid"
        )
        (pages,), (size,) = (
            database.execute(f"pragma {name}").fetchone() for name in ("page_count", "page_size")
        )
        whole = path == ":memory:" or os.path.getsize(path) == pages * size
        if not whole or database.execute("pragma quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("it is damaged")
    except sqlite3.Error:
        database.close()
        raise
    return database
