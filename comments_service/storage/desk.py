"""Queries for the desk of somebody who leads many opportunities: one for all of them, each time.

`within` is a list of the ids of opportunities, or None for all of them.
"""

from collections.abc import Iterable
from datetime import datetime

from ..domain.letters import NO_LONGER_WANTED
from ..domain.people import RESTORED_DOMAIN, Person
from ..domain.times import to_text
from . import rows
from .network import Within, listed
from .queries import Queries

_WITHIN = "(:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))"


class DeskLook(Queries):
    """What can be asked."""

    def some_people(self, ids: Iterable[str]) -> dict[str, Person]:
        found = self._all(
            "SELECT * FROM person WHERE id IN (SELECT value FROM json_each(:ids))",
            ids=listed(sorted(set(ids))),
        )
        return {row["id"]: rows.person_from(row) for row in found}

    def suggestions_waiting_within(self, within: Within) -> dict[str, int]:
        found = self._all(
            f"""SELECT opportunity_id, count(*) AS number FROM suggestion
                WHERE decided_at IS NULL AND {_WITHIN} GROUP BY opportunity_id""",  # noqa: S608
            within=listed(within),
        )
        return {row["opportunity_id"]: row["number"] for row in found}

    def mail_trouble_within(
        self, within: Within, since: datetime
    ) -> dict[str, tuple[int, int, int]]:
        found = self._all(
            f"""SELECT opportunity_id, sum(unreachable) AS unreachable, sum(given_up) AS given_up,
                    sum(refused) AS refused FROM (
                SELECT opportunity_id, 1 AS unreachable, 0 AS given_up, 0 AS refused FROM (
                    SELECT opportunity_id, person_id FROM participant WHERE left_at IS NULL
                    UNION SELECT opportunity_id, person_id FROM following WHERE ended_at IS NULL)
                JOIN person ON person.id = person_id AND unreachable_at IS NOT NULL
                    AND email NOT LIKE '%@{RESTORED_DOMAIN}'
                UNION ALL SELECT opportunity_id, 0, 1, 0 FROM outbox
                    WHERE sent_at IS NULL AND due_at IS NULL AND created_at >= :since
                    AND coalesce(error, '') != :unwanted
                UNION ALL SELECT opportunity_id, 0, 0, 1 FROM incoming
                    WHERE fate = 'refused' AND received_at >= :since)
                WHERE opportunity_id IS NOT NULL AND {_WITHIN} GROUP BY opportunity_id""",  # noqa: S608
            within=listed(within),
            since=to_text(since),
            unwanted=NO_LONGER_WANTED,
        )
        return {
            row["opportunity_id"]: (row["unreachable"], row["given_up"], row["refused"])
            for row in found
        }

    def news_within(self, within: Within, person_id: str) -> set[str]:
        found = self._all(
            f"""WITH seen AS (
                SELECT opportunity.id AS opportunity_id, coalesce(cursor, 0) AS cursor,
                    coalesce(at, '') AS at
                FROM opportunity LEFT JOIN visit ON opportunity_id = opportunity.id
                    AND person_id = :person)
                SELECT opportunity_id FROM seen WHERE {_WITHIN} AND ({_NEW_COMMENT}
                OR EXISTS (SELECT 1 FROM participant AS one
                    WHERE one.opportunity_id = seen.opportunity_id AND person_id != :person
                    AND max(coalesce(joined_at, ''), coalesce(left_at, '')) > seen.at)
                OR EXISTS (SELECT 1 FROM role AS one
                    WHERE one.opportunity_id = seen.opportunity_id AND person_id != :person
                    AND max(made_at, coalesce(taken_at, ''), coalesce(laid_down_at, '')) > seen.at)
                OR EXISTS (SELECT 1 FROM suggestion AS one
                    WHERE one.opportunity_id = seen.opportunity_id AND made_at > seen.at))""",  # noqa: S608
            within=listed(within),
            person=person_id,
        )
        return {row["opportunity_id"] for row in found}


# As `comments_changed` has it: first shown since, and not brought along with an archive.
_NEW_COMMENT = """EXISTS (SELECT 1 FROM change JOIN comment ON comment.id = change.comment_id
    WHERE change.opportunity_id = seen.opportunity_id AND change.cursor > seen.cursor
    AND state = 'published' AND author_id != :person
    AND NOT EXISTS (SELECT 1 FROM change AS before WHERE before.comment_id = comment.id
        AND before.opportunity_id = seen.opportunity_id AND before.cursor <= seen.cursor)
    AND (door != 'mail' OR EXISTS (SELECT 1 FROM incoming WHERE comment_id = comment.id)))"""
