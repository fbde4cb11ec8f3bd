"""What templates and other plugins get to see of an opportunity. Plain data; nothing is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .parts import Text, Update

PHASES = ("brief", "divergence", "convergence", "engagement", "underway", "closed")


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One opportunity as one language version of its brief shows it.

    Updates come oldest first, each in the page's language where it was translated. `url` is the
    article's, from the root of the site. `facilitator` and `client` are "" and None when the brief
    names nobody; `closed_because` is "" when it gives no reason, and while it is not closed.
    """

    slug: str
    url: str
    aliases: tuple[str, ...]
    language: str
    phase: str
    facilitator: str
    client: str | None
    closes: date | None
    status: str
    summary_text: str
    date: datetime
    updates: tuple[Update, ...] = ()
    summary: Text | None = None
    agreement: Text | None = None
    closed_because: str = ""

    @property
    def changed(self) -> datetime:
        """When the facilitator last wrote: the latest update, else the brief."""
        return max([self.date, *(update.date for update in self.updates)])
