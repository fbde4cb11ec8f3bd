"""Versions of texts, and what is worked out about them once and for all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .cache import Told
from .git import Blobs
from .merges import before_merge
from .model import Field, File, Prose, Run
from .prose import compare
from .texts import Head, head_of


class Versions:
    """Open from the reading of the log until the pages are written: `close` it then."""

    def __init__(self, content: Path, blobs: Blobs, told: Told) -> None:
        self._content = content
        self._blobs = blobs
        self._told = told
        self._heads = told.all("head")

    def close(self) -> None:
        """End git's process, and keep what was worked out."""
        self._blobs.close()
        self._told.close()

    def read_heads(self, blobs: Iterable[str]) -> None:
        """Have the headers of these versions at hand."""
        missing = [id for id in dict.fromkeys(blobs) if id not in self._heads]
        if missing:
            read = self._blobs.read(missing).items()
            found = {id: " ".join(reversed(head_of(data))) for id, data in read}
            self._heads.update(found)
            self._told.keep("head", found)

    def head(self, file: File, version: str | None) -> Head | None:
        """The header of a version of this file: a blob, or "" for what is not committed. None
        where there is none."""
        if version == "":
            data = self._now(file)
            return None if data is None else head_of(data)
        told = self._heads.get(version or "")
        if told is None:
            return None
        status, _, phase = told.partition(" ")
        return Head(phase, status)

    def written_by_merges(self, merges: Iterable[tuple[tuple[str, ...], str | None]]) -> set[str]:
        """Of these results (the blobs of the sides, and that of the merge), the keys of those that
        say something of their own."""
        asked = {key_of(sides, merged): (sides, merged) for sides, merged in merges}
        told = self._told.some("merge", asked)
        missing = {key: asked[key] for key in asked if key not in told}
        found = {}
        for key, (sides, merged) in missing.items():
            blobs = self._blobs.read([*sides, *filter(None, [merged])])
            found[key] = "own" if _is_own(sides, merged, blobs) else ""
        self._told.keep("merge", found)
        return {key for key, value in {**told, **found}.items() if value}

    def prose(self, files: Iterable[File]) -> dict[File, Prose]:
        """What changed in each of these files."""
        keys = {file: key_of(file.before, file.after) for file in files}
        told = self._told.some("prose", {key for file, key in keys.items() if file.after != ""})
        missing = [file for file, key in keys.items() if key not in told]
        blobs = self._blobs.read(id for file in missing for id in (*file.before, file.after) if id)
        worked_out = {file: self._compare(file, blobs) for file in missing}
        self._told.keep(
            "prose", {keys[f]: _packed(told) for f, told in worked_out.items() if f.after != ""}
        )
        return {f: worked_out.get(f) or _unpacked(told[keys[f]]) for f in keys}

    def _compare(self, file: File, blobs: dict[str, bytes]) -> Prose:
        sides = [blobs[id] for id in file.before if id in blobs]
        after = self._now(file) if file.after == "" else blobs.get(file.after or "")
        before = sides[0] if sides else None
        if len(sides) > 1 and after is not None:
            own = before_merge(sides, after)
            before = before if own is None else own
        return compare(before, after)

    def _now(self, file: File) -> bytes | None:
        try:
            return (self._content / file.path).read_bytes()
        except OSError:
            return None


def key_of(before: Iterable[str], after: str | None) -> str:
    """What tells a comparison from all others."""
    return " ".join([*before, ">", after or "-"])


def _is_own(sides: tuple[str, ...], merged: str | None, blobs: dict[str, bytes]) -> bool:
    known = [blobs[id] for id in sides if id in blobs]
    result = blobs.get(merged or "")
    if result is None or len(known) < 2:
        return True
    return before_merge(known, result) is not None


def _packed(prose: Prose) -> str:
    fields = [[each.name, _plain(each.runs)] for each in prose.fields]
    runs = [_plain(each) for each in prose.paragraphs]
    counts = [prose.came, prose.went, prose.words, prose.left_out]
    return json.dumps([fields, runs, *counts], ensure_ascii=False, separators=(",", ":"))


def _unpacked(packed: str) -> Prose:
    fields, runs, *counts = json.loads(packed)
    told = tuple(Field(name, _runs(plain)) for name, plain in fields)
    return Prose(told, tuple(map(_runs, runs)), *counts)


def _plain(runs: Iterable[Run]) -> list[list[str]]:
    return [[run.kind, run.text] for run in runs]


def _runs(plain: Iterable[list[Any]]) -> tuple[Run, ...]:
    return tuple(Run(*run) for run in plain)
