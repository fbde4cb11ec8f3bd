"""A comment's HTML as markdown, as comments are kept; what it looked like is left behind."""

import re

import nh3
from markdownify import ASTERISK, MarkdownConverter

_KEPT = {"p", "br", "a", "em", "i", "strong", "b", "code", "pre", "blockquote", "ul", "ol", "li"}
_KEPT |= {"del", "s", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
_PARAGRAPH = re.compile(r"\n\s*\n+")
_BLOCK = re.compile(r"<(p|pre|ul|ol|blockquote|div)\b", re.IGNORECASE)


class _Markdown(MarkdownConverter):
    class Options:
        heading_style = "atx"
        bullets = "-"
        strong_em_symbol = ASTERISK


def to_markdown(html: str) -> str:
    """The words, with links and emphasis, and without images."""
    clean = nh3.clean(html, tags=_KEPT, attributes={"a": {"href"}}, link_rel=None)
    try:
        return str(_Markdown().convert(clean)).strip()
    except RecursionError:  # thousands of quotes within each other
        return nh3.clean(html, tags=set()).strip()


def paragraphs(text: str) -> str:
    """WordPress's text, in which blank lines part paragraphs and line ends are kept, as HTML."""
    if _BLOCK.search(text):
        return text
    parts = _PARAGRAPH.split(text.replace("\r\n", "\n").strip())
    return "".join("<p>" + part.replace("\n", "<br>\n") + "</p>" for part in parts)
