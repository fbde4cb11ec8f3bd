"""Citing comments in a text: `{comment}ID` in the middle of words, or as the target of a link, or a
permalink ("…/#c-ID"). Here citations are found in the HTML of a text and filled in again; whether
what they cite exists is for `citing`.

A text that was marked up (`marked`) has `<a class="cite" data-comment="ID">words</a>` for each of
them, without words where the text has none of its own.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

_ID = r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}"
_IN_WORDS = re.compile(rf"\{{comment\}}({_ID})|\{{standard\}}")
_TARGET = re.compile(rf"[{{|]comment[}}|]({_ID})")
_PLACE = re.compile(rf"c-({_ID})")
_MARKED = re.compile(r'<a class="cite" data-comment="([^"]*)">(.*?)</a>', re.DOTALL)
_NOT_IN = ("a", "code", "pre", "script", "style")
_STANDARD = "standard"
_BLOCKS = ("p", "li", "td", "dd", "div", "blockquote")
_END_OF_SENTENCE = re.compile(r"[.!?…][)\]\"'”’»\s]*\s$")

Write = Callable[[str, str], str]


def might_cite(html: str) -> bool:
    """Whether there is something to look for at all."""
    return "comment}" in html or "|comment|" in html or "#c-" in html


def read(html: str) -> BeautifulSoup:
    """The HTML of a text as a tree."""
    return BeautifulSoup(html, "html.parser")


def mark(tree: BeautifulSoup, is_page: Callable[[str], bool] | None = None) -> None:
    """Mark the citations in `tree`, and `{standard}` as `<em class="standard">`.

    `is_page` says of an address without its fragment whether it is one of this site's pages;
    without it, permalinks are links like others.
    """
    for own in tree.select(f".{_STANDARD}"):  # an author's class says nothing
        names = [name for name in own.get_attribute_list("class") if name != _STANDARD]
        own["class"] = " ".join(map(str, names))
    for link in tree.find_all("a", href=True):
        if id := _cited_by(str(link["href"]), is_page):
            words = "" if link.get_text() in ("", str(link["href"])) else link.decode_contents()
            link.replace_with(_citation(tree, id, words))
    for words in tree.find_all(string=_IN_WORDS):
        spoken = not isinstance(words, PreformattedString)  # such as a comment
        if spoken and not any(parent.name in _NOT_IN for parent in words.parents):
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


def says_standard(nodes: Sequence[Any]) -> bool:
    """Whether a marked part says that it is the usual one, and was not discussed: `{standard}`
    anywhere, or the word in italics as its last sentence, which is marked here."""
    tags = [node for node in nodes if isinstance(node, Tag)]
    said = [em for tag in tags for em in ([tag] if tag.name == "em" else tag.find_all("em"))]
    if said and _is_last_sentence(said[-1], nodes):
        said[-1]["class"] = _STANDARD
    return any(_STANDARD in em.get_attribute_list("class") for em in said)


def _is_last_sentence(said: Tag, nodes: Sequence[Any]) -> bool:
    if said.get_text().strip(" .").casefold() != _STANDARD:
        return False
    before, inside, after = "", False, ""
    for words in (words for node in nodes for words in _strings(node)):
        if said in words.parents:
            inside = True
        elif inside:
            after += words
        else:
            before += words
    begins = said.parent is not None and said.parent.name in _BLOCKS
    begins = begins and not any(str(each).strip() for each in said.previous_siblings)
    ends = _END_OF_SENTENCE.search(before) is not None
    return not after.strip(" .\n") and (begins or ends or not before.strip())


def _strings(node: Any) -> Iterator[NavigableString]:
    found = node.descendants if isinstance(node, Tag) else [node]
    return (each for each in found if type(each) is NavigableString)


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
