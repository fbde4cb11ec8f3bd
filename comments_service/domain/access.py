"""What lets one person in without an account: personal links, sessions, tokens for programs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Scope(StrEnum):
    """What a grant is good for; a token made for one is worthless for another."""

    INVITATION = "invitation"
    SIGN_IN = "sign-in"
    CONFIRM = "confirm"
    FOLLOW = "follow"
    SESSION = "session"
    API = "api"


LASTS = {
    Scope.INVITATION: timedelta(days=90),
    Scope.SIGN_IN: timedelta(days=1),
    Scope.CONFIRM: timedelta(days=7),
    Scope.FOLLOW: timedelta(days=7),
    Scope.SESSION: timedelta(days=90),
    Scope.API: timedelta(days=365),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One way in for one person: scoped, expiring, revocable. Its token is signed, never stored."""

    id: str
    scope: Scope
    person_id: str
    created: datetime
    expires: datetime
    subject: str | None = None  # the invitation or comment that it is about
    label: str = ""
    ended: datetime | None = None

    def opens(self, scope: Scope, now: datetime) -> bool:
        """Whether it still lets its person in for `scope`."""
        return self.scope is scope and self.ended is None and now < self.expires
