"""A network of people: how a list names somebody, and what it adds to what we know."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .people import Person, Status, one_line

MOST_TAGS = 20
LONGEST_TAG = 40
MOST_LINKS = 5
LONGEST_LINK = 300
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f]+", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as a list of people names them: text, not yet looked at."""

    name: str
    email: str
    know_how: str = ""
    status: str = ""
    language: str = ""
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once, in small letters, without `#`, in their order."""
    cleaned = (one_line(tag).removeprefix("#").strip().lower() for tag in tags)
    return tuple(dict.fromkeys(tag for tag in cleaned if tag))


def split_tags(text: str) -> tuple[str, ...]:
    """The tags in a line that separates them by commas, semicolons or bars."""
    return clean_tags(re.split(r"[,;|\n]", text))


def split_links(text: str) -> tuple[str, ...]:
    """The links in a text that separates them by spaces or lines."""
    return tuple(dict.fromkeys(text.split()))


def is_link(text: str) -> bool:
    """Whether it is a web address that a page may lead to."""
    return len(text) <= LONGEST_LINK and text.isprintable() and bool(_LINK.fullmatch(text))


def is_language(text: str) -> bool:
    """Whether it is shaped like a BCP 47 tag."""
    return len(text) <= 12 and bool(_LANGUAGE.fullmatch(text))


def completed(person: Person, listed: Person) -> Person:
    """`person` with what was empty filled from a list, and its tags added. What is there stays."""
    return replace(
        person,
        know_how=person.know_how or listed.know_how,
        status=listed.status if person.status is Status.OTHER else person.status,
        links=person.links or listed.links,
        tags=clean_tags((*person.tags, *listed.tags)),
    )
