"""Words in markdown become safe HTML, once, when they are written. Every sink uses it as it is."""

import html
import re
import threading
import xml.etree.ElementTree as etree

import nh3
from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

_EXTENSIONS = ["fenced_code", "sane_lists", "nl2br", "tables"]
# Raw HTML stays the text that somebody typed. References and images take time that is quadratic in
# the length of a comment, and an image from another host would tell that host who reads.
_NOT_INLINE = ["html", "entity", "reference", "short_reference", "image_reference"]
_NOT_INLINE += ["short_image_ref", "image_link", "link"]
_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "a", "em", "strong", "code", "del", "hr", "h3", "h4", "h5", "h6", "pre"),
        *("blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener ugc",
)
# markdown's time grows with the square of these; in 16,384 characters of prose there are hundreds.
_MARKS = "`~*_-#<>[]|"
_MOST_MARKS = 4_000
_kept = threading.local()


def to_html(text: str) -> str:
    """Sanitised HTML for the markdown `text`: no image, no raw HTML, only http(s) and mailto.

    Text that is mostly marks, or nested too deeply, comes out as it was typed, line by line.
    """
    return _CLEANER.clean(_rendered(text)).strip()


def is_safe(html: str) -> bool:
    """Whether `html` is such as `to_html` gives: nothing would be taken out of it."""
    return _CLEANER.clean(html).strip() == html


def _rendered(text: str) -> str:
    if sum(map(text.count, _MARKS)) > _MOST_MARKS:
        return _as_typed(text)
    renderer: Markdown | None = getattr(_kept, "renderer", None)
    if renderer is None:
        renderer = _kept.renderer = _make_renderer()
    try:
        return renderer.reset().convert(text)
    except RecursionError:
        del _kept.renderer  # it was left in the middle of something
        return _as_typed(text)


def _as_typed(text: str) -> str:
    return f"<p>{html.escape(text)}</p>".replace("\n", "<br>")


def _make_renderer() -> Markdown:
    """Building one takes as long as a rendering, so each thread keeps its own."""
    md = Markdown(extensions=_EXTENSIONS, output_format="html")
    md.preprocessors.deregister("html_block")
    for name in _NOT_INLINE:
        md.inlinePatterns.deregister(name)
    md.inlinePatterns.register(_Link(_Link.PATTERN, md), "link", 160)
    md.inlinePatterns.register(_Url(_Url.PATTERN, md), "url", 115)
    md.parser.blockprocessors.deregister("reference")
    # A line of dashes below a line of words is where a signature starts, and no heading.
    md.parser.blockprocessors.deregister("setextheader")
    md.parser.blockprocessors.register(_Heading(md.parser), "hashheader", 70)
    md.treeprocessors.register(_LowerHeadings(md), "lower_headings", 5)
    return md


class _Link(InlineProcessor):
    """`[words](url "title")`; an image becomes a link to it. Bounded, hence linear."""

    ANCESTOR_EXCLUDES = ("a",)
    PATTERN = (
        r"!?\[(?P<words>(?:[^\[\]]|\[[^\[\]]{0,200}\]){1,500})\]"
        r"\([ \n]?(?P<url><[^<>\n]{0,2000}>|(?:[^\s()<>]|\([^\s()<>]{0,500}\)){0,2000})"
        r"(?:[ \n]{1,2}(?P<quote>[\"'])(?P<title>[^\n]{0,200}?)(?P=quote))?[ \n]?\)"
    )

    def handleMatch(  # type: ignore[override]  # noqa: N802 - markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        link = etree.Element("a", href=self.unescape(m["url"].strip("<>")))
        if m["title"]:
            link.set("title", self.unescape(m["title"]))
        link.text = m["words"]
        return link, m.start(), m.end()


class _Url(InlineProcessor):
    """A bare address of a page is a link, as in any mail program; the full stop is not part."""

    ANCESTOR_EXCLUDES = ("a",)
    PATTERN = (
        r"\bhttps?://(?:[^\s<>\"()\x02\x03]|\([^\s<>\"()\x02\x03]{0,500}\)){1,2000}"
        r"(?<![.,;:!?'\]*_»…])"
    )

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[etree.Element, int, int]:
        link = etree.Element("a", href=m[0])
        link.text = AtomicString(m[0])
        return link, m.start(), m.end()


class _Heading(HashHeaderProcessor):
    """`# words`, and not `#1` or `#word` at the start of a line."""

    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6}) (?P<header>[^\n]*[^\n#\s]) *#*(?:\n|$)")


class _LowerHeadings(Treeprocessor):
    """A page has headings of its own: a comment's begin at the third level."""

    def run(self, root: etree.Element) -> None:
        for element in root.iter():
            if element.tag in ("h1", "h2"):
                element.tag = "h3"
