"""What the LMTP server does with floods, forgeries, and whoever does not keep to the protocol."""

import re
import threading
from collections.abc import Callable

import pytest

from comments_service.actions import receiving
from comments_service.mail import lmtp

from .conftest import Town
from .correspondence import answer, came_in, said
from .doors import LmtpDoor, until

FARM = "discuss+farm@talk.example.org"


def test_a_mail_that_says_it_is_too_large_is_refused_before_it_comes(door: LmtpDoor) -> None:
    with door.line() as line:
        line.ask("LHLO mx.example.org")
        assert line.ask("MAIL FROM:<ada@example.org> SIZE=26214401").startswith("552 5.3.4")
        assert line.ask("MAIL FROM:<ada@example.org> SIZE=26214400").startswith("250")


@pytest.mark.parametrize(
    "line_end", [b"\r\n", b"x" * 998 + b"\r\n", b"x"], ids=["empty", "long", "one"]
)
def test_a_mail_that_is_too_large_is_refused_for_every_recipient(
    door: LmtpDoor, town: Town, line_end: bytes
) -> None:
    where = door.ask_ada()
    with door.line() as line:
        line.begin(where, FARM)
        line.say(line_end * (26 * 1024 * 1024 // len(line_end)), ".")
        assert [line.hear()[:9], line.hear()[:9]] == ["552 5.3.4"] * 2
        assert line.ask("NOOP") == "250 2.0.0 OK"
        line.begin(where)  # the conversation goes on
        line.say(answer("ada@example.org", "Shorter"), ".")
        assert line.hear().startswith("250 2.0.0 ")
    assert said(town)[-1] == "Shorter"
    assert len(came_in(town)) == 1


def test_more_mail_than_the_memory_should_hold_has_to_wait(
    door: LmtpDoor, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = door.ask_ada()
    monkeypatch.setattr(lmtp, "MOST_IN_MEMORY", 170_000)
    large = answer("ada@example.org", "words and\n" * 12_000)
    with door.line() as slow:
        slow.begin(where)
        slow.say(*[b"x" * 78] * 2_000)
        until(lambda: "452 4.3.1" in door.deliver(large, FARM)[0])
        assert door.deliver(answer("ada@example.org", "Small"), where)[0].startswith("250")


def test_of_ten_thousand_recipients_a_hundred_are_taken_and_the_sender_splits(
    door: LmtpDoor, town: Town
) -> None:
    where = door.ask_ada()
    with door.line() as line:
        line.ask("LHLO mx.example.org")
        line.ask("MAIL FROM:<ada@example.org>")
        threading.Thread(target=line.say, args=[f"RCPT TO:<{where}>"] * 10_000).start()
        codes = [line.hear()[:9] for _ in range(10_000)]
        assert codes == ["250 2.1.5"] * 100 + ["452 4.5.3"] * 9_900
        assert line.ask("DATA").startswith("354")
        line.say(answer("ada@example.org", "To all"), ".")
        assert {line.hear()[:9] for _ in range(100)} == {"250 2.0.0"}
        assert line.ask("NOOP").startswith("250")
    assert said(town).count("To all") == 1


@pytest.mark.parametrize(
    "flood",
    [
        b"X-Flood: " + b"f" * 60 + b"\r\n",
        b"Received: from a by b\r\n",
        b" folded\r\n",
        b"no colon\r\n",
    ],
)
def test_a_flood_of_headers_gets_an_answer_and_the_server_goes_on(
    door: LmtpDoor, town: Town, flood: bytes
) -> None:
    where = door.ask_ada()
    raw = answer("ada@example.org", "Here I am")
    [reply] = door.deliver(b"X-First: 1\r\n" + flood * 10_000 + raw, where)
    assert re.match(r"(250 2\.0\.0|550 5\.)", reply)
    assert door.deliver(raw, where)[0].startswith("250 2.0.0 ")
    assert said(town).count("Here I am") == 1


@pytest.mark.parametrize(
    "end",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r\n.\r",
        b"\r.\r\n",
        b"\n\n.\r\r\n",
        b"\r\n.\0\r\n",
    ],
)
def test_no_second_mail_can_be_smuggled_into_the_first(
    door: LmtpDoor, town: Town, end: bytes
) -> None:
    where = door.ask_ada()
    smuggled = b"MAIL FROM:<camille@example.org>\r\nRCPT TO:<%s>\r\nDATA\r\n" % FARM.encode()
    forged = answer("camille@example.org", "I agree to everything.").replace(b"\r\n.", b"\r\n..")
    with door.line() as line:
        line.begin(where)
        line.say(answer("ada@example.org", "Look:") + end + smuggled + forged + b"\r\n.")
        assert line.hear()[:3] in ("250", "550")
        assert line.ask("NOOP").startswith("250")  # and no further answer in between
    assert len(came_in(town)) == 1
    [kept] = came_in(town)
    assert b"MAIL FROM" in receiving.raw_mail(town.house.store, kept.id)
    assert kept.person_id == door.ada.id


def test_an_empty_mail_is_refused_with_words(door: LmtpDoor) -> None:
    where = door.ask_ada()
    with door.line() as line:
        line.begin(where)
        assert re.match(r"550 5\.\d\.\d \w", line.ask("."))


def test_a_connection_that_breaks_in_the_middle_leaves_nothing(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    with door.line() as line:
        line.begin(where)
        line.say(answer("ada@example.org", "Half a"))
    assert door.deliver(answer("ada@example.org", "Whole"), where)[0].startswith("250")
    assert said(town)[-1] == "Whole"
    assert len(came_in(town)) == 1


def test_many_clients_at_once_lose_nothing(open_door: Callable[..., LmtpDoor], town: Town) -> None:
    door = open_door()
    where = door.ask_ada()
    replies: list[str] = []

    def client(number: int) -> None:
        for turn in range(4):
            raw = answer("ada@example.org", f"Words {number} {turn}", f"m{number}.{turn}")
            replies.extend(door.deliver(raw, where))

    clients = [threading.Thread(target=client, args=[number]) for number in range(8)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    assert [reply[:9] for reply in replies] == ["250 2.0.0"] * 32
    assert sorted(said(town)[1:]) == sorted(f"Words {n} {t}" for n in range(8) for t in range(4))


def test_more_connections_than_there_is_room_for_are_asked_to_come_again(
    door: LmtpDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmtp, "MOST_AT_ONCE", 2)
    with door.line(), door.line(), door.line() as third:
        assert third.greeting.startswith("421 4.3.2 ")
        assert third.hear() == ""

    def let_in() -> bool:
        with door.line() as line:
            return line.greeting.startswith("220")

    until(let_in)


def test_whoever_says_nothing_is_not_waited_for(
    open_door: Callable[..., LmtpDoor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmtp, "IDLE_SECONDS", 0.1)
    with open_door().line() as line:
        assert line.hear() == ""


def test_bytes_that_are_no_utf8_in_an_address_are_taken(door: LmtpDoor, town: Town) -> None:
    where = door.ask_ada()
    with door.line() as line:
        line.ask("LHLO mx.example.org")
        line.ask(b"MAIL FROM:<ad\xffa@example.org>")
        assert line.ask(b"RCPT TO:<\xff\xfe@talk.example.org>").startswith("550 5.1.1 ")
        assert line.ask(f"RCPT TO:<{where}>").startswith("250")
        line.ask("DATA")
        line.say(answer("ada@example.org", "Odd sender"), ".")
        assert line.hear().startswith("250 2.0.0 ")
    assert said(town)[-1] == "Odd sender"


@pytest.mark.parametrize(
    "nonsense", [b"x" * 100_000, b"\xff\xfe\x00", b"", b"EHLO me", b"GET / HTTP/1.1"]
)
def test_nonsense_gets_an_answer_with_a_status(door: LmtpDoor, nonsense: bytes) -> None:
    with door.line() as line:
        assert re.match(r"500 5\.5\.\d ", line.ask(nonsense))
        assert line.ask("NOOP") == "250 2.0.0 OK"
