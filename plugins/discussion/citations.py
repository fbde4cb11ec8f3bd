"""Citing comments in a text: `{comment}ID` in the middle of words, or as the target of a link, or a
permalink ("…/#c-ID"). Here citations are found in the HTML of a text and filled in again; whether
what they cite exists is for `citing`.

A text that was marked up (`marked`) has `<a class="cite" data-comment="ID">words</a>` for each of
them, without words where the text has none of its own.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

_ID = r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}"
_IN_WORDS = re.compile(rf"\{{comment\}}({_ID})|\{{standard\}}")
_TARGET = re.compile(rf"[{{|]comment[}}|]({_ID})")
_PLACE = re.compile(rf"c-({_ID})")
_MARKED = re.compile(r'<a class="cite" data-comment="([^"]*)">(.*?)</a>', re.DOTALL)
_NOT_IN = ("a", "code", "pre", "script", "style")
_STANDARD = "standard"

Write = Callable[[str, str], str]


def might_cite(html: str) -> bool:
    """Whether there is something to look for at all."""
    return "comment}" in html or "|comment|" in html or "#c-" in html


def read(html: str) -> BeautifulSoup:
    """The HTML of a text as a tree."""
    return BeautifulSoup(html, "html.parser")


def mark(tree: BeautifulSoup, is_page: Callable[[str], bool] | None = None) -> None:
    """Mark the citations in `tree`, and what says that it is standard.

    `is_page` says of an address without its fragment whether it is one of this site's pages;
    without it, permalinks are links like others.
    """
    for link in tree.find_all("a", href=True):
        if id := _cited_by(str(link["href"]), is_page):
            words = "" if link.get_text() in ("", str(link["href"])) else link.decode_contents()
            link.replace_with(_citation(tree, id, words))
    for words in tree.find_all(string=_IN_WORDS):
        if not any(parent.name in _NOT_IN for parent in words.parents):
            words.replace_with(*_in_pieces(tree, str(words)))
    _mark_standard(tree)


def _cited_by(target: str, is_page: Callable[[str], bool] | None) -> str:
    if found := _TARGET.fullmatch(target):
        return found[1].lower()
    address, _, place = target.partition("#")
    found = _PLACE.fullmatch(place)
    return found[1].lower() if found and is_page and is_page(address) else ""


def _citation(tree: BeautifulSoup, id: str, words: str = "") -> Tag:
    link: Tag = tree.new_tag("a", attrs={"class": "cite", "data-comment": id})
    link.extend(list(read(words).contents))
    return link


def _in_pieces(tree: BeautifulSoup, words: str) -> Iterator[Tag | NavigableString]:
    at = 0
    for found in _IN_WORDS.finditer(words):
        yield NavigableString(words[at : found.start()])
        yield _citation(tree, found[1].lower()) if found[1] else _standard(tree)
        at = found.end()
    yield NavigableString(words[at:])


def _standard(tree: BeautifulSoup) -> Tag:
    said: Tag = tree.new_tag("em", attrs={"class": _STANDARD})
    said.string = _STANDARD
    return said


def _mark_standard(tree: BeautifulSoup) -> None:
    # Where {standard} ends a heading or follows upon *words*, Markdown takes it for an attribute.
    for owner in tree.select(f"[{_STANDARD}]"):
        del owner[_STANDARD]
        if owner.name in ("h1", "h2", "h3", "h4", "h5", "h6"):
            owner.extend([NavigableString(" "), _standard(tree)])
        else:
            owner.insert_after(NavigableString(" "), _standard(tree))
    for said in tree.find_all("em"):
        if said.get_text().strip(" .:").casefold() == _STANDARD:
            said["class"] = _STANDARD


def says_standard(node: Tag) -> bool:
    """Whether a marked part says that it is the usual one, and was not discussed."""
    return node.find("em", class_=_STANDARD) is not None


def cited_in(html: str) -> list[str]:
    """The ids that a marked text cites, in its order, as often as it does."""
    return [unescape(found[1]) for found in _MARKED.finditer(html)]


def fill(html: str, write: Write) -> str:
    """A marked text with each citation as `write` makes it of the id and the words, as HTML."""
    return _MARKED.sub(lambda found: write(found[1], found[2]), html)


def pages_of(site: str) -> Callable[[str], bool]:
    """Whether an address leads into the site: it names no host, or the site's own."""
    host = urlsplit(site).netloc

    def is_page(address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme in ("", "http", "https") and parts.netloc in ("", host)

    return is_page


def html_of(nodes: list[Any]) -> str:
    """The HTML of some nodes of a tree."""
    return "".join(
        node.decode(formatter="minimal") if isinstance(node, Tag) else str(node.output_ready())
        for node in nodes
    ).strip()
