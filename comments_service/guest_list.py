"""A guest list: a CSV file of people to invite, read whole before anybody is invited.

Spreadsheets write UTF-8 or windows-1252, and separate by `;` where the comma is for decimals.
"""

import csv
import io
from collections.abc import Mapping, Sequence

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
    reader = _reader(_text(table))
    guests, problems = [], []
    try:
        for row in reader:
            try:
                if None in row:
                    raise ValueError(
                        "more cells than columns: put words with a separator in quotes"
                    )
                guests.append((reader.line_num, guest({k: v or "" for k, v in row.items() if k})))
            except ValueError as problem:
                problems.append(f"line {reader.line_num}: {problem}")
    except csv.Error as problem:
        problems.append(f"line {reader.line_num}: {problem}")
    if problems:
        raise BadList(problems)
    return guests


def _text(table: bytes) -> str:
    for encoding in ("utf-8-sig", "windows-1252"):
        try:
            text = table.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadList(["The file is no text in UTF-8 or windows-1252: save it as CSV in UTF-8."])


def _reader(text: str) -> "csv.DictReader[str]":
    """A reader that stands behind a good first line."""
    first = text.partition("\n")[0]
    separator = max(",", ";", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error as problem:
        raise BadList([f"line 1: {problem}"]) from None
    if "email" not in columns or set(columns) - set(COLUMNS):
        raise BadList([f"line 1: the columns are {', '.join(COLUMNS)}; email is needed"])
    reader.fieldnames = columns
    return reader


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
