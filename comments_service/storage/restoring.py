"""What bringing discussions back from an archive asks of an empty database."""

import json
from datetime import datetime

from ..domain.times import to_text
from ..domain.updates import ToldUpdate
from .queries import Queries


class RestoringLook(Queries):
    """What can be asked."""

    def opportunities_restored(self) -> set[str]:
        # Every one that a manifest told of has its row there.
        found = self._all(
            "SELECT id FROM opportunity WHERE id NOT IN (SELECT opportunity_id FROM told_phase)"
        )
        return {row["id"] for row in found}

    def holdings(self) -> tuple[int, int]:
        row = self._one(
            """SELECT (SELECT count(*) FROM comment) AS comments,
                   (SELECT count(*) FROM person WHERE NOT facilitates) AS people"""
        )
        assert row is not None  # noqa: S101 - one row, always
        return row["comments"], row["people"]


class RestoringTransaction(RestoringLook):
    """What can be changed."""

    def put_references_off(self) -> None:
        self._db.execute("PRAGMA defer_foreign_keys = ON")  # SQLite turns it off at the end

    def clear(self, opportunity_id: str) -> None:
        for table in ("participant", "change"):
            self._db.execute(
                f"DELETE FROM {table} WHERE opportunity_id = ?",  # noqa: S608
                [opportunity_id],
            )

    def take_the_place(self, id: str, of: str) -> None:
        referring = self._all(
            """SELECT one.name AS place, key."from" AS named FROM sqlite_master AS one
               JOIN pragma_foreign_key_list(one.name) AS key
               WHERE one.type = 'table' AND key."table" = 'person'"""
        )
        for row in referring:
            table, column = row["place"], row["named"]
            self._db.execute(
                f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?',  # noqa: S608
                [id, of],
            )
        self._db.execute("DELETE FROM person WHERE id = ?", [of])

    def add_change(self, opportunity_id: str, comment_id: str | None, at: datetime) -> None:
        values = {"opportunity_id": opportunity_id, "comment_id": comment_id, "at": to_text(at)}
        self._insert("change", values)

    def restore_update_told(self, opportunity_id: str, told: ToldUpdate, *, heard: bool) -> None:
        values = {
            "opportunity_id": opportunity_id,
            "slug": told.slug,
            "cursor": 0,
            "message_id": told.message_id,
            "title": told.title,
            "dated": told.date,
            "digest": told.digest,
            "former": json.dumps(told.former, ensure_ascii=False),
            "heard": int(heard),
        }
        changes = ", ".join(f"{name} = excluded.{name}" for name in values)
        self._insert("told_update", values, f"ON CONFLICT DO UPDATE SET {changes}")
