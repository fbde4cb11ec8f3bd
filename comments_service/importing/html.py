"""A comment's HTML as markdown, as comments are kept; what it looked like is left behind."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import nh3
from bs4 import Tag
from markdownify import ASTERISK, MarkdownConverter

LONGEST = 64 * 1024  # of HTML that is looked at closely: a comment's words are a fourth of it
MOST_ITEMS = 1_000  # markdownify counts the items before each item of a list
_KEPT = {"p", "br", "a", "em", "i", "strong", "b", "code", "pre", "blockquote", "ul", "ol", "li"}
_KEPT |= {"del", "s", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "div", "img"}
_KEPT |= {"table", "thead", "tbody", "tr", "td", "th"}
_ATTRIBUTES = {"a": {"href"}, "img": {"alt", "class"}}
_PARAGRAPH = re.compile(r"\n\s*\n+")
_BLOCK = re.compile(r"<(p|pre|ul|ol|blockquote|div)\b", re.IGNORECASE)
_RUN = re.compile(r"\S+")
_HASHES = re.compile(r"^(\s*)(#{1,6}\s)")


class _Markdown(MarkdownConverter):
    class Options:
        heading_style = "atx"
        bullets = "-"
        strong_em_symbol = ASTERISK
        autolinks = False

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A link that leads there from here, too; else its words."""
        target = _target(str(el.get("href") or ""))
        words = text.strip()
        if not words or not target.lower().startswith(("http://", "https://", "mailto:")):
            return text
        return target if words == target else text.replace(words, f"[{words}]({target})", 1)

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A smiley is a word; any other image goes."""
        kind = str(el.get("class") or "")
        return str(el.get("alt") or "") if "smiley" in kind or "emoji" in kind else ""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Marks are escaped, though not in an address; the end of a line is a space."""
        text = text.replace("\n", " ")
        escaped = _RUN.sub(lambda run: run[0] if "://" in run[0] else _escaped(run[0]), text)
        return _HASHES.sub(r"\1\\\2", escaped)


def to_markdown(html: str) -> str:
    """The words, with links and emphasis, and without images."""
    if len(html) > LONGEST or html.lower().count("<li") > MOST_ITEMS:
        return _without_tags(html)
    clean = nh3.clean(html, tags=_KEPT, attributes=_ATTRIBUTES, link_rel=None)
    try:
        return str(_Markdown().convert(clean)).strip()
    except RecursionError:  # thousands of quotes within each other
        return _without_tags(html)


def paragraphs(text: str) -> str:
    """WordPress's text, in which blank lines part paragraphs and line ends are kept, as HTML."""
    if _BLOCK.search(text):
        return text
    parts = _PARAGRAPH.split(text.replace("\r\n", "\n").strip())
    return "".join("<p>" + part.replace("\n", "<br>") + "</p>" for part in parts)


def _without_tags(html: str) -> str:
    return unescape(nh3.clean(html, tags=set())).strip()


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_")


def _target(href: str) -> str:
    """Where a link leads in the end: Disqus counts clicks on the way."""
    try:
        parts = urlsplit(href)
        if parts.hostname in ("disq.us", "links.disqus.com"):
            href = parse_qs(parts.query).get("url", [href])[0]
            href = re.sub(r":[\w-]{20,40}$", "", href)
    except ValueError:
        return ""
    return re.sub(r"\s", "%20", href.strip()).replace("(", "%28").replace(")", "%29")
