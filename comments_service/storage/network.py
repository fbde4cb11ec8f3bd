"""Queries across people and opportunities: the directory, the search on the desk, the figures.

`within` is a list of the ids of opportunities, or None for all of them.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from ..domain.discussion import Comment
from ..domain.figures import Said
from ..domain.people import Participant, Person
from ..domain.times import from_text
from . import rows
from .full_text import CLOSES, OPENS, as_query
from .queries import Queries

Within = Sequence[str] | None
MOST_FOUND = 100
_IN_REACH = """person.erased_at IS NULL AND (:within IS NULL OR person.id IN (
    SELECT person_id FROM participant
    WHERE joined_at IS NOT NULL AND opportunity_id IN (SELECT value FROM json_each(:within))
))"""


class NetworkLook(Queries):
    """What can be asked; rows by the dozen, in a handful of queries."""

    def people_within(
        self, within: Within, words: str = "", tag: str = "", *, by_tags: bool = True
    ) -> list[Person]:
        narrower = ""
        if words.strip():
            narrower += """ AND person.rowid IN (
                SELECT rowid FROM person_fts WHERE person_fts MATCH :words)"""
        if tag:
            narrower += " AND EXISTS (SELECT 1 FROM json_each(person.tags) WHERE value = :tag)"
        found = self._all(
            f"SELECT * FROM person WHERE {_IN_REACH}{narrower} ORDER BY name COLLATE names, id",  # noqa: S608
            within=listed(within),
            words=as_query(words) if by_tags else f"{{name know_how}} : ({as_query(words)})",
            tag=tag,
        )
        return [rows.person_from(row) for row in found]

    def tags_within(self, within: Within) -> list[str]:
        found = self._all(
            f"""SELECT DISTINCT one.value AS tag FROM person, json_each(person.tags) AS one
                WHERE {_IN_REACH} ORDER BY tag""",  # noqa: S608
            within=listed(within),
        )
        return [row["tag"] for row in found]

    def parts_within(self, within: Within, person_ids: Sequence[str]) -> list[Participant]:
        found = self._all(
            """SELECT participant.*, person.* FROM participant
               JOIN person ON person.id = participant.person_id
               WHERE person_id IN (SELECT value FROM json_each(:people))
               AND (:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))
               ORDER BY joined_at, opportunity_id, person_id""",
            people=listed(person_ids),
            within=listed(within),
        )
        return [rows.participant_from(row) for row in found]

    def last_heard(self, within: Within, person_ids: Sequence[str]) -> dict[str, datetime]:
        found = self._all(
            """SELECT author_id, max(written_at) AS last FROM comment
               WHERE author_id IN (SELECT value FROM json_each(:people))
               AND (:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))
               GROUP BY author_id""",
            people=listed(person_ids),
            within=listed(within),
        )
        return {row["author_id"]: from_text(row["last"]) for row in found}

    def comments_within(self, within: Within, words: str) -> list[tuple[Comment, str]]:
        found = self._all(
            """SELECT comment.*, snippet(comment_fts, 0, :opens, :closes, '…', 32) AS excerpt
               FROM comment_fts JOIN comment ON comment.rowid = comment_fts.rowid
               WHERE comment_fts MATCH :words
               AND (:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))
               ORDER BY comment_fts.rank, comment.id LIMIT :most""",
            words=as_query(words),
            within=listed(within),
            opens=OPENS,
            closes=CLOSES,
            most=MOST_FOUND,
        )
        return [(rows.comment_from(row), row["excerpt"]) for row in found]

    def latest_by(self, within: Within, person_id: str, limit: int) -> list[Comment]:
        found = self._all(
            """SELECT * FROM comment WHERE author_id = :person AND state != 'withdrawn'
               AND (:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))
               ORDER BY written_at DESC LIMIT :limit""",
            person=person_id,
            within=listed(within),
            limit=limit,
        )
        return [rows.comment_from(row) for row in found]

    def said(self, opportunity_id: str) -> list[Said]:
        found = self._all(
            """SELECT id, author_id, written_at, parent_id, instr(text, '?') > 0 AS asks,
                   introduces IS NOT NULL AS introduces
               FROM comment WHERE opportunity_id = :opportunity AND state = 'published'
               ORDER BY written_at, id""",
            opportunity=opportunity_id,
        )
        return [
            Said(
                row["id"],
                row["author_id"],
                datetime.fromisoformat(row["written_at"]),
                row["parent_id"],
                bool(row["asks"]),
                bool(row["introduces"]),
            )
            for row in found
        ]

    def some_comments(self, ids: Sequence[str]) -> list[Comment]:
        found = self._all(
            """SELECT * FROM comment WHERE id IN (SELECT value FROM json_each(:ids))
               ORDER BY written_at, id""",
            ids=listed(ids),
        )
        return [rows.comment_from(row) for row in found]

    def held_in(self, opportunity_id: str) -> list[Comment]:
        found = self._all(
            """SELECT * FROM comment WHERE state = 'held' AND opportunity_id = :opportunity
               ORDER BY id""",
            opportunity=opportunity_id,
        )
        return [rows.comment_from(row) for row in found]

    def spoken_within(self, within: Within) -> dict[str, tuple[int, datetime]]:
        found = self._all(
            """SELECT opportunity_id, count(*) AS number, max(written_at) AS last FROM comment
               WHERE state = 'published'
               AND (:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))
               GROUP BY opportunity_id""",
            within=listed(within),
        )
        return {
            row["opportunity_id"]: (int(row["number"]), from_text(row["last"])) for row in found
        }

    def exchanges_begun(self, within: Within) -> dict[str, datetime]:
        found = self._all(
            """SELECT one.opportunity_id, min(one.written_at) AS first
               FROM comment AS one JOIN comment AS above ON above.id = one.parent_id
               JOIN participant AS a ON a.opportunity_id = one.opportunity_id
                   AND a.person_id = one.author_id AND a.capacity = 'expert'
               JOIN participant AS b ON b.opportunity_id = one.opportunity_id
                   AND b.person_id = above.author_id AND b.capacity = 'expert'
               WHERE one.state = 'published' AND above.state = 'published'
               AND one.author_id != above.author_id AND (:within IS NULL
                   OR one.opportunity_id IN (SELECT value FROM json_each(:within)))
               GROUP BY one.opportunity_id""",
            within=listed(within),
        )
        return {row["opportunity_id"]: from_text(row["first"]) for row in found}

    def invitations_begun(self, within: Within) -> dict[str, datetime]:
        found = self._all(
            """SELECT opportunity_id, min(sent_at) AS first FROM invitation
               WHERE :within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within))
               GROUP BY opportunity_id""",
            within=listed(within),
        )
        return {row["opportunity_id"]: from_text(row["first"]) for row in found}

    def everybody_within(self, within: Within) -> list[Participant]:
        found = self._all(
            """SELECT participant.*, person.* FROM participant
               JOIN person ON person.id = participant.person_id
               WHERE erased_at IS NULL
               AND (:within IS NULL OR opportunity_id IN (SELECT value FROM json_each(:within)))
               ORDER BY name COLLATE names, person_id, joined_at, opportunity_id""",
            within=listed(within),
        )
        return [rows.participant_from(row) for row in found]


def listed(ids: Within) -> str | None:
    """`ids` as json_each reads them."""
    return None if ids is None else json.dumps(list(ids))
