"""What templates and other plugins get to see of a text's history. Plain data; nothing is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

How = Literal["added", "changed", "renamed", "removed"]
Kind = Literal["brief", "summary", "agreement", "update", "text"]


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """`phase` began on `date`, after the phase `before` (None: there was none before)."""

    phase: str
    date: datetime | None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One file of a change. `title` is an update's, as it is called now; `name` is what the file is
    called now, `former` what it was called until a change that renamed it, both without what their
    paths have in common. `before` are the blobs of the versions before: none for a new file,
    several for what a merge wrote by itself; `after` is the blob of this version, "" for one that
    is not committed and None for a file that was taken away.
    """

    kind: Kind
    how: How
    path: str
    language: str | None = None
    title: str = ""
    name: str = ""
    former: str = ""
    before: tuple[str, ...] = ()
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One commit, as far as it changed the texts of one page.

    `authors` are names, never addresses: who wrote it and then who wrote with them, as .mailmap
    has them. What is not committed yet has no `hash`, no `date` and nobody as its author.
    """

    files: tuple[File, ...]
    hash: str = ""
    date: datetime | None = None
    authors: tuple[str, ...] = ()
    subject: str = ""
    is_merge: bool = False
    phase_change: PhaseChange | None = None

    @property
    def short(self) -> str:
        return self.hash[:10]

    @property
    def anchor(self) -> str:
        """Its place on the page of the history; it stays when other changes come."""
        return f"v-{self.short}" if self.hash else "v-now"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are the same in both versions, came in or went out; "gap" stands for words that
    are the same and are left out."""

    kind: Literal["same", "in", "out", "gap"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a header that changed, by the word."""

    name: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """What changed in one text. `paragraphs` are the changed ones, or of a new text nothing;
    `words` counts all words of the version after, `left_out` the changed ones that are not shown
    because they are too many."""

    fields: tuple[Field, ...] = ()
    paragraphs: tuple[tuple[Run, ...], ...] = ()
    came: int = 0
    went: int = 0
    words: int = 0
    left_out: int = 0
