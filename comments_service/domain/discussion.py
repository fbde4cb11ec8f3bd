"""Comments: what one is, who may still change it, and when two of them are the same."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_TEXT = 16_384
EDIT_WINDOW = timedelta(minutes=15)
SAME_WORDS_WINDOW = timedelta(minutes=10)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # feeds are XML


class State(StrEnum):
    """What has become of a comment."""

    UNCONFIRMED = "unconfirmed"  # its author's address is not proven yet
    HELD = "held"  # waits for a facilitator
    PUBLISHED = "published"
    HIDDEN = "hidden"  # by a facilitator
    WITHDRAWN = "withdrawn"  # by its author


class Door(StrEnum):
    """How a comment came in."""

    PAGE = "page"
    API = "api"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a discussion somebody writes: under a comment, under an update, or anew."""

    answer: str | None = None
    update: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """One message in a discussion."""

    id: str
    opportunity_id: str
    author_id: str
    text: str
    html: str
    state: State
    door: Door
    message_id: str
    written: datetime
    edited: datetime | None = None
    parent_id: str | None = None
    update: str | None = None
    introduces: str | None = None  # the id of the person whom it introduces to the others

    def editable(self, now: datetime) -> bool:
        """Whether its author may still mend it."""
        open_states = (State.PUBLISHED, State.HELD, State.UNCONFIRMED)
        return self.state in open_states and now < self.written + EDIT_WINDOW


def same_words(author_id: str, opportunity_id: str, place: Place, text: str) -> str:
    """A digest that is equal for a form posted twice, and for nothing else."""
    parts = "\x1f".join((author_id, opportunity_id, place.answer or "", place.update or "", text))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def clean_text(text: str) -> str:
    """What somebody wrote, with Unix line ends, no blank edges and nothing that XML cannot hold."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
