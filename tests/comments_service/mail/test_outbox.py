import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from comments_service.actions import comments, invitations, looking, people

from .conftest import Town


class Server:
    """A real SMTP server on loopback that answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            self.taken.append(envelope.content)  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def smtp() -> Iterator[tuple[Server, str]]:
    server = Server()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_nothing_is_sent_within_the_grace_and_an_edit_is_what_people_get(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    comment = town.say(ada, "Frist")
    town.now += timedelta(seconds=30)
    comments.edit(town.house.store, ada, comment.id, "First", town.now)
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
    people.leave(town.house.store, bob, "farm", town.now)
    town.post()
    assert all("bob@example.org" not in message["To"] for message in town.received())


def test_an_accepted_invitation_is_not_mailed_any_more(town: Town) -> None:
    invited = town.invite("Ada", "ada@example.org")
    invitations.accept(town.house.store, invited.invitation.id, town.now)
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
    ((letter, _),) = looking.desk(town.house.store, town.facilitator).letters
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
    in_the_way.write_text("not a folder")
    town.post()
    ((letter, _),) = looking.desk(town.house.store, town.facilitator).letters
    assert letter.error and letter.sent is None
    in_the_way.unlink()
    for name in ("tmp", "new", "cur"):
        (in_the_way.parent / name).mkdir(exist_ok=True)
    town.post()
    assert len(town.received()) == 1
