"""The client comes in after those who wrote were told, and waits half a minute at most."""

import pytest

from comments_service import errors
from comments_service.actions import clients, comments, invitations, people
from comments_service.domain.discussion import Door, Place
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle


@pytest.fixture
def invited(circle: Circle) -> invitations.Invited:
    """A client, invited into a discussion in which Ada has spoken."""
    circle.say(circle.bring_in("Ada"), "The river is two metres deep.")
    return circle.invite("Jeanne", capacity=Capacity.CLIENT)


def accept(circle: Circle, invited: invitations.Invited) -> None:
    invitations.accept(circle.store, circle.house, invited.invitation.id, circle.now)


def present(circle: Circle, person: Person) -> bool:
    part = circle.part_of(person)
    return part is not None and part.present


def test_a_client_waits_until_the_letters_to_the_others_were_sent(
    circle: Circle, invited: invitations.Invited
) -> None:
    with pytest.raises(errors.NotYet, match="few seconds"):
        accept(circle, invited)
    circle.tell_of_clients()
    accept(circle, invited)
    assert present(circle, invited.invitation.person)


def test_a_client_waits_for_no_letter_that_was_given_up(
    circle: Circle, invited: invitations.Invited
) -> None:
    with circle.store.transaction() as t:
        for letter in circle.letters(Kind.CLIENT_JOINS):
            t.letter_failed(letter.id, "550", None)
    accept(circle, invited)


def test_a_client_waits_half_a_minute_at_most(circle: Circle, invited: invitations.Invited) -> None:
    circle.wait(seconds=29)
    with pytest.raises(errors.NotYet):
        accept(circle, invited)
    circle.wait(seconds=1)
    accept(circle, invited)


def test_a_client_comes_in_by_no_other_way_before(
    circle: Circle, invited: invitations.Invited
) -> None:
    client = invited.invitation.person
    with pytest.raises(errors.NotYet):
        people.come_back(circle.store, circle.house, client, "farm", circle.now)
    with pytest.raises(errors.NotYet):
        comments.contribute(
            circle.store,
            circle.house,
            client,
            "farm",
            "Good day",
            Place(),
            door=Door.API,
            now=circle.now,
        )
    assert not present(circle, client)


def test_where_nobody_has_written_nobody_waits(circle: Circle) -> None:
    accept(circle, circle.invite("Jeanne", capacity=Capacity.CLIENT))


def test_an_expert_never_waits_and_a_client_who_comes_back_does_not(
    circle: Circle, invited: invitations.Invited
) -> None:
    circle.bring_in("Bea")
    circle.wait(minutes=1)
    accept(circle, invited)
    client = invited.invitation.person
    people.leave(circle.store, circle.house, client, "farm", circle.now)
    people.come_back(circle.store, circle.house, client, "farm", circle.now)
    assert present(circle, client)


def test_only_a_facilitator_sees_the_link_of_a_client(
    circle: Circle, invited: invitations.Invited
) -> None:
    client, now = invited.invitation.person, circle.now
    shown = clients.client_to_show(circle.store, circle.facilitator, "farm", client.id, now)
    assert shown.grant == invited.grant
    with circle.store.reading() as look:
        ada = look.person_by_email("ada@example.org")
    assert ada
    with pytest.raises(errors.NotAllowed):
        clients.client_to_show(circle.store, ada, "farm", client.id, now)
    with pytest.raises(errors.NotAllowed):
        clients.clients(circle.store, ada, "farm")
    for id in (ada.id, "nobody"):  # an expert's link is the expert's own
        with pytest.raises(errors.NotFound):
            clients.client_to_show(circle.store, circle.facilitator, "farm", id, now)
