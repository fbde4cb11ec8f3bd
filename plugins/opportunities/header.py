"""Reading the header of a markdown file with the line of each field; no file is opened here.

The grammar is that of Python-Markdown's "meta" extension, which Pelican reads these files with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Found one by one, because the text after the header need not be cut into lines.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_FIELD = re.compile(r"^ {0,3}([A-Za-z0-9_-]+):\s*(.*)")
_MORE = re.compile(r"^ {4,}(.*)")
_BEGIN = re.compile(r"^-{3}(\s.*)?")
_END = re.compile(r"^(-{3}|\.{3})(\s.*)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that a person has to mend. Lines count from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Field:
    """A field's line, and its values: several when it goes on over lines or is given again."""

    line: int
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.values).strip()


Header = Mapping[str, Field]


def parse_header(text: str) -> dict[str, Field]:
    """Fields by lower-case name, up to the first blank line of `text`."""
    return _split(text)[0]


def body_of(text: str) -> str:
    """The markdown below the header."""
    return text[_split(text)[1] :].strip()


def _split(text: str) -> tuple[dict[str, Field], int]:
    """The fields, and where the line begins that ends them."""
    fields: dict[str, Field] = {}
    name, end = "", len(text)
    for number, found_line in enumerate(_LINE.finditer(text), start=1):
        line, end = found_line[0], found_line.start()
        if number == 1 and _BEGIN.match(line):
            continue
        if not line.strip() or _END.match(line):
            end = found_line.end()
            break
        if found := _FIELD.match(line):
            name, value = found[1].lower(), found[2]
        elif name and (found := _MORE.match(line)):
            value = found[1]
        else:
            break
        before = fields.get(name)
        values = (*before.values, value.strip()) if before else (value.strip(),)
        fields[name] = Field(before.line if before else number, values)
    return fields, end


def list_of(text: str) -> list[str]:
    """Items of a list separated by commas or, if there is one, semicolons (as Pelican's tags)."""
    separator = ";" if ";" in text else ","
    return [item.strip() for item in text.split(separator) if item.strip()]
