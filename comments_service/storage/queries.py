"""What every query stands on: a connection, one row or all of them, an insertion, a change."""

import sqlite3
from typing import Any

from sqlite_utils import Database

from . import rows


class Queries:
    """Runs SQL with named parameters. Tables and columns are ours, never anybody's words."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def _one(self, sql: str, **values: Any) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def _all(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def _insert(self, table: str, values: rows.Values, rest: str = "") -> int:
        return self._db.execute(f"{insertion(table, values)} {rest}", values).lastrowid or 0

    def _update(self, table: str, values: rows.Values, where: str) -> None:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        self._db.execute(f"UPDATE {table} SET {changes} WHERE {where}", values)  # noqa: S608


def insertion(table: str, values: rows.Values) -> str:
    """The statement that puts in a row of these values."""
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    return f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
