"""A store in a real file, an opportunity, its facilitator, and verbs for what people do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from comments_service.actions import (
    comments,
    export,
    following,
    invitations,
    manifest,
    people,
    visitors,
)
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.following import Dose
from comments_service.domain.house import House, Visitors
from comments_service.domain.letters import Kind, Letter
from comments_service.domain.people import Participant, Person
from comments_service.storage.sqlite import SqliteStore

MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
FACILITATOR = ("Camille Le Goff", "camille@example.org")


def entry(slug: str, *aliases: str, **more: Any) -> dict[str, Any]:
    """An opportunity as the manifest names it."""
    return {
        "slug": slug,
        "aliases": list(aliases),
        "title": slug.title(),
        "language": "en",
        "phase": "divergence",
        "url": f"https://example.org/opportunities/{slug}/",
        "facilitator": FACILITATOR[0],
        "updates": [{"slug": "first-day", "title": "First day", "url": "https://example.org/u"}],
    } | more


@dataclass
class Circle:
    """A store, the rules of its house, and a clock that tests move."""

    store: SqliteStore
    house: House = field(default_factory=lambda: House("talk.example.org"))
    now: datetime = MORNING

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def publish(self, *entries: dict[str, Any]) -> bool:
        document = {"format": manifest.FORMAT, "opportunities": list(entries)}
        return manifest.take_manifest(self.store, self.house, document, self.now)

    def appoint(self, *named: tuple[str, str]) -> list[Person]:
        return people.appoint_facilitators(self.store, named, "en", self.now)

    @property
    def facilitator(self) -> Person:
        with self.store.reading() as look:
            found = look.person_by_email(FACILITATOR[1])
        assert found is not None
        return found

    def invite(self, name: str, slug: str = "farm", **more: Any) -> invitations.Invited:
        guest = invitations.Guest(name, f"{name.lower()}@example.org", **more)
        return invitations.invite(self.store, self.house, self.facilitator, slug, guest, self.now)

    def bring_in(self, name: str, slug: str = "farm", **more: Any) -> Person:
        invited = self.invite(name, slug, **more)
        self.tell_of_clients()
        invitations.accept(self.store, self.house, invited.invitation.id, self.now)
        return invited.invitation.person

    def tell_of_clients(self) -> None:
        """The letters by which those who wrote hear of a client go out."""
        letters = self.letters(Kind.CLIENT_JOINS)
        with self.store.transaction() as t:
            for letter in letters:
                t.letter_sent(letter.id, self.now)

    def say(self, person: Person, text: str, slug: str = "farm", **place: str) -> Comment:
        return comments.contribute(
            self.store,
            self.house,
            person,
            slug,
            text,
            Place(**place),
            door=Door.PAGE,
            now=self.now,
        )

    def edit(self, author: Person, id: str, text: str) -> Comment:
        return comments.edit(self.store, self.house, author, id, text, self.now)

    def choose(self, person: Person, dose: Dose) -> None:
        following.choose_dose(self.store, self.house, person, "farm", dose, self.now)

    def drop_by(self, name: str, text: str, email: str = "", **more: Any) -> Comment:
        """A visitor, who is nobody yet, writes."""
        visitor = visitors.Visitor(name, email or f"{name.lower()}@example.net", "en", **more)
        return visitors.contribute_as_visitor(
            self.store, self.house, visitor, "farm", text, door=Door.PAGE, now=self.now
        )

    def confirm(self, comment: Comment) -> Comment:
        """The author of `comment` opens the link in the last letter that asks to confirm."""
        [letter, *_] = [x for x in self.letters(Kind.CONFIRM) if x.person_id == comment.author_id]
        return visitors.confirm(self.store, self.house, letter.subject or "", self.now)

    def letters(self, kind: Kind) -> list[Letter]:
        with self.store.reading() as look:
            return [letter for letter in look.letters(1_000) if letter.kind is kind]

    def part_of(self, person: Person, slug: str = "farm") -> Participant | None:
        with self.store.reading() as look:
            opportunity = look.opportunity(slug)
            return look.participant(opportunity.id, person.id) if opportunity else None

    def exported(self, slug: str = "farm") -> dict[str, Any]:
        document: dict[str, Any] = export.discussion(self.store, self.house, slug)["discussion"]
        return document

    def said(self, slug: str = "farm") -> list[dict[str, Any]]:
        """What stands in the discussion, introductions apart."""
        return [c for c in self.exported(slug)["comments"] if not c["introduces"]]

    def changes(self, since: int = 0, limit: int = 5_000) -> dict[str, Any]:
        return export.discussions_since(self.store, self.house, since, limit)


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[..., SqliteStore]]:
    """Open a store, in the file of this test or another; all are closed at the end."""
    opened: list[SqliteStore] = []

    def open_it(path: Path = tmp_path / "emergence.db") -> SqliteStore:
        opened.append(SqliteStore(path))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def circle(open_store: Callable[..., SqliteStore]) -> Circle:
    """The opportunity `farm` and its facilitator Camille."""
    circle = Circle(open_store())
    circle.appoint(FACILITATOR)
    circle.publish(entry("farm"))
    return circle


@pytest.fixture(params=list(Visitors), ids=str)
def any_policy(request: pytest.FixtureRequest, circle: Circle) -> Circle:
    """The same, once for each policy on visitors."""
    circle.house = House("talk.example.org", visitors=request.param)
    return circle
