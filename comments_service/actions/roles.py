"""Roles of the team that takes shape: claimed, or proposed and taken; laid down at any time.

Whoever holds a role said so in person: nobody is given one.
"""

from dataclasses import replace
from datetime import datetime

from .. import errors
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..domain.team import MOST_ROLES, PROPOSALS_AN_HOUR, Role
from ..domain.times import to_text
from ..gettext import N_
from ..storage.interface import Store, Writing
from .finding import check_open, require_present
from .finding_roles import (
    RoleWords,
    check_roles_open,
    opportunity_of,
    opportunity_with_roles,
    own_role,
    role_of_that_name,
    was_declined,
)
from .telling import tell


def claim_role(
    store: Store, person: Person, slug: str, title: str, words: str, now: datetime
) -> Role:
    """Say what one would carry; claiming what was proposed to one takes it.

    The same claim twice is one role. Raises Invalid, NotFound, NotAllowed, Conflict, Closed.
    """
    text = RoleWords.of(title, words)
    with store.transaction() as t:
        opportunity = opportunity_with_roles(t, slug)
        require_present(t, person, opportunity.id)
        if twin := role_of_that_name(t, opportunity, person.id, text.title):
            return _claimed_again(t, twin, text, now)
        return _add(t, opportunity, person.id, text, now, taken=now)


def propose_role(
    store: Store,
    house: House,
    by: Person,
    slug: str,
    person_id: str,
    title: str,
    words: str,
    now: datetime,
) -> Role:
    """Think of a role for another participant, who gets a letter and says yes or no.

    Raises Invalid, NotFound, NotAllowed, Conflict, Closed, TooMany.
    """
    text = RoleWords.of(title, words)
    with store.transaction() as t:
        opportunity = opportunity_with_roles(t, slug)
        require_present(t, by, opportunity.id)
        part = t.participant(opportunity.id, person_id)
        if part is None or not part.present:
            raise errors.Invalid(N_("Choose somebody who takes part now."), field="person")
        if person_id == by.id:
            raise errors.Invalid(N_("What you would carry yourself, claim above."), field="person")
        if twin := role_of_that_name(t, opportunity, person_id, text.title):
            return _proposed_again(twin, by, text)
        if was_declined(t, opportunity, person_id, text.title):
            raise errors.Conflict(
                N_("A role of that name was proposed to them already, and declined."), field="title"
            )
        if t.count_use(f"propose:{by.id}", to_text(now)[:13]) > PROPOSALS_AN_HOUR:
            raise errors.TooMany(N_("You proposed a lot of roles in one hour. Take a break."))
        role = _add(t, opportunity, person_id, text, now, proposed_by=by.id)
        tell(
            t, house, Kind.ROLE, [part.person], now, opportunity_id=opportunity.id, subject=role.id
        )
        return role


def accept_role(store: Store, person: Person, id: str, now: datetime) -> Role:
    """Take what was proposed; taken twice is taken once.

    Raises NotFound, NotAllowed, Conflict, Closed.
    """
    with store.transaction() as t:
        return accept_role_in(t, person, id, now)


def accept_role_in(t: Writing, person: Person, id: str, now: datetime) -> Role:
    """`accept_role` inside a transaction that does more."""
    role = own_role(t, person, id)
    if role.held:
        return role
    if role.over:
        raise errors.Conflict(N_("This role was laid down or declined. You may claim it anew."))
    check_roles_open(opportunity_of(t, role))
    require_present(t, person, role.opportunity_id)
    return _take(t, role, now)


def lay_down_role(store: Store, person: Person, id: str, now: datetime) -> Role:
    """Give a role back, or decline one that was proposed: no reason is asked.

    Raises NotFound, NotAllowed, Closed.
    """
    with store.transaction() as t:
        return lay_down_role_in(t, person, id, now)


def lay_down_role_in(t: Writing, person: Person, id: str, now: datetime) -> Role:
    """`lay_down_role` inside a transaction that does more."""
    role = own_role(t, person, id)
    if role.over:
        return role
    check_open(opportunity_of(t, role))
    t.drop_letters_about(role.id)
    return _change(t, replace(role, laid_down=now), now)


def reword_role(
    store: Store, person: Person, id: str, title: str, words: str, now: datetime
) -> Role:
    """Say it in other words; whoever holds it, or is to take it, may.

    Raises Invalid, NotFound, NotAllowed, Conflict, Closed.
    """
    text = RoleWords.of(title, words)
    with store.transaction() as t:
        role = own_role(t, person, id)
        if role.over:
            raise errors.Conflict(N_("This role was laid down or declined. You may claim it anew."))
        opportunity = opportunity_of(t, role)
        check_open(opportunity)
        twin = role_of_that_name(t, opportunity, person.id, text.title)
        if twin and twin.id != role.id:
            raise _named_like_another()
        changed = replace(role, title=text.title, words=text.words, html=text.html)
        return role if changed == role else _change(t, changed, now)


def leave_roles_in(t: Writing, opportunity_id: str, person_id: str, now: datetime) -> None:
    """Whoever goes lays down their roles there, and stands by nobody's any more.

    The site is told by whoever calls.
    """
    roles = [role for role in t.roles_of(person_id) if role.opportunity_id == opportunity_id]
    t.close_roles([role.id for role in roles if not role.over], now)
    for support in t.supports_by(person_id):
        role = t.role(support.role_id)
        if role and role.opportunity_id == opportunity_id:
            t.end_support(role.id, person_id)


def _claimed_again(t: Writing, role: Role, text: RoleWords, now: datetime) -> Role:
    if role.open:
        own = replace(role, words=text.words, html=text.html) if text.words else role
        return _take(t, own, now)
    if text.words != role.words:
        raise _named_like_another()
    return role


def _proposed_again(role: Role, by: Person, text: RoleWords) -> Role:
    if role.proposed_by == by.id and role.words == text.words:
        return role
    raise errors.Conflict(
        N_("A role of that name is theirs, or waits for their answer, already."), field="title"
    )


def _named_like_another() -> errors.Conflict:
    return errors.Conflict(
        N_("You have a role of that name already. Change its words, or call this one otherwise."),
        field="title",
    )


def _add(
    t: Writing,
    opportunity: Opportunity,
    person_id: str,
    text: RoleWords,
    now: datetime,
    *,
    taken: datetime | None = None,
    proposed_by: str | None = None,
) -> Role:
    if taken:
        _check_not_too_many(t, opportunity.id, person_id)
    elif sum(role.open for role in _roles_there(t, opportunity.id, person_id)) >= MOST_ROLES:
        raise errors.Conflict(N_("A lot of roles wait for their answer. Leave them time."))
    role = Role(
        id=mint(now),
        opportunity_id=opportunity.id,
        person_id=person_id,
        title=text.title,
        words=text.words,
        html=text.html,
        made=now,
        proposed_by=proposed_by,
        taken=taken,
    )
    t.add_role(role)
    t.note_change(opportunity.id, None, now)
    return role


def _take(t: Writing, role: Role, now: datetime) -> Role:
    _check_not_too_many(t, role.opportunity_id, role.person_id)
    return _change(t, replace(role, taken=now), now)


def _check_not_too_many(t: Writing, opportunity_id: str, person_id: str) -> None:
    if sum(role.held for role in _roles_there(t, opportunity_id, person_id)) >= MOST_ROLES:
        raise errors.Conflict(N_("That is a lot of roles for one person. Lay one down first."))


def _roles_there(t: Writing, opportunity_id: str, person_id: str) -> list[Role]:
    return [role for role in t.roles_of(person_id) if role.opportunity_id == opportunity_id]


def _change(t: Writing, role: Role, now: datetime) -> Role:
    t.change_role(role)
    t.note_change(role.opportunity_id, None, now)
    return role
