"""The parts of a summary and of an agreement, told from their HTML alone.

A summary has sections; those whose heading says so hold points, one in each item of their lists.
An agreement has clauses, one below each heading of the highest level that it has.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from .citations import cited_in, html_of, says_standard

KINDS = ("agreed", "open", "aside")
_WORDS = {
    "agreed": "agreed|settled|what is agreed|what is settled|convenu|acquis|ce qui est convenu"
    "|ce qui est acquis|points d’accord",
    "open": "open|still open|what is open|what stays open|open questions|ouvert|en suspens"
    "|ce qui reste ouvert|questions ouvertes|points ouverts",
    "aside": "set aside|what is set aside|écarté|écartés|mis de côté|ce qui est écarté",
}
_KIND_OF = {words: kind for kind, several in _WORDS.items() for words in several.split("|")}
_HEADING = re.compile(r"h[1-6]")
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)*)\s*[.):]?\s+")
_LONGEST_NAME = 60


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


@dataclass(slots=True)
class Section:
    """Points of one kind, under the author's own heading; `notes` is what else stands there."""

    kind: str
    heading: str
    points: list[Part] = field(default_factory=list)
    notes: str = ""


@dataclass(slots=True)
class Parts:
    """A text in parts: what stands before them, the sections or the clauses, and what follows."""

    before: str = ""
    sections: list[Section] = field(default_factory=list)
    clauses: list[Part] = field(default_factory=list)
    after: str = ""

    @property
    def all(self) -> Iterator[Part]:
        """Points and clauses, in order."""
        for section in self.sections:
            yield from section.points
        yield from self.clauses


def parts_of_summary(tree: BeautifulSoup) -> Parts:
    """A summary in its sections; what stands under other headings is before or after them."""
    found, counts = Parts(), Counter[str]()
    section: Section | None = None
    level = ""
    for node in tree.contents:
        if _is_heading(node):
            kind = _kind_of(node)
            if kind:
                section, level = Section(kind, node.get_text().strip()), node.name
                found.sections.append(section)
                continue
            if section and node.name <= level:
                section = None
        if section is None:
            html = html_of([node])
            if found.sections:
                found.after = f"{found.after}\n{html}".strip()
            else:
                found.before = f"{found.before}\n{html}".strip()
        elif isinstance(node, Tag) and node.name in ("ul", "ol"):
            for item in node.find_all("li", recursive=False):
                counts[section.kind] += 1
                section.points.append(_point(section.kind, counts[section.kind], item))
        else:
            section.notes = f"{section.notes}\n{html_of([node])}".strip()
    return found


def parts_of_agreement(tree: BeautifulSoup) -> Parts:
    """An agreement in its clauses. A text without headings is one clause."""
    found = Parts()
    levels = [node.name for node in tree.contents if _is_heading(node)]
    if not levels:
        if tree.get_text().strip():
            found.clauses.append(_clause(1, None, list(tree.contents), set()))
        return found
    anchors: set[str] = set()
    heading: Tag | None = None
    body: list[Any] = []
    for node in [*tree.contents, None]:
        if node is None or (_is_heading(node) and node.name == min(levels)):
            if heading is None:
                found.before = html_of(body)
            else:
                found.clauses.append(_clause(len(found.clauses) + 1, heading, body, anchors))
            heading, body = node, []
        else:
            body.append(node)
    return found


def _point(kind: str, number: int, item: Tag) -> Part:
    words = " ".join(item.get_text().split())
    strong = item.find(["strong", "b"])
    name = strong.get_text() if strong else words
    html = html_of(list(item.contents))
    is_standard = says_standard(item)
    lead, rest = _led(item)
    return Part(
        kind=kind,
        number=str(number),
        heading=_short(" ".join(name.split()).rstrip(".:,;")),
        anchor=str(item.get("id") or f"{kind}-{number}"),
        html=html,
        words=words,
        cites=tuple(cited_in(html)),
        is_standard=is_standard,
        lead=lead,
        rest=rest,
    )


def _led(item: Tag) -> tuple[str, str]:
    """The bold words that a point begins with, and the rest of it; without such words, neither."""
    inside = next(_written(item), None)
    if isinstance(inside, Tag) and inside.name == "p":
        inside = next(_written(inside), None)
    if not (isinstance(inside, Tag) and inside.name in ("strong", "b")):
        return "", ""
    lead = html_of(list(inside.contents))
    follows = inside.next_sibling
    if isinstance(follows, NavigableString):
        bare = str(follows).lstrip(" \n.:;,")
        follows.replace_with(f"… {bare}" if bare[:1].islower() else bare)
    inside.extract()
    rest = html_of(list(item.contents))
    return lead, "" if rest == "<p></p>" else rest


def _written(node: Tag) -> Iterator[Any]:
    return (each for each in node.contents if isinstance(each, Tag) or str(each).strip())


def _clause(place: int, heading: Tag | None, body: list[Any], anchors: set[str]) -> Part:
    if heading:
        body = [*body, *_grounds_in(heading)]
    title = " ".join(heading.get_text().split()) if heading else ""
    numbered = _NUMBER.match(f"{title} ")
    number = numbered[1] if numbered else str(place)
    anchor = str((heading and heading.get("id")) or f"clause-{number.replace('.', '-')}")
    while anchor in anchors:
        anchor = f"{anchor}-{place}"
    anchors.add(anchor)
    for node in body:
        if _is_heading(node):  # below the heading of its clause, whatever that is on a page
            node.name = f"h{max(4, int(node.name[1]))}"
    html = html_of(body)
    first = " ".join("".join(node.get_text() for node in body).split())
    return Part(
        kind="clause",
        number=number,
        heading=title[len(numbered[0]) :] if numbered else title,
        anchor=anchor,
        html=html,
        words=title or first,
        cites=tuple(cited_in(html)),
        is_standard=any(_is_standard(node) for node in body),
    )


def _grounds_in(heading: Tag) -> list[Tag]:
    """What a clause rests on, where its heading says so: taken out, as the last words of it."""
    found = heading.find_all(["a", "em"], class_=["cite", "standard"])
    if not found:
        return []
    last = Tag(name="p")
    for each in found:
        last.append(each.extract())
        last.append(" ")
    return [last]


def _is_standard(node: Any) -> bool:
    own = isinstance(node, Tag) and node.name == "em" and "standard" in (node.get("class") or ())
    return own or (isinstance(node, Tag) and says_standard(node))


def _is_heading(node: Any) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and bool(_HEADING.fullmatch(node.name))


def _kind_of(heading: Tag) -> str:
    classes = heading.get_attribute_list("class")
    marked = next((kind for kind in KINDS if kind in classes), "")
    words = " ".join(heading.get_text().split()).rstrip(" .:").casefold().replace("'", "’")
    return marked or _KIND_OF.get(words, "")


def _short(words: str) -> str:
    if len(words) <= _LONGEST_NAME:
        return words
    return words[:_LONGEST_NAME].rpartition(" ")[0] + "…"
