"""What people mark in a discussion, each for themselves. Nobody counts marks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark says of its subject."""

    KEEP = "keep"  # of a comment: worth keeping, when the summary is written
    RECOGNISED = "recognised"  # of a comment, by the client: I thought so too
    CARRIES = "carries"  # of a person, by the client: carries my project


BY_THE_CLIENT = frozenset({MarkKind.RECOGNISED, MarkKind.CARRIES})


@dataclass(frozen=True, slots=True)
class Mark:
    """One person's mark on a comment or a person in one opportunity."""

    kind: MarkKind
    opportunity_id: str
    person_id: str  # whose mark it is
    subject: str  # the id of a comment or of a person
    at: datetime


class Audience(StrEnum):
    """Who sees the client's marks, as the facilitator chooses for an opportunity."""

    FACILITATORS = "facilitators"
    CONCERNED = "concerned"  # and whoever is marked, or wrote what is
    EVERYBODY = "everybody"
