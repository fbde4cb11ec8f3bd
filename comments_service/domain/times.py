"""Moments as documents and storage write them: UTC, ISO 8601, to the millisecond."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=64)  # one transaction writes the same moment into many rows
def to_text(moment: datetime) -> str:
    """`2026-11-03T09:12:00.000Z`: fixed width, so that text sorts as time does."""
    in_utc = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return in_utc.removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """The moment that `to_text` wrote; any ISO 8601 with an offset is read."""
    return datetime.fromisoformat(text).astimezone(UTC)
