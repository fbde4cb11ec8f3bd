"""How much of a discussion is mailed to whom: following, choosing a dose, stopping, digests."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .. import errors
from ..domain.access import LASTS, Grant, Scope
from ..domain.following import Dose, Following, digest_is_due
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind, Letter
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .access import count_strangers
from .finding import a_line, an_email, open_grant, the_opportunity, writable_opportunity
from .invitations import decline_in
from .phases import phase_left
from .roles import leave_roles_in
from .telling import stop_mail, tell


def ask_to_follow(
    store: Store,
    house: House,
    slug: str,
    email: str,
    name: str,
    language: str,
    network: str,
    now: datetime,
) -> None:
    """Mail a link that begins to follow; whoever holds the address decides, by a button.

    Says nothing about whom we know. Raises Invalid, NotFound, Closed, TooMany.
    """
    address = an_email(email)
    called = a_line(name, "name", required=False, longest=80) or address.partition("@")[0]
    with store.transaction() as t:
        opportunity = writable_opportunity(t, slug)
        count_strangers(t, house, address, network, now)
        person = t.person_by_email(address)
        if person is None:
            person = Person(id=mint(now), name=called, email=address, language=language)
            t.add_person(person, now)
        grant = Grant(
            id=mint(now),
            scope=Scope.FOLLOW,
            person_id=person.id,
            created=now,
            expires=now + LASTS[Scope.FOLLOW],
            subject=opportunity.id,
        )
        t.add_grant(grant)
        tell(t, house, Kind.FOLLOW, [person], now, opportunity_id=opportunity.id, subject=grant.id)


def what_to_follow(
    store: Store, grant_id: str | None, now: datetime
) -> tuple[Opportunity, Person, Following | None]:
    """What a mailed link asks about; changes nothing. Raises BadLink."""
    with store.reading() as look:
        return _what_to_follow(look, grant_id, now)


def follow(store: Store, grant_id: str | None, dose: Dose, now: datetime) -> Opportunity:
    """Follow from now on, as the holder of the address said. Raises BadLink."""
    with store.transaction() as t:
        opportunity, person, _ = _what_to_follow(t, grant_id, now)
        _choose(t, opportunity.id, person.id, dose, now)
        return opportunity


def choose_dose(
    store: Store, house: House, person: Person, slug: str, dose: Dose, now: datetime
) -> None:
    """What a participant or follower wants by mail from now on. Raises NotFound.

    Who wants each comment after digests gets a last digest, of what the next would have told.
    """
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        takes_part = t.participant(opportunity.id, person.id) is not None
        if not takes_part and t.following(opportunity.id, person.id) is None:
            raise errors.NotFound(N_("This person has no part in this opportunity."))
        before = t.following(opportunity.id, person.id)
        if dose is Dose.EACH and before and before.dose is Dose.DIGEST and not before.ended:
            _write_digest(t, house, before, person, now)
        _choose(t, opportunity.id, person.id, dose, now)
        if dose is Dose.NOTHING:
            t.drop_letters_to(person.id, opportunity.id)


def stop(store: Store, letter_id: str | None, now: datetime) -> Opportunity | None:
    """Whoever got this letter wants no more of the kind: leaves, declines, or follows no longer.

    Stopping twice is stopping once. Gives the opportunity that it was about. Raises BadLink.
    """
    with store.transaction() as t:
        letter = the_letter(t, letter_id)
        stop_in(t, letter, now)
        return t.opportunity_by_id(letter.opportunity_id) if letter.opportunity_id else None


def stop_in(t: Writing, letter: Letter, now: datetime) -> None:
    """`stop` inside a transaction that does more. Nothing is mailed of it, not even a goodbye."""
    if letter.opportunity_id is None:
        return
    participant = t.participant(letter.opportunity_id, letter.person_id)
    invitation = t.invitation_of(letter.opportunity_id, letter.person_id)
    stop_mail(t, letter.person_id, letter.opportunity_id, now)
    if participant and participant.present:
        t.change_participant(replace(participant, left=now))
        leave_roles_in(t, letter.opportunity_id, letter.person_id, now)
        t.note_change(letter.opportunity_id, None, now)
    elif invitation and invitation.answer is None:
        decline_in(t, invitation.id, now)


def what_stops(store: Store, letter_id: str | None) -> tuple[Opportunity | None, Person]:
    """What stopping would be about, and for whom; changes nothing. Raises BadLink."""
    with store.reading() as look:
        letter = the_letter(look, letter_id)
        person = look.person(letter.person_id)
        assert person is not None  # noqa: S101 - a foreign key holds it
        about = look.opportunity_by_id(letter.opportunity_id) if letter.opportunity_id else None
        return about, person


def the_letter(look: Reading, id: str | None) -> Letter:
    """The letter with this id. Raises BadLink."""
    letter = look.letter(id) if id else None
    if letter is None:
        raise errors.BadLink(N_("This link does not open anything any more."))
    return letter


def write_digests(store: Store, house: House, now: datetime) -> int:
    """Leave a digest for everybody whose morning has come and who has not seen all; how many."""
    written = 0
    with store.reading() as look:
        readers = [(f, look.person(f.person_id)) for f in look.digest_readers()]
    for following, person in readers:
        if person is None or not digest_is_due(following, zone_of(person, house), now):
            continue
        with store.transaction() as t:
            written += _write_digest(t, house, following, person, now)
    return written


def zone_of(person: Person, house: House) -> ZoneInfo:
    """Where the person lives, as far as mornings go."""
    return ZoneInfo(person.time_zone or house.time_zone)


def _write_digest(
    t: Writing, house: House, following: Following, person: Person, now: datetime
) -> int:
    latest = t.following(following.opportunity_id, following.person_id)
    if latest != following:  # another worker was quicker, or the reader chose anew
        return 0
    where, until = following.opportunity_id, t.cursor(following.opportunity_id)
    t.set_following(replace(following, seen=max(until, following.seen), digested=now))
    said = t.comments_changed(where, following.seen, until)
    unseen = any(comment.author_id != person.id for comment in said)
    span = where, following.seen, until
    beside = t.updates_told(*span) or t.text_changes(*span) or phase_left(t, *span)
    if not unseen and not beside:
        return 0
    subject = f"{following.seen}-{until}"
    tell(t, house, Kind.DIGEST, [person], now, opportunity_id=where, subject=subject)
    return 1


def _what_to_follow(
    look: Reading, grant_id: str | None, now: datetime
) -> tuple[Opportunity, Person, Following | None]:
    grant = open_grant(look, Scope.FOLLOW, grant_id, now)
    opportunity, person = look.opportunity_by_id(grant.subject or ""), look.person(grant.person_id)
    if opportunity is None or person is None:
        raise errors.BadLink(N_("This link does not open anything any more."))
    return opportunity, person, look.following(opportunity.id, person.id)


def _choose(t: Writing, opportunity_id: str, person_id: str, dose: Dose, now: datetime) -> None:
    before = t.following(opportunity_id, person_id)
    if before and before.dose is dose and before.ended is None:
        return
    # What was said so far was mailed, or not wanted: a first digest tells what comes from now on.
    seen = t.cursor(opportunity_id)
    t.set_following(Following(opportunity_id, person_id, now, dose, seen))


DIGEST_LOOK = timedelta(minutes=1)  # how often the worker asks for digests that are due
