"""Reading the database of an Isso, which is somebody else's: not trusted, and left as it is."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

BUSY_SECONDS = 5
_LONGEST = 80_000  # bytes of a comment: more are too many anyway
_WAL = (2, 2)  # in the header, where a log beside the file may hold the newest of it


class NoIssoDatabase(Exception):
    """The file cannot be read as one; the message says why."""


@dataclass(frozen=True, slots=True)
class IssoComment:
    """A row of its comments, with the address of the page."""

    id: int
    uri: str
    parent: int
    created: float
    mode: int
    text: str
    author: str
    email: str
    website: str


def isso_comments(path: Path) -> Iterator[IssoComment]:
    """All comments by their numbers. Raises NoIssoDatabase."""
    try:
        with _opened(path) as db:
            _check_tables(db)
            for row in db.execute(_COMMENTS, {"longest": _LONGEST}):
                yield _comment(*row)
    except sqlite3.DatabaseError as problem:
        unlike = "no such column" in str(problem) or "not a database" in str(problem)
        what = "this is no database of Isso" if unlike else "it cannot be read"
        raise NoIssoDatabase(f"{what}: {problem}") from None
    except UnicodeDecodeError:  # what SQLite says of a damaged schema spells what stands there
        raise NoIssoDatabase("it cannot be read: it is damaged") from None
    except OSError as problem:
        raise NoIssoDatabase(f"it cannot be read: {problem.strerror}") from None


_COMMENTS = """
    SELECT c.id, ifnull(CAST(t.uri AS TEXT), ''), CAST(ifnull(parent, 0) AS INTEGER),
           CAST(ifnull(created, 0) AS REAL), CAST(ifnull(mode, 0) AS INTEGER),
           substr(CAST(ifnull(text, '') AS BLOB), 1, :longest),
           substr(CAST(ifnull(author, '') AS TEXT), 1, 1000),
           substr(CAST(ifnull(email, '') AS TEXT), 1, 1000),
           substr(CAST(ifnull(website, '') AS TEXT), 1, 1000)
    FROM main.comments AS c LEFT JOIN main.threads AS t ON t.id = c.tid ORDER BY c.id"""


def _comment(
    id: int, uri: str, parent: int, created: float, mode: int, text: bytes | None, *who: str
) -> IssoComment:
    words = (text or b"").decode("utf-8", "replace")
    return IssoComment(id, uri, parent, created, mode, words, *who)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with _beside_its_log(path) as address, closing(_connected(address)) as db:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA query_only = ON")
        db.text_factory = lambda data: data.decode("utf-8", "replace")
        yield db


def _connected(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)


@contextmanager
def _beside_its_log(path: Path) -> Iterator[str]:
    """How to open it so that nothing is written beside it.

    A log without its index belongs to a copy: SQLite would make the index. A database that keeps a
    log and has none is in use by nobody.
    """
    log, index = path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
    with path.open("rb") as file:
        keeps_log = tuple(file.read(20)[18:20]) == _WAL
    if keeps_log and log.exists() and not index.exists():
        with TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            shutil.copy(path, copy)
            shutil.copy(log, copy.with_name(log.name))
            yield copy.as_uri()
    elif keeps_log and not log.exists():
        yield f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    else:
        yield f"{path.absolute().as_uri()}?mode=ro"


def _check_tables(db: sqlite3.Connection) -> None:
    """A view under these names would be a program of whoever made the file."""
    found = db.execute(
        """SELECT lower(name) FROM main.sqlite_schema
           WHERE type = 'table' AND sql LIKE 'create table%'"""
    )
    missing = {"comments", "threads"} - {name for (name,) in found}
    if missing:
        raise NoIssoDatabase(f"this is no database of Isso: no table {', '.join(sorted(missing))}")
