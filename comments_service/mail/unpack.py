"""The messages of an mbox, read to become comments: ours to the letter, all others as mail."""

from collections.abc import Iterator
from datetime import datetime
from email.parser import BytesHeaderParser
from typing import BinaryIO

from ..domain.archive import Message, Skip
from .archive import head_of, nearest_last, read_ours, sound_id
from .mbox import read_date, split
from .parse import read_mail


def unpack(file: BinaryIO) -> Iterator[Message | Skip]:
    """Each message of the file, in its order, or why it is passed over. Raises BadMbox."""
    for piece in split(file):
        if piece.raw is None:
            yield Skip.TOO_LONG
        else:
            yield read_ours(piece.raw) or _theirs(piece.raw, piece.arrived)


def _theirs(raw: bytes, arrived: datetime | None) -> Message | Skip:
    mail = read_mail(raw)
    date = str(BytesHeaderParser().parsebytes(head_of(raw) + b"\n\n")["Date"] or "")
    written = read_date(date) or arrived
    if mail.automatic or mail.report:
        return Skip.AUTOMATIC
    if mail.sender is None:
        return Skip.NO_SENDER
    if written is None:
        return Skip.NO_DATE
    return Message(
        sender=mail.sender,
        name=mail.sender_name or mail.sender.partition("@")[0],
        written=written.replace(microsecond=0),
        text=mail.text,
        message_id=sound_id(mail.message_id),
        references=nearest_last(mail.references, mail.in_reply_to),
        subject=mail.subject,
        attachments=mail.attachments,
    )
