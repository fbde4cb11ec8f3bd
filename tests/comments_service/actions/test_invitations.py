"""Inviting, accepting, declining, leaving: freely, and all or nothing for several at once."""

import pytest

from comments_service import errors
from comments_service.actions import invitations, people
from comments_service.actions.invitations import BadGuests, Guest
from comments_service.domain.access import Scope
from comments_service.domain.letters import Kind
from comments_service.domain.people import Answer, Capacity, Status

from ..conftest import Circle, entry


def answer_of(circle: Circle, invited: invitations.Invited) -> Answer | None:
    with circle.store.reading() as look:
        invitation = look.invitation(invited.invitation.id)
    assert invitation is not None
    return invitation.answer


def test_an_invited_person_is_nobody_in_public_until_they_accept(circle: Circle) -> None:
    invited = circle.invite("Ines", why="Your roofs.", introduction="*She* knows roofs.")
    assert [p["name"] for p in circle.exported()["people"]] == ["Camille Le Goff"]
    invitations.accept(circle.store, circle.house, invited.invitation.id, circle.now)
    shown = next(p for p in circle.exported()["people"] if p["name"] == "Ines")
    assert shown["introduction"] == "<p><em>She</em> knows roofs.</p>"
    assert answer_of(circle, invited) is Answer.ACCEPTED


def test_one_accepts_with_an_introduction_of_ones_own_or_none(circle: Circle) -> None:
    for name, own, shown in (("Ines", "I know roofs.", "<p>I know roofs.</p>"), ("Jo", " ", "")):
        invited = circle.invite(name, introduction="Knows nothing.")
        part = invitations.accept(
            circle.store, circle.house, invited.invitation.id, circle.now, own
        )
        assert part.introduction_html == shown


def test_the_link_of_an_invitation_is_mailed_and_opens_it(circle: Circle) -> None:
    invited = circle.invite("Ines")
    [letter] = circle.letters(Kind.INVITATION)
    assert (letter.subject, letter.due) == (invited.grant.id, circle.now)
    found, part, opportunity = invitations.invitation_behind(
        circle.store, invited.grant.id, circle.now
    )
    assert (found.id, part.joined, opportunity.slug) == (invited.invitation.id, None, "farm")
    assert invited.grant.scope is Scope.INVITATION


def test_declining_is_no_hindrance_to_accepting_later(circle: Circle) -> None:
    invited = circle.invite("Ines")
    invitations.decline(circle.store, invited.invitation.id, circle.now)
    assert answer_of(circle, invited) is Answer.DECLINED
    assert circle.letters(Kind.INVITATION) == []
    part = invitations.accept(circle.store, circle.house, invited.invitation.id, circle.now)
    assert part.present
    invitations.decline(circle.store, invited.invitation.id, circle.now)
    left = circle.part_of(part.person)
    assert left is not None and not left.present


def test_leaving_and_coming_back_keep_the_first_day(circle: Circle) -> None:
    person, first_day = circle.bring_in("Ines"), circle.now
    circle.wait(days=3)
    left = people.leave(circle.store, circle.house, person, "farm", circle.now)
    assert (left.left, people.leave(circle.store, circle.house, person, "farm", circle.now)) == (
        circle.now,
        left,
    )
    circle.wait(days=3)
    back = people.come_back(circle.store, circle.house, person, "farm", circle.now)
    assert back.present and back.joined == first_day


def test_nobody_is_invited_twice_to_the_same_and_anybody_to_another(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    first = circle.invite("Ines")
    with pytest.raises(errors.AlreadyInvited):
        circle.invite("Ines")
    second = circle.invite("Ines", "mill", status=Status.FREELANCE, know_how="Roofs")
    assert first.invitation.person.id == second.invitation.person.id
    assert second.invitation.person.status is Status.FREELANCE


def test_only_a_facilitator_of_the_opportunity_invites(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    expert = circle.bring_in("Ines")
    second = circle.bring_in("Jo", capacity=Capacity.FACILITATOR)
    guest = Guest("New", "new@example.org")
    with pytest.raises(errors.NotAllowed):
        invitations.invite(circle.store, circle.house, expert, "farm", guest, circle.now)
    with pytest.raises(errors.NotAllowed):
        invitations.invite(circle.store, circle.house, second, "mill", guest, circle.now)
    invitations.invite(circle.store, circle.house, second, "farm", guest, circle.now)


BAD_LINES = [
    (Guest("", "a@example.org"), "name"),
    (Guest("N" * 81, "a@example.org"), "name"),
    (Guest("A", ""), "email"),
    (Guest("A", "nobody"), "email"),
    (Guest("A", "a@b@c"), "email"),
    (Guest("A", "a@example..org"), "email"),
    (Guest("A", "a b@example.org"), "email"),
    (Guest("A", "a@example.org\r\nBcc: all@example.org"), "email"),
    (Guest("A", "a" * 65 + "@example.org"), "email"),
    (Guest("A", "a@example.org", why="w" * 2_001), "why"),
    (Guest("A", "a@example.org", introduction="i" * 2_001), "introduction"),
    (Guest("A", "a@example.org", know_how="k" * 201), "know_how"),
    (Guest("Good", "good@example.org"), "email"),  # the same guest again
]


@pytest.mark.parametrize(("bad", "field"), BAD_LINES)
def test_one_bad_line_and_nobody_is_invited(circle: Circle, bad: Guest, field: str) -> None:
    good, other = Guest("Good", "good@example.org"), Guest("Other", "other@example.org")
    with pytest.raises(BadGuests) as refusal:
        invitations.invite_all(
            circle.store, circle.house, circle.facilitator, "farm", [good, bad, other], circle.now
        )
    assert [(i, problem.field) for i, problem in refusal.value.problems] == [(1, field)]
    with circle.store.reading() as look:
        assert [person.name for person in look.people()] == ["Camille Le Goff"]
    assert circle.letters(Kind.INVITATION) == []


def test_every_bad_line_is_named(circle: Circle) -> None:
    guests = [guest for guest, _ in BAD_LINES[:12]]
    with pytest.raises(BadGuests) as refusal:
        invitations.invite_all(
            circle.store, circle.house, circle.facilitator, "farm", guests, circle.now
        )
    assert [index for index, _ in refusal.value.problems] == list(range(12))


def test_many_are_invited_at_once(circle: Circle) -> None:
    guests = [Guest(f"Guest {n}", f"guest{n}@example.org") for n in range(50)]
    made = invitations.invite_all(
        circle.store, circle.house, circle.facilitator, "farm", guests, circle.now
    )
    assert len({one.grant.id for one in made}) == 50
    assert len(circle.letters(Kind.INVITATION)) == 50


def test_an_introduction_is_public_once_its_person_agreed(circle: Circle) -> None:
    person = circle.bring_in("Ines")

    def shown() -> str | None:
        found = next(p for p in circle.exported()["people"] if p["id"] == person.id)
        introduction: str | None = found["introduction"]
        return introduction

    people.introduce(
        circle.store, circle.house, circle.facilitator, "farm", person.id, "Roofs!", circle.now
    )
    assert shown() is None
    people.mend_introduction(
        circle.store, circle.house, person, "farm", "Roofs, and walls.", circle.now
    )
    assert shown() == "<p>Roofs, and walls.</p>"
    people.mend_introduction(circle.store, circle.house, person, "farm", "", circle.now)
    assert shown() is None
    with pytest.raises(errors.NotAllowed):
        people.introduce(
            circle.store, circle.house, person, "farm", circle.facilitator.id, "Boss", circle.now
        )


def test_the_settings_appoint_and_dismiss_facilitators(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill", facilitator="Somebody else"))
    before = circle.facilitator
    [ines] = circle.appoint(("Ines", "ines@example.org"))
    guest = Guest("A", "a@example.org")
    invitations.invite(circle.store, circle.house, ines, "mill", guest, circle.now)
    dismissed = circle.facilitator
    assert before.facilitates and not dismissed.facilitates
    with pytest.raises(errors.NotAllowed):
        invitations.invite(circle.store, circle.house, dismissed, "mill", guest, circle.now)
    [again] = circle.appoint(("Another name", "ines@example.org"))
    assert again == ines


def test_correcting_ones_data_reaches_the_pages_and_appoints_nobody(circle: Circle) -> None:
    stale = circle.facilitator
    circle.say(stale, "Hello")
    circle.appoint(("Ines", "ines@example.org"))
    before = circle.changes()["cursor"]
    words = {"name": "Camille L.", "know_how": "", "language": "fr", "status": "founder"}
    words |= {"time_zone": "europe/paris"}
    changed = people.correct_data(circle.store, stale, circle.now, **words)
    assert (changed.facilitates, changed.time_zone) == (False, "Europe/Paris")
    told = circle.changes(before)["discussions"][0]
    assert [p["name"] for p in told["people"]] == ["Camille L."]
    assert told["comments"] == []
    with pytest.raises(errors.Invalid) as refusal:
        people.correct_data(circle.store, stale, circle.now, **(words | {"status": "boss"}))
    assert refusal.value.field == "status"
