"""Comments a day, and what else happened."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plugins.charts.model import WIDTH, Timeline
from plugins.charts.timeline import PHASE_ROOM, TALLEST, timeline_of

from ..discussion.standin import comment, person
from .conversation import article, crowd, discuss

PHASES = ["brief", "divergence", "convergence", "engagement", "underway", "closed"]


@dataclass(frozen=True)
class Change:
    phase: str
    date: date


@dataclass(frozen=True)
class Update:
    slug: str
    date: datetime


def line(*written: str, updates: Any = (), **more: Any) -> Timeline:
    said = [comment(f"c{n:04}", "ada", written=each) for n, each in enumerate(written)]
    return timeline_of(article(discuss(said, [person("ada", "Ada")]), updates, **more))


def days(timeline: Timeline) -> list[tuple[int, int]]:
    return [(bar.day.day, bar.count) for bar in timeline.bars]


def test_days_are_those_of_utc() -> None:
    timeline = line(
        "2026-11-06T23:30:00-02:00", "2026-11-07T09:00:00Z", "2026-11-08T01:00:00+02:00"
    )
    assert days(timeline) == [(7, 3)]


def test_withdrawn_and_hidden_comments_are_not_counted() -> None:
    said = [comment("a", "ada"), comment("b", "ada", state="withdrawn")]
    said += [comment("c", "ada", state="hidden"), comment("d", "ada", parent="c")]
    timeline = timeline_of(article(discuss(said, [person("ada", "Ada")])))
    assert (timeline.count, [row.comments for row in timeline.rows]) == (2, [2])


def test_the_bars_and_the_rows_say_the_same_in_the_order_of_time() -> None:
    discussion = discuss(*crowd())
    timeline = timeline_of(article(discussion))
    assert [(bar.day, bar.count) for bar in timeline.bars] == [
        (row.day, row.comments) for row in timeline.rows
    ]
    assert [row.day for row in timeline.rows] == sorted(row.day for row in timeline.rows)
    assert sum(row.comments for row in timeline.rows) == discussion.count == timeline.count
    assert max(bar.height for bar in timeline.bars) == TALLEST
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in timeline.bars)


def test_a_talk_of_two_days_is_not_two_walls() -> None:
    timeline = line("2026-11-06T10:00:00Z", "2026-11-07T10:00:00Z")
    assert (timeline.first, timeline.last) == (date(2026, 11, 6), date(2026, 11, 19))
    assert max(bar.width for bar in timeline.bars) < 30


def test_an_update_is_marked_on_the_day_that_the_facilitator_wrote() -> None:
    midnight = datetime(2026, 11, 4, tzinfo=ZoneInfo("Europe/Paris"))
    update = Update("members", midnight)
    timeline = line("2026-11-06T10:00:00Z", updates=[update])
    assert timeline.first == date(2026, 11, 4)
    assert timeline.updates == (round(WIDTH / 14 / 2, 1),)
    assert [(row.day.day, row.comments, row.updates) for row in timeline.rows] == [
        (4, 0, (update,)),
        (6, 1, ()),
    ]


@pytest.mark.parametrize("where", ["phase_changes", "history"])
def test_phases_are_marked_where_somebody_knows_their_days(where: str) -> None:
    changes = [Change("convergence", date(2026, 11, 9)), Change("brief", date(2026, 11, 2))]
    timeline = line("2026-11-06T10:00:00Z", "2026-11-12T10:00:00Z", **{where: changes})
    assert [(mark.phase, mark.x) for mark in timeline.phases] == [
        ("brief", 0.0),
        ("convergence", round(3 * WIDTH / 14, 1)),
    ]
    assert [row.phases for row in timeline.rows] == [("brief",), (), ("convergence",), ()]


def test_nothing_is_marked_where_only_todays_phase_is_known() -> None:
    timeline = line("2026-11-06T10:00:00Z", history=[SimpleNamespace(author="Ada")])
    assert (timeline.phases, timeline.top) == ((), 0)


def test_of_the_phases_before_the_first_day_only_the_last_is_drawn() -> None:
    changes = [Change(phase, date(2026, 10, day)) for day, phase in enumerate(PHASES[:3], start=1)]
    timeline = line("2026-11-06T10:00:00Z", phase_changes=changes)
    assert [mark.phase for mark in timeline.phases] == ["convergence"]
    assert [row.day.month for row in timeline.rows] == [10, 10, 10, 11]


def test_names_of_phases_never_overlap_and_stay_in_the_drawing() -> None:
    start = date(2026, 11, 6)
    changes = [Change(PHASES[n % 6], start + timedelta(days=n)) for n in range(14)]
    timeline = line("2026-11-06T10:00:00Z", phase_changes=changes)
    named = [
        (mark.x - PHASE_ROOM * (mark.anchor == "end"), mark.y)
        for mark in timeline.phases
        if mark.y is not None
    ]
    assert len(timeline.phases) == 14
    assert named
    assert all(x >= 0 and x + PHASE_ROOM <= WIDTH for x, _ in named)
    for (x, y), (other_x, other_y) in combinations(named, 2):
        assert y != other_y or abs(x - other_x) >= PHASE_ROOM


@pytest.mark.parametrize(("length", "step"), [(100, 1), (600, 7), (2000, 28), (36500, 28)])
def test_a_long_life_is_told_in_weeks_with_a_row_for_each_day(length: int, step: int) -> None:
    start = datetime(2026, 11, 6, 10, tzinfo=UTC)
    ends = [start, start + timedelta(days=1), start + timedelta(days=length)]
    timeline = line(*(each.isoformat() for each in ends))
    assert (timeline.step, len(timeline.rows)) == (step, 3)
    assert sum(bar.count for bar in timeline.bars) == 3
    assert all(bar.width > 0 and bar.x + bar.width <= WIDTH for bar in timeline.bars)
