import asyncio
import logging
import re
import smtplib
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from comments_service.actions import receiving
from comments_service.domain.incoming import Fate
from comments_service.domain.people import Person
from comments_service.mail import lmtp, receive
from comments_service.mail.addresses import discussion_address
from comments_service.values import BadSettings

from .conftest import Town
from .correspondence import answer, asked, came_in, revoke_answers, said
from .doors import LmtpDoor, until

FARM = "discuss+farm@talk.example.org"


def test_an_answer_is_a_comment_when_the_door_says_250(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    [reply] = door.deliver(answer("ada@example.org", "Yes, gladly."), where)
    assert said(town)[-1] == "Yes, gladly."
    [kept] = came_in(town)
    assert reply == f"250 2.0.0 {kept.id}"


def test_a_usual_client_can_speak_to_it(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    with smtplib.LMTP("127.0.0.1", door.port, local_hostname="mx.example.org") as client:
        assert client.sendmail("ada@example.org", [where], answer("ada@example.org", "Yes")) == {}
        assert client.has_extn("smtputf8") and client.has_extn("8bitmime")
        assert client.has_extn("pipelining") and client.has_extn("enhancedstatuscodes")
        assert client.esmtp_features["size"] == str(25 * 1024 * 1024)
        assert not client.has_extn("chunking") and not client.has_extn("auth")
    assert said(town)[-1] == "Yes"


def test_each_recipient_gets_an_answer_of_its_own(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    bob = town.bring_in("Bob", "bob@example.org")
    town.say(town.facilitator, "And you?")
    at_bob = asked(town, bob)
    revoke_answers(town, bob)
    first, second, third = door.deliver(
        answer("ada@example.org", "Yes"), where, at_bob, FARM, sender="ada@example.org"
    )
    assert first.startswith("250 2.0.0 ")
    assert second.startswith("550 5.7.1 This answer address is not valid any more.")
    assert third.startswith("250 2.0.0 ")  # the same words in the same discussion: once
    assert said(town)[-1] == "Yes" and said(town).count("Yes") == 1


@pytest.mark.parametrize(
    "address",
    [
        "somebody@example.com",
        "reply+1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@talk.example.org",
        "discuss+nothing@talk.example.org",
        "nothing@talk.example.org",
        "postmaster@talk.example.org",
        "ünknown@talk.example.org",
        "answer+0@talk.example.org",
    ],
)
def test_an_address_of_nobody_is_refused_at_once(door: LmtpDoor, town: Town, address: str) -> None:
    with door.line() as line:
        line.ask("LHLO mx.example.org")
        line.ask("MAIL FROM:<ada@example.org> SMTPUTF8")
        reply = line.ask(f"RCPT TO:<{address}>")
        assert reply == "550 5.1.1 There is nobody at this address."
        assert line.ask("DATA").startswith("503 5.5.1")
        assert line.ask(f"RCPT TO:<{FARM}>").startswith("250")
    assert came_in(town) == []


def test_commands_may_come_all_at_once(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    with door.line() as line:
        line.ask("LHLO mx.example.org")
        for word in ("One", "Two"):
            line.say("MAIL FROM:<ada@example.org>\r\nRCPT TO:<nobody@example.com>")
            line.say(f"RCPT TO:<{where}>\r\nDATA")
            assert [line.hear()[:3] for _ in range(4)] == ["250", "550", "250", "354"]
            line.say(answer("ada@example.org", word) + b".")
            assert line.hear().startswith("250 2.0.0 ")
        line.say("NOOP\r\nRSET\r\nQUIT")
        assert [line.hear() for _ in range(3)] == ["250 2.0.0 OK"] * 2 + ["221 2.0.0 Bye"]
    assert said(town)[-2:] == ["One", "Two"]


def test_dots_at_the_beginning_of_lines_arrive(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    door.deliver(answer("ada@example.org", "First\n\n.hidden\n..\n.\nLast"), where)
    [kept] = came_in(town)
    raw = receiving.raw_mail(town.house.store, kept.id)
    assert b"\r\n.hidden\r\n..\r\n.\r\nLast\r\n" in raw


def test_a_refusal_is_said_in_the_language_of_its_reader(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    revoke_answers(town, replace(door.ada, language="fr"))
    [reply] = door.deliver(answer("ada@example.org", "Oui"), where)
    assert reply.startswith("550 5.7.1 Cette adresse de reponse n'est plus valable. ")
    with door.line() as line:
        line.ask("LHLO mx.example.org")
        line.ask("MAIL FROM:<ada@example.org> SMTPUTF8 BODY=8BITMIME")
        line.ask(f"RCPT TO:<{where}>")
        line.ask("DATA")
        line.say(answer("ada@example.org", "Oui !"), ".")
        assert line.hear().startswith("550 5.7.1 Cette adresse de réponse n’est plus valable. ")


def test_a_refusal_is_the_same_when_the_mail_comes_again(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    revoke_answers(town, door.ada)
    first, second = (door.deliver(answer("ada@example.org", "Yes"), where) for _ in range(2))
    assert first == second
    assert len(came_in(town, Fate.REFUSED)) == 1


def test_the_same_mail_twice_is_one_comment(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    raw = answer("ada@example.org", "Once")
    first, second = door.deliver(raw, where), door.deliver(raw, where)
    assert first == second and first[0].startswith("250")
    assert said(town).count("Once") == 1


def test_whoever_writes_too_much_is_asked_to_wait(
    open_door: Callable[..., LmtpDoor], town: Town
) -> None:
    door = open_door(posts_an_hour=1)
    where = door.ask_ada()
    assert door.deliver(answer("ada@example.org", "One"), where)[0].startswith("250")
    two = answer("ada@example.org", "Two")
    assert door.deliver(two, where)[0].startswith("450 4.7.1 ")
    town.wait(minutes=61)
    assert door.deliver(two, where)[0].startswith("250 2.0.0 ")
    assert said(town)[-2:] == ["One", "Two"]


def test_a_database_that_takes_nothing_makes_the_sender_try_again(
    door: LmtpDoor, town: Town
) -> None:
    where = door.ask_ada()
    raw = answer("ada@example.org", "Still here")
    town.house.store._writer.execute("PRAGMA query_only = ON")
    assert door.deliver(raw, where)[0].startswith("451 4.3.0 ")
    town.house.store._writer.execute("PRAGMA query_only = OFF")
    assert door.deliver(raw, where)[0].startswith("250 2.0.0 ")
    assert said(town).count("Still here") == 1


def test_a_fault_before_the_mail_is_kept_makes_the_sender_try_again(
    door: LmtpDoor, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = door.ask_ada()
    with monkeypatch.context() as broken:
        broken.setattr(receiving, "keep", lambda *_: 1 / 0)
        [reply] = door.deliver(answer("ada@example.org", "Hello"), where)
    assert reply.startswith("451 4.3.0 Something went wrong on our side.")
    assert came_in(town) == []


def test_what_a_crash_left_unread_becomes_one_comment(
    door: LmtpDoor, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, raw = door.ask_ada(), answer("ada@example.org", "Kept")
    with monkeypatch.context() as broken:
        broken.setattr(receiving, "settle", lambda *_: 1 / 0)
        assert door.deliver(raw, where)[0].startswith("250 2.0.0 ")
    assert len(came_in(town, Fate.KEPT)) == 1
    assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 1
    assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 0
    assert door.deliver(raw, where)[0].startswith("250 2.0.0 ")
    assert said(town).count("Kept") == 1


def test_the_server_settles_what_was_kept_when_it_starts(
    open_door: Callable[..., LmtpDoor], town: Town, ada: Person
) -> None:
    raw = answer("ada@example.org", "Before the crash")
    town.say(town.facilitator, "What do you think?")
    receiving.keep(town.house.store, "lmtp", "ada@example.org", asked(town, ada), raw, town.now)
    open_door()
    until(lambda: said(town)[-1] == "Before the crash")


def test_a_mail_that_is_put_off_is_not_kept_and_one_behind_it_is_read(
    door: LmtpDoor, town: Town
) -> None:
    farm = "discuss+farm@talk.example.org"
    for number in range(60):
        [reply] = door.deliver(answer("vic@example.net", f"Hello {number}"), farm)
    assert reply.startswith("4")
    assert came_in(town, Fate.KEPT) == []
    receiving.keep(town.house.store, "lmtp", "?", farm, answer("zoe@example.org", "Hi"), town.now)
    assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 0
    town.now += timedelta(hours=1)
    assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 1


def test_a_mail_that_nobody_can_read_is_given_up_and_holds_up_no_other(
    door: LmtpDoor, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, raw = door.ask_ada(), answer("ada@example.org", "A riddle")
    with monkeypatch.context() as broken:
        broken.setattr(receive, "read_mail", lambda *_, **__: 1 / 0)
        assert door.deliver(raw, where)[0].startswith("250 2.0.0 ")
        assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 0
        town.now += receive.TRIED_FOR
        assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 1
        assert receive.settle_all_kept(door.settings, town.house.store, town.now) == 0
    [given_up] = came_in(town, Fate.REFUSED)
    assert given_up.reason.startswith("This mail cannot be read.")
    assert door.deliver(raw, where)[0].endswith(given_up.reason)


def test_who_hangs_up_without_a_word_leaves_no_connection_behind(door: LmtpDoor) -> None:
    with socket.create_connection(("127.0.0.1", door.port), 5) as line:
        assert line.recv(100).startswith(b"220")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b"", "the server has closed its side, too"


def test_the_log_holds_neither_addresses_nor_words(
    door: LmtpDoor, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    where = door.ask_ada()
    with caplog.at_level(logging.DEBUG):
        door.deliver(answer("ada@example.org", "Between us"), where)
        revoke_answers(town, door.ada)
        door.deliver(answer("ada@example.org", "Between us two"), where)
        with door.line() as line:
            line.ask("LHLO mx.example.org")
            line.ask("VRFY secret@example.org")
            line.ask("SECRET-WORD")
    logged = caplog.text
    for secret in ("ada@example.org", where.partition("@")[0], "Between", "secret", "SECRET"):
        assert secret not in logged
    assert re.search(r"mail \w+: taken", logged)


def test_an_address_that_is_taken_is_told_with_the_setting_to_change(town: Town) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = replace(town.house.settings, lmtp=other.getsockname())
        # In a thread of its own: the browser's tests leave a running event loop in this one.
        with (
            ThreadPoolExecutor(1) as thread,
            pytest.raises(BadSettings, match=r"already in use.*EMERGENCE_LMTP"),
        ):
            given = settings, town.house.store, town.clock
            thread.submit(lambda: asyncio.run(lmtp.serve(*given))).result(30)


def test_a_discussion_takes_mail_at_its_own_address(door: LmtpDoor, town: Town) -> None:
    address = discussion_address(door.settings, "farm")
    assert door.deliver(answer("stranger@example.net", "May I?"), address)[0].startswith("250")
    assert [one.fate for one in came_in(town)] == [Fate.HELD]


def test_a_report_with_a_null_sender_is_taken_and_says_nothing(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    assert door.deliver(answer("ada@example.org", "Vacation"), where, sender="")[0][:3] == "250"
    [kept] = came_in(town)
    assert (kept.sender, kept.fate) == ("", Fate.IGNORED)
