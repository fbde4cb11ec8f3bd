"""Roles of an emerging team, and who would work with whom. No score, no order by merit."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_TITLE = 120
LONGEST_WORDS = 1_000


@dataclass(frozen=True, slots=True)
class Role:
    """A part in the team, in the words of whoever claims it, or whoever proposed it to them."""

    id: str
    opportunity_id: str
    person_id: str
    title: str
    words: str  # markdown; may be empty
    html: str
    made: datetime
    proposed_by: str | None = None  # somebody else, who waits for a yes
    taken: datetime | None = None
    laid_down: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether its person carries it now."""
        return self.taken is not None and self.laid_down is None

    @property
    def open(self) -> bool:
        """Whether it was proposed, and neither taken nor declined yet."""
        return self.taken is None and self.laid_down is None


@dataclass(frozen=True, slots=True)
class Support:
    """“I'd work with them on this”: quietly, or by a comment that speaks for it."""

    role_id: str
    person_id: str
    at: datetime
    comment_id: str | None = None
