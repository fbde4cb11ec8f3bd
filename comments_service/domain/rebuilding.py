"""When another host is asked to build the site anew, and what its answer leads to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LATEST = timedelta(minutes=5)  # after the first change that a host was not asked for
PAUSES = [timedelta(seconds=s) for s in (30, 60, 120, 300, 900, 1800, 3600)]
LONGEST_PAUSE = timedelta(days=1)  # whatever a host says
SILENT, UNREACHABLE = "silent", "unreachable"
NOT_NOW = (SILENT, UNREACHABLE, "408", "425", "429")


@dataclass(frozen=True, slots=True)
class Asked:
    """How far a host was asked, and how that went."""

    target: str  # a target's key
    cursor: int
    tries: int = 0  # in vain, since it last took what it was asked
    due: datetime | None = None  # the next try; None: after the next change
    error: str | None = None  # an HTTP status, SILENT or UNREACHABLE; None: it took it
    at: datetime | None = None  # when it was last asked


@dataclass(frozen=True, slots=True)
class Waiting:
    """Changes that a host was not asked for: the times of the first and the last one."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status, or that nothing did."""

    error: str | None  # None: taken
    pause: timedelta | None = None  # what Retry-After says


def is_due(asked: Asked, waiting: Waiting | None, quiet: timedelta, now: datetime) -> bool:
    """Whether to ask now: once it is quiet, or the first change has waited long enough."""
    if asked.due:
        return asked.due <= now
    if waiting is None:
        return False
    if waiting.last > now + quiet:  # a clock that was put back: nobody waits for that
        return True
    return min(waiting.last + quiet, waiting.first + LATEST) <= now


def settled(asked: Asked, until: int, answer: Answer, now: datetime) -> Asked:
    """What is known after an answer to a question that told of all changes up to `until`."""
    if answer.error is None:
        return Asked(asked.target, until, at=now)
    tries = asked.tries + 1
    if not _may_change_its_mind(answer):
        return Asked(asked.target, until, tries, None, answer.error, now)
    pause = PAUSES[min(tries, len(PAUSES)) - 1] if answer.pause is None else answer.pause
    pause = max(pause, PAUSES[0])  # whatever a host says
    due = now + min(pause, LONGEST_PAUSE)
    return Asked(asked.target, asked.cursor, tries, due, answer.error, now)


def _may_change_its_mind(answer: Answer) -> bool:
    """A 403 that says when to come back is GitHub's way of saying 429."""
    error = answer.error or ""
    return (
        error in NOT_NOW or error.startswith("5") or (error == "403" and answer.pause is not None)
    )
