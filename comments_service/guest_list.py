"""A guest list: a CSV file of people to invite, read whole before anybody is invited."""

import csv
from collections.abc import Mapping, Sequence
from typing import TextIO

from .actions.invitations import Guest
from .domain.people import Capacity, Status

COLUMNS = ("email", "name", "why", "introduction", "as", "status", "know_how", "language")


class BadList(ValueError):
    """Some lines cannot be read; `problems` has a sentence for each, naming its line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_guests(file: TextIO) -> list[tuple[int, Guest]]:
    """Each guest with the line that names them. Raises BadList."""
    reader = csv.DictReader(file, strict=True)
    columns = set(reader.fieldnames or ())
    if "email" not in columns or columns - set(COLUMNS):
        raise BadList([f"line 1: the columns are {', '.join(COLUMNS)}; email is needed"])
    guests, problems = [], []
    try:
        for row in reader:
            try:
                guests.append((reader.line_num, guest({k: v or "" for k, v in row.items() if k})))
            except ValueError as problem:
                problems.append(f"line {reader.line_num}: {problem}")
    except csv.Error as problem:
        problems.append(f"line {reader.line_num}: {problem}")
    if problems:
        raise BadList(problems)
    return guests


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
