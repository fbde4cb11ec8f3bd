"""What only one reader may have: addresses and links that let in whoever holds them.

People quote our letters; what is published of them, or shown to a facilitator, passes here.
"""

import re
from urllib.parse import unquote

INSTEAD = "…"
_MOST_ENCODED = 3  # a link in a link in a link
# A quoting program may have broken the line inside the token.
_BREAK = r"(?:=?\r?\n[> \t]{0,20})?"
_ADDRESS = re.compile(
    rf"(?:reply|stop|bounces)(?:\+|%(?:25){{0,2}}2b)(?:{_BREAK}[0-9a-z]){{20,80}}"
    rf"{_BREAK}(?:@|%(?:25){{0,2}}40)[a-z0-9.-]*",
    re.IGNORECASE,
)
_URL = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s<>\"]+", re.IGNORECASE)
_LONG = re.compile(r"[0-9a-z]{20}", re.IGNORECASE)
# A token that lost what stood around it: a version or none, an id, and 120 bits in base32.
_BEGIN = (
    r"(?:(?<![0-9a-z])|(?<=%[0-9a-f]{2})|(?<=%25[0-9a-f]{2})|(?<=%2525[0-9a-f]{2}))"  # or `%2F`
)
_TOKEN = re.compile(rf"{_BEGIN}1?[0-9a-hjkmnp-tv-z]{{18}}[2-7a-z]{{24}}(?![0-9a-z])", re.IGNORECASE)
# The same in pieces. Until the year 3084 an id begins with 0, and no list of short words does.
_IN_PIECES = re.compile(
    rf"{_BEGIN}(?:1{_BREAK})?0(?:{_BREAK}[0-9a-hjkmnp-tv-z]){{17}}(?:{_BREAK}[2-7a-z]){{24}}"
    r"(?![0-9a-z])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[^0-9a-z]", re.IGNORECASE)


def without_private(text: str) -> str:
    """`text` with our answer addresses and personal links made `…`, whatever their case."""
    text = _IN_PIECES.sub(lambda token: _BETWEEN.sub("", token[0]), text)
    text = _URL.sub(_public, text)
    text = _ADDRESS.sub(INSTEAD, text)
    return _TOKEN.sub(INSTEAD, text)


def _public(url: re.Match[str]) -> str:
    """A link as it was, unless it is personal, or a link checker's way to a personal one."""
    plain = url[0]
    for _ in range(_MOST_ENCODED):
        plain = unquote(plain)
    door, rest = plain.partition("/-/")[1:]
    if not door or not _LONG.search(rest):
        return url[0]
    return INSTEAD + url[0][len(url[0].rstrip(").,;:!?]*_")) :]
