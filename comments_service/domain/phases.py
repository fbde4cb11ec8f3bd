"""An opportunity as the service knows it, and the phases that it goes through."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where an opportunity stands; declared in its brief, reversible."""

    BRIEF = "brief"
    DIVERGENCE = "divergence"
    CONVERGENCE = "convergence"
    ENGAGEMENT = "engagement"
    UNDERWAY = "underway"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Update:
    """What the service knows of an update: where it stands and what it is called."""

    slug: str
    title: str
    url: str
    text: str = ""  # its markdown, while it is one of the newest: what is mailed
    date: str = ""  # ISO 8601
    aliases: tuple[str, ...] = ()  # what it was called before, by its own account
    renamed: tuple[str, ...] = ()  # the same by git's, which guesses


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file in the repository that holds one published text in one language."""

    text: str  # brief, summary, agreement or update
    language: str
    path: str  # from the root of the repository, with slashes
    update: str = ""  # the slug of an update


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One project looking for its team. `id` outlives a renaming, `slug` does not."""

    id: str
    slug: str
    title: str
    language: str
    phase: Phase
    url: str
    facilitator: str
    updates: tuple[Update, ...] = ()
    gone: bool = False
    agreement: str = ""  # the digest of its agreement's words; empty while there is none
    agreement_commit: str = ""  # the git commit since which they stand so; empty before
    agreement_url: str = ""  # where that can be read
    changes: tuple[str, ...] = ()  # the ids of the newest changes of its texts
    in_short: str = ""  # its summary in one line of plain words
    folder: str = ""  # its folder in the repository; empty where the site does not tell
    texts: tuple[TextFile, ...] = ()

    def has_update(self, slug: str) -> bool:
        """Whether `slug` names one of its updates."""
        return any(update.slug == slug for update in self.updates)

    @property
    def accepts_words(self) -> bool:
        """Whether anybody may still write in it."""
        return self.phase is not Phase.CLOSED and not self.gone
