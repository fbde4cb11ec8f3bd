"""Queries about what came after a page was built: by the time of a change."""

from datetime import datetime

from ..domain.discussion import Comment
from ..domain.times import from_text, to_text
from . import rows
from .queries import Queries


class NewerLook(Queries):
    """What can be asked."""

    def changed(self, opportunity_id: str, until: int | None = None) -> datetime | None:
        row = self._one(
            """SELECT at FROM change WHERE opportunity_id = :opportunity
               AND (:until IS NULL OR cursor <= :until) ORDER BY cursor DESC LIMIT 1""",
            opportunity=opportunity_id,
            until=until,
        )
        return from_text(row["at"]) if row else None

    def comments_changed_after(
        self, opportunity_id: str, than: datetime | None, limit: int
    ) -> list[tuple[datetime, Comment]]:
        found = self._all(
            """SELECT comment.*, max(change.at) AS changed_at
               FROM change JOIN comment ON comment.id = change.comment_id
               WHERE change.opportunity_id = :opportunity AND change.at > :than
               AND comment.state IN ('published', 'hidden', 'withdrawn')
               GROUP BY comment.id ORDER BY changed_at LIMIT :limit""",
            opportunity=opportunity_id,
            than=to_text(than) if than else "",
            limit=limit,
        )
        return [(from_text(row["changed_at"]), rows.comment_from(row)) for row in found]
