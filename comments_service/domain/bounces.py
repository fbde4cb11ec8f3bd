"""When an address that mail comes back from is given up: a score that fades with time."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HALF_LIFE = timedelta(days=14)
TOO_MUCH = 4.0


@dataclass(frozen=True, slots=True)
class Bounce:
    """Mail to a person came back; at most one counts a day."""

    person_id: str
    at: datetime
    permanent: bool  # RFC 3463: a status of class 5
    status: str  # "5.1.1", or empty when the report did not say


def score(bounces: Iterable[Bounce], now: datetime) -> float:
    """Two for a permanent failure, one for a passing one, halved every fortnight."""
    weights = (
        (2.0 if bounce.permanent else 1.0, (now - bounce.at) / HALF_LIFE) for bounce in bounces
    )
    return sum(weight * math.pow(0.5, lives) for weight, lives in weights)
