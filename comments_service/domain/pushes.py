"""A push that a forge told of, and what became of publishing it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Forge(StrEnum):
    """Who told of it."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"
    FORGEJO = "forgejo"


class PushState(StrEnum):
    """What became of it."""

    ASKED = "asked"  # waits to be published
    BEGUN = "begun"  # is being published, or was when the power went
    LIVE = "live"  # the site shows it
    WAITING = "waiting"  # it is sound, and the builder was not done with it in time
    BAD = "bad"  # it cannot be built: the last good site stays
    REFUSED = "refused"  # it could not be fetched, or something stands in the way


FAILED = frozenset({PushState.BAD, PushState.REFUSED})


@dataclass(frozen=True, slots=True)
class Problem:
    """What somebody has to mend: file and line where they are known."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line or 1}: " if self.file else ""
        return where + self.message


@dataclass(frozen=True, slots=True)
class Push:
    """One push to the published branch, as a forge told of it."""

    id: str
    digest: str  # of what the forge signed: the same twice is a replay
    forge: Forge
    branch: str
    commit: str  # as the forge says; shown, and never used
    pusher: str  # the id of a facilitator whose address it came from; empty: nobody we know
    came: datetime
    state: PushState = PushState.ASKED
    tried: str = ""  # the commit that was published for it, or could not be
    problems: tuple[Problem, ...] = ()
    settled: datetime | None = None

    @property
    def shown(self) -> str:
        """The commit that people would look for, short."""
        return (self.tried or self.commit)[:10]
