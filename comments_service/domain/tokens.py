"""Signed tokens: an id that only we can have handed out. What it opens is stored, it is not."""

import base64
import hashlib
import hmac

from .ids import LENGTH, looks_like_id

SIGNATURE_LENGTH = 24  # base32 characters: 120 bits


def sign(secret: bytes, purpose: str, subject: str) -> str:
    """A token of 42 lower-case letters and digits for `subject` (an id), valid for one `purpose`.

    It survives being upper-cased on the way, and nothing of it needs to be stored.
    """
    message = f"{purpose}:{subject}".encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return subject + base64.b32encode(digest).decode().lower()[:SIGNATURE_LENGTH]


def read(secret: bytes, purpose: str, token: str) -> str | None:
    """The id inside `token`, or None when the token is not ours or was made for something else."""
    token = token.strip().lower()
    subject = token[:LENGTH]
    if not token.isascii() or not looks_like_id(subject):
        return None
    genuine = hmac.compare_digest(sign(secret, purpose, subject), token)
    return subject if genuine else None
