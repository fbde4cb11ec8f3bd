"""What the desk counts, on made-up discussions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from comments_service.domain import figures
from comments_service.domain.figures import Said
from comments_service.domain.people import Capacity, Participant, Person

DAY = timedelta(days=1)
START = datetime(2026, 11, 3, 9, tzinfo=UTC)
NOW = START + 10 * DAY
ADA, BOB, ZOE = (Person(id, id.title(), f"{id}@example.org", "en") for id in ("ada", "bob", "zoe"))


def said(id: str, author: str, answers: str | None = None, day: float = 0, **more: bool) -> Said:
    return Said(id, author, START + day * DAY, answers, **more)


def part(person: Person, joined: datetime | None = START, **more: object) -> Participant:
    return replace(Participant("farm", person, Capacity.EXPERT, joined=joined), **more)  # type: ignore[arg-type]


def ids(found: list[Said]) -> list[str]:
    return [one.id for one in found]


def test_a_comment_that_nobody_answers_for_a_day_is_unanswered() -> None:
    talk = [said("a", "ada"), said("b", "bob", day=9.5)]
    assert ids(figures.unanswered(talk, NOW)) == ["a"]


def test_an_answer_by_another_answers_and_one_by_oneself_does_not() -> None:
    talk = [said("a", "ada"), said("b", "ada", "a"), said("c", "bob", "a")]
    assert "a" not in ids(figures.unanswered(talk, NOW))
    assert "a" in ids(figures.unanswered(talk[:2], NOW))


def test_what_answers_a_question_waits_for_nothing() -> None:
    talk = [said("a", "ada", asks=True), said("b", "bob", "a")]
    assert figures.unanswered(talk, NOW) == []


def test_thanks_for_an_answer_end_a_thread() -> None:
    talk = [said("a", "ada"), said("b", "bob", "a"), said("c", "ada", "b")]
    assert figures.unanswered(talk, NOW) == []
    assert ids(figures.unanswered([*talk[:2], said("c", "zoe", "b")], NOW)) == ["c"]


def test_an_introduction_waits_for_nothing() -> None:
    talk = [said("a", "ada", introduces=True)]
    assert figures.unanswered(talk, NOW) == []
    assert figures.people_unanswered(talk, NOW) == []


def test_an_answer_to_what_was_taken_back_is_like_an_opening() -> None:
    assert ids(figures.unanswered([said("b", "bob", "gone")], NOW)) == ["b"]


def test_people_unanswered_are_those_nobody_ever_answered() -> None:
    talk = [said("a", "ada"), said("b", "bob", "a"), said("c", "ada"), said("d", "zoe", day=9.9)]
    assert figures.people_unanswered(talk, NOW) == ["bob"]


def test_the_first_exchange_is_an_expert_who_answers_another() -> None:
    talk = [
        said("a", "camille"),
        said("b", "ada", "a", 1),
        said("c", "ada", "b", 2),
        said("d", "camille", "b", 3),
        said("e", "bob", "c", 4),
        said("f", "ada", "e", 5),
    ]
    assert figures.first_exchange(talk, ["ada", "bob"]) == START + 4 * DAY
    assert figures.first_exchange(talk[:4], ["ada", "bob"]) is None
    assert figures.first_exchange([], []) is None


@pytest.mark.parametrize(
    ("begun", "came", "days"),
    [
        (START, START + 2.9 * DAY, 2),
        (START, START - DAY, 0),
        (None, START, None),
        (START, None, None),
    ],
)
def test_days_are_whole_and_never_below_none(
    begun: datetime | None, came: datetime | None, days: int | None
) -> None:
    assert figures.days_between(begun, came) == days


def test_quiet_is_who_never_wrote_in_three_days_or_not_in_a_week() -> None:
    zoe = part(ZOE, joined=NOW - 2 * DAY)
    everybody = [part(ADA), part(BOB), zoe]
    last = figures.last_words([said("a", "bob", day=1), said("b", "bob", day=2.9)])
    assert figures.quiet(everybody, last, NOW) == everybody[:2]
    assert figures.quiet(everybody, {"bob": NOW - 7 * DAY}, NOW) == everybody[:1]


@pytest.mark.parametrize(
    "other", [{"left": NOW}, {"joined": None}, {"capacity": Capacity.FACILITATOR}]
)
def test_who_left_or_never_came_or_leads_is_not_quiet(other: dict[str, object]) -> None:
    assert figures.quiet([part(ADA, **other)], {}, NOW) == []  # type: ignore[arg-type]
