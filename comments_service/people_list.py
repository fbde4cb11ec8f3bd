"""A list of people as a file: CSV as spreadsheets write it, or vCards."""

import csv
import io
from collections.abc import Iterable, Iterator

from . import errors, tables, vcard
from .actions.gathering import Row
from .domain.directory import Listed, split_links, split_tags
from .domain.people import Person
from .gettext import N_

COLUMNS = ("name", "email", "know_how", "status", "language", "links", "tags")


def read_people(file: bytes) -> list[Row]:
    """Whom a file lists, by line. Raises Invalid for what is neither CSV nor vCards."""
    text = _text(file)
    if not text.strip():
        raise errors.Invalid(N_("The file is empty, or no file was chosen."), field="list")
    if text.lstrip()[:11].upper() == "BEGIN:VCARD":
        return list(_of_cards(text))
    return list(_of_table(text))


def _text(file: bytes) -> str:
    try:
        return tables.text_of(file)
    except tables.NoTable:
        raise errors.Invalid(
            N_("The file is no text in UTF-8: save it so."), field="list"
        ) from None


def write_table(people: Iterable[Person]) -> str:
    """The people as CSV, with a BOM for spreadsheets; no cell can be read as a formula."""
    into = io.StringIO(newline="")
    into.write("\ufeff")
    writer = csv.writer(into)
    writer.writerow(COLUMNS)
    for person in people:
        email = person.email if person.has_address else ""
        cells = (person.name, email, person.know_how, person.status.value, person.language)
        told = (*cells, " ".join(person.links), ", ".join(person.tags))
        writer.writerow([tables.harmless(cell) for cell in told])
    return into.getvalue()


def _of_cards(text: str) -> Iterator[Row]:
    for card in vcard.read_cards(text):
        if card.outdated:
            refusal = errors.Invalid(
                N_("This is a vCard of version 2.1: export it as version 3.0 or 4.0."), field="list"
            )
            yield Row(card.line, refusal)
        else:
            yield Row(card.line, vcard.listed(card))


def _of_table(text: str) -> Iterator[Row]:
    try:
        for line, cells in _rows(text):
            yield Row(line, _too_many_cells() if cells is None else _listed(cells))
    except tables.Broken as broken:
        refusal = errors.Invalid(N_("From here on this is no CSV."), field="list")
        yield Row(broken.line, refusal)


def _rows(text: str) -> Iterator[tuple[int, tables.Cells | None]]:
    try:
        return tables.rows_of(text, COLUMNS, needed=["name", "email"])
    except tables.NoTable:
        raise errors.Invalid(
            N_("This is no list of people. The columns of a CSV are %(columns)s."),
            field="list",
            columns=", ".join(COLUMNS),
        ) from None


def _too_many_cells() -> errors.Invalid:
    return errors.Invalid(
        N_("More cells than columns: put words with a separator in quotes."), field="list"
    )


def _listed(told: tables.Cells) -> Listed:
    return Listed(
        name=told.get("name", ""),
        email=told.get("email", ""),
        know_how=told.get("know_how", ""),
        status=told.get("status", ""),
        language=told.get("language", ""),
        links=split_links(told.get("links", "")),
        tags=split_tags(told.get("tags", "")),
    )
