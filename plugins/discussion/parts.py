"""A summary and an agreement in their parts; plain data, which `points` makes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

KINDS = ("agreed", "open", "aside")


@dataclass(frozen=True, slots=True)
class Part:
    """A point or a clause. `html` is marked; `words` are its first words, to be found again.

    A point that begins with bold words has them as `lead`, and what follows as `rest`.
    """

    kind: str  # one of KINDS, or "clause"
    number: str
    heading: str
    anchor: str
    html: str
    words: str
    cites: tuple[str, ...]
    is_standard: bool
    lead: str = ""
    rest: str = ""

    @property
    def is_grounded(self) -> bool:
        """Whether it cites something or says that it is standard."""
        return bool(self.cites) or self.is_standard


@dataclass(frozen=True, slots=True)
class Loose:
    """Words in a section that are no item of its lists, and whether they rest on anything."""

    words: str
    is_grounded: bool


@dataclass(slots=True)
class Section:
    """Points of one kind, under the author's own heading; `notes` is what else stands there.
    `said` is both, in order."""

    kind: str
    heading: str
    said: list[Part | Loose] = field(default_factory=list)
    notes: str = ""

    @property
    def points(self) -> list[Part]:
        return [each for each in self.said if isinstance(each, Part)]


@dataclass(slots=True)
class Parts:
    """A text in parts: what stands before them, the sections or the clauses, and what follows.

    What is before or after rests on nothing and is part of nothing. `unknown` are a summary's
    headings that hold a list and say of no kind what its items are; `first` are its words.
    """

    before: str = ""
    sections: list[Section] = field(default_factory=list)
    clauses: list[Part] = field(default_factory=list)
    after: str = ""
    unknown: list[str] = field(default_factory=list)
    first: str = ""

    @property
    def all(self) -> Iterator[Part]:
        """Points and clauses, in order."""
        for section in self.sections:
            yield from section.points
        yield from self.clauses

    @property
    def ungrounded(self) -> Iterator[tuple[Section | None, Part | Loose]]:
        """What must rest on something and does not, in order, with its section."""
        for section in self.sections:
            if section.kind == "agreed":
                yield from ((section, each) for each in section.said if not each.is_grounded)
        yield from ((None, clause) for clause in self.clauses if not clause.is_grounded)
