"""“I have reread this version and stand by it”: said by participants, asked of the parties.

It is bound to the digest of the words that the site tells of, and keeps the git commit that they
stood in; it is no electronic signature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import errors
from ..domain.following import Dose, dose_now
from ..domain.house import House
from ..domain.letters import Kind, Letter
from ..domain.people import Capacity, Participant, Person, by_name
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity
from ..domain.rereading import Rereading
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .finding import check_open, require_facilitator, the_opportunity
from .telling import tell


@dataclass(frozen=True, slots=True)
class StoodBy:
    """Somebody who stands by a version, and since when."""

    person: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Waited:
    """A party who has not reread the version: whether asked, and whether mail is wanted at all."""

    person: Person
    asked: bool
    wants_mail: bool

    @property
    def can_be_asked(self) -> bool:
        return self.wants_mail and not self.asked


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far an agreement's version is reread, as one of its readers sees it. Names by name."""

    opportunity: Opportunity
    facilitates: bool
    takes_part: bool
    mine: Rereading | None  # of this version
    mine_before: Rereading | None  # the last of an earlier one
    stood_by: Sequence[StoodBy]
    waited: Sequence[Waited]  # parties


def stand_by(store: Store, person: Person, slug: str, version: str, now: datetime) -> Rereading:
    """Declare that one has reread `version` of the agreement. Saying it twice is saying it once.

    Raises NotFound, NotAllowed, Closed, and Conflict when it is another version by now.
    """
    with store.transaction() as t:
        return stand_by_in(t, person, the_opportunity(t, slug), version, now)


def stand_by_in(
    t: Writing, person: Person, opportunity: Opportunity, version: str, now: datetime
) -> Rereading:
    """`stand_by` inside a transaction that does more."""
    _require_part(t.participant(opportunity.id, person.id))
    _check_version(opportunity, version)
    found = _of(person, opportunity, t.rereadings(opportunity.id))
    if found is None:
        commit = opportunity.agreement_commit
        found = Rereading(opportunity.id, person.id, version, now, commit)
        t.add_rereading(found)
        t.note_change(opportunity.id, None, now)
    return found


def ask_to_reread(
    store: Store, house: House, by: Person, slug: str, version: str, now: datetime
) -> list[Person]:
    """Mail the parties who have not reread this version and were not asked yet; whom.

    Raises NotFound, NotAllowed, Closed, and Conflict when it is another version by now.
    """
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        _check_version(opportunity, version)
        asked = [
            waited.person
            for waited in _waited(t, opportunity)
            if waited.can_be_asked and waited.person.id != by.id
        ]
        for person in asked:
            subject = _subject(version, person.id)
            tell(
                t, house, Kind.REREAD, [person], now, opportunity_id=opportunity.id, subject=subject
            )
        return asked


def how_far_reread(store: Store, person: Person, slug: str) -> HowFar:
    """Who stands by the agreement as it is. Raises NotFound, and NotAllowed for a stranger."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        part = look.participant(opportunity.id, person.id)
        facilitates = may_facilitate(person, part)
        if not facilitates:
            _require_part(part)
        _check_there(opportunity)
        rereadings = look.rereadings(opportunity.id)
        mine = [r for r in rereadings if r.person_id == person.id]
        return HowFar(
            opportunity,
            facilitates=facilitates,
            takes_part=part is not None and part.present,
            mine=_of(person, opportunity, mine),
            mine_before=max(
                (r for r in mine if r.version != opportunity.agreement),
                key=lambda reread: reread.at,
                default=None,
            ),
            stood_by=_stood_by(look, opportunity, rereadings),
            waited=_waited(look, opportunity),
        )


def still_asked(look: Reading, opportunity: Opportunity | None, letter: Letter) -> bool:
    """Whether a letter's version is the current one, and its reader has not reread it yet."""
    if opportunity is None or not opportunity.accepts_words:
        return False
    person = look.person(letter.person_id)
    current = version_asked(letter) == opportunity.agreement
    return bool(
        current and person and _of(person, opportunity, look.rereadings(opportunity.id)) is None
    )


def version_asked(letter: Letter) -> str:
    """The version that a letter asks to reread."""
    return (letter.subject or "").partition(" ")[2]


def parties(look: Reading, opportunity_id: str) -> list[Participant]:
    """Who carries the agreement and is present: clients, who holds a role, facilitators; by name.

    A facilitator who serves the whole house and takes no part is none.
    """
    holders = {role.person_id for role in look.roles(opportunity_id) if role.held}
    chosen = [
        part
        for part in look.participants(opportunity_id)
        if part.present and (part.capacity is not Capacity.EXPERT or part.person.id in holders)
    ]
    return sorted(chosen, key=lambda part: by_name(part.person))


def _subject(version: str, person_id: str) -> str:
    return f"{person_id} {version}"


def _require_part(part: Participant | None) -> None:
    if part is None or not part.present:
        raise errors.NotAllowed(N_("Only those who take part can stand by the agreement."))


def _check_there(opportunity: Opportunity) -> None:
    if not opportunity.agreement:
        raise errors.NotFound(N_("There is no agreement to reread here yet."))


def _check_version(opportunity: Opportunity, version: str) -> None:
    check_open(opportunity)
    _check_there(opportunity)
    if version != opportunity.agreement:
        raise errors.Conflict(
            N_("The agreement has changed meanwhile, so nothing was noted. Please reread it first.")
        )


def _of(
    person: Person, opportunity: Opportunity, rereadings: Sequence[Rereading]
) -> Rereading | None:
    current = (r for r in rereadings if r.version == opportunity.agreement)
    return next((r for r in current if r.person_id == person.id), None)


def _stood_by(
    look: Reading, opportunity: Opportunity, rereadings: Sequence[Rereading]
) -> list[StoodBy]:
    current = (r for r in rereadings if r.version == opportunity.agreement)
    found = ((look.person(reread.person_id), reread.at) for reread in current)
    stood = [StoodBy(person, at) for person, at in found if person]
    return sorted(stood, key=lambda one: by_name(one.person))


def _waited(look: Reading, opportunity: Opportunity) -> list[Waited]:
    rereadings = look.rereadings(opportunity.id)
    waited = []
    for part in parties(look, opportunity.id):
        if _of(part.person, opportunity, rereadings):
            continue
        about = _subject(opportunity.agreement, part.person.id)
        following = look.following(opportunity.id, part.person.id)
        wants_mail = dose_now(following, takes_part=True) is not Dose.NOTHING
        asked = look.was_told(Kind.REREAD, opportunity.id, about)
        waited.append(Waited(part.person, asked, wants_mail and not part.person.unreachable))
    return waited
