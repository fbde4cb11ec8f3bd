"""A letter in the outbox: to whom, about what, and what became of it. Its words are made later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a letter tells; names its template."""

    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    HELD = "held"
    APPROVED = "approved"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Letter:
    """One row for one recipient, written in the transaction of what it tells."""

    id: str
    kind: Kind
    person_id: str
    message_id: str
    created: datetime
    due: datetime | None  # None: given up
    opportunity_id: str | None = None
    subject: str | None = None  # the grant, invitation or comment that it is about
    tries: int = 0
    error: str | None = None
    sent: datetime | None = None
