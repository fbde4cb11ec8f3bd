"""A change of a text that people rest on, as the site tells of it: what, when, which words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Text(StrEnum):
    """Which text of an opportunity; its updates are told of by themselves."""

    BRIEF = "brief"
    SUMMARY = "summary"
    AGREEMENT = "agreement"


class RunKind(StrEnum):
    """What became of some words: they stayed, came, went, or stayed and are left out."""

    SAME = "same"
    IN = "in"
    OUT = "out"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that share a fate; a space stands between two runs."""

    kind: RunKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChangedText:
    """What one change did to one text. `language` is empty for the opportunity's own.

    `paragraphs` are the first of those that changed, none for a text that is new or was taken
    away; `came` and `went` count all words.
    """

    text: Text
    how: str  # added, changed or removed
    language: str = ""
    came: int = 0
    went: int = 0
    paragraphs: tuple[tuple[Run, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TextChange:
    """One change, of one text or several. `id` is made of what changed, not of the commit: the same
    change in a rewritten history has the same."""

    id: str
    at: datetime
    texts: tuple[ChangedText, ...]
    subject: str  # why, in the words of whoever made it
    authors: tuple[str, ...]
    url: str  # where all of it is read
