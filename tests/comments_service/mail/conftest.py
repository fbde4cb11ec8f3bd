"""A house with one opportunity, a facilitator and two experts; letters go to a Maildir."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service.actions import comments, invitations, manifest
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.people import Person
from comments_service.mail import outbox
from comments_service.opening import OpenHouse, open_house
from comments_service.settings import from_environment

MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@dataclass
class Town:
    """A house, its people, and a clock that tests move."""

    house: OpenHouse
    facilitator: Person
    now: datetime = MORNING

    def clock(self) -> datetime:
        return self.now

    def invite(self, name: str, email: str, **more: str) -> invitations.Invited:
        guest = invitations.Guest(name, email, **more)
        rules = self.house.settings.house
        return invitations.invite(
            self.house.store, rules, self.facilitator, "farm", guest, self.now
        )

    def bring_in(self, name: str, email: str, **more: str) -> Person:
        invited = self.invite(name, email, **more)
        invitations.accept(self.house.store, invited.invitation.id, self.now)
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

    def post(self, **changed_settings: str) -> int:
        """Send what is due once the grace is over."""
        self.now += timedelta(minutes=5)
        settings = replace(self.house.settings, **changed_settings)
        return outbox.send_due(settings, self.house.store, self.clock)

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
    entry = {
        "slug": "farm",
        "aliases": [],
        "title": "A data platform",
        "language": "en",
        "phase": "divergence",
        "url": "http://127.0.0.1:8000/opportunities/farm/",
        "facilitator": "Camille Le Goff",
        "updates": [],
    }
    document = {"format": manifest.FORMAT, "opportunities": [entry]}
    manifest.take_manifest(house.store, document, MORNING)
    yield Town(house, house.facilitators[0])
    house.store.close()
