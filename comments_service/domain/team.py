"""Roles of an emerging team, and who would work with whom. No score, no order by merit."""

from dataclasses import dataclass
from datetime import datetime

from .phases import Opportunity, Phase

LONGEST_TITLE = 120
LONGEST_WORDS = 1_000
MOST_ROLES = 12  # of one person in one opportunity: held, and as many that wait for a yes
PROPOSALS_AN_HOUR = 10  # by one person: each is a mail to somebody
_WITH_ROLES = frozenset({Phase.CONVERGENCE, Phase.ENGAGEMENT, Phase.UNDERWAY})


def roles_are_open(opportunity: Opportunity) -> bool:
    """Whether one may claim, propose and support roles in it now."""
    return opportunity.phase in _WITH_ROLES and not opportunity.gone


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

    @property
    def declined(self) -> bool:
        """Whether it was proposed, and not taken while it could be."""
        return self.proposed_by is not None and self.taken is None and self.over

    @property
    def over(self) -> bool:
        """Whether it was laid down, or declined."""
        return self.laid_down is not None


@dataclass(frozen=True, slots=True)
class Support:
    """“I'd work with them on this”: quietly, or by a comment that speaks for it."""

    role_id: str
    person_id: str
    at: datetime
    comment_id: str | None = None
