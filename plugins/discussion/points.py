"""The parts of a summary and of an agreement, told from their HTML alone.

A summary has sections; those whose heading says so hold points, one in each item of their lists.
An agreement has clauses, one below each heading of the highest level that it has; a lone `#` above
them all is its title.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeGuard

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from .citations import cited_in, html_of, says_standard
from .parts import KINDS, Loose, Part, Parts, Section

_WORDS = {
    "agreed": "agreed|settled|what is agreed|what is settled|convenu|acquis|ce qui est convenu"
    "|ce qui est acquis|points d’accord",
    "open": "open|still open|what is open|what stays open|open questions|ouvert|en suspens"
    "|ce qui reste ouvert|questions ouvertes|points ouverts",
    "aside": "set aside|what is set aside|écarté|écartés|mis de côté|ce qui est écarté",
}
_KIND_OF = {words: kind for kind, several in _WORDS.items() for words in several.split("|")}
_BESIDES = "other"  # the class of a heading that is meant to be of no kind
_HEADING = re.compile(r"h[1-6]")
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)*)\s*[.):]?\s+")
_LONGEST_NAME = 60


def parts_of_summary(tree: BeautifulSoup) -> Parts:
    """A summary in its sections; what stands under other headings is before or after them."""
    found, counts = Parts(first=" ".join(tree.get_text().split())), Counter[str]()
    section: Section | None = None
    level = other = ""
    for node in tree.contents:
        if _is_heading(node):
            kind = _kind_of(node)
            if kind:
                section, level = Section(kind, node.get_text().strip()), node.name
                found.sections.append(section)
                continue
            if section and node.name <= level:
                section = None
            other = "" if _is_besides(node) else " ".join(node.get_text().split())
        if section is None:
            if other and _is_list(node):
                found.unknown.append(other)
                other = ""
            html = html_of([node])
            if found.sections:
                found.after = f"{found.after}\n{html}".strip()
            else:
                found.before = f"{found.before}\n{html}".strip()
        elif _is_list(node):
            for item in node.find_all("li", recursive=False):
                counts[section.kind] += 1
                section.said.append(_point(section.kind, counts[section.kind], item))
        else:
            section.said += _loose(node)
            section.notes = f"{section.notes}\n{html_of([node])}".strip()
    return found


def parts_of_agreement(tree: BeautifulSoup) -> Parts:
    """An agreement in its clauses. A text without headings is one clause."""
    found = Parts()
    _take_title(tree)
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


def _take_title(tree: BeautifulSoup) -> None:
    """Make words of a lone first heading of the first level, where others stand below it."""
    headings = [node for node in tree.contents if _is_heading(node)]
    if [h.name for h in headings].count("h1") == 1 < len(headings) and headings[0].name == "h1":
        title = headings[0]
        title.name = "p"
        title["class"] = "title"


def _loose(node: Any) -> list[Loose]:
    """What a node says that is neither a list nor a heading."""
    if _is_heading(node) or isinstance(node, PreformattedString):  # such as a comment
        return []
    words = " ".join(node.get_text().split())
    grounded = bool(cited_in(html_of([node]))) or says_standard([node])
    return [Loose(words, grounded)] if words else []


def _point(kind: str, number: int, item: Tag) -> Part:
    words = " ".join(item.get_text().split())
    strong = item.find(["strong", "b"])
    name = strong.get_text() if strong else words
    is_standard = says_standard(item.contents)
    html = html_of(list(item.contents))
    lead, rest = _led(item)
    return Part(
        kind=kind,
        number=str(number),
        heading=short(" ".join(name.split()).rstrip(".:,;")),
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
    is_standard = says_standard(body)
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
        is_standard=is_standard,
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


def _is_heading(node: Any) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and bool(_HEADING.fullmatch(node.name))


def _is_list(node: Any) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and node.name in ("ul", "ol")


def _is_besides(heading: Tag) -> bool:
    return _BESIDES in heading.get_attribute_list("class")


def _kind_of(heading: Tag) -> str:
    classes = heading.get_attribute_list("class")
    marked = next((kind for kind in KINDS if kind in classes), "")
    words = " ".join(heading.get_text().split()).rstrip(" .:").casefold().replace("'", "’")
    return marked or _KIND_OF.get(words, "")


def short(words: str) -> str:
    """The first words."""
    if len(words) <= _LONGEST_NAME:
        return words
    return words[:_LONGEST_NAME].rpartition(" ")[0] + "…"
