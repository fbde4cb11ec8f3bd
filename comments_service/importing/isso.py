"""Isso's database: https://isso-comments.de/docs/ (SQLite; comments are markdown)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..domain.archive import Skip
from ..storage.isso import IssoComment, NoIssoDatabase, isso_comments
from .found import BadExport, Found

# 1 accepted, 2 waits for a moderator, 4 deleted while answers to it stand.
_FATES = {1: None, 2: Skip.NOT_PUBLISHED, 4: Skip.DELETED}


def read(path: Path) -> Iterator[Found]:
    """Every comment, by its number. Raises BadExport."""
    try:
        for row in isso_comments(path):
            yield _comment(row)
    except NoIssoDatabase as problem:
        raise BadExport(str(problem)) from None


def _comment(row: IssoComment) -> Found:
    return Found(
        system="isso",
        id=str(row.id),
        page=row.uri,
        names=(),
        name=row.author,
        written=_moment(row.created),
        text=row.text,
        parent=str(row.parent) if row.parent else None,
        email=row.email,
        author=f"{row.author}\x1f{row.website}" if row.author else "",
        skip=_FATES.get(row.mode, Skip.NOT_PUBLISHED),
    )


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
