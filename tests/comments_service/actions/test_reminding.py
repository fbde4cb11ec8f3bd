"""What becomes of invitations, and that nobody is reminded twice, early, or in vain."""

from dataclasses import replace

import pytest

from comments_service import errors
from comments_service.actions import following, invitations, people, reminding
from comments_service.actions.invitations import Invited
from comments_service.domain.bounces import Bounce
from comments_service.domain.inviting import InvitationFate
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry


def fate(circle: Circle, invited: Invited) -> InvitationFate:
    with circle.store.reading() as look:
        found = reminding.fates(look, invited.opportunity.id, circle.now)
    return found[invited.invitation.person.id]


def remind(circle: Circle, invited: Invited, by: Person | None = None, slug: str = "farm") -> None:
    by, whom = by or circle.facilitator, invited.invitation.person.id
    reminding.remind(circle.store, circle.house, by, slug, whom, circle.now)


def bounce(circle: Circle, invited: Invited) -> None:
    with circle.store.transaction() as t:
        t.add_bounce(Bounce(invited.invitation.person.id, circle.now, True, "5.1.1"))


def look_at(circle: Circle, invited: Invited) -> None:
    invitations.look_at_project(circle.store, invited.invitation.id, circle.now)


def accept(circle: Circle, invited: Invited) -> None:
    invitations.accept(circle.store, circle.house, invited.invitation.id, circle.now)


def decline(circle: Circle, invited: Invited) -> None:
    invitations.decline(circle.store, invited.invitation.id, circle.now)


def test_an_invitation_is_sent_and_after_two_days_silent(circle: Circle) -> None:
    invited = circle.invite("Ines")
    assert fate(circle, invited) is InvitationFate.SENT
    circle.wait(days=2)
    assert fate(circle, invited) is InvitationFate.SILENT
    remind(circle, invited)
    assert fate(circle, invited) is InvitationFate.SENT
    circle.wait(days=2)
    assert fate(circle, invited) is InvitationFate.SILENT


def test_whoever_looks_accepts_or_declines_is_no_longer_silent(circle: Circle) -> None:
    invited = circle.invite("Ines")
    circle.wait(days=3)
    look_at(circle, invited)
    assert fate(circle, invited) is InvitationFate.LOOKED
    first = circle.now
    circle.wait(days=1)
    look_at(circle, invited)
    decline(circle, invited)
    assert fate(circle, invited) is InvitationFate.DECLINED
    accept(circle, invited)
    assert fate(circle, invited) is InvitationFate.ACCEPTED
    with circle.store.reading() as look:
        kept = look.invitation(invited.invitation.id)
    assert kept and kept.looked == first
    people.leave(circle.store, circle.house, kept.person, "farm", circle.now)
    assert fate(circle, invited) is InvitationFate.ACCEPTED


def test_answering_is_having_looked(circle: Circle) -> None:
    for answer in (accept, decline):
        invited = circle.invite(answer.__name__.title())
        answer(circle, invited)
        with circle.store.reading() as look:
            kept = look.invitation(invited.invitation.id)
        assert kept and kept.looked == circle.now


def test_an_invitation_that_came_back_says_so(circle: Circle) -> None:
    invited = circle.invite("Ines")
    bounce(circle, invited)
    assert fate(circle, invited) is InvitationFate.BOUNCED
    other = circle.invite("Jo")
    with circle.store.transaction() as t:
        [letter] = t.letters_to(other.invitation.person.id)
        t.letter_failed(letter.id, "550 nobody", None)
    assert fate(circle, other) is InvitationFate.BOUNCED


def test_a_reminder_is_one_letter_with_a_link_of_its_own(circle: Circle) -> None:
    invited = circle.invite("Ines")
    circle.wait(days=2)
    remind(circle, invited)
    [letter] = circle.letters(Kind.REMINDER)
    assert letter.person_id == invited.invitation.person.id
    found, _, _ = invitations.invitation_behind(circle.store, letter.subject, circle.now)
    assert (found.id, found.reminded) == (invited.invitation.id, circle.now)


@pytest.mark.parametrize("answer", [accept, decline])
def test_nobody_who_answered_is_reminded(circle: Circle, answer: object) -> None:
    invited = circle.invite("Ines")
    answer(circle, invited)  # type: ignore[operator]
    circle.wait(days=9)
    with pytest.raises(errors.Conflict):
        remind(circle, invited)


def test_nobody_is_reminded_early_twice_or_in_vain(circle: Circle) -> None:
    invited, lost = circle.invite("Ines"), circle.invite("Jo")
    circle.wait(days=2, minutes=-1)
    bounce(circle, lost)
    for one in (invited, lost):
        with pytest.raises(errors.Conflict):
            remind(circle, one)
    circle.wait(minutes=1)
    remind(circle, invited)
    circle.wait(days=9)
    for one in (invited, lost):
        with pytest.raises(errors.Conflict):
            remind(circle, one)
    assert len(circle.letters(Kind.REMINDER)) == 1


def test_only_a_facilitator_reminds_and_only_whom_he_invited_to_what_is_open(
    circle: Circle,
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    invited, expert = circle.invite("Ines"), circle.bring_in("Ada")
    other = circle.bring_in("Jo", "mill", capacity=Capacity.FACILITATOR)
    circle.wait(days=3)
    for stranger in (expert, other):
        with pytest.raises(errors.NotAllowed):
            remind(circle, invited, stranger)
    with pytest.raises(errors.NotFound):
        remind(circle, invited, slug="mill")
    circle.publish(entry("farm", phase="closed"), entry("mill"))
    with pytest.raises(errors.Closed):
        remind(circle, invited)


def test_after_stop_nothing_reminds_not_even_what_waited(circle: Circle) -> None:
    invited = circle.invite("Ines")
    circle.wait(days=2)
    remind(circle, invited)
    [letter] = circle.letters(Kind.INVITATION)
    following.stop(circle.store, letter.id, circle.now)
    assert fate(circle, invited) is InvitationFate.DECLINED
    assert circle.letters(Kind.REMINDER) == []


def test_inviting_again_says_kindly_why_nothing_is_sent(circle: Circle) -> None:
    invited = circle.invite("Ines")
    decline(circle, invited)
    circle.wait(days=5)
    with pytest.raises(errors.AlreadyInvited, match="Ines declined on 2026-11-03. Nothing is sent"):
        circle.invite("Ines")
    accept(circle, invited)
    ines = replace(invited.invitation.person)
    people.leave(circle.store, circle.house, ines, "farm", circle.now)
    with pytest.raises(errors.AlreadyInvited, match="left on 2026-11-08"):
        circle.invite("Ines")
    assert len(circle.letters(Kind.INVITATION)) == 0
