"""Queries about what other hosts were asked to build, and what changed since."""

from datetime import datetime

from ..domain.rebuilding import Asked, Waiting
from ..domain.times import from_text, to_text
from .queries import Queries
from .rows import Row


class RebuildingLook(Queries):
    """What can be asked."""

    def rebuild_asked(self, target: str) -> Asked | None:
        row = self._one("SELECT * FROM rebuild WHERE target = :target", target=target)
        return _asked_from(row) if row else None

    def changes_waiting(self, since: int) -> Waiting | None:
        after = "SELECT at FROM change WHERE cursor > :since ORDER BY cursor"
        first = self._one(f"{after} LIMIT 1", since=since)
        last = self._one(f"{after} DESC LIMIT 1", since=since)
        return Waiting(from_text(first["at"]), from_text(last["at"])) if first and last else None

    def slugs_changed(self, since: int, until: int, limit: int) -> list[str]:
        found = self._all(
            """SELECT DISTINCT slug FROM change JOIN opportunity ON opportunity.id = opportunity_id
               WHERE cursor > :since AND cursor <= :until AND NOT gone
               ORDER BY slug LIMIT :limit""",
            since=since,
            until=until,
            limit=limit,
        )
        return [row["slug"] for row in found]


class RebuildingTransaction(RebuildingLook):
    """What can be changed."""

    def note_rebuild_asked(self, asked: Asked) -> None:
        values = {
            "target": asked.target,
            "cursor": asked.cursor,
            "tries": asked.tries,
            "due_at": asked.due and to_text(asked.due),
            "error": asked.error,
            "asked_at": asked.at and to_text(asked.at),
        }
        self._db.execute("DELETE FROM rebuild WHERE target = :target", {"target": asked.target})
        self._insert("rebuild", values)


def _asked_from(row: Row) -> Asked:
    return Asked(
        target=row["target"],
        cursor=row["cursor"],
        tries=row["tries"],
        due=_time(row["due_at"]),
        error=row["error"],
        at=_time(row["asked_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return from_text(text) if text else None
