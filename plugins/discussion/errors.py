"""What can go wrong between the service, the snapshot and the build.

DiscussionError
├── ServiceDown          no answer, or a refusal (5xx, 4xx)
├── UnusableAnswer       an answer, but not a document of this format
├── RefusedSnapshot      the kept snapshot is truncated, foreign or corrupt
├── DiscussionRequired   DISCUSSION_REQUIRED is set and the service gave nothing
├── EscapingIsOff        templates would print people's words as HTML
└── BrokenCitations      a text cites what is not there, or nothing where it must
"""

from collections.abc import Sequence
from typing import Any


class DiscussionError(Exception):
    """Anything that this plugin refuses."""


class ServiceDown(DiscussionError):
    """The service does not answer, or refuses."""


class UnusableAnswer(DiscussionError):
    """The service answered with something that is no document of discussions."""


class RefusedSnapshot(DiscussionError):
    """The snapshot on disk cannot be trusted; it is fetched anew."""


class DiscussionRequired(DiscussionError):
    """DISCUSSION_REQUIRED = True, and there is no current answer from the service."""


class EscapingIsOff(DiscussionError):
    """JINJA_ENVIRONMENT leaves autoescape off."""


class BrokenCitations(DiscussionError):
    """Summaries or agreements are not as they must be: `problems` says what to mend and where."""

    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in what summaries and agreements cite: "
            + "; ".join(map(str, self.problems[:3]))
            + ("; …" if count > 3 else "")
        )
