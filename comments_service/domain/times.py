"""Moments as documents and storage write them: UTC, ISO 8601, to the millisecond."""

from datetime import UTC, datetime


def to_text(moment: datetime) -> str:
    """`2026-11-03T09:12:00.000Z`: fixed width, so that text sorts as time does."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """The moment that `to_text` wrote; any ISO 8601 with an offset is read."""
    return datetime.fromisoformat(text).astimezone(UTC)
