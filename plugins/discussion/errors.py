"""What can go wrong between the service, the snapshot and the build.

DiscussionError
├── ServiceDown          no answer, or a refusal (5xx, 4xx)
├── UnusableAnswer       an answer, but not a document of this format
├── RefusedSnapshot      the kept snapshot is truncated, foreign or corrupt
├── DiscussionRequired   DISCUSSION_REQUIRED is set and the service gave nothing
└── EscapingIsOff        templates would print people's words as HTML
"""


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
