"""What the theme is given: discussions, threads, entries and people, ready to be printed.

URLs of the site (`Person.url`, `Discussion.feed_url`) are relative to SITEURL, as Pelican's own;
permalinks are anchors of the page at hand; URLs of the service can be used as they are.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

DEEPEST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Links:
    """Where a discussion's forms and addresses are; one for each page, shared by its entries."""

    slug: str
    title: str
    service_url: str
    feed_url: str
    opportunity: str  # what the service's pages about it have in common
    subject: str  # of a mail that answers, percent-encoded

    @classmethod
    def of(cls, slug: str, title: str, service_url: str = "", feed_url: str = "") -> "Links":
        """The links of an opportunity's page."""
        opportunity = f"{service_url}/-/o/{quote(slug, safe='')}"
        subject = quote(f"Re: {title}", safe="")
        return cls(slug, title, service_url, feed_url, opportunity, subject)

    def mailto(self, address: str | None, message_id: str = "") -> str:
        """An RFC 6068 link that opens an answer in a mail program; "" without an address."""
        if not address:
            return ""
        answers = f"&In-Reply-To={quote(message_id, safe='')}" if message_id else ""
        return f"mailto:{quote(address, safe='@+')}?subject={self.subject}{answers}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in one discussion. `url` is "" for those who have no page of their own."""

    id: str
    name: str
    initials: str
    status: str | None
    know_how: str
    capacity: str
    language: str | None = None
    introduction: Markup | None = None
    since: datetime | None = None
    left: datetime | None = None
    url: str = ""
    spoken: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One comment in the flat, depth-first list of a thread."""

    id: str
    author: Person | None
    html: Markup
    written: datetime
    edited: datetime | None
    state: str
    depth: int
    answers: "Entry | None"
    answer_to: str | None
    message_id: str
    links: Links = field(repr=False)

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"c-{self.id}"

    @property
    def permalink(self) -> str:
        """Its place on the page that it stands on."""
        return f"#c-{self.id}"

    @property
    def shown_depth(self) -> int:
        """How far it is indented."""
        return min(self.depth, DEEPEST_SHOWN)

    @property
    def answer_url(self) -> str:
        """The form to answer it; works without JavaScript."""
        return f"{self.links.opportunity}/write?answer={self.id}"

    @property
    def edit_url(self) -> str:
        """The form with which its author edits it."""
        return f"{self.links.service_url}/-/c/{self.id}/edit"

    @property
    def withdraw_url(self) -> str:
        """The form with which its author withdraws it."""
        return f"{self.links.service_url}/-/c/{self.id}/withdraw"

    @property
    def mailto(self) -> str:
        """A link that opens an answer in a mail program, or ""."""
        return self.links.mailto(self.answer_to, self.message_id)


@dataclass(frozen=True, slots=True, eq=False)
class Thread:
    """An update or a first comment, with all that answers it."""

    id: str
    update: Any | None
    entries: tuple[Entry, ...]
    last: datetime | None


@dataclass(frozen=True, slots=True, eq=False)
class Discussion:
    """All threads of one opportunity and everybody in it; false when nobody is or was."""

    slug: str
    links: Links = field(repr=False)
    answer_to: str | None = None
    people: tuple[Person, ...] = ()
    threads: tuple[Thread, ...] = ()
    count: int = 0
    spoken: int = 0
    last: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.people or self.count)

    def _present(self, capacity: str) -> tuple[Person, ...]:
        return tuple(p for p in self.people if p.capacity == capacity and p.left is None)

    @property
    def facilitators(self) -> tuple[Person, ...]:
        """Facilitators who are here now."""
        return self._present("facilitator")

    @property
    def experts(self) -> tuple[Person, ...]:
        """Experts who are here now."""
        return self._present("expert")

    @property
    def clients(self) -> tuple[Person, ...]:
        """Clients who are here now."""
        return self._present("client")

    @property
    def visitors(self) -> tuple[Person, ...]:
        """People who spoke without being invited."""
        return self._present("visitor")

    @property
    def left(self) -> tuple[Person, ...]:
        """People who took part and left."""
        return tuple(p for p in self.people if p.left is not None)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, thread by thread."""
        return tuple(entry for thread in self.threads for entry in thread.entries)

    @property
    def feed_url(self) -> str:
        """The discussion's Atom feed, relative to SITEURL; "" when feeds are off."""
        return self.links.feed_url

    @property
    def service_url(self) -> str:
        """Where the service's pages begin."""
        return self.links.service_url

    @property
    def write_url(self) -> str:
        """The form to write a first comment; `?update=<slug>` writes under an update."""
        return f"{self.links.opportunity}/write"

    @property
    def join_url(self) -> str:
        """Where a visitor asks to join."""
        return f"{self.links.opportunity}/join"

    @property
    def follow_url(self) -> str:
        """Where a visitor asks to hear of it by mail."""
        return f"{self.links.opportunity}/follow"

    @property
    def archive_url(self) -> str:
        """All of it as messages of mail: an mbox."""
        return f"{self.links.service_url}/api/v1/discussions/{quote(self.slug, safe='')}.mbox"

    @property
    def mailto(self) -> str:
        """A link that opens a first message in a mail program, or ""."""
        return self.links.mailto(self.answer_to)
