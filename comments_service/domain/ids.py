"""Names for things: time-ordered, URL-safe, and safe when a mail system folds case."""

import secrets
from datetime import UTC, datetime, timedelta

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no i, l, o, u
LENGTH = 18
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]  # ten bits each


def mint(now: datetime) -> str:
    """An id of 18 lower-case characters: 50 bits of milliseconds, then 40 random bits.

    Ids sort by the time that they were minted; two of one millisecond sort at random.
    """
    number = (int(now.timestamp() * 1000) << 40) | secrets.randbits(40)
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(80, -10, -10)])


def looks_like_id(text: str) -> bool:
    """Whether `text` could have come from `mint`."""
    return len(text) == LENGTH and all(letter in ALPHABET for letter in text)


def minted_at(id: str) -> datetime | None:
    """When `mint` made an id; None for one of another making."""
    if not looks_like_id(id):
        return None
    number = 0
    for letter in id:
        number = number * 32 + ALPHABET.index(letter)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number >> 40)
