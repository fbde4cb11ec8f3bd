"""People, and what they are to an opportunity. A status is a label that decides nothing."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class Status(StrEnum):
    """How somebody works. A label for readers; no code decides anything by it."""

    FREELANCE = "freelance"
    EMPLOYED = "employed"
    FOUNDER = "founder"
    FRIEND = "friend"
    OTHER = "other"


class Capacity(StrEnum):
    """As what somebody takes part in one opportunity."""

    FACILITATOR = "facilitator"
    EXPERT = "expert"
    CLIENT = "client"


class Answer(StrEnum):
    """What became of an invitation that was answered."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, whichever door they came through."""

    id: str
    name: str
    email: str
    language: str
    status: Status = Status.OTHER
    know_how: str = ""
    facilitates: bool = False
    time_zone: str = ""  # of the IANA database; empty: the house's
    unreachable: datetime | None = None  # since when mail comes back too often to be sent
    answers_since: datetime | None = None  # answer addresses mailed before are worth nothing
    links: tuple[str, ...] = ()  # URLs where one learns more of them
    tags: tuple[str, ...] = ()  # a facilitator's own, to find people again
    erased: datetime | None = None  # since when nothing is known of them

    @property
    def has_address(self) -> bool:
        """Whether mail could reach them: not once they were erased, nor while they came back from
        an archive, in which no address stands."""
        return self.email.rpartition("@")[2] not in NOBODYS


def edition_of(words: str) -> str:
    """A digest that tells one wording from another; empty for no words."""
    return sha256(words.encode()).hexdigest()[:16] if words else ""


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in one opportunity. Invited until `joined`; somebody who `left` may come back."""

    opportunity_id: str
    person: Person
    capacity: Capacity
    introduction: str = ""
    introduction_html: str = ""
    introduction_public: bool = False
    joined: datetime | None = None
    left: datetime | None = None
    introduced_by: str | None = None  # the id of whoever wrote the introduction first
    introduction_seen: str = ""  # the edition that the person was shown, or wrote

    @property
    def introduction_edition(self) -> str:
        """What tells one wording of the introduction from another; empty for none."""
        return edition_of(self.introduction)

    @property
    def has_seen_introduction(self) -> bool:
        """Whether the person knows the words that would introduce them."""
        return self.introduction_seen == self.introduction_edition

    @property
    def present(self) -> bool:
        """Whether the person takes part now."""
        return self.joined is not None and self.left is None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who asked whom, why, and what became of it."""

    id: str
    opportunity_id: str
    person: Person
    invited_by: Person
    why: str
    sent: datetime
    answer: Answer | None = None
    answered: datetime | None = None
    looked: datetime | None = None  # when the person first went to read the project from it
    reminded: datetime | None = None  # once at most, and only if the facilitator asked


ERASED_DOMAIN = "erased.invalid"  # of addresses that stand for nobody; RFC 2606
RESTORED_DOMAIN = "restored.invalid"  # of people whose address an archive did not hold
NOBODYS = (ERASED_DOMAIN, RESTORED_DOMAIN)
_EMAIL = re.compile(r"[^\s@<>\",;:\\()\[\]\x00-\x20\x7f]{1,64}@[^\s@<>\",;:\\()\[\]]{1,253}")


def normal_email(text: str) -> str | None:
    """The address as it is stored and compared (trimmed, lower case), or None if it is not one."""
    text = text.strip().lower()
    domain = text.rpartition("@")[2]
    well_formed = _EMAIL.fullmatch(text) and text.isprintable() and all(domain.split("."))
    somebodys = domain not in NOBODYS and len(text) <= 254
    return text if well_formed and somebodys else None


# Controls, lone surrogates, line separators, and what turns the direction of a whole line.
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


def one_line(text: str) -> str:
    """`text` with controls and runs of spaces made single spaces; a no-break space stays one.

    A name or a subject so treated cannot start a new mail header.
    """
    return _UNSEEN.sub(" ", text).strip()


def bare_name(name: str) -> str:
    """What a name is looked up by: Étienne stands beside Etienne, whatever the capitals."""
    apart = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def by_name(person: Person) -> tuple[str, str, str]:
    """The key by which people are sorted."""
    return bare_name(person.name), person.name, person.id
