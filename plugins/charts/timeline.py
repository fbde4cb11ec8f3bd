"""Comments a day as bars, with updates and changes of phase where they fell. Comments are counted
by the day in UTC; an update and a phase have the day that the facilitator wrote."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .model import WIDTH, Bar, DayRow, PhaseMark, Timeline

TALLEST = 60
FEWEST_DAYS = 14  # so that two days of talk are not two walls
MOST_BARS = 130
STEPS = (1, 7, 28)
PHASE_ROWS = 3
PHASE_ROW = 14
PHASE_ROOM = 92  # for a phase's name, in any language so far
BELOW = 28  # for the marks of updates and the days at both ends

Changes = list[tuple[date, str]]


def timeline_of(article: Any) -> Timeline:
    """The timeline of an article's discussion, which has at least one comment."""
    said = Counter(
        entry.written.astimezone(UTC).date()
        for entry in article.discussion.entries
        if entry.state == "published"
    )
    updates = [(_day(update.date), update) for update in _updates(article)]
    changes = sorted(phase_changes(article), key=lambda change: change[0])
    scale = _Scale({*said, *(day for day, _ in updates)}, changes)
    phases = tuple(_phases(changes, scale))
    top = max((int(mark.y) + 3 for mark in phases if mark.y), default=0)
    bars = tuple(_bars(said, scale, top))
    return Timeline(
        height=top + TALLEST + BELOW,
        top=top,
        base=top + TALLEST,
        step=scale.step,
        first=scale.first,
        last=scale.last,
        count=sum(said.values()),
        most=max(bar.count for bar in bars),
        bars=bars,
        updates=tuple(sorted({scale.middle(day) for day, _ in updates})),
        phases=phases,
        rows=tuple(_rows(said, updates, changes)),
    )


def phase_changes(article: Any) -> Iterator[tuple[date, str]]:
    """The days on which phases began, from whoever knows them; nothing when nobody does."""
    opportunity = getattr(article, "opportunity", None)
    for holder, name in (
        (article, "phase_changes"),
        (article, "history"),
        (opportunity, "phases"),
    ):
        known = getattr(holder, name, None)
        if isinstance(known, Iterable):
            changes = [each for each in known if hasattr(each, "phase") and hasattr(each, "date")]
            yield from ((_day(each.date), str(each.phase)) for each in changes)
            if changes:
                return


def _updates(article: Any) -> Iterable[Any]:
    return getattr(getattr(article, "opportunity", None), "updates", ())


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


class _Scale:
    """From days to places between 0 and WIDTH."""

    def __init__(self, days: set[date], changes: Changes) -> None:
        self.first = min(days)
        last = max([*days, *(day for day, _ in changes)])
        length = max(FEWEST_DAYS, (last - self.first).days + 1)
        self.step = next((step for step in STEPS if length / step <= MOST_BARS), STEPS[-1])
        self._bars = -(-length // self.step)
        self.last = self.first + timedelta(days=length - 1)
        self.width = WIDTH / self._bars

    def number(self, day: date) -> int:
        """The bar in which a day is; what was before the first one is in that."""
        return max(0, (day - self.first).days // self.step)

    def begin(self, day: date) -> float:
        return round(self.number(day) * self.width, 1)

    def middle(self, day: date) -> float:
        return round((self.number(day) + 0.5) * self.width, 1)


def _bars(said: Counter[date], scale: _Scale, top: int) -> Iterator[Bar]:
    counts: Counter[int] = Counter()
    for day, count in said.items():
        counts[scale.number(day)] += count
    most, gap = max(counts.values()), min(2.0, scale.width * 0.25)
    for number, count in sorted(counts.items()):
        height = round(max(1.5, TALLEST * count / most), 1)
        yield Bar(
            x=round(number * scale.width + gap / 2, 1),
            y=round(top + TALLEST - height, 1),
            width=round(scale.width - gap, 1),
            height=height,
            day=scale.first + timedelta(days=number * scale.step),
            count=count,
        )


def _phases(changes: Changes, scale: _Scale) -> Iterator[PhaseMark]:
    """Each change with the row in which its name finds room; of those before the first day, the
    last one is what that day began in."""
    before = [change for change in changes if change[0] <= scale.first]
    taken: list[list[tuple[float, float]]] = [[] for _ in range(PHASE_ROWS)]
    for day, phase in [*before[-1:], *changes[len(before) :]]:
        x = scale.begin(day)
        start, anchor = (x, "start") if x + PHASE_ROOM <= WIDTH else (x - PHASE_ROOM, "end")
        y = None
        for row, spans in enumerate(taken):
            if all(start >= end or start + PHASE_ROOM <= begin for begin, end in spans):
                spans.append((start, start + PHASE_ROOM))
                y = float((row + 1) * PHASE_ROW - 3)
                break
        yield PhaseMark(x, y, anchor, day, phase)


def _rows(
    said: Counter[date], updates: list[tuple[date, Any]], changes: Changes
) -> Iterator[DayRow]:
    updates_on, phases_on = defaultdict(list), defaultdict(list)
    for day, update in updates:
        updates_on[day].append(update)
    for day, phase in changes:
        phases_on[day].append(phase)
    for day in sorted({*said, *updates_on, *phases_on}):
        yield DayRow(day, said[day], tuple(updates_on[day]), tuple(phases_on[day]))
