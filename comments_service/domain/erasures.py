"""That somebody's data were erased, in words that a backup can be held against: no name in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .people import ERASED_DOMAIN, Person, Status


class Words(StrEnum):
    """What becomes of the comments of somebody who goes."""

    WITHDRAWN = "withdrawn"
    KEPT = "kept"  # they stand on; after an erasure without a name


@dataclass(frozen=True, slots=True)
class Erasure:
    """One line of the file beside the database."""

    person_id: str
    at: datetime
    words: Words


def shell_of(person: Person, now: datetime) -> Person:
    """What is left of somebody: an id that their answers hang on, and an address of nobody."""
    return Person(
        id=person.id,
        name="",
        email=f"erased-{person.id}@{ERASED_DOMAIN}",
        language=person.language,
        status=Status.OTHER,
        unreachable=now,
        answers_since=now,
        erased=now,
    )
