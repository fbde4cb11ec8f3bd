"""People as vCards: version 3.0 (RFC 2426) and 4.0 (RFC 6350) are read, 4.0 is written.

Of a card counts what the directory keeps: FN, EMAIL, ROLE or TITLE or NOTE, LANG, URL, CATEGORIES.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .domain.directory import Listed, is_link
from .domain.people import Person, one_line

MEDIA_TYPE = "text/vcard"
LONGEST_KNOW_HOW = 200
_FOLD = 75  # bytes on a line, RFC 6350, 3.2
_STATUS = "X-EMERGENCE-STATUS"
_NAME = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)(?=[;:])")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)(?:=((?:"[^"]*"|[^";:])*))?')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NOT_ESCAPED_COMMA = re.compile(r"(?<!\\),")


@dataclass(frozen=True, slots=True)
class Property:
    """One line of a card: its name, what is said of it, its value as it stands."""

    name: str
    parameters: str  # in capitals
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card, the line where it begins, and its properties."""

    line: int
    properties: Sequence[Property]

    @property
    def outdated(self) -> bool:
        """Whether it is written as version 2.1 had it, which escapes and folds in other ways."""
        old = any(p.name == "VERSION" and p.value.strip() == "2.1" for p in self.properties)
        return old or any("QUOTED-PRINTABLE" in p.parameters for p in self.properties)


def read_cards(text: str) -> Iterator[Card]:
    """The cards in a file, in their order; what stands outside of them is not looked at."""
    begun, properties = 0, list[Property]()
    for number, line in _unfolded(text):
        found = _property(line)
        if found is None:
            continue
        if found.name == "BEGIN" and found.value.strip().upper() == "VCARD":
            begun, properties = number, []
        elif found.name == "END" and begun:
            yield Card(begun, properties)
            begun = 0
        elif begun:
            properties.append(found)
    if begun:  # one that was cut off
        yield Card(begun, properties)


def listed(card: Card) -> Listed:
    """Whom a card is about."""
    know_how = next(
        filter(None, (_first(card, name) for name in ("ROLE", "TITLE", "NOTE"))), ""
    ).strip()
    first_line = know_how.partition("\n")[0].strip()
    if len(first_line) > LONGEST_KNOW_HOW:
        first_line = first_line[: LONGEST_KNOW_HOW - 1].rstrip() + "…"
    return Listed(
        name=one_line(_first(card, "FN")),
        email=_first(card, "EMAIL").strip().removeprefix("mailto:"),
        know_how=first_line,
        status=_first(card, _STATUS),
        language=_first(card, "LANG").strip(),
        links=tuple(link for link in map(str.strip, _all(card, "URL")) if is_link(link)),
        tags=tuple(
            _plain(tag)
            for p in card.properties
            if p.name == "CATEGORIES"
            for tag in _NOT_ESCAPED_COMMA.split(p.value)
        ),
    )


def write_cards(people: Iterable[Person]) -> str:
    """The people as vCards 4.0."""
    return "".join(_card(person) for person in people)


def _card(person: Person) -> str:
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(person.name)}"]
    if person.has_address:
        lines.append(f"EMAIL:{_escaped(person.email)}")
    if person.know_how:
        lines.append(f"ROLE:{_escaped(person.know_how)}")
    lines.append(f"LANG:{person.language}")
    lines += [f"URL:{link}" for link in person.links]
    if person.tags:
        lines.append("CATEGORIES:" + ",".join(map(_escaped, person.tags)))
    lines += [f"{_STATUS}:{person.status.value}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each whole line with the number of its first: one that begins with a space goes on."""
    number, whole = 0, ""
    for at, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line[:1] in (" ", "\t") and whole:
            whole += line[1:]
            continue
        if whole:
            yield number, whole
        number, whole = at, line
    if whole:
        yield number, whole


def _property(line: str) -> Property | None:
    name = _NAME.match(line)
    if name is None:
        return None
    at = name.end()
    while parameter := _PARAMETER.match(line, at):
        at = parameter.end()
    if line[at : at + 1] != ":":
        return None
    return Property(name[1].upper(), line[name.end() : at].upper(), line[at + 1 :])


def _all(card: Card, name: str) -> list[str]:
    """The values of a property, the preferred ones first."""
    found = [p for p in card.properties if p.name == name and p.value.strip()]
    found.sort(key=lambda p: "PREF" not in p.parameters)
    return [_plain(p.value) for p in found]


def _first(card: Card, name: str) -> str:
    return next(iter(_all(card, name)), "")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def _escaped(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", r"\\n", re.sub(r"([\\,;])", r"\\\1", text))


def _folded(line: str) -> str:
    """In lines of 75 bytes at most; no character is split."""
    pieces, piece, size = list[str](), "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + character, size + width
    return "\r\n".join([*pieces, piece])
