"""What the theme is given: discussions, threads, entries and people, ready to be printed.

URLs of the site (`Person.url`, `Discussion.feed_url`) are relative to SITEURL, as Pelican's own;
permalinks are anchors of the page at hand; URLs of the service can be used as they are.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from .links import CitedIn as CitedIn
from .links import Links as Links

if TYPE_CHECKING:
    from .team import Role

DEEPEST_SHOWN = 4


class RoleName(NamedTuple):
    """A role as far as the page of its person tells of it."""

    id: str
    title: str

    @property
    def permalink(self) -> str:
        """Its place on the page of its opportunity."""
        return f"#role-{self.id}"


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
    carried_by: tuple[str, ...] = ()  # names of clients who say that they carry the project
    roles: tuple[RoleName, ...] = ()  # what they carry


class SpokenFor(NamedTuple):
    """A role that a comment speaks for, and who carries it."""

    id: str
    title: str
    person: Person

    @property
    def permalink(self) -> str:
        """Its place on the page of its opportunity."""
        return f"#role-{self.id}"


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
    introduces: Person | None = None
    recognised_by: tuple[Person, ...] = ()  # clients who thought so too
    speaks_for: tuple[SpokenFor, ...] = ()  # roles, by time

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
    def cited_in(self) -> tuple[CitedIn, ...]:
        """Where the summary and the agreement cite it."""
        return self.links.cited.get(self.id, ())

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
    def keep_url(self) -> str:
        """The form with which a participant marks it as worth keeping."""
        return f"{self.links.service_url}/-/c/{self.id}/keep"

    @property
    def mailto(self) -> str:
        """A link that opens an answer in a mail program, or ""."""
        return self.links.mailto(self.answer_to, self.message_id)


@dataclass(frozen=True, slots=True)
class Topic:
    """A choice of the readers: all threads of one label. `label` is "" for what the labels beyond
    the most that a page offers have in common."""

    number: int
    label: str

    @property
    def key(self) -> str:
        """What its choice and its threads have in common on the page."""
        return f"topic-{self.number}"


@dataclass(frozen=True, slots=True, eq=False)
class Thread:
    """An update or a first comment, with all that answers it."""

    id: str
    update: Any | None
    entries: tuple[Entry, ...]
    last: datetime | None
    taken_back: str = ""  # the slug of the update that began it, when its text is no more
    label: str = ""  # what it is about, if somebody said so
    topic: Topic | None = None  # the choice that shows it


@dataclass(frozen=True, slots=True, eq=False)
class Discussion:
    """All threads of one opportunity and everybody in it; false when nobody is or was."""

    slug: str
    links: Links = field(repr=False)
    answer_to: str | None = None
    people: tuple[Person, ...] = ()
    threads: tuple[Thread, ...] = ()
    topics: tuple[Topic, ...] = ()
    roles: tuple["Role", ...] = ()  # by time, of people who are here
    rereadings: tuple[Any, ...] = ()  # of the agreement, as the service tells of them
    changed: str = ""  # when anything of it last did, as the service wrote it
    short_team: bool = True  # its words are few enough to stand there unfolded
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
    def team(self) -> tuple["Role", ...]:
        """The roles that somebody carries."""
        return tuple(role for role in self.roles if role.taken)

    @property
    def proposed(self) -> tuple["Role", ...]:
        """The roles that wait for a yes of whom they were proposed to."""
        return tuple(role for role in self.roles if not role.taken)

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
    def newer_url(self) -> str:
        """What was said after this page was built, at the service; "" where it is on this host."""
        there = self.links.service_elsewhere
        return there and f"{self.links.opportunity}/newer?than={quote(self.changed, safe=':')}"

    @property
    def newer_data_url(self) -> str:
        """The same for the script, without the time."""
        slug = quote(self.slug, safe="")
        return f"{self.links.service_url}/api/v1/opportunities/{slug}/newer"

    @property
    def join_url(self) -> str:
        """Where a visitor asks to join."""
        return f"{self.links.opportunity}/join"

    @property
    def reread_url(self) -> str:
        """Where a participant says that they stand by the agreement as it is."""
        return f"{self.links.opportunity}/reread"

    @property
    def roles_url(self) -> str:
        """Where a participant takes on a role, in their own words."""
        return f"{self.links.opportunity}/roles"

    @property
    def marks_url(self) -> str:
        """Where a client says who carries the project, and what they recognised."""
        return f"{self.links.opportunity}/marks"

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
