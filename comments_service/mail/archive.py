"""A discussion as an mbox: each comment a message, which can be read again to the letter."""

import quopri
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as MimeMessage
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

from ..domain.archive import Message
from ..domain.discussion import State
from ..domain.people import normal_email, one_line
from ..domain.times import from_text, to_text
from .mbox import entry, read_date
from .private import without_private
from .subjects import thread_subject

FORMAT = "emergence-mbox/1"  # says that the body is a comment's markdown and nothing else
MEDIA_TYPE = "application/mbox"  # RFC 4155

_LONGEST_LINE = 998  # octets, RFC 5322 §2.1.1
_LONGEST_WORD = 42  # octets before they are encoded: with its header's name, a line of 77
_MOST_REFERENCES = 50  # that are read of a foreign message: the nearest ones
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def write(title: str, messages: Iterable[Message]) -> Iterator[bytes]:
    """An mbox of messages about the opportunity `title`, one after the other, always the same."""
    for message in messages:
        yield entry(message.sender, message.written, _as_bytes(title, message))


def _as_bytes(title: str, message: Message) -> bytes:
    text = without_private(message.text)
    body = f"{text}\n".encode() if text else b""
    encoding = "8bit"
    if max(map(len, body.split(b"\n"))) > _LONGEST_LINE:
        body, encoding = quopri.encodestring(body), "quoted-printable"
    head = "".join(f"{name}: {value}\n" for name, value in _headers(title, message, encoding))
    return head.encode("ascii") + b"\n" + body


def _headers(title: str, message: Message, encoding: str) -> Iterator[tuple[str, str]]:
    yield "Message-ID", message.message_id or ""
    yield "Date", format_datetime(message.written.astimezone(UTC))
    yield "From", _somebody(message.name, message.sender)
    yield "Subject", _subject(title, message.opening, answers=bool(message.references))
    if above := [id for id in message.references if _ID.fullmatch(id)]:
        yield "In-Reply-To", above[-1]
        yield "References", "\n ".join(above)
    yield "MIME-Version", "1.0"
    yield "Content-Type", "text/plain; charset=utf-8"
    yield "Content-Transfer-Encoding", encoding
    yield "X-Emergence-Format", FORMAT
    if message.state is not State.PUBLISHED:
        yield "X-Emergence-State", message.state.value
    if message.edited:
        yield "X-Emergence-Edited", to_text(message.edited)
    if message.update:
        yield "X-Emergence-Update", _encoded(one_line(message.update))
    if message.introduces:
        yield "X-Emergence-Introduces", _somebody(*message.introduces)


@lru_cache(maxsize=1024)  # one for a thread
def _subject(title: str, opening: str, *, answers: bool) -> str:
    return _encoded(thread_subject(title, without_private(opening), answers=answers))


def _somebody(name: str, address: str) -> str:
    name = one_line(name)
    if _is_plain(name):
        return formataddr((name, address))
    return f"{_encoded(name)} <{address}>"


def _encoded(text: str) -> str:
    """`text` as a header's value: RFC 2047 where it is not ASCII, or would be taken for that."""
    if _is_plain(text):
        return text
    words = [b""]
    for letter in text:
        piece = letter.encode()
        if len(words[-1]) + len(piece) > _LONGEST_WORD:
            words.append(b"")
        words[-1] += piece
    return "\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def read_ours(raw: bytes) -> Message | None:
    """A message that `write` made, to the letter; None when another program made it."""
    if FORMAT.encode() not in head_of(raw):
        return None
    mime = message_from_bytes(raw)
    if mime["X-Emergence-Format"] != FORMAT:
        return None
    name, address = _name_and_address(str(mime["From"] or ""))
    sender, written = normal_email(address), read_date(str(mime["Date"] or ""))
    if sender is None or written is None:
        return None
    return Message(
        sender=sender,
        name=_decoded(name),
        written=written,
        text=_body(mime),
        message_id=sound_id(mime["Message-ID"]),
        references=_references(mime),
        ours=True,
        state=_state(mime["X-Emergence-State"]),
        edited=_moment(mime["X-Emergence-Edited"]),
        update=one_line(_decoded(str(mime["X-Emergence-Update"] or "")))[:200] or None,
        introduces=_introduced(mime),
    )


def _introduced(mime: MimeMessage) -> tuple[str, str] | None:
    name, address = _name_and_address(str(mime["X-Emergence-Introduces"] or ""))
    email = normal_email(address)
    return (_decoded(name), email) if email else None


def _body(mime: MimeMessage) -> str:
    payload = mime.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _name_and_address(value: str) -> tuple[str, str]:
    try:
        return parseaddr(value)
    except RecursionError:  # comments in comments in comments
        return "", ""


def _decoded(text: str) -> str:
    """`text` with its encoded words decoded; as it stands when one of them makes no sense."""
    try:
        return str(make_header(decode_header(text))) if "=?" in text else text
    except (HeaderParseError, ValueError, LookupError):
        return text


def sound_id(text: object) -> str | None:
    """A Message-ID in angle brackets that can stand in a header of ours, or None."""
    found = _ID.fullmatch(str(text).strip()) if text else None
    return found[0] if found else None


def head_of(raw: bytes) -> bytes:
    """The headers of a message."""
    return _HEAD_END.split(raw, maxsplit=1)[0]


def _references(mime: MimeMessage) -> tuple[str, ...]:
    answers = sound_id(mime["In-Reply-To"])
    return nearest_last(tuple(_ID.findall(str(mime["References"] or ""))), answers)


def nearest_last(references: tuple[str, ...], answers: str | None) -> tuple[str, ...]:
    """What a message answers, root … parent; In-Reply-To names the parent, if it is there."""
    others = [one for one in references if one != answers and _ID.fullmatch(one)]
    parent = [answers] if answers and _ID.fullmatch(answers) else []
    return tuple([*others, *parent][-_MOST_REFERENCES:])


def _state(text: object) -> State:
    return {"hidden": State.HIDDEN, "withdrawn": State.WITHDRAWN}.get(str(text), State.PUBLISHED)


def _moment(text: object) -> datetime | None:
    try:
        return from_text(str(text)) if text else None
    except (ValueError, OverflowError):
        return None
