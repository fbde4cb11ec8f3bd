"""The HTML of a mail as markdown: links show where they lead, images and hidden text are dropped.

Where a mail program marks what it quotes, a line begins with ATTRIBUTION; `quotes` cuts there.
"""

import re
from html import unescape

import nh3
from bs4 import BeautifulSoup, Tag
from markdownify import ASTERISK, MarkdownConverter

ATTRIBUTION = "\ue0a9"  # of the private use area: no mail has it, and none may
LONGEST = 256 * 1024
DEEPEST = 50  # markdownify goes over each line once for every quote around it
MOST_ITEMS = 1_000  # it counts the items before each item of a list

_CLEANER = nh3.Cleaner(
    tags={
        *("a", "b", "strong", "i", "em", "s", "del", "code", "pre", "br", "hr", "p", "div", "span"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li"),
        *("table", "tr", "td", "th"),
    },
    clean_content_tags={"script", "style", "title"},
    attributes={"*": {"class", "id", "style", "hidden"}, "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
# What Gmail, Thunderbird and Outlook (OWA; desktop by the line above it) write above a quote …
_ABOVE = ".gmail_attr, .moz-cite-prefix, .OutlookMessageHeader, #divRplyFwdMsg, #x_divRplyFwdMsg"
_RULE_ABOVE = re.compile(r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid #(?:b5c4df|e1e1e1)", re.I)
# … and what holds the quote itself, words above it included.
_AROUND = ".yahoo_quoted, .protonmail_quote, .tutanota_quote"
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "source"}
_CLOSES_ITSELF = {"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "option", "font"}
_BLOCKS = ["p", "div", "br", "table", "blockquote", "ul", "ol", "pre", "h1", "h2", "h3"]
_RUN = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|@|^www\.")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})[^<>]*>")


def to_markdown(html: str) -> str:
    """`html` as markdown, quotes as `> ` lines. Nested beyond reason, it loses its form only."""
    html = html[:LONGEST].replace(ATTRIBUTION, "")
    depth = _depth(html)
    too_deep = depth > DEEPEST or depth * len(html) > 20 * LONGEST
    if too_deep or html.lower().count("<li") > MOST_ITEMS:
        return _without_tags(html)
    soup = BeautifulSoup(_CLEANER.clean(html), "html.parser")
    try:
        _drop_hidden(soup)
        _mark_quotes(soup)
        _flatten_tables(soup)
        text = str(_Markdown().convert_soup(soup))
    except RecursionError:
        return _without_tags(html)
    return re.sub(r"\n(?:[ \t\xa0]*\n){2,}", "\n\n", text)


def _depth(html: str) -> int:
    """How deep elements nest that do not end by themselves, read as naively as can be."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _VOID or name in _CLOSES_ITSELF or tag[0].endswith("/>"):
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _without_tags(html: str) -> str:
    text = re.sub(r"(?i)<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]*>", "\n", re.sub(r"\s+", " ", html))
    return unescape(re.sub(r"<[a-zA-Z/!?][^<>]*>", "", text))


def _drop_hidden(soup: BeautifulSoup) -> None:
    for element in soup.find_all(style=_HIDDEN) + soup.find_all(hidden=True):
        if not element.decomposed:
            element.decompose()


def _mark_quotes(soup: BeautifulSoup) -> None:
    above = soup.select(_ABOVE)
    above += soup.find_all("div", style=_RULE_ABOVE)
    for element in above:
        words = element.get_text(" ", strip=True)
        if not element.decomposed and len(words) < 2_000:
            element.clear()
            element.name = "p"
            element.append(f"{ATTRIBUTION} {' '.join(words.split())}")
    for element in soup.select(_AROUND):
        mark = soup.new_tag("p", string=ATTRIBUTION)
        element.insert_before(mark)


def _flatten_tables(soup: BeautifulSoup) -> None:
    """Most tables of mails only arrange: a row is a line, or a block for each cell that is one."""
    for row in soup.find_all("tr"):
        cells = row.find_all(["td", "th"], recursive=False)
        arranges = row.find(_BLOCKS) is not None
        for cell in cells:
            cell.name = "div" if arranges else "span"
            if not arranges and cell is not cells[-1] and cell.get_text(strip=True):
                cell.append(" | ")
    for element in soup.find_all(["table", "tr", "td", "th"]):
        element.name = "div"


class _Markdown(MarkdownConverter):
    """markdownify's, with links as one reads them in a mail, and tables as lines."""

    class Options:
        autolinks = False
        heading_style = "atx"
        bullets = "-"
        strong_em_symbol = ASTERISK

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """`words (address)`: a comment shows where its links lead."""
        target = str(el.get("href") or "")
        address = target.removeprefix("mailto:").partition("?")[0].rstrip("/")
        words = text.strip()
        if not words or not address or address.lower() in words.lower().replace("\\", ""):
            return text
        return f"{text} ({target.removeprefix('mailto:')})"

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A line, and not a paragraph: mail programs write each line into a div of its own."""
        if not text.strip():
            return "\n" if el.find("br") else ""
        before = "" if text.startswith("\n") else "\n"
        return before + text + ("" if text.endswith("\n") else "\n")

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Preformatted is how some programs wrap a whole mail of plain text; code says so."""
        if el.find("code"):
            return f"\n\n```\n{text.strip(chr(10))}\n```\n\n"
        return f"\n\n{text.strip()}\n\n"

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Markdown's marks are escaped, but not inside an address."""
        return _RUN.sub(lambda run: run[0] if _ADDRESS.search(run[0]) else _escaped(run[0]), text)


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_")
