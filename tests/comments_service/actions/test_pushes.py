"""A push is kept once, published with those beside it, and told of once when it is bad."""

from itertools import count
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import pushes
from comments_service.actions.pushes import Published
from comments_service.actions.sending import matter_to_send
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity
from comments_service.domain.pushes import Forge, Problem, Push, PushState

from ..conftest import FACILITATOR, Circle

BRIEF = Problem("content/opportunities/farm/brief.md", 3, "unknown phase “confusion”")
BAD = Published(PushState.BAD, "b" * 40, (BRIEF,))
REFUSED = Published(PushState.REFUSED, "", (Problem("", None, "git fetch: no such host"),))
LIVE = Published(PushState.LIVE, "c" * 40)
OTHER = ("Noor Haddad", "noor@example.org")
_numbers = count()


def push(circle: Circle, email: str = "", **more: Any) -> Push:
    given = {"digest": f"d{next(_numbers)}", "forge": Forge.GITEA, "branch": "main"}
    given |= {"commit": "a" * 40} | more
    return pushes.note(circle.store, **given, email=email, now=circle.now)


def settle(circle: Circle, published: Published) -> None:
    pushes.settle(circle.store, circle.house, pushes.begin(circle.store), published, circle.now)


def told(circle: Circle) -> list[str]:
    """The addresses that letters about bad pushes go to, the first first."""
    with circle.store.reading() as look:
        people = [look.person(letter.person_id) for letter in circle.letters(Kind.BAD_PUSH)]
    return [person.email for person in reversed(people) if person]


def state(circle: Circle, one: Push) -> PushState:
    with circle.store.reading() as look:
        found = look.push(one.id)
    assert found
    return found.state


def test_the_same_delivery_is_kept_once(circle: Circle) -> None:
    push(circle, digest="same")
    for _ in range(2):
        with pytest.raises(errors.Conflict):
            push(circle, digest="same")
    settle(circle, LIVE)
    with pytest.raises(errors.Conflict):
        push(circle, digest="same")


def test_several_that_wait_are_one_publishing(circle: Circle) -> None:
    waiting = [push(circle) for _ in range(3)]
    begun = pushes.begin(circle.store)
    assert [one.id for one in begun] == [one.id for one in waiting]
    late = push(circle)
    pushes.settle(circle.store, circle.house, begun, LIVE, circle.now)
    assert {state(circle, one) for one in waiting} == {PushState.LIVE}
    assert state(circle, late) is PushState.ASKED, "it came after the fetch"


def test_what_was_begun_and_never_settled_is_taken_again(circle: Circle) -> None:
    one = push(circle)
    assert pushes.begin(circle.store) == pushes.begin(circle.store) != []
    settle(circle, LIVE)
    assert pushes.begin(circle.store) == []
    assert state(circle, one) is PushState.LIVE


@pytest.mark.parametrize("published", [LIVE, Published(PushState.WAITING, "c" * 40)])
def test_nobody_hears_of_a_good_push(circle: Circle, published: Published) -> None:
    push(circle, FACILITATOR[1])
    settle(circle, published)
    assert told(circle) == []


@pytest.mark.parametrize("published", [BAD, REFUSED])
def test_the_facilitator_who_pushed_hears_of_a_bad_one(
    circle: Circle, published: Published
) -> None:
    circle.appoint(FACILITATOR, OTHER)
    push(circle, f" {OTHER[1].upper()} ")
    settle(circle, published)
    assert told(circle) == [OTHER[1]]


@pytest.mark.parametrize("email", ["", "stranger@example.net", "ada@example.org", "no address"])
def test_else_all_who_facilitate_the_house_do(circle: Circle, email: str) -> None:
    circle.bring_in("Ada")
    circle.appoint(FACILITATOR, OTHER)
    push(circle, email)
    settle(circle, BAD)
    assert sorted(told(circle)) == [FACILITATOR[1], OTHER[1]]


def test_a_facilitator_of_one_opportunity_hears_of_his_own(circle: Circle) -> None:
    circle.bring_in("Ada", capacity=Capacity.FACILITATOR)
    push(circle, "ada@example.org")
    settle(circle, BAD)
    assert told(circle) == ["ada@example.org"]


def test_one_letter_each_for_pushes_that_were_published_together(circle: Circle) -> None:
    circle.appoint(FACILITATOR, OTHER)
    for email in (OTHER[1], OTHER[1], FACILITATOR[1]):
        push(circle, email)
    settle(circle, BAD)
    assert sorted(told(circle)) == [FACILITATOR[1], OTHER[1]]


def test_settling_twice_writes_once(circle: Circle) -> None:
    push(circle)
    begun = pushes.begin(circle.store)
    for _ in range(2):
        pushes.settle(circle.store, circle.house, begun, BAD, circle.now)
    assert told(circle) == [FACILITATOR[1]]


def test_what_came_while_its_commit_was_refused_is_not_told_again(circle: Circle) -> None:
    push(circle)
    begun = pushes.begin(circle.store)
    push(circle)  # the fetch of the first one brings it along
    circle.wait(seconds=3)
    pushes.settle(circle.store, circle.house, begun, BAD, circle.now)
    circle.wait(seconds=3)
    settle(circle, BAD)
    assert told(circle) == [FACILITATOR[1]]
    push(circle)
    settle(circle, LIVE)
    circle.wait(hours=1)
    push(circle)  # somebody went back to it
    settle(circle, BAD)
    assert told(circle) == [FACILITATOR[1]] * 2


def test_the_letter_speaks_of_what_is_to_be_mended(circle: Circle) -> None:
    push(circle, FACILITATOR[1])
    settle(circle, BAD)
    [letter] = circle.letters(Kind.BAD_PUSH)
    matter = matter_to_send(circle.store, circle.house, letter, circle.now)
    assert matter and matter.push
    assert matter.push.problems == (BRIEF,)
    assert matter.push.shown == "b" * 10


def test_no_password_of_a_remote_and_no_flood_is_kept(circle: Circle) -> None:
    one = push(circle)
    words = "unable to access 'https://me:pa55@git.example.org/x.git'\x00\x1b[31m " + "x" * 9_000
    settle(circle, Published(PushState.REFUSED, "", [Problem("", None, words)] * 900))
    with circle.store.reading() as look:
        found = look.push(one.id)
    assert found and len(found.problems) == 50
    assert "'https://git.example.org/x.git'[31m x" in found.problems[0].message
    assert len(found.problems[0].message) == 1_000
