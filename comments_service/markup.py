"""Words in markdown become safe HTML, once, when they are written. Every sink uses it as it is."""

import markdown
import nh3

_EXTENSIONS = ["fenced_code", "sane_lists", "nl2br", "tables"]
_WORDS = {"p", "br", "a", "em", "strong", "code", "del", "hr", "h3", "h4", "h5", "h6"}
_BLOCKS = {"pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "nofollow noopener ugc"


def to_html(text: str) -> str:
    """Sanitised HTML for the markdown `text`: no image, no raw HTML, only http(s) and mailto."""
    rendered = markdown.markdown(text, extensions=_EXTENSIONS, output_format="html")
    return nh3.clean(
        rendered, tags=_WORDS | _BLOCKS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL
    ).strip()
