"""DKIM (RFC 6376) for a house whose mail server does not sign. As a rule the server does."""

import dkim

from ..settings import Settings

# A program shows its button to stop only when these are signed; dkimpy leaves the second one out.
_TO_STOP = {b"list-unsubscribe", b"list-unsubscribe-post"}


def signed(settings: Settings, raw: bytes) -> bytes:
    """`raw`, a whole message with CRLF, under a signature of our domain when there is a key.

    Raises OSError for a key that cannot be read, dkim.DKIMException for one that is none.
    """
    if settings.dkim_key is None:
        return raw
    message = dkim.DKIM(raw)
    named = {name.lower() for name, _ in message.headers}
    headers = message.default_sign_headers()
    headers += sorted((_TO_STOP & named) - {header.lower() for header in headers})
    signature: bytes = message.sign(
        settings.dkim_selector.encode(),
        settings.mail_domain.encode(),
        settings.dkim_key.read_bytes(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=headers,
    )
    return signature + raw
