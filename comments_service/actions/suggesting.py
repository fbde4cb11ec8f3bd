"""“Who else should be here?” A participant proposes somebody; a facilitator decides.

Nobody is mailed before a facilitator invites.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import errors
from ..domain.ids import mint
from ..domain.notes import Suggestion
from ..domain.people import Participant, Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .finding import (
    a_line,
    a_text,
    an_email,
    check_open,
    require_facilitator,
    the_opportunity,
)

A_DAY = 5  # by one person
LONGEST_WHY = 1_000


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion, whose it is, and what we know of whom it names."""

    suggestion: Suggestion
    by: Person
    known: Person | None
    part: Participant | None


def may_suggest(store: Store, by: Person, slug: str) -> Opportunity:
    """The opportunity, for the page that asks. Raises NotFound, Closed, NotAllowed as `suggest`."""
    with store.reading() as look:
        return _open_to(look, by, slug)


def suggest(
    store: Store, by: Person, slug: str, now: datetime, *, name: str, email: str, why: str
) -> Suggestion:
    """Propose somebody to the facilitators. The same twice is one suggestion.

    Raises Invalid, NotFound, Closed, NotAllowed, TooMany.
    """
    name = a_line(name, "name", longest=80)
    email = an_email(email) if email.strip() else ""
    why = a_text(why, longest=LONGEST_WHY, field="why")
    with store.transaction() as t:
        opportunity = _open_to(t, by, slug)
        mine = t.suggestions_by(by.id)
        for one in mine:
            same = (one.opportunity_id, one.name, one.email, one.why)
            if same == (opportunity.id, name, email, why) and one.decided is None:
                return one
        if sum(one.made > now - timedelta(days=1) for one in mine) >= A_DAY:
            raise errors.TooMany(
                N_("That is %(most)d suggestions in a day. Come back tomorrow."), most=A_DAY
            )
        suggestion = Suggestion(mint(now), opportunity.id, by.id, name, email, why, now)
        t.add_suggestion(suggestion)
        return suggestion


def suggestions(store: Store, by: Person, slug: str) -> tuple[Opportunity, list[Suggested]]:
    """All suggestions for an opportunity, oldest first. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        return opportunity, [_suggested(look, one) for one in look.suggestions(opportunity.id)]


def the_suggestion(store: Store, by: Person, slug: str, id: str) -> Suggestion:
    """One that waits, to invite from it. Raises NotFound, NotAllowed, Conflict."""
    with store.reading() as look:
        return _waiting(look, by, slug, id)


def set_aside(store: Store, by: Person, slug: str, id: str, now: datetime) -> Suggestion:
    """Decide not to invite; nobody is told, and the address goes.

    Raises NotFound, NotAllowed, Conflict.
    """
    with store.transaction() as t:
        return _decide(t, _waiting(t, by, slug, id), now)


def note_invited(
    store: Store, by: Person, slug: str, id: str, now: datetime, *, person_id: str | None = None
) -> Suggestion:
    """Say that an invitation went out, to whom; the address stands with the person from now on.

    Raises NotFound, NotAllowed, Conflict.
    """
    with store.transaction() as t:
        return note_invited_in(t, by, slug, id, now, person_id=person_id)


def note_invited_in(
    t: Writing, by: Person, slug: str, id: str, now: datetime, *, person_id: str | None = None
) -> Suggestion:
    """`note_invited` inside a transaction that does more."""
    suggestion = replace(_waiting(t, by, slug, id), invited=True, person_id=person_id)
    return _decide(t, suggestion, now)


def _decide(t: Writing, suggestion: Suggestion, now: datetime) -> Suggestion:
    """The address goes, and whose it is stays: should they be erased, this goes with them."""
    known = t.person_by_email(suggestion.email) if suggestion.email else None
    whom = suggestion.person_id or (known.id if known else None)
    changed = replace(suggestion, decided=now, email="", person_id=whom)
    t.change_suggestion(changed)
    return changed


def _open_to(look: Reading, by: Person, slug: str) -> Opportunity:
    opportunity = the_opportunity(look, slug)
    part = look.participant(opportunity.id, by.id)
    if part is None or not part.present:
        raise errors.NotAllowed(N_("Who takes part here can suggest somebody."))
    check_open(opportunity)
    return opportunity


def _waiting(look: Reading, by: Person, slug: str, id: str) -> Suggestion:
    opportunity = the_opportunity(look, slug)
    require_facilitator(look, by, opportunity.id)
    suggestion = look.suggestion(id)
    if suggestion is None or suggestion.opportunity_id != opportunity.id:
        raise errors.NotFound(N_("There is no such suggestion."))
    if suggestion.decided:
        raise errors.Conflict(N_("Somebody has decided about this suggestion already."))
    return suggestion


def _suggested(look: Reading, suggestion: Suggestion) -> Suggested:
    by = look.person(suggestion.by)
    assert by is not None  # noqa: S101 - a foreign key holds it
    known = look.person_by_email(suggestion.email) if suggestion.email else None
    part = look.participant(suggestion.opportunity_id, known.id) if known else None
    return Suggested(suggestion, by, known, part)
