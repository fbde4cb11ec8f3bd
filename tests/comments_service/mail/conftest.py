"""A house with one opportunity, a facilitator and two experts; letters go to a Maildir."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from comments_service.actions import comments, following, invitations, manifest
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.following import Dose
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.mail import outbox
from comments_service.opening import OpenHouse, open_house
from comments_service.settings import from_environment

from .doors import LmtpDoor, free_port, serving

MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@dataclass
class Town:
    """A house, its people, and a clock that tests move."""

    house: OpenHouse
    facilitator: Person
    now: datetime = MORNING

    def clock(self) -> datetime:
        return self.now

    url = "http://127.0.0.1:8000/opportunities/farm/"

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def publish(self, **more: Any) -> None:
        """Let the site tell of the opportunity `farm`, as it is now."""
        entry = {
            "slug": "farm",
            "aliases": [],
            "title": "A data platform",
            "language": "en",
            "phase": "divergence",
            "url": self.url,
            "facilitator": "Camille Le Goff",
            "updates": [],
        }
        document = {"format": manifest.FORMAT, "opportunities": [entry | more]}
        manifest.take_manifest(self.house.store, self.house.settings.house, document, self.now)

    def invite(self, name: str, email: str, **more: Any) -> invitations.Invited:
        guest = invitations.Guest(name, email, **more)
        rules = self.house.settings.house
        return invitations.invite(
            self.house.store, rules, self.facilitator, "farm", guest, self.now
        )

    def bring_in(self, name: str, email: str, **more: Any) -> Person:
        invited = self.invite(name, email, **more)
        invitations.accept(
            self.house.store, self.house.settings.house, invited.invitation.id, self.now
        )
        return invited.invitation.person

    def say(self, person: Person, text: str, answer: str | None = None) -> Comment:
        return comments.contribute(
            self.house.store,
            self.house.settings.house,
            person,
            "farm",
            text,
            Place(answer=answer),
            door=Door.API,
            now=self.now,
        )

    def edit(self, author: Person, id: str, text: str) -> Comment:
        """Mend a comment."""
        rules = self.house.settings.house
        return comments.edit(self.house.store, rules, author, id, text, self.now)

    def choose(self, person: Person, dose: Dose) -> None:
        """What somebody wants by mail of the farm."""
        rules = self.house.settings.house
        following.choose_dose(self.house.store, rules, person, "farm", dose, self.now)

    def post(self, **changed_settings: str) -> int:
        """Send what is due once the grace is over."""
        self.now += timedelta(minutes=5)
        settings = replace(self.house.settings, **changed_settings)
        return outbox.send_due(settings, self.house.store, self.clock)

    def kind_of(self, message: EmailMessage) -> Kind:
        """What kind of letter a message was."""
        with self.house.store.reading() as look:
            kinds = {x.message_id: x.kind for x in look.letters(1_000)}
        return kinds[message["Message-ID"]]

    def sent_to(self, email: str) -> list[EmailMessage]:
        return [m for m in self.received() if m["To"].addresses[0].addr_spec == email]

    def received(self) -> list[EmailMessage]:
        folder = self.house.settings.mailbox
        paths = sorted(folder.glob("new/*"), key=lambda path: path.stat().st_mtime)
        return [message_from_bytes(p.read_bytes(), policy=policy.default) for p in paths]  # type: ignore[misc]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    settings = from_environment(
        {
            "EMERGENCE_DATA": str(tmp_path),
            "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
            "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
        }
    )
    house = open_house(settings)
    town = Town(house, house.facilitators[0])
    town.publish()
    yield town
    house.store.close()


class Server:
    """A real SMTP server on loopback that answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[bytes] = []
        self.senders: list[str] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            self.taken.append(envelope.content)  # type: ignore[attr-defined]
            self.senders.append(envelope.mail_from)  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def smtp() -> Iterator[tuple[Server, str]]:
    server = Server()
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def ada(town: Town) -> Person:
    """An expert whom the facilitator invited."""
    return town.bring_in("Ada", "ada@example.org")


@pytest.fixture
def open_door(town: Town, ada: Person) -> Iterator[Callable[..., LmtpDoor]]:
    """Start the LMTP server, with some settings changed."""
    with ExitStack() as stack:

        def start(**changed: Any) -> LmtpDoor:
            lmtp = ("127.0.0.1", free_port())
            settings = replace(town.house.settings, lmtp=lmtp, **changed)
            stack.enter_context(serving(town, settings))
            return LmtpDoor(town, ada, settings)

        yield start


@pytest.fixture
def door(open_door: Callable[..., LmtpDoor]) -> LmtpDoor:
    """The LMTP server, and ways to speak to it."""
    return open_door()
