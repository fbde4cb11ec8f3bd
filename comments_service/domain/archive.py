"""A discussion as an archive of mail: what one message of it says, and why one is passed over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .discussion import State
from .incoming import Attachment

ERASED = "erased"  # stands before the @ of those whose data were erased: they are not told apart
NOWHERE = "imported.invalid"  # of addresses and Message-IDs that reach nobody; RFC 2606


class Skip(StrEnum):
    """Why a message of an archive becomes no comment."""

    HERE = "here already"
    AUTOMATIC = "written by a machine"
    NO_SENDER = "no sender"
    NO_DATE = "no date"
    AHEAD = "a date to come"
    EMPTY = "no words"
    TOO_LONG = "too long"
    NOT_PUBLISHED = "not published there"
    SPAM = "spam there"
    DELETED = "deleted there"
    ERASED = "by somebody whose data were erased here"
    NO_PLACE = "on a page that is no opportunity here"


@dataclass(frozen=True, slots=True)
class Message:
    """One comment as a message of an archive, or a message that may become a comment."""

    sender: str  # an address; in an archive of ours one that reaches nobody
    name: str
    written: datetime
    text: str  # markdown
    message_id: str | None = None  # with its angle brackets
    references: tuple[str, ...] = ()  # root … parent
    subject: str = ""  # as it came
    opening: str = ""  # when it leaves: what its thread begins with
    attachments: tuple[Attachment, ...] = ()
    ours: bool = False  # from an archive that we wrote: the text is a comment's, to the letter
    state: State = State.PUBLISHED
    edited: datetime | None = None
    update: str | None = None
    introduces: tuple[str, str] | None = None  # name and address of whom it introduces


@dataclass(frozen=True, slots=True)
class Report:
    """What came of an archive. Messages are counted from 1, in the order of the file."""

    taken: int
    authors: int
    new_people: int
    files: int  # that came with what was taken; only their names are kept
    skipped: tuple[tuple[int, Skip], ...]
