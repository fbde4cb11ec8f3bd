"""Processes are killed at any moment while mail comes in and goes out: nothing is lost, and nothing
becomes two."""

import email
import random
import smtplib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from comments_service.domain.people import Person
from comments_service.mail.addresses import answer_address

from .conftest import free_port, until
from .post_office import PostOffice, found_post_office

MAILS_EACH = 20
KILLS = 12
AUTHORS = ("Ada", "Bob", "Chloe")


class Mailboxes:
    """An SMTP server that takes everything."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.taken += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 taken"

    def copies(self) -> dict[str, set[str]]:
        """Message-ID → who got it."""
        got: dict[str, set[str]] = defaultdict(set)
        for recipient, message in self.taken:
            got[message["Message-ID"]].add(recipient)
        return got


@pytest.fixture
def mailboxes() -> Iterator[tuple[Mailboxes, str]]:
    mailboxes, port = Mailboxes(), free_port()
    controller = Controller(mailboxes, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailboxes, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def post_office(tmp_path: Path, mailboxes: tuple[Mailboxes, str]) -> Iterator[PostOffice]:
    post_office = found_post_office(tmp_path, mailboxes[1])
    yield post_office
    post_office.close()


class Client:
    """A mail server that hands over its mails one by one, each until it is answered with 250."""

    def __init__(self, port: int, author: Person, to: str, answered: list[str]) -> None:
        self._port, self._author, self._to = port, author, to
        self._connection: smtplib.LMTP | None = None
        self.tries = 0
        self._answered = answered
        self.thread = threading.Thread(target=self._hand_over_all)

    def _hand_over_all(self) -> None:
        for number in range(MAILS_EACH):
            words = f"Thought {number} of {self._author.name}."
            message = EmailMessage()
            message["From"] = f"{self._author.name} <{self._author.email}>"
            message["To"], message["Subject"] = self._to, "Re: A data platform"
            message["Message-ID"] = f"<{self._author.name}.{number}@client.example.org>"
            message.set_content(words)
            while not self._hand_over(bytes(message)):
                time.sleep(0.02)
            self._answered.append(words)
        if self._connection:
            self._connection.close()

    def _hand_over(self, raw: bytes) -> bool:
        self.tries += 1
        try:
            self._connection = self._connection or smtplib.LMTP("127.0.0.1", self._port)
            self._connection.sendmail(self._author.email, self._to, raw)
        except (OSError, smtplib.SMTPException):
            if self._connection:
                self._connection.close()
            self._connection = None
            return False
        return True


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_every_mail_is_one_comment_and_reaches_everybody(
    post_office: PostOffice, mailboxes: tuple[Mailboxes, str], seed: int
) -> None:
    authors = [post_office.bring_in(name) for name in AUTHORS]
    dora = post_office.bring_in("Dora")
    camille = post_office.house.facilitators[0]
    post_office.say(camille, "What would your fields need?")
    post_office.start("send", "lmtp")
    until(post_office.is_open, "mail can come in")
    answered: list[str] = []
    clients = [
        Client(post_office.port, author, _answers(post_office, author), answered)
        for author in authors
    ]
    for client in clients:
        client.thread.start()
    _kill_now_and_then(post_office, answered, seed)
    for client in clients:
        client.thread.join()

    said = Counter(one.text for one in post_office.comments() if one.author_id != camille.id)
    assert said == Counter(answered), "a mail that was answered with 250 is exactly one comment"
    assert len(answered) == MAILS_EACH * len(AUTHORS)
    assert sum(client.tries for client in clients) > len(answered), "the kills were felt"

    box = mailboxes[0]
    people = {one.id: one.email for one in (camille, dora, *authors)}
    expected = {
        one.message_id: set(people.values()) - {people[one.author_id]}
        for one in post_office.comments()
    }
    until(lambda: box.copies().items() >= expected.items(), "everybody got every comment")
    strange = [m for _, m in box.taken if "List-Id" in m and m["Message-ID"] not in expected]
    assert strange == [], "all copies of a comment carry its one Message-ID"


def _answers(post_office: PostOffice, person: Person) -> str:
    """Where the person answers the first comment."""
    letter = post_office.letters_to(person)[0]
    return answer_address(post_office.settings, letter)


def _so_many(answered: list[str], moment: int) -> bool:
    return len(answered) >= moment


def _kill_now_and_then(post_office: PostOffice, answered: list[str], seed: int) -> None:
    """Kill the worker, the server or both, at moments that are spread over all the mails."""
    rng = random.Random(seed)  # noqa: S311 - the same moments every time
    total = MAILS_EACH * len(AUTHORS)
    for moment in sorted(rng.sample(range(1, total), KILLS)):
        until(partial(_so_many, answered, moment), f"{moment} mails are answered")
        time.sleep(rng.random() * 0.05)  # into the middle of whatever it does then
        victims = rng.choice([["send"], ["lmtp"], ["send", "lmtp"]])
        post_office.kill(*victims)
        post_office.start(*victims)
