"""The two processes of the service that deal with mail, over a database that a test looks into; no
site, no page."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from comments_service.actions import comments, invitations, manifest
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.incoming import Incoming
from comments_service.domain.letters import Letter
from comments_service.domain.people import Person
from comments_service.opening import OpenHouse, open_house
from comments_service.settings import Settings, from_environment

from .conftest import MAIL_DOMAIN, free_port, until

# The worker with a clock that is ahead: what a killed one had claimed is due again.
SEND = """\
import sys, threading
from datetime import UTC, datetime, timedelta
from comments_service.mail import outbox
from comments_service.opening import open_house
from comments_service.settings import from_environment
house, ahead = open_house(from_environment()), int(sys.argv[1]) * outbox.LEASE
clock = lambda: datetime.now(UTC) + ahead
outbox.work(house.settings, house.store, clock, threading.Event())
"""
LMTP = "from comments_service.cli import main; main(['mail', 'lmtp'])"
ENTRY = {
    "slug": "farm",
    "aliases": [],
    "title": "A data platform",
    "language": "en",
    "phase": "divergence",
    "url": "https://example.org/opportunities/farm/",
    "facilitator": "Camille Le Goff",
    "updates": [],
}


@dataclass
class PostOffice:
    """An opportunity, people, the worker (`send`) and the LMTP server (`lmtp`)."""

    house: OpenHouse
    environ: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    started: int = 0

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def port(self) -> int:
        """Where mail is handed in."""
        assert self.settings.lmtp
        return self.settings.lmtp[1]

    def start(self, *names: str) -> None:
        for name in names:
            command = ["-c", SEND, str(self.started)] if name == "send" else ["-c", LMTP]
            self.started += name == "send"
            with (self.settings.data / "log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, *command],
                    env=self.environ,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    def kill(self, *names: str) -> None:
        """With -9, all at once."""
        for name in names:
            self.processes[name].send_signal(signal.SIGKILL)
        for name in names:
            self.processes[name].wait()

    def close(self) -> None:
        self.kill(*self.processes)
        self.house.store.close()

    def is_open(self) -> bool:
        """Whether mail can be handed in."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def invite(self, name: str) -> invitations.Invited:
        guest = invitations.Guest(name, f"{name.lower()}@example.org")
        by, rules = self.house.facilitators[0], self.settings.house
        return invitations.invite(self.house.store, rules, by, "farm", guest, datetime.now(UTC))

    def bring_in(self, name: str) -> Person:
        invitation = self.invite(name).invitation
        rules = self.settings.house
        invitations.accept(self.house.store, rules, invitation.id, datetime.now(UTC))
        return invitation.person

    def say(self, person: Person, text: str) -> Comment:
        now, rules = datetime.now(UTC), self.settings.house
        return comments.contribute(
            self.house.store, rules, person, "farm", text, Place(), door=Door.API, now=now
        )

    def comments(self) -> list[Comment]:
        """All that anybody could ever see, oldest first."""
        with self.house.store.reading() as look:
            farm = look.opportunity("farm")
            assert farm
            return sorted(look.comments_ever_shown(farm.id), key=lambda one: one.id)

    def letters(self) -> list[Letter]:
        """Newest first."""
        with self.house.store.reading() as look:
            return look.letters(10_000)

    def letters_to_send(self) -> bool:
        return any(one.due and not one.sent for one in self.letters())

    def letters_to(self, person: Person) -> list[Letter]:
        """Newest first."""
        return [one for one in self.letters() if one.person_id == person.id]

    def mail(self) -> list[Incoming]:
        """What came in, newest first."""
        with self.house.store.reading() as look:
            farm = look.opportunity("farm")
            assert farm
            return [*look.incoming_about(farm.id, 1_000), *look.incoming_lost(1_000)]

    def wait_for_mail(self, count: int) -> None:
        """Return when so many mails have come in and were read."""
        until(
            lambda: sum(one.settled is not None for one in self.mail()) >= count,
            f"{count} mails are settled: {self.log()}",
        )

    def log(self) -> str:
        return (self.settings.data / "log").read_text(errors="replace", encoding="utf-8")[-3000:]


def found_post_office(folder: Path, smtp_url: str, lmtp_port: int = 0) -> PostOffice:
    """A new one, nothing of it running yet."""
    ours = {
        "EMERGENCE_AUTHSERV_ID": MAIL_DOMAIN,
        "EMERGENCE_DATA": str(folder),
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
        "EMERGENCE_LMTP": f"127.0.0.1:{lmtp_port or free_port()}",
        "EMERGENCE_MAIL_DOMAIN": MAIL_DOMAIN,
        "EMERGENCE_MAIL_GRACE": "1",
        "EMERGENCE_POSTS_AN_HOUR": "1000",
        "EMERGENCE_SMTP_URL": smtp_url,
    }
    environ = {k: v for k, v in os.environ.items() if not k.startswith("EMERGENCE_")} | ours
    house = open_house(from_environment(environ))
    document = {"format": manifest.FORMAT, "opportunities": [ENTRY]}
    manifest.take_manifest(house.store, house.settings.house, document, datetime.now(UTC))
    return PostOffice(house, environ)
