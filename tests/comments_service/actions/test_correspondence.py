"""What facilitators see of mail, and what they can do when it goes wrong."""

from dataclasses import replace

import pytest

from comments_service import errors
from comments_service.actions import correspondence, following, leading, people
from comments_service.domain.bounces import Bounce
from comments_service.domain.following import Dose
from comments_service.domain.letters import NO_LONGER_WANTED, Kind, Letter
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


def fail(circle: Circle, error: str = "550 no such user") -> Letter:
    """Have the newest letter that tells of a comment given up."""
    circle.say(circle.facilitator, f"It is {circle.now}: {error}.")
    letter = next(letter for letter in circle.letters(Kind.COMMENT) if letter.due)
    with circle.store.transaction() as t:
        t.letter_failed(letter.id, error, None)
    return letter


def bounce(circle: Circle, person: Person) -> None:
    with circle.store.transaction() as t:
        t.add_bounce(Bounce(person.id, circle.now, True, "5.1.1"))
        t.change_person(replace(person, unreachable=circle.now))


def test_a_letter_is_sent_again_under_the_same_message_id(circle: Circle, ada: Person) -> None:
    letter = fail(circle)
    about = correspondence.send_again(circle.store, circle.facilitator, letter.id, circle.now)
    assert about and about.slug == "farm"
    [again] = circle.letters(Kind.COMMENT)
    assert (again.due, again.error, again.tries) == (circle.now, None, 0)
    assert again.message_id == letter.message_id


def test_a_letter_that_waits_keeps_its_time(circle: Circle, ada: Person) -> None:
    circle.say(circle.facilitator, "Wait.")
    [letter] = circle.letters(Kind.COMMENT)
    correspondence.send_again(circle.store, circle.facilitator, letter.id, circle.now)
    assert circle.letters(Kind.COMMENT) == [letter]


@pytest.mark.parametrize("how", ["leaves", "wants nothing"])
def test_nothing_is_sent_again_to_who_left_or_wants_nothing(
    circle: Circle, ada: Person, how: str
) -> None:
    letter = fail(circle)
    if how == "leaves":
        people.leave(circle.store, circle.house, ada, "farm", circle.now)
    else:
        circle.choose(ada, Dose.NOTHING)
    with pytest.raises(errors.Conflict):
        correspondence.send_again(circle.store, circle.facilitator, letter.id, circle.now)


def test_nobody_but_a_facilitator_sees_or_does_any_of_it(circle: Circle, ada: Person) -> None:
    letter, store = fail(circle), circle.store
    bounce(circle, ada)
    with pytest.raises(errors.NotAllowed):
        correspondence.about(store, ada, "farm")
    with pytest.raises(errors.NotAllowed):
        correspondence.about_nothing(store, ada)
    with pytest.raises(errors.NotAllowed):
        correspondence.send_again(store, ada, letter.id, circle.now)
    with pytest.raises(errors.NotAllowed):
        correspondence.reach_again(store, ada, "farm", ada.id)


def test_a_facilitator_by_invitation_sees_only_what_he_leads(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    bob = circle.bring_in("Bob", capacity=Capacity.FACILITATOR)
    assert correspondence.about(circle.store, bob, "farm").letters
    with pytest.raises(errors.NotAllowed):
        correspondence.about(circle.store, bob, "mill")
    with pytest.raises(errors.NotAllowed):
        correspondence.about_nothing(circle.store, bob)


def test_trying_again_begins_the_count_anew(circle: Circle, ada: Person) -> None:
    bounce(circle, ada)
    seen = correspondence.about(circle.store, circle.facilitator, "farm").unreachable
    assert [person.id for person in seen] == [ada.id]
    for _ in range(2):
        correspondence.reach_again(circle.store, circle.facilitator, "farm", ada.id)
    with circle.store.reading() as look:
        assert look.bounces(ada.id) == []
    assert not correspondence.about(circle.store, circle.facilitator, "farm").unreachable


def test_a_person_of_another_opportunity_is_not_reached_through_this_one(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    bob = circle.bring_in("Bob", "mill")
    bounce(circle, bob)
    for id in (bob.id, "nobody"):
        with pytest.raises(errors.NotFound):
            correspondence.reach_again(circle.store, circle.facilitator, "farm", id)


def test_the_desk_counts_the_trouble_of_the_last_week(circle: Circle, ada: Person) -> None:
    fail(circle, NO_LONGER_WANTED)
    assert not leading.desk(circle.store, circle.facilitator, circle.now).led[0].trouble
    fail(circle)
    bounce(circle, ada)
    [led] = leading.desk(circle.store, circle.facilitator, circle.now).led
    assert led.trouble == correspondence.Trouble(unreachable=1, given_up=1, refused=0)
    circle.wait(days=8)
    [led] = leading.desk(circle.store, circle.facilitator, circle.now).led
    assert led.trouble == correspondence.Trouble(unreachable=1, given_up=0, refused=0)


def test_followers_are_those_who_get_something_and_take_no_part(
    circle: Circle, ada: Person
) -> None:
    circle.choose(ada, Dose.DIGEST)
    for name in ("Fay", "Gil"):
        email = f"{name.lower()}@example.net"
        following.ask_to_follow(
            circle.store, circle.house, "farm", email, name, "en", "", circle.now
        )
        grant_id = circle.letters(Kind.FOLLOW)[0].subject
        following.follow(circle.store, grant_id, Dose.EACH, circle.now)
        circle.wait(seconds=1)
    with circle.store.reading() as look:
        gil = look.person_by_email("gil@example.net")
    assert gil
    circle.choose(gil, Dose.NOTHING)
    seen = correspondence.about(circle.store, circle.facilitator, "farm").followers
    assert [person.name for person in seen] == ["Fay"]
