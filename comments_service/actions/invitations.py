"""Inviting, and what the invited do with it: accept, decline, or nothing at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import errors
from ..domain.access import LASTS, Grant, Scope
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import (
    Answer,
    Capacity,
    Invitation,
    Participant,
    Person,
    Status,
    edition_of,
)
from ..domain.phases import Opportunity
from ..gettext import N_
from ..markup import to_html
from ..storage.interface import Reading, Store, Writing
from .clients import check_authors_told
from .finding import (
    a_line,
    a_text,
    an_email,
    open_grant,
    require_facilitator,
    writable_opportunity,
)
from .introducing import LONGEST_WHY, an_introduction, in_own_words, publish_introduction
from .roles import leave_roles_in
from .telling import stop_mail, tell

AFTER_THE_AUTHORS = timedelta(seconds=10)  # those who spoke hear of a client before the client


@dataclass(frozen=True, slots=True)
class Guest:
    """Whom a facilitator wants to invite, as he typed it."""

    name: str
    email: str
    why: str = ""
    introduction: str = ""
    capacity: Capacity = Capacity.EXPERT
    status: Status | None = None
    know_how: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was made, and the grant behind its personal link."""

    invitation: Invitation
    opportunity: Opportunity
    grant: Grant


class BadGuests(errors.Invalid):
    """Some of several guests cannot be invited; nobody was. `problems`: (index from 0, refusal)."""

    def __init__(self, problems: Sequence[tuple[int, errors.Refusal]]) -> None:
        super().__init__(N_("Nobody was invited: some lines cannot be taken."))
        self.problems = problems


def invite(
    store: Store, house: House, by: Person, slug: str, guest: Guest, now: datetime
) -> Invited:
    """Invite one person and mail them.

    Raises Invalid, NotFound, NotAllowed, AlreadyInvited, Closed.
    """
    with store.transaction() as t:
        return _invite(t, house, by, slug, guest, now)


def invite_all(
    store: Store, house: House, by: Person, slug: str, guests: Sequence[Guest], now: datetime
) -> list[Invited]:
    """Invite all of them, or nobody. Raises BadGuests, naming each line that cannot be taken."""
    problems: list[tuple[int, errors.Refusal]] = []
    invited = []
    with store.transaction() as t:
        for index, guest in enumerate(guests):
            try:
                invited.append(_invite(t, house, by, slug, guest, now))
            except errors.Refusal as refusal:
                problems.append((index, refusal))
        if problems:
            raise BadGuests(problems)
    return invited


def invitation_behind(
    store: Store, grant_id: str | None, now: datetime
) -> tuple[Invitation, Participant, Opportunity]:
    """What an invitation's personal link is about; changes nothing. Raises BadLink."""
    with store.reading() as look:
        grant = open_grant(look, Scope.INVITATION, grant_id, now)
        invitation = look.invitation(grant.subject or "")
        opportunity = look.opportunity_by_id(invitation.opportunity_id) if invitation else None
        if invitation is None or opportunity is None:
            raise errors.BadLink(N_("This link does not open anything any more."))
        participant = look.participant(opportunity.id, invitation.person.id)
        if participant is None:
            raise errors.BadLink(N_("This link does not open anything any more."))
        return invitation, participant, opportunity


def accept(
    store: Store,
    house: House,
    invitation_id: str,
    now: datetime,
    introduction: str | None = None,
) -> Participant:
    """Take part, with the introduction as the person mended it. Declined before is no hindrance.

    Raises Invalid, NotFound.
    """
    with store.transaction() as t:
        _, participant = _invitation(t, invitation_id)
        if introduction is not None:
            words = an_introduction(introduction)
            participant = in_own_words(participant, words)
        participant = take_part(t, house, participant, now)
        t.note_change(participant.opportunity_id, None, now)
        return participant


def take_part(t: Writing, house: House, participant: Participant, now: datetime) -> Participant:
    """Make somebody who was invited, or had left, present: however they show that they want to.

    What would introduce them becomes public if they have seen it; else it waits for their yes.
    """
    check_authors_told(t, participant, now)
    # Somebody who is here already and comes in once more has agreed to nothing by that.
    seen = participant.has_seen_introduction and not participant.present
    agreed = participant.introduction_public or seen
    participant = replace(
        participant, joined=participant.joined or now, left=None, introduction_public=agreed
    )
    t.change_participant(participant)
    if invitation := t.invitation_of(participant.opportunity_id, participant.person.id):
        _answer(t, invitation, Answer.ACCEPTED, now)
    following = t.following(participant.opportunity_id, participant.person.id)
    if following and following.ended:
        t.set_following(replace(following, ended=None))
    publish_introduction(t, house, participant, now)
    return participant


def decline(store: Store, invitation_id: str, now: datetime) -> None:
    """Say no, kindly taken; nothing more is mailed about this opportunity. Raises NotFound."""
    with store.transaction() as t:
        decline_in(t, invitation_id, now)


def decline_in(t: Writing, invitation_id: str, now: datetime) -> None:
    """`decline` inside a transaction that does more."""
    invitation, participant = _invitation(t, invitation_id)
    _answer(t, invitation, Answer.DECLINED, now)
    stop_mail(t, invitation.person.id, invitation.opportunity_id, now)
    if participant.present:
        t.change_participant(replace(participant, left=now))
        leave_roles_in(t, invitation.opportunity_id, invitation.person.id, now)
        t.note_change(participant.opportunity_id, None, now)


def look_at_project(store: Store, invitation_id: str, now: datetime) -> None:
    """Note that the person went to read the project, the first time. Raises NotFound."""
    with store.transaction() as t:
        _looked(t, _invitation(t, invitation_id)[0], now)


def _answer(t: Writing, invitation: Invitation, answer: Answer, now: datetime) -> None:
    _looked(t, invitation, now)  # whoever answers has read
    t.answer_invitation(invitation.id, answer, now)


def _looked(t: Writing, invitation: Invitation, now: datetime) -> None:
    if invitation.looked is None:
        t.change_invitation(replace(invitation, looked=now))


def _invited_already(look: Reading, known: Participant) -> errors.AlreadyInvited:
    """In kind words: nothing is sent to whoever said no, or left."""
    invitation = look.invitation_of(known.opportunity_id, known.person.id)
    words, day = N_("%(name)s has been invited to this opportunity already."), None
    if known.left:
        day = known.left
        words = N_("%(name)s left on %(day)s, and may come back at any time. Nothing is sent.")
    elif invitation and invitation.answer is Answer.DECLINED:
        day = invitation.answered
        words = N_(
            "%(name)s declined on %(day)s. Nothing is sent; their invitation stays open to them."
        )
    said = {"day": day.date()} if day else {}
    return errors.AlreadyInvited(words, field="email", name=known.person.name, **said)


def _invitation(t: Writing, id: str) -> tuple[Invitation, Participant]:
    invitation = t.invitation(id)
    participant = (
        t.participant(invitation.opportunity_id, invitation.person.id) if invitation else None
    )
    if invitation is None or participant is None:
        raise errors.NotFound(N_("There is no such invitation."))
    return invitation, participant


def _invite(
    t: Writing, house: House, by: Person, slug: str, guest: Guest, now: datetime
) -> Invited:
    opportunity = writable_opportunity(t, slug)
    require_facilitator(t, by, opportunity.id)
    why = a_text(guest.why, longest=LONGEST_WHY, field="why") if guest.why.strip() else ""
    introduction = an_introduction(guest.introduction)
    person = _person(t, by, guest, opportunity, now)
    if known := t.participant(opportunity.id, person.id):
        raise _invited_already(t, known)
    invitation = Invitation(
        id=mint(now),
        opportunity_id=opportunity.id,
        person=person,
        invited_by=by,
        why=why,
        sent=now,
    )
    t.add_participant(
        Participant(
            opportunity.id,
            person,
            guest.capacity,
            introduction=introduction,
            introduction_html=to_html(introduction) if introduction else "",
            introduced_by=by.id if introduction else None,
            introduction_seen=edition_of(introduction),  # the invitation shows it
        )
    )
    t.add_invitation(invitation, guest.capacity)
    grant = Grant(
        id=mint(now),
        scope=Scope.INVITATION,
        person_id=person.id,
        created=now,
        expires=now + LASTS[Scope.INVITATION],
        subject=invitation.id,
    )
    t.add_grant(grant)
    where, due = opportunity.id, now
    if guest.capacity is Capacity.CLIENT:
        authors = t.authors_present(where)
        tell(t, house, Kind.CLIENT_JOINS, authors, now, opportunity_id=where, subject=person.id)
        due = now + AFTER_THE_AUTHORS
    tell(t, house, Kind.INVITATION, [person], now, opportunity_id=where, subject=grant.id, due=due)
    return Invited(invitation, opportunity, grant)


def _person(
    t: Writing, by: Person, guest: Guest, opportunity: Opportunity, now: datetime
) -> Person:
    email = an_email(guest.email)
    name = a_line(guest.name, "name", longest=80)
    know_how = a_line(guest.know_how, "know_how", required=False)
    person = t.person_by_email(email)
    if person is None:
        person = Person(
            id=mint(now),
            name=name,
            email=email,
            language=guest.language or opportunity.language,
            status=guest.status or Status.OTHER,
            know_how=know_how,
        )
        t.add_person(person, now)
        return person
    status = person.status
    if guest.status and (by.facilitates or status is Status.OTHER):
        status = guest.status
    changed = replace(person, status=status, know_how=person.know_how or know_how)
    if changed != person:
        t.change_person(changed)
        for part in t.participations(person.id):
            if part.joined:
                t.note_change(part.opportunity_id, None, now)
    return changed
