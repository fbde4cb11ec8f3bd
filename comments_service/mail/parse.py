"""From bytes to `Mail`: never an exception, and never more time or memory than is bounded."""

import logging
import re
from email.utils import getaddresses

from ..domain.incoming import Mail
from ..domain.people import normal_email, one_line
from .authentication import dmarc_result
from .automatic import why_automatic
from .body import read_body
from .charsets import decoded_words, text_of
from .mime import Header, read_message
from .private import without_private
from .quotes import own_words
from .reports import delivery_report

logger = logging.getLogger(__name__)

_NOT_ALL_READ = "[There is more in this mail than was read.]"
_MOST_REFERENCES = 100
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,248}>")  # some programs leave the @ out
_TOP = 16 * 1024  # bytes to show of what cannot be read


def read_mail(raw: bytes, *, sent: str = "", authserv_id: str = "") -> Mail:
    """What the bytes of a message say. `sent` is the text of our letter that it answers, if known.

    Whatever the bytes, this returns a `Mail`; what could not be read is said in its `cut`.
    """
    try:
        return _read(raw, sent, authserv_id)
    except Exception as error:  # the raw mail is on disk, and can be looked at
        logger.error("a mail could not be read: %s", type(error).__name__)
        top = without_private(text_of(raw[:_TOP], None, whole=len(raw) <= _TOP))
        return Mail(None, text=top.strip(), cut=_NOT_ALL_READ)


def _read(raw: bytes, sent: str, authserv_id: str) -> Mail:
    message, whole = read_message(raw)
    header = message.header
    body = read_body(message)
    text, cut = own_words(without_private(body.text), sent)
    if not (whole and body.whole):
        cut = f"{cut}\n\n{_NOT_ALL_READ}".strip()
    sender, name = _sender(header)
    subject = without_private(header.words("subject"))[:500]
    message_id = next(iter(_ids(header.first("message-id"))), None)
    answered = [one for one in _ids(header.first("in-reply-to")) if one != message_id]
    return Mail(
        sender,
        sender_name=name,
        message_id=message_id,
        in_reply_to=next(iter(answered), None),
        references=_references(header, message_id),
        subject=subject,
        text=text,
        cut=cut,
        automatic=why_automatic(header, message.kind, sender, subject),
        dmarc=dmarc_result(message, sender, authserv_id),
        attachments=body.attachments,
        report=delivery_report(message, body.text),
    )


def _sender(header: Header) -> tuple[str | None, str]:
    """The address in From, if there is exactly one, and the name beside it."""
    values = header.all("from")
    if len(values) != 1 or len(values[0]) > 2_000:
        return None, ""
    # An address is read before encoded words are decoded: one of them may decode to a comma.
    try:
        found = [(name, address) for name, address in getaddresses(values) if address]
    except (RecursionError, IndexError, ValueError):  # comments in comments in comments
        return None, ""
    if len(found) != 1:
        return None, ""
    name, address = found[0]
    return normal_email(address), one_line(decoded_words(name))[:200]


def _ids(value: str) -> list[str]:
    """The well-formed message ids in a field, each once."""
    found = _MESSAGE_ID.findall(value[:64_000])
    return list(dict.fromkeys(one for one in found if len(one) <= 250 and one.isprintable()))


def _references(header: Header, message_id: str | None) -> tuple[str, ...]:
    """Root … parent, without the mail itself; of too many the root and the nearest."""
    found = [one for one in _ids(header.first("references")) if one != message_id]
    if len(found) > _MOST_REFERENCES:
        found = [found[0], *found[1 - _MOST_REFERENCES :]]
    return tuple(found)
