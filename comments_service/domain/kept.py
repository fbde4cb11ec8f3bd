"""A discussion as an archive holds it, on its way back into a service."""

from dataclasses import dataclass
from datetime import datetime

from .discussion import Comment
from .marks import Mark
from .people import RESTORED_DOMAIN, Capacity, Person
from .phases import Opportunity
from .rereading import Rereading
from .team import Role
from .updates import ToldUpdate


class BadArchive(ValueError):
    """What cannot be restored: the message names the file and the reason."""


def stand_in(person_id: str) -> str:
    """The address of somebody whose own an archive does not hold: nothing is ever sent there."""
    return f"{person_id}@{RESTORED_DOMAIN}"


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """Somebody in the discussion; `capacity` is None for a visitor."""

    person: Person
    capacity: Capacity | None
    introduction: str  # markdown
    introduction_html: str
    joined: datetime | None
    left: datetime | None


@dataclass(frozen=True, slots=True)
class KeptRole:
    """A role and who stands by it; `comments` speak for it."""

    role: Role
    supporters: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One discussion. Ids of the opportunity are empty until it has one here.

    A comment without an author has an empty `author_id`.
    """

    opportunity: Opportunity
    aliases: tuple[str, ...]
    updates: tuple[ToldUpdate, ...]
    heard: frozenset[str]  # updates that are gone, and that somebody heard of
    changed: datetime
    people: tuple[KeptPerson, ...]
    comments: tuple[Comment, ...]
    roles: tuple[KeptRole, ...]
    marks: tuple[Mark, ...]
    rereadings: tuple[Rereading, ...]
    topics: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The slugs that it has and had."""
        return (self.opportunity.slug, *self.aliases)
