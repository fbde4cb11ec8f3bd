"""Coming in without an account, staying, and going out: personal links, sessions, tokens."""

from datetime import datetime

from .. import errors
from ..domain.access import LASTS, Grant, Scope
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Person
from ..domain.times import to_text
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .finding import a_line, an_email, open_grant
from .telling import tell


def ask_to_sign_in(store: Store, house: House, email: str, network: str, now: datetime) -> None:
    """Mail a personal link to a person whom we know; say nothing about whom we know.

    Raises Invalid, TooMany.
    """
    address = an_email(email)
    with store.transaction() as t:
        count_strangers(t, house, address, network, now)
        if person := t.person_by_email(address):
            grant = _add_grant(t, Scope.SIGN_IN, person.id, now)
            tell(t, house, Kind.SIGN_IN, [person], now, subject=grant.id)


def make_sign_in_link(store: Store, person: Person, now: datetime) -> Grant:
    """A grant for a personal link that the operator hands over, as at a first start."""
    with store.transaction() as t:
        return _add_grant(t, Scope.SIGN_IN, person.id, now)


def who_is_behind(
    store: Store, scope: Scope, grant_id: str | None, now: datetime
) -> tuple[Person, Grant]:
    """Whom a link, session or token stands for; changes nothing. Raises BadLink."""
    with store.reading() as look:
        return _behind(look, scope, grant_id, now)


def open_session(store: Store, scope: Scope, grant_id: str, now: datetime) -> Grant:
    """Open a session for the person behind a link; a sign-in link is used up. Raises BadLink."""
    with store.transaction() as t:
        person, grant = _behind(t, scope, grant_id, now)
        if scope is Scope.SIGN_IN:
            t.end_grants([grant.id], now)
        return _add_grant(t, Scope.SESSION, person.id, now, label=scope.value)


def make_api_token(store: Store, person: Person, label: str, now: datetime) -> Grant:
    """A grant for a program that acts as `person`, for a year. Raises Invalid."""
    label = a_line(label, "label", longest=80)
    with store.transaction() as t:
        return _add_grant(t, Scope.API, person.id, now, label=label)


def revoke(store: Store, person: Person, grant_id: str, now: datetime) -> None:
    """End one of the person's own sessions or tokens. Raises NotFound."""
    with store.transaction() as t:
        grant = t.grant(grant_id)
        if grant is None or grant.person_id != person.id:
            raise errors.NotFound(N_("There is no such session or token."))
        t.end_grants([grant.id], now)


def count_strangers(t: Writing, house: House, email: str, network: str, now: datetime) -> None:
    """Count a mail that a stranger makes us send; raise TooMany beyond the hour's allowance."""
    hour = to_text(now)[:13]
    for key in filter(None, (f"mail:{email}", network and f"from:{network}")):
        if t.count_use(key, hour) > house.strangers_an_hour:
            raise errors.TooMany(N_("Too many tries in this hour. Try again in an hour."))


def _behind(
    look: Reading, scope: Scope, grant_id: str | None, now: datetime
) -> tuple[Person, Grant]:
    grant = open_grant(look, scope, grant_id, now)
    person = look.person(grant.person_id)
    if person is None:
        raise errors.BadLink(N_("This link does not open anything any more."))
    return person, grant


def _add_grant(
    t: Writing, scope: Scope, person_id: str, now: datetime, *, label: str = ""
) -> Grant:
    grant = Grant(
        id=mint(now),
        scope=scope,
        person_id=person_id,
        created=now,
        expires=now + LASTS[scope],
        label=label,
    )
    t.add_grant(grant)
    return grant
