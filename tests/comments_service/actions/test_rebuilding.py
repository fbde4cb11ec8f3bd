"""Hosts are asked for what they were not asked for yet, and for nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from comments_service.actions import rebuilding
from comments_service.domain.hosts import HostKind, read_target
from comments_service.domain.people import Person
from comments_service.domain.rebuilding import Answer
from comments_service.storage.sqlite import SqliteStore

from ..conftest import Circle, entry

HOOK = read_target("https://api.netlify.com/build_hooks/1", "")
OTHER = read_target("https://api.github.com/repos/a/b/dispatches", "token")
QUIET = timedelta(seconds=20)


@pytest.fixture
def ada(circle: Circle) -> Person:
    """Somebody in the discussion, before any host was heard of."""
    return circle.bring_in("Ada")


def due(circle: Circle) -> list[rebuilding.Question]:
    return rebuilding.due(circle.store, [HOOK, OTHER], QUIET, circle.now)


def answered(circle: Circle, answer: Answer = Answer(None)) -> None:  # noqa: B008 - frozen
    for question in due(circle):
        rebuilding.settle(circle.store, question, answer, circle.now)


def test_a_host_that_is_new_is_asked_after_the_next_change(circle: Circle, ada: Person) -> None:
    circle.wait(hours=1)
    assert due(circle) == []
    circle.say(ada, "A change.")
    assert due(circle) == []
    circle.wait(seconds=20)
    assert [question.target for question in due(circle)] == [HOOK, OTHER]
    answered(circle)
    assert due(circle) == []


def test_while_people_talk_a_host_waits_five_minutes_at_most(circle: Circle, ada: Person) -> None:
    assert due(circle) == []
    for number in range(30):
        circle.say(ada, f"Change {number}.")
        assert due(circle) == []
        circle.wait(seconds=10)
    circle.wait(seconds=1)  # no two changes have one time
    assert len(due(circle)) == 2


def test_a_question_names_what_changed(circle: Circle, ada: Person) -> None:
    circle.publish(entry("farm"), entry("mill"), entry("dyke"))
    assert due(circle) == []
    circle.bring_in("Bob", "mill")
    circle.say(ada, "One.")
    circle.say(ada, "Two.")
    circle.wait(minutes=1)
    [question, _] = due(circle)
    assert question.discussions == ["farm", "mill"]
    with circle.store.reading() as look:
        assert (question.cursor, question.service) == (look.cursor(), look.service_id())


def test_what_changes_while_a_host_is_asked_is_asked_for_again(circle: Circle, ada: Person) -> None:
    assert due(circle) == []
    circle.say(ada, "One.")
    circle.wait(minutes=1)
    [question, _] = due(circle)
    circle.say(ada, "Two.")
    rebuilding.settle(circle.store, question, Answer(None), circle.now)
    circle.wait(minutes=1)
    assert HOOK in [again.target for again in due(circle)]


def test_what_waits_is_known_after_a_restart(
    circle: Circle, ada: Person, open_store: Callable[..., SqliteStore]
) -> None:
    assert due(circle) == []
    circle.say(ada, "One.")
    circle.store.close()
    circle.store = open_store()
    circle.wait(minutes=1)
    assert len(due(circle)) == 2


def test_one_host_that_cannot_holds_up_no_other(circle: Circle, ada: Person) -> None:
    assert due(circle) == []
    circle.say(ada, "One.")
    circle.wait(minutes=1)
    [hook, other] = due(circle)
    rebuilding.settle(circle.store, hook, Answer("503"), circle.now)
    rebuilding.settle(circle.store, other, Answer(None), circle.now)
    assert due(circle) == []
    circle.wait(seconds=30)
    assert [question.target for question in due(circle)] == [HOOK]


def test_a_host_that_refuses_is_asked_again_after_the_next_change(
    circle: Circle, ada: Person
) -> None:
    assert due(circle) == []
    circle.say(ada, "One.")
    circle.wait(minutes=1)
    answered(circle, Answer("401"))
    circle.wait(days=1)
    assert due(circle) == []
    circle.say(ada, "Two.")
    circle.wait(minutes=1)
    assert len(due(circle)) == 2


def test_by_hand_a_host_is_asked_though_nothing_changed(circle: Circle) -> None:
    [question] = rebuilding.at_once(circle.store, [HOOK])
    rebuilding.settle(circle.store, question, Answer(None), circle.now)
    [host] = rebuilding.hosts(circle.store, [HOOK])
    assert (host.name, host.asked, host.trouble) == ("api.netlify.com", circle.now, "")


def test_a_host_is_told_of_with_its_last_error(circle: Circle) -> None:
    [question] = rebuilding.at_once(circle.store, [OTHER])
    rebuilding.settle(circle.store, question, Answer("503"), circle.now)
    [unasked, host] = rebuilding.hosts(circle.store, [HOOK, OTHER])
    assert (unasked.asked, unasked.trouble) == (None, "")
    assert (host.status, host.asked) == ("503", circle.now)
    assert host.tried_again == circle.now + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        (HostKind.GITHUB, "401", "EMERGENCE_REBUILD_TOKEN"),
        (HostKind.GITHUB, "403", "EMERGENCE_REBUILD_TOKEN"),
        (HostKind.GITHUB, "404", "write its contents"),
        (HostKind.GITLAB, "400", "No pipeline"),
        (HostKind.GITLAB, "404", "No pipeline"),
        (HostKind.WEBHOOK, "401", "EMERGENCE_REBUILD"),
        (HostKind.WEBHOOK, "422", "refuses"),
        (HostKind.WEBHOOK, "307", "moved"),
        (HostKind.WEBHOOK, "502", "cannot do it now"),
        (HostKind.WEBHOOK, "silent", "in time"),
        (HostKind.WEBHOOK, "unreachable", "reached"),
    ],
)
def test_each_trouble_says_what_to_mend(kind: HostKind, error: str, words: str) -> None:
    assert words in rebuilding.trouble(kind, error)
