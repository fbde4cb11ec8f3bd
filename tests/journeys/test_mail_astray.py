"""Mail that is not what it seems, by way of a real Postfix: machines that answer machines, letters
that come back, copies, and what is forged."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service.domain.discussion import Comment, State
from comments_service.domain.incoming import Fate
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.mail.addresses import bounce_address

from ..servers.postfix import Postfix, running_postfix
from .conftest import MAIL_DOMAIN, PEOPLE, free_port, until
from .mail_program import Correspondent, addressed
from .post_office import PostOffice, found_post_office

pytestmark = pytest.mark.postfix

ASKS = "What would your fields need?"
DISCUSSION = f"discuss+farm@{MAIL_DOMAIN}"
AWAY = "I am away until Monday and read your mail when I am back."


@dataclass
class Town:
    """A post office, a mail server, and people at their mail programs."""

    office: PostOffice
    postfix: Postfix
    people: dict[str, Person] = field(default_factory=dict)
    programs: dict[str, Correspondent] = field(default_factory=dict)

    def bring_in(self, name: str) -> Correspondent:
        person = self.people[name] = self.office.bring_in(name)
        self.programs[name] = Correspondent(self.postfix, name, person.email)
        return self.programs[name]

    def ask(self) -> Comment:
        """Camille asks everybody something."""
        return self.office.say(self.office.house.facilitators[0], ASKS)

    def said(self) -> list[str]:
        """What can be read, but for what was asked."""
        shown = [one for one in self.office.comments() if one.state is State.PUBLISHED]
        return [one.text for one in shown if one.text != ASKS]

    def wait_for_the_post(self) -> None:
        until(lambda: not self.office.letters_to_send(), "all letters are sent")
        until(lambda: self.postfix.waiting() == 0, f"all mail is delivered {self.office.log()}")

    def bounces_of(self, name: str) -> list[tuple[bool, str]]:
        with self.office.house.store.reading() as look:
            return [(one.permanent, one.status) for one in look.bounces(self.people[name].id)]

    def asked_to_confirm(self, name: str) -> bool:
        letters = self.office.letters_to(self.people[name])
        return any(letter.kind is Kind.CONFIRM for letter in letters)


@pytest.fixture(scope="module")
def mail_server() -> Iterator[tuple[Postfix, int]]:
    port = free_port()
    with running_postfix(MAIL_DOMAIN, port, PEOPLE) as postfix:
        yield postfix, port


@pytest.fixture
def town(tmp_path: Path, mail_server: tuple[Postfix, int]) -> Iterator[Town]:
    postfix, port = mail_server
    postfix.empty_mailboxes()
    office = found_post_office(tmp_path, postfix.url, port)
    try:
        office.start("send", "lmtp")
        until(office.is_open, "mail can come in")
        yield Town(office, postfix)
        until(lambda: postfix.waiting() == 0, "nothing is left for the next test")
    finally:
        office.close()


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Auto-Submitted": "auto-replied", "Subject": "Away"}, 0),
        ({"Precedence": "bulk", "Subject": "Away"}, 0),
        ({"Subject": "Out of office: A data platform"}, 0),
        ({"Subject": "Re: A data platform"}, 3),  # only repetition tells it from a person
    ],
    ids=["by RFC 3834", "older than that", "by its subject only", "not at all"],
)
def test_two_machines_that_answer_every_letter_do_not_talk_for_ever(
    town: Town, headers: dict[str, str], taken: int
) -> None:
    machines = [town.bring_in("Ada"), town.bring_in("Bob")]
    town.ask()
    answered: set[str] = set()
    for _ in range(5):
        town.wait_for_the_post()
        for machine in machines:
            for letter in machine.letters():
                copy = f"{machine.name} {letter['Message-ID']}"
                if copy not in answered and letter["Return-Path"] != "<>":
                    answered.add(copy)
                    machine.send(_automatic(machine, letter, headers))
    town.wait_for_the_post()
    assert town.said() == [AWAY] * taken * len(machines)
    assert not any(letter.kind is Kind.NOT_TAKEN for letter in town.office.letters())


def _automatic(
    machine: Correspondent, letter: EmailMessage, headers: dict[str, str]
) -> EmailMessage:
    message = machine.message(letter["Reply-To"] or letter["From"])
    message["In-Reply-To"] = letter["Message-ID"]
    for name, value in headers.items():
        message[name] = value
    message.set_content(AWAY)
    return message


def test_a_letter_that_postfix_brings_back_counts_against_its_reader(town: Town) -> None:
    town.bring_in("Nobody")  # the address has no mailbox
    town.ask()
    until(lambda: town.bounces_of("Nobody"), f"the report comes back {town.office.log()}")
    town.wait_for_the_post()
    assert town.bounces_of("Nobody") == [(True, "5.1.1")]
    assert town.said() == []


@pytest.mark.parametrize("where", ["bounces+1{made_up}", "bounces+{answers}", "bounces", "reply"])
def test_a_forged_report_changes_nothing(town: Town, where: str) -> None:
    ada = town.bring_in("Ada")
    town.ask()
    answers = ada.letter(ASKS)["Reply-To"].partition("+")[2].partition("@")[0]
    local = where.format(made_up="a" * 50, answers=answers)
    before = len(town.office.mail())
    town.postfix.send(_report(f"{local}@{MAIL_DOMAIN}"), "<>", f"{local}@{MAIL_DOMAIN}")
    town.wait_for_the_post()
    assert town.bounces_of("Ada") == [] and len(town.office.mail()) == before


def test_words_to_the_address_of_reports_are_no_report(town: Town) -> None:
    ada = town.bring_in("Ada")
    town.ask()
    ada.letter(ASKS)
    letter = town.office.letters_to(town.people["Ada"])[0]
    ada.write(bounce_address(town.office.settings, letter), "Hello", "Is anybody there?")
    town.wait_for_the_post()
    assert town.bounces_of("Ada") == [] and town.said() == []


def _report(to: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example.net\r\nTo: {to}\r\nSubject: Undelivered Mail\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        "Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b--\r\n"
    ).encode()


def test_a_mail_that_is_delivered_twice_is_one_comment(town: Town) -> None:
    ada, message = _an_answer(town)
    ada.send(message)
    ada.send(message)
    town.office.wait_for_mail(2)
    assert town.said() == ["Rain."]


def test_a_token_that_was_written_in_capitals_on_the_way_still_opens(town: Town) -> None:
    ada, message = _an_answer(town)
    to = addressed(message)[0]
    town.postfix.send(bytes(message), ada.address, to.upper())
    town.office.wait_for_mail(1)
    assert town.said() == ["Rain."]


@pytest.mark.parametrize("first", ["To", "Cc"])
def test_two_of_our_addresses_on_one_mail_are_one_comment(town: Town, first: str) -> None:
    """Ada's own address proves who she is, whichever of the copies is read first."""
    ada, message = _an_answer(town)
    own = addressed(message)[0]
    del message["To"]
    message[first] = own
    message["Cc" if first == "To" else "To"] = DISCUSSION
    ada.send(message)
    town.office.wait_for_mail(2)
    assert town.said() == ["Rain."]


def test_a_leaked_token_does_not_make_somebody_ada(town: Town) -> None:
    """Somebody to whom Ada forwarded her mail answers it; Ada is asked before anybody reads it."""
    ada, message = _an_answer(town)
    eve = Correspondent(town.postfix, "Eve", "eve@example.net")
    message.replace_header("From", "Eve <eve@example.net>")
    eve.send(message)
    town.office.wait_for_mail(1)
    assert town.said() == [] and town.asked_to_confirm("Ada")
    ada.answer(ada.letter("Rain."), "ok")
    until(lambda: town.said() == ["Rain."], "Ada has confirmed it")


@pytest.mark.parametrize("who", [MAIL_DOMAIN, MAIL_DOMAIN.upper(), "mx.example.net"])
def test_what_a_mail_says_of_its_own_authenticity_counts_for_nothing(town: Town, who: str) -> None:
    ada = town.bring_in("Ada")
    message = ada.message(DISCUSSION)
    message["Subject"] = "Sensors"
    message["Authentication-Results"] = f"{who}; dmarc=pass header.from=example.org"
    message.set_content("Buy mine.")
    ada.send(message)
    town.office.wait_for_mail(1)
    assert town.said() == [] and town.asked_to_confirm("Ada")


def test_a_server_that_vouches_for_the_sender_publishes_a_new_thread(town: Town) -> None:
    town.bring_in("Ada").write(DISCUSSION, "Sensors", "I can lend twelve of them.")
    town.office.wait_for_mail(1)
    assert town.said() == ["**Sensors**\n\nI can lend twelve of them."]
    assert [one.fate for one in town.office.mail()] == [Fate.TAKEN]


def _an_answer(town: Town) -> tuple[Correspondent, EmailMessage]:
    """Ada's answer to what Camille asked, not sent yet."""
    ada = town.bring_in("Ada")
    town.ask()
    return ada, ada.draft(ada.letter(ASKS), "Rain.")
