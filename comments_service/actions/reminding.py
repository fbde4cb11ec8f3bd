"""What became of invitations, and the one reminder that a facilitator may ask for."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

from .. import errors
from ..domain.access import LASTS, Grant, Scope
from ..domain.house import House
from ..domain.ids import mint
from ..domain.inviting import IN_PEACE, InvitationFate, fate
from ..domain.letters import Kind, Letter
from ..domain.people import Answer, Invitation, Person
from ..gettext import N_
from ..storage.interface import Reading, Store
from .finding import require_facilitator, writable_opportunity
from .telling import tell


def fates(look: Reading, opportunity_id: str, now: datetime) -> dict[str, InvitationFate]:
    """The fate of each invitation to an opportunity, by the id of the invited person."""
    letters, bounces = _letters(look, opportunity_id), look.bounces_of_invited(opportunity_id)
    parts = {part.person.id: part for part in look.participants(opportunity_id)}
    found = {}
    for one in look.invitations(opportunity_id):
        id = one.person.id
        found[id] = fate(one, parts.get(id), letters[id], bounces.get(id, []), now)
    return found


def remind(
    store: Store, house: House, by: Person, slug: str, person_id: str, now: datetime
) -> Invitation:
    """Mail the one reminder of an invitation that nobody answered for two days.

    Raises NotFound, NotAllowed, Closed, and Conflict when a reminder would be out of place.
    """
    with store.transaction() as t:
        opportunity = writable_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        invitation = t.invitation_of(opportunity.id, person_id)
        if invitation is None:
            raise errors.NotFound(N_("There is no such invitation."))
        _check_in_place(t, invitation, now)
        reminded = replace(invitation, reminded=now)
        t.change_invitation(reminded)
        grant = Grant(
            id=mint(now),
            scope=Scope.INVITATION,
            person_id=person_id,
            created=now,
            expires=now + LASTS[Scope.INVITATION],
            subject=invitation.id,
        )
        t.add_grant(grant)
        where = opportunity.id
        if part := t.participant(where, person_id):  # the reminder shows how it reads now
            t.change_participant(replace(part, introduction_seen=part.introduction_edition))
        who = [invitation.person]
        tell(t, house, Kind.REMINDER, who, now, opportunity_id=where, subject=grant.id)
        return reminded


def _check_in_place(look: Reading, invitation: Invitation, now: datetime) -> None:
    name, where = invitation.person.name, invitation.opportunity_id
    if invitation.answer is Answer.DECLINED:
        raise errors.Conflict(N_("%(name)s has declined; nothing more is mailed."), name=name)
    if invitation.answer is Answer.ACCEPTED:
        raise errors.Conflict(N_("%(name)s has answered the invitation already."), name=name)
    if invitation.reminded:
        raise errors.Conflict(
            N_("%(name)s has been reminded once, and nobody is reminded twice."), name=name
        )
    letters = _letters(look, where)[invitation.person.id]
    became = fate(invitation, None, letters, look.bounces(invitation.person.id), now)
    if became is InvitationFate.BOUNCED:
        raise errors.Conflict(
            N_("The invitation of %(name)s came back; a reminder would too."), name=name
        )
    if now < invitation.sent + IN_PEACE:
        raise errors.Conflict(
            N_("%(name)s was invited less than two days ago. Leave them time."), name=name
        )


def _letters(look: Reading, opportunity_id: str) -> defaultdict[str, list[Letter]]:
    """Invitations and reminders, by the id of whom they went to."""
    found: defaultdict[str, list[Letter]] = defaultdict(list)
    for kind in (Kind.INVITATION, Kind.REMINDER):
        for letter in look.letters_of_kind(kind, opportunity_id):
            found[letter.person_id].append(letter)
    return found
