"""Tables as spreadsheets write and read them: CSV, in UTF-8 or windows-1252, separated by `;` where
the comma is for decimals; and no cell is a formula.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cells = Mapping[str, str]


class NoTable(ValueError):
    """A file that is no text, or whose first line names other columns."""


class Broken(ValueError):
    """The file is no CSV from `line` on."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


def text_of(file: bytes) -> str:
    """What a file says. Raises NoTable for what is no text."""
    for encoding in ("utf-8-sig", "windows-1252"):  # the second as older spreadsheets save
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NoTable


def rows_of(
    text: str, columns: Collection[str], needed: Collection[str]
) -> Iterator[tuple[int, Cells | None]]:
    """Each row that is not empty by the names of its columns, with its last line; None for a row
    of more cells than columns.

    Raises NoTable at once, and Broken on the way.
    """
    first = text.partition("\n")[0]
    separator = max(",", ";", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error:
        names = []
    if not set(needed) <= set(names) <= set(columns):
        raise NoTable
    reader.fieldnames = names
    return _rows(reader)


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Cells | None]]:
    try:
        for cells in reader:
            if None in cells:
                yield reader.line_num, None
            elif any(cells.values()):
                told = {name: as_typed(cell or "") for name, cell in cells.items()}
                yield reader.line_num, told
    except csv.Error as problem:
        raise Broken(reader.reader.line_num, str(problem)) from None  # where it stopped


def harmless(cell: str) -> str:
    """What a spreadsheet would compute gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_typed(cell: str) -> str:
    """The same without it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
