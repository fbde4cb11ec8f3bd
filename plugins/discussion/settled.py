"""What the theme is given of a summary and of an agreement: points and clauses whose citations it
writes itself, with a macro `cite(citation, words)`, and who stands by which version."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from .citations import fill
from .document import RawDiscussion, RawRereading, moment
from .model import Discussion, Person
from .parts import Part, Parts
from .team import by_name

Cite = Callable[["Citation", Markup], object]


@dataclass(frozen=True, slots=True)
class Citation:
    """A comment that is cited. `state` is "published", "withdrawn", "hidden", or "unknown" where
    the service was never heard; only what is published has its author. `number` is its note's."""

    id: str
    state: str
    author: Person | None
    written: datetime | None
    number: int

    @property
    def permalink(self) -> str:
        """Its place on the page of its opportunity."""
        return f"#c-{self.id}"


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a text with all that they cite; links within the site are made good when they
    are written."""

    text: Any
    citations: Mapping[str, Citation]

    def write(self, html: str, cite: Cite) -> Markup:
        """The HTML with each citation as `cite` writes it."""

        def written(id: str, words: str) -> str:
            return str(escape(cite(self.citations[id], Markup(words))))  # noqa: S704 - from git

        filled = fill(html, written)
        return Markup(self.text._update_content(filled, self.text.get_siteurl()))  # noqa: S704


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A point or a clause as it is shown."""

    part: Part
    words: Words = field(repr=False)

    @property
    def number(self) -> str:
        """Which it is among its like; a clause's may be its author's own, such as 2.1."""
        return self.part.number

    @property
    def heading(self) -> str:
        """A clause's heading without its number, or the first words of a point."""
        return self.part.heading

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return self.part.anchor

    def html(self, cite: Cite) -> Markup:
        """Its words, with each citation as `cite` writes it."""
        return self.words.write(self.part.html, cite)

    def lead(self, cite: Cite) -> Markup:
        """The bold words that a point begins with; empty where there are none."""
        return self.words.write(self.part.lead, cite)

    def rest(self, cite: Cite) -> Markup:
        """What follows them."""
        return self.words.write(self.part.rest, cite)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Points of one `kind` ("agreed", "open" or "aside") below the author's own heading."""

    kind: str
    heading: str
    points: tuple[Piece, ...]
    _notes: str
    words: Words = field(repr=False)

    def notes(self, cite: Cite) -> Markup:
        """What stands there and is no point."""
        return self.words.write(self._notes, cite)


@dataclass(frozen=True, slots=True, eq=False)
class _Settled:
    text: Any
    parts: Parts = field(repr=False)
    words: Words = field(repr=False)

    def before(self, cite: Cite) -> Markup:
        """What stands before the first section or clause."""
        return self.words.write(self.parts.before, cite)

    def after(self, cite: Cite) -> Markup:
        """What follows the last section."""
        return self.words.write(self.parts.after, cite)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All that is cited, each once, in the order of their numbers."""
        return tuple(self.words.citations.values())


class Summary(_Settled):
    """Where the discussion stands."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Agreed, open, set aside: in the author's order."""
        return tuple(
            Section(
                section.kind,
                section.heading,
                tuple(Piece(point, self.words) for point in section.points),
                section.notes,
                self.words,
            )
            for section in self.parts.sections
        )

    def count(self, kind: str) -> int:
        """How many points of a kind there are."""
        return sum(len(each.points) for each in self.parts.sections if each.kind == kind)


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody, and when they said that they stand by a version."""

    person: Person
    at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Agreement(_Settled):
    """What was written together. People are in the order of their names.

    `parties` are clients, and who carries a role; `reread` stand by this version, `earlier` by
    one before it; `waiting` have not reread any.
    """

    parties: tuple[Person, ...]
    reread: tuple[Standing, ...]
    earlier: tuple[Standing, ...]
    waiting: tuple[Person, ...]

    @property
    def clauses(self) -> tuple[Piece, ...]:
        """Its clauses, in order."""
        return tuple(Piece(clause, self.words) for clause in self.parts.clauses)

    @property
    def version(self) -> str:
        """The digest of its words in all languages; "" where it is unknown."""
        return str(getattr(self.text, "version", ""))

    @property
    def commit(self) -> str:
        """The git commit since which it is as it is; "" while it is not committed."""
        return str(getattr(self.text, "commit", ""))

    @property
    def short_version(self) -> str:
        """Enough of its commit, else of its digest, to tell versions apart by eye."""
        return str(getattr(self.text, "short_version", ""))

    @property
    def changed(self) -> datetime | None:
        """When it was committed; None while it is not."""
        return getattr(self.text, "changed", None)


def agreement_of(
    text: Any, parts: Parts, words: Words, discussion: Discussion, raw: RawDiscussion
) -> Agreement:
    """The agreement, and who stands by it as it is."""
    people = {person.id: person for person in discussion.people}
    holders = [role.person for role in discussion.team]
    parties = _once([*discussion.clients, *holders])
    version = str(getattr(text, "version", ""))
    reread, earlier = _standings(raw.get("rereadings", ()), people, version)
    spoken = {*reread, *earlier}
    asked = _once([*parties, *discussion.facilitators])
    return Agreement(
        text,
        parts,
        words,
        parties=parties,
        reread=tuple(sorted(reread.values(), key=_by_name)),
        earlier=tuple(sorted(earlier.values(), key=_by_name)),
        waiting=tuple(person for person in asked if person.id not in spoken),
    )


def _standings(
    rereadings: Iterable[RawRereading], people: Mapping[str, Person], version: str
) -> tuple[dict[str, Standing], dict[str, Standing]]:
    now: dict[str, Standing] = {}
    before: dict[str, Standing] = {}
    for each in rereadings:
        if person := people.get(each["person"]):
            of = now if each["version"] == version else before
            of[person.id] = Standing(person, moment(each["at"]))
    earlier = {id: s for id, s in before.items() if id not in now and s.person.left is None}
    return now, earlier


def _once(people: Iterable[Person]) -> tuple[Person, ...]:
    known = {person.id: person for person in people if person.left is None}
    return tuple(sorted(known.values(), key=by_name))


def _by_name(standing: Standing) -> tuple[str, str, str]:
    return by_name(standing.person)
