"""How a discussion fares, computed from who wrote when and in answer to what. Nobody is ranked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .people import Capacity, Participant

QUIET_AFTER_COMING = timedelta(days=3)
QUIET_AFTER_WORDS = timedelta(days=7)
TIME_TO_ANSWER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What the figures need of a published comment."""

    id: str
    author_id: str
    written: datetime
    parent_id: str | None = None
    asks: bool = False  # there is a question mark in it
    introduces: bool = False


def guests(participants: Iterable[Participant]) -> list[Participant]:
    """Those who take part now, facilitators apart."""
    return [p for p in participants if p.present and p.capacity is not Capacity.FACILITATOR]


def last_words(said: Iterable[Said]) -> dict[str, datetime]:
    """When each author last wrote."""
    last: dict[str, datetime] = {}
    for one in said:
        last[one.author_id] = max(one.written, last.get(one.author_id, one.written))
    return last


def quiet(
    participants: Iterable[Participant], last: Mapping[str, datetime], now: datetime
) -> list[Participant]:
    """Guests present for three days who never wrote, or not within a week."""
    found = []
    for part in guests(participants):
        wrote = last.get(part.person.id)
        here_since = part.joined or now
        never = wrote is None and now - here_since >= QUIET_AFTER_COMING
        if never or (wrote is not None and now - wrote > QUIET_AFTER_WORDS):
            found.append(part)
    return found


def first_exchange(said: Sequence[Said], experts: Iterable[str]) -> datetime | None:
    """When an expert first answered another one."""
    author, known = {one.id: one.author_id for one in said}, set(experts)
    answers = (
        one.written
        for one in said
        if one.author_id in known
        and (answered := author.get(one.parent_id or "")) in known
        and answered != one.author_id
    )
    return min(answers, default=None)


def days_between(begun: datetime | None, came: datetime | None) -> int | None:
    """Whole days from one to the other; none before, and None while either has not happened."""
    return max(0, (came - begun).days) if begun and came else None


def unanswered(said: Sequence[Said], now: datetime) -> list[Said]:
    """Comments that stood for a day and nobody answered, oldest first.

    Apart from introductions, from what answers a question, and from what its author says to
    somebody who had answered them: those end a thread well.
    """
    by_id = {one.id: one for one in said}
    answered = _answered_by_another(said, by_id)
    found = [
        one
        for one in said
        if one.id not in answered
        and not one.introduces
        and now - one.written > TIME_TO_ANSWER
        and not _ends_a_thread(one, by_id)
    ]
    return sorted(found, key=lambda one: (one.written, one.id))


def people_unanswered(said: Sequence[Said], now: datetime) -> list[str]:
    """The ids of authors who wrote more than a day ago and whom nobody ever answered."""
    by_id = {one.id: one for one in said}
    answered = _answered_by_another(said, by_id)
    heard = {by_id[id].author_id for id in answered}
    waiting = [
        one.author_id
        for one in said
        if not one.introduces and now - one.written > TIME_TO_ANSWER and one.author_id not in heard
    ]
    return list(dict.fromkeys(waiting))


def _answered_by_another(said: Iterable[Said], by_id: Mapping[str, Said]) -> set[str]:
    answered = set()
    for one in said:
        parent = by_id.get(one.parent_id or "")
        if parent and parent.author_id != one.author_id:
            answered.add(parent.id)
    return answered


def _ends_a_thread(one: Said, by_id: Mapping[str, Said]) -> bool:
    parent = by_id.get(one.parent_id or "")
    if parent is None:
        return False
    above = by_id.get(parent.parent_id or "")
    return parent.asks or (above is not None and above.author_id == one.author_id)
