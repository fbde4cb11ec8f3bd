"""A mail that came in: how it was addressed, what it says, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Fate(StrEnum):
    """What became of a mail."""

    KEPT = "kept"  # on disk, and not read yet
    TAKEN = "taken"  # it became a comment, or what it asked for was done
    HELD = "held"  # it became a comment that its author has to confirm first
    IGNORED = "ignored"  # written by a machine, or here already
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answering:
    """To the answer address of one letter, which only its reader was given (`reply+…`)."""

    letter_id: str


@dataclass(frozen=True, slots=True)
class AnsweringInPublic:
    """To the address that stands beside a comment on the page (`answer+…`)."""

    comment_id: str


@dataclass(frozen=True, slots=True)
class Discussing:
    """To an opportunity's own address (`discuss+…`): a new thread, if it answers nothing."""

    slug: str


@dataclass(frozen=True, slots=True)
class Stopping:
    """To the address by which a letter's reader stops all further ones (`stop+…`)."""

    letter_id: str


@dataclass(frozen=True, slots=True)
class Bouncing:
    """To the envelope sender of a letter (VERP, `bounces+…`): a report that it did not arrive."""

    letter_id: str


Addressed = Answering | AnsweringInPublic | Discussing | Stopping | Bouncing


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail. It is kept inside the raw mail and is not published."""

    name: str
    kind: str  # its media type
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """RFC 3464: what a mail server says of a letter of ours."""

    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # RFC 3463, "5.1.1"; empty when it does not say

    @property
    def failed(self) -> bool:
        """Whether the letter did not arrive, for good or for now."""
        return self.action == "failed" or (self.action == "" and self.status[:1] in ("4", "5"))

    @property
    def permanent(self) -> bool:
        """Whether trying again is useless. A failure without a status counts as that."""
        return self.failed and not self.status.startswith("4")


@dataclass(frozen=True, slots=True)
class Mail:
    """What the bytes of a message say, as far as we care."""

    sender: str | None  # the address in From, normalised; None when there is none or several
    sender_name: str = ""
    message_id: str | None = None  # with its angle brackets
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()  # root … parent
    subject: str = ""
    text: str = ""  # the author's own words, in markdown
    cut: str = ""  # what was taken for quoted or for a signature
    automatic: str = ""  # why it was written by a machine (RFC 3834), or empty
    dmarc: str = ""  # "pass", "fail", … by our own mail server's account (RFC 8601), or empty
    attachments: tuple[Attachment, ...] = ()
    report: DeliveryReport | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as it is kept: the raw bytes are on disk before anybody reads them."""

    id: str
    received: datetime
    door: str  # lmtp, pipe or imap
    sender: str  # of the envelope; empty for a null sender, "?" when the door does not know
    recipient: str
    digest: str  # of recipient and bytes: the same delivery twice is one
    fate: Fate = Fate.KEPT
    reason: str = ""  # of a refusal: its message, whose placeholders `values` fill
    message_id: str | None = None  # its own
    answers: str | None = None  # the Message-ID that it answers
    words: str = ""  # a digest of what it says
    cut: str = ""
    person_id: str | None = None
    opportunity_id: str | None = None
    comment_id: str | None = None
    settled: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
