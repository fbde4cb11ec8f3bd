"""Reading the database of an Isso: somebody else's, so nothing in it is trusted or changed."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

BUSY_SECONDS = 5


class NoIssoDatabase(Exception):
    """The file cannot be read as one; the message says why."""


@dataclass(frozen=True, slots=True)
class IssoComment:
    """A row of its comments, with the address of the page."""

    id: int
    uri: str
    parent: int | None
    created: float
    mode: int
    text: str | None
    author: str | None
    email: str | None
    website: str | None


def isso_comments(path: Path) -> list[IssoComment]:
    """All comments by their numbers. Raises NoIssoDatabase."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.text_factory = lambda data: data.decode("utf-8", "replace")
            found = db.execute(
                """SELECT comments.id, threads.uri, parent, created, mode, text, author, email,
                          website
                   FROM comments JOIN threads ON threads.id = comments.tid ORDER BY comments.id"""
            )
            return [IssoComment(*row) for row in found]
    except sqlite3.OperationalError as problem:
        if "no such" in str(problem):
            raise NoIssoDatabase(f"this is no database of Isso: {problem}") from None
        raise NoIssoDatabase(f"it cannot be read: {problem}") from None
    except sqlite3.DatabaseError as problem:
        raise NoIssoDatabase(f"this is no database of Isso: {problem}") from None
