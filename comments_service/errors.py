"""Everything that the service refuses, each with what a door needs to answer it.

Refusal                      code, message (translatable), field, values
├── Invalid                  400  a field over its limit, of the wrong type, or empty
├── NeedsIdentity            401  nobody is signed in
│   └── BadLink              403  a personal link that is not ours, expired or revoked
├── NotAllowed               403  somebody, but not somebody who may
│   └── InvitedOnly          403  only the invited may write here
├── NotFound                 404  no such opportunity, comment, person
├── Conflict                 409  the state of things forbids it
│   ├── Closed               409  the opportunity is closed
│   ├── TooLate              409  the time to edit is over
│   ├── NotYet               409  in a few seconds it can be done
│   └── AlreadyInvited       409  the person was invited before
├── TooMany                  429  more than the house allows in an hour
└── Unavailable              503  the disk is full, the database is read-only or too new
"""

from collections.abc import Mapping


class Refusal(Exception):
    """A clear no. `message` is English and a gettext msgid; `values` fill its placeholders."""

    code = "refused"
    http_status = 400

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Invalid(Refusal):
    """What was sent cannot be taken as it is."""

    code = "invalid"


class NeedsIdentity(Refusal):
    """We must know who speaks."""

    code = "needs_identity"
    http_status = 401


class BadLink(NeedsIdentity):
    """A personal link that opens nothing (any more)."""

    code = "bad_link"
    http_status = 403


class NotAllowed(Refusal):
    """We know who speaks, and it is not theirs to do."""

    code = "not_allowed"
    http_status = 403


class InvitedOnly(NotAllowed):
    """Only the invited may write."""

    code = "invited_only"


class NotFound(Refusal):
    """There is no such thing here."""

    code = "not_found"
    http_status = 404


class Conflict(Refusal):
    """The state of things forbids it."""

    code = "conflict"
    http_status = 409


class Closed(Conflict):
    """The opportunity is closed: it can be read and no longer answered."""

    code = "closed"


class TooLate(Conflict):
    """The time in which this could be done is over."""

    code = "too_late"


class NotYet(Conflict):
    """It can be done in a few seconds: something has to happen first."""

    code = "not_yet"


class AlreadyInvited(Conflict):
    """The person has an invitation to this opportunity already."""

    code = "already_invited"


class TooMany(Refusal):
    """More than the house allows in an hour."""

    code = "too_many"
    http_status = 429


class Unavailable(Refusal):
    """The service cannot keep anything right now."""

    code = "unavailable"
    http_status = 503
