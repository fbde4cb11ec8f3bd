"""Long lists in sheets: fifty a page, with the way to newer and older ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

ROWS = 50

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """One page of a list, newest first. `name` is what the query calls its number."""

    name: str
    number: int
    rows: Sequence[Row]
    newer: str  # queries that lead there; empty when there is nothing
    older: str


def sheet(name: str, rows: Sequence[Row], size: int = ROWS) -> Sheet[Row]:
    """The sheet of `rows` that this request asks for; the first if it asks for none that is."""
    asked = request.args.get(name, "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    if not 1 <= number <= max(1, -(-len(rows) // size)):
        number = 1
    until = number * size
    newer = _query(name, number - 1) if number > 1 else ""
    older = _query(name, number + 1) if until < len(rows) else ""
    return Sheet(name, number, rows[until - size : until], newer, older)


def _query(name: str, number: int) -> str:
    """This request's query, but for the number of one sheet."""
    return "?" + urlencode(request.args.to_dict() | {name: str(number)})
