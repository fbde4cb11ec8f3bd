"""The plain rules about mail: one word, a morning, a score that fades."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from comments_service.domain.bounces import TOO_MUCH, Bounce, score
from comments_service.domain.commands import Command, command_in
from comments_service.domain.following import Dose, Following, digest_is_due
from comments_service.domain.incoming import DeliveryReport

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Non, merci.", Command.NO),
        ("No thank you", Command.NO),
        ("No thank you, I am too busy.", None),
        ("stop", Command.STOP),
        ("Stop.", Command.STOP),
        ("*STOP*", Command.STOP),
        ("« arrêt »", Command.STOP),
        ("ok", Command.YES),
        ("D’accord !", Command.YES),
        ("hide", Command.HIDE),
        ("masquer", Command.HIDE),
        ("no", Command.NO),
        ("stop it", None),
        ("Please stop", None),
        ("stop\n\nAda", None),
        ("ok, but when?", None),
        ("nonstop", None),
        ("", None),
        ("…", None),
    ],
)
def test_only_a_word_alone_is_a_command(text: str, command: Command | None) -> None:
    assert command_in(text) is command


def test_a_score_fades_by_half_in_a_fortnight() -> None:
    bounce = Bounce("p", NOW, True, "5.1.1")
    assert score([bounce], NOW) == 2
    assert score([bounce], NOW + timedelta(days=14)) == 1
    assert score([Bounce("p", NOW, False, "4.2.2")], NOW) == 1


def test_three_days_of_permanent_failures_are_too_much_and_one_a_month_is_not() -> None:
    days = [Bounce("p", NOW - timedelta(days=d), True, "") for d in range(3)]
    assert score(days, NOW) > TOO_MUCH
    months = [Bounce("p", NOW - timedelta(days=30 * m), True, "") for m in range(12)]
    assert score(months, NOW) < TOO_MUCH


@pytest.mark.parametrize(
    ("action", "status", "failed", "permanent"),
    [
        ("failed", "5.1.1", True, True),
        ("failed", "4.4.7", True, False),
        ("failed", "", True, True),
        ("delayed", "4.4.1", False, False),
        ("delivered", "2.0.0", False, False),
        ("", "5.1.1", True, True),
        ("", "", False, False),
    ],
)
def test_a_report_says_whether_and_how_a_letter_failed(
    action: str, status: str, failed: bool, permanent: bool
) -> None:
    report = DeliveryReport(action, status)
    assert (report.failed, report.permanent) == (failed, permanent)


def reader(**more: object) -> Following:
    return Following("o", "p", NOW, dose=Dose.DIGEST, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "at", "due"),
    [
        ("UTC", "2026-11-03T23:00", False),
        ("UTC", "2026-11-04T06:59", False),
        ("UTC", "2026-11-04T07:00", True),
        ("UTC", "2026-11-04T07:01", True),
        ("America/New_York", "2026-11-03T12:01", True),  # it was four in the morning there
        ("Europe/Paris", "2026-11-04T06:01", True),
    ],
)
def test_a_digest_is_due_after_the_readers_next_morning(zone: str, at: str, due: bool) -> None:
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert digest_is_due(reader(), ZoneInfo(zone), now) is due


def test_one_digest_a_morning_and_none_after_an_end() -> None:
    zone, noon = ZoneInfo("UTC"), NOW + timedelta(days=1, hours=3)
    assert digest_is_due(reader(), zone, noon)
    assert not digest_is_due(reader(digested=noon), zone, noon + timedelta(hours=5))
    assert not digest_is_due(reader(ended=NOW), zone, noon)
    assert not digest_is_due(Following("o", "p", NOW), zone, noon)


def test_a_morning_comes_on_the_day_that_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Paris")
    chosen = datetime(2026, 10, 24, 12, tzinfo=UTC)
    following = Following("o", "p", chosen, dose=Dose.DIGEST)
    assert not digest_is_due(following, zone, datetime(2026, 10, 25, 5, 59, tzinfo=UTC))
    assert digest_is_due(following, zone, datetime(2026, 10, 25, 6, 1, tzinfo=UTC))
