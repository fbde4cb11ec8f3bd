"""A guest list: a CSV file of people to invite, read whole before anybody is invited."""

from collections.abc import Iterator, Mapping, Sequence

from . import tables
from .actions.invitations import Guest
from .domain.people import Capacity, Status

COLUMNS = ("email", "name", "why", "introduction", "as", "status", "know_how", "language")


class BadList(ValueError):
    """Some lines cannot be read; `problems` has a sentence for each, naming its line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_guests(table: bytes) -> list[tuple[int, Guest]]:
    """Each guest with the line that names them. Raises BadList."""
    guests, problems = [], []
    try:
        for line, cells in _rows(table):
            try:
                if cells is None:
                    raise ValueError(
                        "more cells than columns: put words with a separator in quotes"
                    )
                guests.append((line, guest(cells)))
            except ValueError as problem:
                problems.append(f"line {line}: {problem}")
    except tables.Broken as problem:
        problems.append(f"line {problem.line}: {problem}")
    if problems:
        raise BadList(problems)
    return guests


def _rows(table: bytes) -> Iterator[tuple[int, tables.Cells | None]]:
    try:
        text = tables.text_of(table)
    except tables.NoTable:
        problem = "The file is no text in UTF-8 or windows-1252: save it as CSV in UTF-8."
        raise BadList([problem]) from None
    try:
        return tables.rows_of(text, COLUMNS, needed=["email"])
    except tables.NoTable:
        problem = f"line 1: the columns are {', '.join(COLUMNS)}; email is needed"
        raise BadList([problem]) from None


def guest(row: Mapping[str, str]) -> Guest:
    """The guest that a row describes. Raises ValueError for what is not one of the choices."""
    return Guest(
        name=row.get("name", ""),
        email=row.get("email", ""),
        why=row.get("why", ""),
        introduction=row.get("introduction", ""),
        capacity=Capacity(row.get("as") or "expert"),
        status=Status(row["status"]) if row.get("status") else None,
        know_how=row.get("know_how", ""),
        language=row.get("language", ""),
    )
