"""Letters about phases and about rereading the agreement, as their readers see them."""

from email.message import EmailMessage

import pytest

from comments_service import errors
from comments_service.actions import following, invitations, rereading, roles, supports
from comments_service.domain.discussion import Door
from comments_service.domain.following import Dose
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person
from comments_service.mail.outbox import send_due

from .conftest import Town

AGREEMENT = {"version": "4f1c2d", "url": "http://127.0.0.1:8000/opportunities/farm/#agreement"}


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def newest(town: Town, kind: Kind, to: str = "ada@example.org") -> EmailMessage:
    return [m for m in town.sent_to(to) if town.kind_of(m) is kind][-1]


def test_a_new_phase_is_told_with_what_is_expected_now(town: Town, ada: Person) -> None:
    town.post()
    town.publish(phase="convergence")
    town.post()
    letter = newest(town, Kind.PHASE)
    assert letter["Subject"] == "[A data platform] Where it stands: Convergence"
    text = text_of(letter)
    assert "Roles take shape: say what you would like to carry" in text
    assert "simply answer this mail" in text and town.url in text


def test_it_waits_for_the_grace_and_is_sent_by_one_of_two_workers(town: Town, ada: Person) -> None:
    town.post()
    before = len(town.received())
    town.publish(phase="convergence")
    assert send_due(town.house.settings, town.house.store, town.clock) == 0
    town.post()
    town.post()
    assert len(town.received()) == before + 2  # Ada and Camille


def test_a_phase_that_was_changed_back_is_never_mailed(town: Town, ada: Person) -> None:
    town.post()
    before = len(town.received())
    town.publish(phase="convergence")
    town.wait(seconds=30)
    town.publish(phase="divergence")
    town.post()
    assert len(town.received()) == before


def test_the_letter_of_the_end_says_that_nobody_can_write_any_more(town: Town, ada: Person) -> None:
    town.publish(phase="closed")
    town.post()
    text = text_of(newest(town, Kind.PHASE))
    assert "It stays here to be read" in text and "will not be taken" in text
    assert "simply answer this mail" not in text


def test_engagement_leads_to_the_agreement_in_french_too(town: Town) -> None:
    town.bring_in("Zoé", "zoe@example.org", language="fr")
    town.publish(phase="engagement", agreement=AGREEMENT)
    town.post()
    letter = newest(town, Kind.PHASE, "zoe@example.org")
    assert "Engagement" in letter["Subject"] and "Où l’on en est" in letter["Subject"]
    assert AGREEMENT["url"] in text_of(letter) and "L’accord, tel qu’il s’écrit" in text_of(letter)


@pytest.mark.parametrize("more", [True, False])
def test_a_digest_begins_with_the_new_phase(town: Town, ada: Person, more: bool) -> None:
    town.choose(ada, Dose.DIGEST)
    town.publish(phase="convergence")
    if more:
        town.say(town.facilitator, "Who would carry the data?")
    town.wait(days=1)
    following.write_digests(town.house.store, town.house.settings.house, town.now)
    town.post()
    digest = newest(town, Kind.DIGEST)
    assert ("1 new comment" if more else "Where it stands: Convergence") in digest["Subject"]
    text = text_of(digest)
    assert "Where it stands: Convergence" in text and "Before, it was: Divergence." in text
    assert "Roles take shape" in text
    assert ("carry the data?" in text) is more


def test_a_request_to_reread_says_how_to_answer_and_what_it_is_not(town: Town) -> None:
    town.bring_in("Jeanne", "jeanne@example.org", capacity=Capacity.CLIENT)
    town.publish(phase="engagement", agreement=AGREEMENT)
    rules, by = town.house.settings.house, town.facilitator
    rereading.ask_to_reread(town.house.store, rules, by, "farm", "4f1c2d", town.now)
    town.post()
    letter = newest(town, Kind.REREAD, "jeanne@example.org")
    text = text_of(letter)
    assert letter["Reply-To"] and "Answer “ok”" in text and "no electronic signature" in text
    assert "http://127.0.0.1:8000/-/o/farm/reread" in text and AGREEMENT["url"] in text


def test_a_request_is_not_sent_when_the_agreement_changed_meanwhile(town: Town) -> None:
    town.bring_in("Jeanne", "jeanne@example.org", capacity=Capacity.CLIENT)
    town.publish(phase="engagement", agreement=AGREEMENT)
    rules, by = town.house.settings.house, town.facilitator
    rereading.ask_to_reread(town.house.store, rules, by, "farm", "4f1c2d", town.now)
    town.publish(phase="engagement", agreement=AGREEMENT | {"version": "aaaaaa"})
    town.post()
    kinds = [town.kind_of(message) for message in town.sent_to("jeanne@example.org")]
    assert Kind.REREAD not in kinds


def test_the_others_letters_go_out_at_once_and_let_the_client_in(town: Town, ada: Person) -> None:
    town.say(ada, "How deep is the river?")
    town.post()
    invited = town.invite("Jeanne", "jeanne@example.org", capacity=Capacity.CLIENT)
    store, house = town.house.store, town.house.settings.house
    with pytest.raises(errors.NotYet):
        invitations.accept(store, house, invited.invitation.id, town.now)
    assert send_due(town.house.settings, store, town.clock) > 0
    invitations.accept(store, house, invited.invitation.id, town.now)
    assert town.kind_of(town.sent_to(ada.email)[-1]) is Kind.CLIENT_JOINS
    assert town.sent_to("jeanne@example.org") == []
    town.post()  # who has come in needs no invitation
    kinds = [town.kind_of(message) for message in town.sent_to("jeanne@example.org")]
    assert Kind.INVITATION not in kinds


def test_a_comment_that_speaks_for_a_role_says_so_in_its_letter(town: Town, ada: Person) -> None:
    town.publish(phase="convergence")
    bob = town.bring_in("Bob", "bob@example.org")
    store, house = town.house.store, town.house.settings.house
    role = roles.claim_role(store, bob, "farm", "Wells *deep*", "", town.now)
    supports.support_in_words(
        store, house, ada, role.id, "He dug mine.", door=Door.PAGE, now=town.now
    )
    town.post()
    text = text_of(newest(town, Kind.COMMENT, "bob@example.org"))
    assert "It speaks for a role: “Wells *deep*”, carried by Bob." in text
    assert "He dug mine." in text
