"""The addresses at our domain: what each is for, how it is made, and how it is read again.

    reply+TOKEN     answers one letter; the token names the letter and is signed
    stop+TOKEN      ends all mail of the letter's kind
    bounces+TOKEN   the letter's envelope sender (VERP): delivery reports come here
    answer+ID       answers a comment; stands beside it on the page
    discuss+SLUG    an opportunity's own address (SLUG alone works too)

A token is a version, an id and 120 bits of HMAC in lower-case base32: 49 characters at most with
what stands before it, of the 64 that RFC 5321 §4.5.3.1.1 allows, and indifferent to case.
"""

from ..domain import tokens
from ..domain.ids import looks_like_id
from ..domain.incoming import (
    Addressed,
    Answering,
    AnsweringInPublic,
    Bouncing,
    Discussing,
    Stopping,
)
from ..domain.letters import Letter
from ..settings import Settings

VERSION = "1"
_Signed = Answering | Stopping | Bouncing
_SIGNED: dict[str, type[_Signed]] = {"reply": Answering, "stop": Stopping, "bounces": Bouncing}


def answer_address(settings: Settings, letter: Letter) -> str:
    """Where the reader of `letter` answers it: theirs alone."""
    return _signed(settings, "reply", letter)


def stop_address(settings: Settings, letter: Letter) -> str:
    """A mail to it, whatever it says, stops what `letter` belongs to."""
    return _signed(settings, "stop", letter)


def bounce_address(settings: Settings, letter: Letter) -> str:
    """The envelope sender of `letter`."""
    return _signed(settings, "bounces", letter)


def stop_token(settings: Settings, letter: Letter) -> str:
    """What stands in the link that stops, for the same."""
    return tokens.sign(settings.secret, "stop", letter.id)


def read_stop_token(settings: Settings, token: str) -> str | None:
    """The id of the letter in a link that stops, or None when it is not ours."""
    return tokens.read(settings.secret, "stop", token)


def discussion_address(settings: Settings, slug: str) -> str:
    """An opportunity's own address."""
    return f"discuss+{slug}@{settings.mail_domain}"


def public_answer_address(settings: Settings, comment_id: str) -> str:
    """Where anybody answers a comment; it proves nothing about who does."""
    return f"answer+{comment_id}@{settings.mail_domain}"


def read_address(settings: Settings, address: str) -> Addressed | None:
    """What an address at our domain is for; None for every other, and for a forged token."""
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    if domain != settings.mail_domain or not local or not local.isascii():
        return None
    kind, plus, rest = local.partition("+")
    if kind in _SIGNED and plus:
        version, token = rest[:1], rest[1:]
        letter_id = tokens.read(settings.secret, kind, token) if version == VERSION else None
        return _SIGNED[kind](letter_id) if letter_id else None
    if kind == "answer" and plus:
        return AnsweringInPublic(rest) if looks_like_id(rest) else None
    if kind == "discuss" and plus:
        return Discussing(rest) if rest else None
    return None if plus or kind in _RESERVED else Discussing(local)


# RFC 2142 and our own sender: mail to these is not for a discussion.
_RESERVED = {"emergence", "postmaster", "abuse", "hostmaster", "webmaster", "mailer-daemon"}


def _signed(settings: Settings, kind: str, letter: Letter) -> str:
    token = tokens.sign(settings.secret, kind, letter.id)
    return f"{kind}+{VERSION}{token}@{settings.mail_domain}"
