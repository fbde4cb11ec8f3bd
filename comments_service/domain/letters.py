"""A letter in the outbox: to whom, about what, and what became of it. Its words are made later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a letter tells; names its template."""

    INVITATION = "invitation"
    REMINDER = "reminder"  # of an invitation, once at most
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    HELD = "held"
    APPROVED = "approved"
    REFUSED = "refused"  # a facilitator did not publish a comment
    NOT_TAKEN = "not_taken"  # a mail that could not be taken, and why
    COMMENT = "comment"
    UPDATE = "update"
    INTRODUCTION = "introduction"
    DIGEST = "digest"
    CLIENT_JOINS = "client_joins"
    ROLE = "role"  # somebody thought of its reader for a role
    FOLLOW = "follow"  # asks whether the address wants to follow
    GOODBYE = "goodbye"
    PHASE = "phase"  # a change of phase, and what is expected now
    REREAD = "reread"  # asks a party to reread a version of the agreement
    BAD_PUSH = "bad_push"  # what was pushed to git cannot be published, and why


CONTENT = frozenset(
    {Kind.COMMENT, Kind.UPDATE, Kind.INTRODUCTION, Kind.DIGEST, Kind.PHASE, Kind.REREAD}
)
NO_LONGER_WANTED = "no longer wanted"  # the error of a letter whose matter was gone when it was due
ANSWERS_LAST = timedelta(days=365)  # how long one may answer a letter by mail


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
    subject: str | None = None  # the grant, comment, person, … that it is about: see matter.py
    tries: int = 0
    error: str | None = None
    sent: datetime | None = None
