"""Which text a file is, and the parts of a text that a reader would tell apart."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from .model import Kind

_TEXTS: dict[str, Kind] = {"brief": "brief", "summary": "summary", "agreement": "agreement"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?", re.IGNORECASE)
_FIELD = re.compile(r"^ {0,3}([A-Za-z0-9_-]+):\s*(.*)")
_MORE = re.compile(r"^ {4,}(.*)")
_FENCE = re.compile(r"^-{3}(\s.*)?$")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d[-_ ]*")
_OWN_BLOCK = re.compile(r"^\s*([-*+]|\d+[.)]|#{1,6}|>|\|)\s*\S")


_STATUS = re.compile(  # in reStructuredText and HTML
    rb"""^:status:\s*(\w+)|<meta\s+name=["']status["']\s+content=["'](\w+)""", re.I | re.M
)
_HEAD = 10_000


class Named(NamedTuple):
    """What a file's name says of it."""

    kind: Kind
    language: str | None
    title: str


def named(path: str) -> Named | None:
    """What the file at `path`, from the folder of its opportunity on, is; None for what is no text
    of an opportunity."""
    folder, _, name = path.rpartition("/")
    if not name.endswith(".md"):
        return None
    stem = name.removesuffix(".md")
    before, dot, code = stem.rpartition(".")
    language = code.lower() if dot and _LANGUAGE.fullmatch(code) else None
    stem = before if language else stem
    if folder == "updates":
        return Named("update", language, _DAY.sub("", stem).replace("-", " ") or stem)
    kind = None if folder else _TEXTS.get(stem)
    return Named(kind, language, "") if kind else None


def split(data: bytes) -> tuple[dict[str, str], str]:
    """The header's fields, by their names as they were written, and what stands below it."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    fields: dict[str, str] = {}
    name, at = "", 0
    for at, line in enumerate(lines):
        if at == 0 and _FENCE.match(line):
            continue
        if found := _FIELD.match(line):
            name, value = found[1], found[2]
        elif name and (found := _MORE.match(line)):
            value = found[1]
        else:
            at += not line.strip() or bool(_FENCE.match(line))
            break
        fields[name] = f"{fields.get(name, '')} {value.strip()}".strip()
    else:
        at = len(lines)
    return fields, "\n".join(lines[at:])


class Head(NamedTuple):
    """Two fields of a header, in lower case; "" for one that is not there."""

    phase: str
    status: str


def head_of(data: bytes) -> Head:
    """The phase and the status that the header of a text names, whatever markup it is in."""
    fields = {name.lower(): value.lower() for name, value in split(data)[0].items()}
    status = fields.get("status", "")
    if not fields and (found := _STATUS.search(data[:_HEAD])):
        status = (found[1] or found[2]).decode().lower()
    return Head(fields.get("phase", ""), status)


def blocks(text: str) -> Iterator[str]:
    """Paragraphs, headings, items and rows, each on one line: where lines end changes nothing."""
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        words = line.split()
        if block and (not words or _OWN_BLOCK.match(line)):
            yield " ".join(block)
            block = []
        block.extend(words)
        if block and block[0].startswith("#") and len(block[0].strip("#")) == 0:
            yield " ".join(block)
            block = []


class Folder:
    """The texts that one page shows: those of the folder of an opportunity, or one file alone.

    Paths are relative to the content folder, with slashes. `titles` are those of the updates that
    are there now, by path.
    """

    def __init__(self, article: Any) -> None:
        self.path = str(article.get_relative_source_path()).replace(os.sep, "/")
        self.is_opportunity = hasattr(article, "opportunity")
        self.key = self.path.rpartition("/")[0] + "/" if self.is_opportunity else self.path
        self.titles: dict[str, str] = {}

    def file(self, path: str) -> Named | None:
        """What the file at `path` is here."""
        if not self.is_opportunity:
            return Named("text", None, "") if path == self.path else None
        if not path.startswith(self.key):
            return None
        found = named(path[len(self.key) :])
        return found._replace(title=self.titles.get(path, found.title)) if found else None


def keys_of(path: str) -> tuple[str, ...]:
    """The keys of the folders that may show the file at `path`."""
    folder = path.rpartition("/")[0]
    return (path, f"{folder}/", f"{folder.rpartition('/')[0]}/")


def phase_file(folder: Folder, paths: Collection[str]) -> str:
    """The brief whose phase counts: the one without a language in its name, where there is one."""
    first = f"{folder.key}brief.md"
    return first if first in paths else folder.path
