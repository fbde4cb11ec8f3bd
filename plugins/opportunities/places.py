"""Which file of an opportunity's folder is what, told by its path alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from babel.localedata import exists as is_known_language

Kind = Literal["brief", "update", "summary", "agreement"]
_TEXTS: dict[str, Kind] = {"brief": "brief", "summary": "summary", "agreement": "agreement"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands. `path` and `folder` are relative to the content folder, with slashes;
    `name` is the file's name without its language and ending."""

    path: str
    folder: str
    kind: Kind
    name: str
    language: str | None

    @property
    def folder_name(self) -> str:
        return self.folder.rpartition("/")[2]


def place_of(path: str, roots: Iterable[str]) -> Place | None:
    """Place of the file at `path` (relative, with slashes), or None when it belongs to no
    opportunity below one of `roots` ("" is the content folder itself)."""
    parent, _, file_name = path.rpartition("/")
    folder, _, last = parent.rpartition("/")
    if not file_name.endswith(".md"):
        return None
    name, language = _name_and_language(file_name.removesuffix(".md"))
    kind: Kind | None = "update" if last == "updates" else _TEXTS.get(name)
    home = folder if kind == "update" else parent
    if kind is None or not any(is_below(home, root) for root in roots):
        return None
    return Place(path, home, kind, name, language)


def is_below(path: str, root: str) -> bool:
    """Whether `path` stands somewhere inside the folder `root`, and is not that folder."""
    return bool(path) if root in ("", ".") else path.startswith(root.rstrip("/") + "/")


def is_language(code: str) -> bool:
    """Whether `code` is a language that Babel knows, such as "fr" or "pt-br"."""
    return bool(_LANGUAGE.fullmatch(code)) and is_known_language(code.replace("-", "_"))


def _name_and_language(stem: str) -> tuple[str, str | None]:
    name, dot, code = stem.rpartition(".")
    # "notes.v2" and "notes.old" are names: only a language that exists makes a translation.
    return (name, code.lower()) if dot and is_language(code) else (stem, None)
