"""What is between facilitators: notes that nobody else reads, and people who were suggested."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Note:
    """A facilitator's note on an opportunity, on a person, or on a person in an opportunity."""

    id: str
    author_id: str
    text: str
    at: datetime
    opportunity_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """“Who else should be here?” A facilitator decides; nobody is mailed before."""

    id: str
    opportunity_id: str
    by: str
    name: str
    email: str  # may be empty: the facilitator may know it
    why: str
    made: datetime
    decided: datetime | None = None
    invited: bool = False
    person_id: str | None = None  # whom it is of, once that is decided, and if we know them
