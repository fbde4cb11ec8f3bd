"""A list of people as a file: CSV as spreadsheets write it, or vCards."""

import csv
import io
from collections.abc import Iterable, Iterator

from . import errors, vcard
from .actions.gathering import Row
from .domain.directory import Listed, split_links, split_tags
from .domain.people import Person
from .gettext import N_

COLUMNS = ("name", "email", "know_how", "status", "language", "links", "tags")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def read_people(file: bytes) -> list[Row]:
    """Whom a file lists, by line. Raises Invalid for what is neither CSV nor vCards."""
    text = _text(file)
    if not text.strip():
        raise errors.Invalid(N_("The file is empty, or no file was chosen."), field="list")
    if text.lstrip()[:11].upper() == "BEGIN:VCARD":
        return list(_of_cards(text))
    return list(_of_table(text))


def _text(file: bytes) -> str:
    for encoding in ("utf-8-sig", "windows-1252"):  # as older spreadsheets save
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise errors.Invalid(N_("The file is no text in UTF-8: save it so."), field="list")


def write_table(people: Iterable[Person]) -> str:
    """The people as CSV, with a BOM for spreadsheets; no cell can be read as a formula."""
    into = io.StringIO(newline="")
    into.write("\ufeff")
    writer = csv.writer(into)
    writer.writerow(COLUMNS)
    for person in people:
        cells = (person.name, person.email, person.know_how, person.status.value, person.language)
        told = (*cells, " ".join(person.links), ", ".join(person.tags))
        writer.writerow([_harmless(cell) for cell in told])
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
    reader = _reader(text)
    try:
        for cells in reader:
            if None in cells:
                yield Row(
                    reader.line_num,
                    errors.Invalid(
                        N_("More cells than columns: put words with a separator in quotes."),
                        field="list",
                    ),
                )
            elif any(cells.values()):
                told = {name: _as_typed(cell or "") for name, cell in cells.items()}
                yield Row(reader.line_num, _listed(told))
    except csv.Error:
        refusal = errors.Invalid(N_("From here on this is no CSV."), field="list")
        yield Row(reader.reader.line_num, refusal)  # where it stopped


def _reader(text: str) -> "csv.DictReader[str]":
    """A reader that stands behind a good first line. Raises Invalid."""
    first = text.partition("\n")[0]
    separator = max(",", ";", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error:
        columns = []
    if not {"name", "email"} <= set(columns) or set(columns) - set(COLUMNS):
        raise errors.Invalid(
            N_("This is no list of people. The columns of a CSV are %(columns)s."),
            field="list",
            columns=", ".join(COLUMNS),
        )
    reader.fieldnames = columns
    return reader


def _listed(told: dict[str, str]) -> Listed:
    return Listed(
        name=told.get("name", ""),
        email=told.get("email", ""),
        know_how=told.get("know_how", ""),
        status=told.get("status", ""),
        language=told.get("language", ""),
        links=split_links(told.get("links", "")),
        tags=split_tags(told.get("tags", "")),
    )


def _harmless(cell: str) -> str:
    """What a spreadsheet would compute gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _as_typed(cell: str) -> str:
    """The same without it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
