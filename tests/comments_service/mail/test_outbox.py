import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comments_service.actions import (
    access,
    comments,
    following,
    invitations,
    leading,
    moderation,
    people,
    rereading,
    visitors,
)
from comments_service.actions.matter import Matter
from comments_service.domain.following import Dose
from comments_service.domain.letters import CONTENT, Kind, Letter
from comments_service.domain.people import Capacity, Person
from comments_service.mail import outbox, relay
from comments_service.mail.addresses import bounce_address

from .conftest import Server, Town, free_port


def test_nothing_is_sent_within_the_grace_and_an_edit_is_what_people_get(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    comment = town.say(ada, "Frist")
    town.now += timedelta(seconds=30)
    town.edit(ada, comment.id, "First")
    town.post()
    (message,) = (m for m in town.received() if m["Message-ID"] == comment.message_id)
    assert message.get_body(("plain",)).get_content().count("First") == 1  # type: ignore[union-attr]


def test_a_withdrawn_comment_is_not_mailed(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    comment = town.say(ada, "Oh no")
    comments.withdraw(town.house.store, ada, comment.id, town.now)
    town.post()
    assert all(message["Message-ID"] != comment.message_id for message in town.received())


def test_whoever_left_gets_nothing_more(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    town.say(ada, "Hello")
    people.leave(town.house.store, town.house.settings.house, bob, "farm", town.now)
    town.post()
    assert [town.kind_of(m) for m in town.sent_to("bob@example.org")] == [Kind.GOODBYE]


def test_an_accepted_invitation_is_not_mailed_any_more(town: Town) -> None:
    invited = town.invite("Ada", "ada@example.org")
    invitations.accept(town.house.store, town.house.settings.house, invited.invitation.id, town.now)
    town.post()
    assert town.received() == []


def test_a_server_that_says_later_is_asked_later(town: Town, smtp: tuple[Server, str]) -> None:
    server, url = smtp
    server.answers = ["451 not now"]
    town.invite("Ada", "ada@example.org")
    assert town.post(smtp_url=url) == 1
    assert server.taken == []
    assert town.post(smtp_url=url) == 1
    assert len(server.taken) == 1
    assert town.post(smtp_url=url) == 0


def test_a_server_that_says_never_is_not_asked_again(town: Town, smtp: tuple[Server, str]) -> None:
    server, url = smtp
    server.answers = ["550 no such user"]
    town.invite("Ada", "ada@example.org")
    town.post(smtp_url=url)
    town.now += timedelta(days=30)
    assert town.post(smtp_url=url) == 0
    ((letter, _),) = leading.desk(town.house.store, town.facilitator, town.now).letters
    assert letter.error == "550 no such user" and letter.sent is None


def test_a_resend_after_a_crash_carries_the_same_message_id(town: Town) -> None:
    """The worker dies after the relay took the letter and before it was written down."""
    town.invite("Ada", "ada@example.org")
    code = f"""
import os, signal
from datetime import UTC, datetime
from comments_service.mail import outbox, relay
from comments_service.opening import open_house
from comments_service.settings import from_environment
send = relay.MaildirRelay.send
def send_and_die(*args):
    send(*args)
    os.kill(os.getpid(), signal.SIGKILL)
relay.MaildirRelay.send = send_and_die
house = open_house(from_environment())
outbox.send_due(house.settings, house.store, lambda: datetime.fromisoformat("{town.now}"))
"""
    environ = os.environ | {
        "EMERGENCE_DATA": str(town.house.settings.data),
        "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
    }
    died = subprocess.run([sys.executable, "-c", code], env=environ, check=False)
    assert died.returncode == -signal.SIGKILL
    town.now += timedelta(minutes=10)
    town.post()
    first, second = town.received()
    assert first["Message-ID"] == second["Message-ID"]


def test_a_mailbox_that_cannot_be_written_loses_no_letter(town: Town) -> None:
    town.invite("Ada", "ada@example.org")
    in_the_way = town.house.settings.mailbox / "tmp"
    in_the_way.parent.mkdir()
    in_the_way.write_text("not a folder", encoding="utf-8")
    town.post()
    ((letter, _),) = leading.desk(town.house.store, town.facilitator, town.now).letters
    assert letter.error and letter.sent is None
    in_the_way.unlink()
    for name in ("tmp", "new", "cur"):
        (in_the_way.parent / name).mkdir(exist_ok=True)
    town.post()
    assert len(town.received()) == 1


def letters(town: Town) -> list[Letter]:
    with town.house.store.reading() as look:
        return look.letters(1_000)


def stop_by(town: Town, person: Person, kind: Kind) -> None:
    """Press the button of the last letter of this kind that the person got."""
    [letter, *_] = [x for x in letters(town) if x.kind is kind and x.person_id == person.id]
    following.stop(town.house.store, letter.id, town.now)


def test_nothing_is_sent_after_stop_whatever_happens(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    town.say(ada, "Hello")
    town.post()
    stop_by(town, bob, Kind.COMMENT)
    before = len(town.sent_to("bob@example.org"))
    town.say(ada, "Still there?")
    town.bring_in("Cleo", "cleo@example.org", introduction="Cleo sails.")
    town.invite("Client", "client@example.org", capacity=Capacity.CLIENT)
    town.publish(updates=[{"slug": "u", "title": "News", "url": town.url}])
    for _ in range(3):
        town.wait(days=1)
        following.write_digests(town.house.store, town.house.settings.house, town.now)
        town.post()
    assert len(town.sent_to("bob@example.org")) == before


def test_a_letter_that_was_claimed_before_a_stop_is_not_sent_after_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bob stops while the worker, which holds his letters too, sends somebody else's."""
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    town.say(ada, "One")
    town.post()
    town.say(ada, "Two")
    send, sent = relay.MaildirRelay.send, []

    def send_and_let_bob_stop(it: relay.MaildirRelay, raw: bytes, *more: str) -> None:
        if not sent:
            stop_by(town, bob, Kind.COMMENT)
        sent.append(more[1])
        send(it, raw, *more)

    monkeypatch.setattr(relay.MaildirRelay, "send", send_and_let_bob_stop)
    town.post()
    first = min(x.person_id for x in letters(town) if x.kind is Kind.COMMENT)
    assert sent and (bob.id == first or "bob@example.org" not in sent)


@pytest.mark.parametrize("kind", sorted(CONTENT - {Kind.DIGEST}))
def test_who_wants_nothing_gets_no_content(town: Town, kind: Kind) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    happen = {
        Kind.COMMENT: lambda: town.say(ada, "Hello"),
        Kind.UPDATE: lambda: town.publish(updates=[{"slug": "u", "title": "U", "url": town.url}]),
        Kind.INTRODUCTION: lambda: town.bring_in("Cleo", "cleo@example.org", introduction="C."),
        Kind.PHASE: lambda: town.publish(phase="convergence"),
        Kind.REREAD: lambda: ask_to_reread(town, bob),
    }
    happen[kind]()
    assert any(x.kind is kind and x.person_id == bob.id for x in letters(town))
    with town.house.store.transaction() as t:
        where = letters(town)[0].opportunity_id or ""
        t.set_following(following.Following(where, bob.id, town.now, Dose.NOTHING))
    town.post()
    assert town.sent_to("bob@example.org") == []


def ask_to_reread(town: Town, client: Person) -> None:
    """Make somebody the client, and ask for a rereading of the agreement."""
    town.publish(agreement={"version": "4f1c2d", "url": town.url})
    with town.house.store.transaction() as t:
        farm = t.opportunity("farm")
        part = t.participant(farm.id, client.id) if farm else None
        assert part
        t.change_participant(replace(part, capacity=Capacity.CLIENT))
    rules, by = town.house.settings.house, town.facilitator
    rereading.ask_to_reread(town.house.store, rules, by, "farm", "4f1c2d", town.now)


def test_whoever_cannot_be_reached_gets_only_what_they_ask_for(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    comment = town.say(bob, "Hello")
    town.say(ada, "Good day", answer=comment.id)
    town.invite("Client", "client@example.org", capacity=Capacity.CLIENT)
    access.ask_to_sign_in(town.house.store, town.house.settings.house, bob.email, "", town.now)
    with town.house.store.transaction() as t:
        t.change_person(replace(bob, unreachable=town.now))
    town.post()
    assert [town.kind_of(m) for m in town.sent_to("bob@example.org")] == [Kind.SIGN_IN]


def test_a_visitor_hears_of_a_decision_only_while_it_stands(town: Town) -> None:
    store, rules = town.house.store, town.house.settings.house
    visitor = visitors.Visitor("Vera", "vera@example.net", "en")
    comment = visitors.contribute_as_visitor(
        store, rules, visitor, "farm", "Hello", door=comments.Door.PAGE, now=town.now
    )
    [confirmation] = [x for x in letters(town) if x.kind is Kind.CONFIRM]
    visitors.confirm(store, rules, confirmation.subject or "", town.now)
    moderation.hide(store, rules, town.facilitator, comment.id, town.now)
    moderation.approve(store, rules, town.facilitator, comment.id, town.now)
    town.post()
    told = {town.kind_of(m) for m in town.sent_to("vera@example.net")}
    assert Kind.REFUSED not in told


def test_a_link_that_has_expired_is_not_mailed(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    access.ask_to_sign_in(town.house.store, town.house.settings.house, ada.email, "", town.now)
    town.wait(days=2)
    town.post()
    assert Kind.SIGN_IN not in {town.kind_of(m) for m in town.received()}


def test_each_letter_has_an_envelope_sender_of_its_own(
    town: Town, smtp: tuple[Server, str]
) -> None:
    server, url = smtp
    ada = town.bring_in("Ada", "ada@example.org")
    town.bring_in("Bob", "bob@example.org")
    town.say(ada, "Hello")
    town.post(smtp_url=url)
    expected = {bounce_address(town.house.settings, x) for x in letters(town) if x.sent}
    assert set(server.senders) == expected and len(expected) == 2


def test_a_morning_brings_the_digest_by_the_worker_itself(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    following.choose_dose(
        town.house.store, town.house.settings.house, bob, "farm", Dose.DIGEST, town.now
    )
    town.say(ada, "Hello")
    town.wait(days=1)
    stop = threading.Event()

    def clock_that_stops() -> datetime:
        if town.sent_to("bob@example.org"):
            stop.set()
        return town.now

    outbox.work(town.house.settings, town.house.store, clock_that_stops, stop)
    assert [town.kind_of(m) for m in town.sent_to("bob@example.org")] == [Kind.DIGEST]


def test_a_worker_that_is_stopped_leaves_what_it_claimed_to_the_next(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.bring_in("Bob", "bob@example.org")
    town.post()
    for number in range(3):
        town.say(ada, f"Hello {number}")
    town.wait(minutes=5)
    stop = threading.Event()

    def clock_that_stops() -> datetime:
        if town.sent_to("bob@example.org"):
            stop.set()
        return town.now

    outbox.work(town.house.settings, town.house.store, clock_that_stops, stop)
    left = [letter for letter in letters(town) if letter.sent is None and letter.due]
    assert left and all((x.due, x.tries) == (town.now, 0) for x in left)
    assert town.post() == len(left)


def test_a_key_that_cannot_be_read_is_no_letters_fault(town: Town, tmp_path: Path) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.post()
    town.say(town.facilitator, "Hello")
    town.post(dkim_key=tmp_path / "none")
    [waits] = [x for x in letters(town) if x.kind is Kind.COMMENT and x.person_id == ada.id]
    assert waits.due and waits.error == "EMERGENCE_DKIM_KEY: FileNotFoundError"
    town.post()
    assert [town.kind_of(m) for m in town.sent_to("ada@example.org")][-1] is Kind.COMMENT


def test_claims_of_workers_that_died_are_no_tries(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.say(town.facilitator, "Hello")
    town.wait(minutes=5)
    for _ in range(20):
        with town.house.store.transaction() as t:
            t.claim_letters(town.now, town.now + timedelta(minutes=1), 50)
        town.wait(minutes=2)
    town.post(smtp_url=f"smtp://127.0.0.1:{free_port()}")
    waits = [x for x in letters(town) if x.kind is Kind.COMMENT and x.person_id == ada.id]
    assert all(x.due for x in waits) and waits


def test_a_queue_is_claimed_in_small_parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 3)
    monkeypatch.setattr(outbox, "OVER_ONE_CONNECTION", 6)
    for number in range(8):
        town.invite(f"N{number}", f"n{number}@example.org")
    assert town.post() == 6
    assert town.post() == 2
    assert len({m["Message-ID"] for m in town.received()}) == 8


def test_what_is_left_when_the_lease_runs_out_is_claimed_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter takes the server three minutes; nobody gets one twice all the same."""
    send = relay.MaildirRelay.send

    def send_slowly(it: relay.MaildirRelay, raw: bytes, *more: str) -> None:
        send(it, raw, *more)
        town.wait(minutes=3)

    monkeypatch.setattr(relay.MaildirRelay, "send", send_slowly)
    for number in range(4):
        town.invite(f"N{number}", f"n{number}@example.org")
    while town.post():
        pass
    assert len(town.received()) == 4


def test_one_letter_that_cannot_be_written_holds_up_no_other(
    town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    town.invite("Ada", "ada@example.org")
    town.invite("Bob", "bob@example.org")
    compose = outbox.compose

    def break_for_ada(settings: object, matter: Matter) -> object:
        if matter.person.name == "Ada":
            raise ValueError("broken")
        return compose(settings, matter)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "compose", break_for_ada)
    town.post()
    assert len(town.sent_to("bob@example.org")) == 1
    (broken,) = (x for x in letters(town) if x.error)
    assert broken.error == "ValueError" and broken.due is None


def test_no_address_and_no_token_reaches_the_log(
    town: Town, smtp: tuple[Server, str], caplog: pytest.LogCaptureFixture
) -> None:
    server, url = smtp
    caplog.set_level("DEBUG", logger="comments_service")
    server.answers = ["550 5.1.1 <ada@example.org>: no such user", "451 <bob@example.org> busy"]
    for name in ("ada", "bob", "cleo"):
        town.invite(name, f"{name}@example.org")
    town.post(smtp_url=url)
    assert "invitation" in caplog.text
    assert "@" not in caplog.text and "/-/" not in caplog.text


def test_the_text_of_a_letter_can_be_told_again_even_when_it_is_wanted_no_more(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.say(ada, "How deep?")
    town.post()
    message = town.sent_to("camille@example.org")[-1]
    (letter,) = (x for x in letters(town) if x.message_id == message["Message-ID"])
    people.leave(town.house.store, town.house.settings.house, town.facilitator, "farm", town.now)
    text = outbox.text_as_sent(town.house.settings, town.house.store, letter.id)
    sent = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    above = "— answer above this line —"
    assert text.partition(above)[0] == sent.partition(above)[0]
    assert outbox.text_as_sent(town.house.settings, town.house.store, "0" * 18) == ""
