"""The rules of the house: what its operator decided, as the actions need it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Visitors(StrEnum):
    """What becomes of a comment by somebody who was not invited, once the address is confirmed."""

    OPEN = "open"
    HELD = "held"
    INVITED = "invited"  # only the invited may write


@dataclass(frozen=True, slots=True)
class House:
    """Set once at the start, the same for every door."""

    mail_domain: str
    visitors: Visitors = Visitors.HELD
    grace: timedelta = timedelta(minutes=2)  # before a comment is mailed, so that it can be mended
    posts_an_hour: int = 60  # of one person
    time_zone: str = "UTC"  # of people who chose none
    strangers_an_hour: int = 10  # sign-in and confirmation mails, for one address or one network
