"""When a host is asked, and what its answers lead to."""

from datetime import UTC, datetime, timedelta

import pytest

from comments_service.domain.rebuilding import (
    PAUSES,
    SILENT,
    UNREACHABLE,
    Answer,
    Asked,
    Waiting,
    is_due,
    settled,
)

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
QUIET = timedelta(seconds=20)


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        (ago(seconds=20), ago(seconds=20), True),
        (ago(seconds=19), ago(seconds=19), False),
        (ago(minutes=4), ago(seconds=1), False),
        (ago(minutes=5), ago(seconds=1), True),
        (ago(minutes=5), ago(seconds=-1), True),
        (ago(hours=-1), ago(hours=-1), True),
    ],
)
def test_a_host_is_asked_when_it_is_quiet_or_after_five_minutes(
    first: datetime, last: datetime, due: bool
) -> None:
    assert is_due(Asked("t", 1), Waiting(first, last), QUIET, NOW) is due


def test_without_a_change_nobody_is_asked() -> None:
    assert not is_due(Asked("t", 1), None, QUIET, NOW)


def test_a_host_that_could_not_has_its_pause() -> None:
    waiting = Waiting(ago(hours=1), ago(hours=1))
    assert not is_due(Asked("t", 1, due=ago(seconds=-1)), waiting, QUIET, NOW)
    assert is_due(Asked("t", 1, due=NOW), waiting, QUIET, NOW)


def test_what_was_taken_leaves_nothing_to_do() -> None:
    before = Asked("t", 1, tries=3, due=NOW, error="503", at=ago(hours=1))
    assert settled(before, 7, Answer(None), NOW) == Asked("t", 7, at=NOW)


@pytest.mark.parametrize("error", ["500", "502", "503", "408", "425", "429", SILENT, UNREACHABLE])
def test_pauses_grow_and_no_host_is_forgotten(error: str) -> None:
    asked = Asked("t", 1)
    for pause in [*PAUSES, PAUSES[-1]]:
        asked = settled(asked, 7, Answer(error), NOW)
        assert (asked.cursor, asked.due, asked.error) == (1, NOW + pause, error)


@pytest.mark.parametrize("error", ["301", "400", "401", "403", "404", "410", "422"])
def test_a_refusal_is_final_until_the_next_change(error: str) -> None:
    assert settled(Asked("t", 1), 7, Answer(error), NOW) == Asked("t", 7, 1, None, error, NOW)


@pytest.mark.parametrize("error", ["429", "503", "403"])
def test_a_host_says_itself_when_to_come_back(error: str) -> None:
    said = Answer(error, timedelta(minutes=7))
    assert settled(Asked("t", 1), 7, said, NOW).due == NOW + timedelta(minutes=7)


def test_no_host_is_left_alone_for_more_than_a_day() -> None:
    said = Answer("503", timedelta(days=400))
    assert settled(Asked("t", 1), 7, said, NOW).due == NOW + timedelta(days=1)
