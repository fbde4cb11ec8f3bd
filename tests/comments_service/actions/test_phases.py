"""A change of phase is told once, to those who want mail, and only if it lasts."""

from dataclasses import replace

import pytest

from comments_service.actions import following, people
from comments_service.actions.phases import tell_of_phase
from comments_service.actions.sending import matter_to_send
from comments_service.domain.following import Dose
from comments_service.domain.letters import Kind, Letter
from comments_service.domain.people import Person
from comments_service.domain.phases import Phase

from ..conftest import Circle, entry


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


def wanted(circle: Circle) -> list[Letter]:
    """The letters about phases that would be sent now."""
    return [
        letter
        for letter in circle.letters(Kind.PHASE)
        if letter.sent is None and matter_to_send(circle.store, circle.house, letter, circle.now)
    ]


def send(circle: Circle) -> list[str]:
    """Send them; to whom."""
    letters = wanted(circle)
    with circle.store.transaction() as t:
        for letter in letters:
            t.letter_sent(letter.id, circle.now)
    return sorted(letter.person_id for letter in letters)


def change(circle: Circle, phase: str) -> None:
    circle.publish(entry("farm", phase=phase))


def test_a_new_opportunity_tells_nobody(circle: Circle, ada: Person) -> None:
    circle.publish(entry("farm"), entry("mill", phase="engagement"))
    assert circle.letters(Kind.PHASE) == []


def test_a_change_is_told_after_the_grace_to_all_who_are_present(
    circle: Circle, ada: Person
) -> None:
    circle.invite("Bea")
    change(circle, "convergence")
    letters = wanted(circle)
    assert {x.person_id for x in letters} == {ada.id, circle.facilitator.id}
    assert {x.due for x in letters} == {circle.now + circle.house.grace}


def test_followers_are_told_and_who_wants_nothing_is_not(circle: Circle, ada: Person) -> None:
    following.ask_to_follow(
        circle.store, circle.house, "farm", "fay@example.net", "Fay", "en", "", circle.now
    )
    grant_id = circle.letters(Kind.FOLLOW)[0].subject
    following.follow(circle.store, grant_id, Dose.EACH, circle.now)
    circle.choose(ada, Dose.NOTHING)
    change(circle, "convergence")
    with circle.store.reading() as look:
        names = {look.person(x.person_id).name for x in wanted(circle)}  # type: ignore[union-attr]
    assert names == {"Fay", "Camille Le Goff"}


def test_the_same_manifest_again_and_a_restart_tell_nobody_twice(
    circle: Circle, ada: Person
) -> None:
    change(circle, "convergence")
    assert len(send(circle)) == 2
    change(circle, "convergence")
    circle.publish(entry("farm", phase="convergence", title="A better title"))
    assert send(circle) == []
    assert len(circle.letters(Kind.PHASE)) == 2


def test_two_who_take_the_same_manifest_at_once_tell_it_once(circle: Circle, ada: Person) -> None:
    with circle.store.reading() as look:
        farm = look.opportunity("farm")
    assert farm
    told = replace(farm, phase=Phase.CONVERGENCE)
    for _ in range(2):  # both looked before either wrote
        with circle.store.transaction() as t:
            tell_of_phase(t, circle.house, told, circle.now)
            t.change_opportunity(told)
    assert len(circle.letters(Kind.PHASE)) == 2


def test_a_phase_that_was_changed_back_before_its_letters_went_out_was_never_there(
    circle: Circle, ada: Person
) -> None:
    change(circle, "convergence")
    change(circle, "divergence")
    circle.wait(days=1)
    assert send(circle) == []


def test_only_the_last_of_two_quick_changes_is_told(circle: Circle, ada: Person) -> None:
    change(circle, "convergence")
    [claimed, _] = circle.letters(Kind.PHASE)
    change(circle, "engagement")
    assert matter_to_send(circle.store, circle.house, claimed, circle.now) is None
    assert len(send(circle)) == 2
    change(circle, "divergence")
    assert len(send(circle)) == 2


def test_going_back_is_told_to_those_who_knew(circle: Circle, ada: Person) -> None:
    change(circle, "convergence")
    send(circle)
    circle.wait(days=1)
    change(circle, "divergence")
    assert len(send(circle)) == 2


def test_a_letter_that_still_waits_gives_way_to_a_later_return_to_its_phase(
    circle: Circle, ada: Person
) -> None:
    change(circle, "convergence")
    waits, sent = circle.letters(Kind.PHASE)
    with circle.store.transaction() as t:
        t.letter_sent(sent.id, circle.now)
    change(circle, "engagement")
    send(circle)
    change(circle, "convergence")
    assert matter_to_send(circle.store, circle.house, waits, circle.now) is None
    assert len(send(circle)) == 2


def test_a_digest_tells_it_and_once(circle: Circle, ada: Person) -> None:
    circle.choose(ada, Dose.DIGEST)
    change(circle, "convergence")
    assert ada.id not in send(circle)
    circle.wait(days=1)
    assert following.write_digests(circle.store, circle.house, circle.now) == 1
    [digest] = circle.letters(Kind.DIGEST)
    matter = matter_to_send(circle.store, circle.house, digest, circle.now)
    assert matter and matter.left_phase and not matter.news
    circle.wait(days=1)
    circle.say(circle.facilitator, "On another day")
    circle.wait(days=1)
    assert following.write_digests(circle.store, circle.house, circle.now) == 1
    latest = circle.letters(Kind.DIGEST)[0]
    matter = matter_to_send(circle.store, circle.house, latest, circle.now)
    assert matter and not matter.left_phase


def test_a_digest_says_nothing_of_a_phase_that_was_changed_back(
    circle: Circle, ada: Person
) -> None:
    circle.choose(ada, Dose.DIGEST)
    change(circle, "convergence")
    change(circle, "divergence")
    circle.wait(days=1)
    assert following.write_digests(circle.store, circle.house, circle.now) == 0


def test_an_end_is_told_and_who_left_hears_nothing(circle: Circle, ada: Person) -> None:
    bea = circle.bring_in("Bea")
    people.leave(circle.store, circle.house, bea, "farm", circle.now)
    change(circle, "closed")
    told = send(circle)
    assert ada.id in told and bea.id not in told


def test_what_is_gone_from_the_site_is_not_told_of(circle: Circle, ada: Person) -> None:
    change(circle, "convergence")
    circle.publish()
    assert send(circle) == []
