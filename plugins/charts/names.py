"""Names in a drawing: their order, about how wide they are, and what is written where they are too
wide. No font is read: the widths are those of a common sans serif, rather too wide than too narrow.
"""

import unicodedata
from typing import Any

_NARROW = frozenset("fijlrtI.,:;'’·-|()[] ")
_BROAD = frozenset("mwMW@%&—…")
_ALSO_RIGHT_TO_LEFT = "\u200f"


def by_name(person: Any) -> tuple[str, str, str]:
    """The key by which people are sorted: accents and capitals count last."""
    plain = unicodedata.normalize("NFKD", person.name)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return bare.casefold(), person.name, person.id


def width_of(text: str, size: float) -> float:
    """About how wide `text` is, in the units of its `size`."""
    return size * sum(map(_em, text))


def _em(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in _NARROW:
        return 0.4
    if letter in _BROAD:
        return 1.0
    return 0.72 if letter.isupper() else 0.61


def shortened(name: str, room: float, size: float) -> str:
    """The name if it is not wider than `room`; else the first name and an initial; else what fits
    of it. Dots stand on the side on which the name goes on, whichever way it is written."""
    words = name.split()
    whole = " ".join(words)
    if width_of(whole, size) <= room:
        return whole
    end = _ALSO_RIGHT_TO_LEFT if _is_right_to_left(whole) else ""
    family = [word[0] for word in words[1:] if word[0].isalnum()]
    if family and width_of(brief := f"{words[0]} {family[-1]}.", size) <= room:
        return brief + end
    cut = whole
    while cut and width_of(f"{cut}…", size) > room:
        cut = cut[:-1].rstrip()
    return f"{cut}…{end}"


def _is_right_to_left(text: str) -> bool:
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL"))
    return next(strong, "L") != "L"
