"""Letters out and mails in, as facilitators see them; and what they can do when mail goes wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import errors
from ..domain.discussion import Comment
from ..domain.following import Dose, dose_now
from ..domain.incoming import Incoming
from ..domain.letters import CONTENT, Letter
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading, Store
from .bouncing import write_again_in
from .finding import require_facilitator, the_opportunity

NEWEST = 100  # letters and mails on one page
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Trouble:
    """How much mail about one opportunity went wrong, or about none."""

    unreachable: int  # people
    given_up: int  # letters of the last week
    refused: int  # mails of the last week

    def __bool__(self) -> bool:
        return bool(self.unreachable or self.given_up or self.refused)


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that came in, who sent it as far as we know, and the comment that it became."""

    mail: Incoming
    person: Person | None
    comment: Comment | None
    opportunity: Opportunity | None


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The newest letters and mails about one opportunity, or about none."""

    opportunity: Opportunity | None
    letters: list[tuple[Letter, Person]]
    mails: list[Received]
    followers: list[Person]
    unreachable: list[Person]


def about(store: Store, by: Person, slug: str) -> Correspondence:
    """All mail about an opportunity, newest first. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        require_facilitator(look, by, opportunity.id)
        return Correspondence(
            opportunity,
            _letters(look, opportunity.id),
            [_received(look, mail) for mail in look.incoming_about(opportunity.id, NEWEST)],
            look.followers(opportunity.id),
            look.people_unreachable(opportunity.id),
        )


def about_nothing(store: Store, by: Person) -> Correspondence:
    """Letters and mails that belong to no opportunity, newest first. Raises NotAllowed."""
    _require_named(by)
    with store.reading() as look:
        lost = [_received(look, mail) for mail in look.incoming_lost(NEWEST)]
        return Correspondence(None, _letters(look, None), lost, [], [])


def one_mail(store: Store, by: Person, id: str) -> tuple[Received, bytes]:
    """A mail with its bytes as they came. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        mail, raw = look.incoming(id), look.incoming_raw(id)
        if mail is None or raw is None:
            raise errors.NotFound(N_("There is no such mail."))
        _require_in_charge(look, by, mail.opportunity_id)
        return _received(look, mail), raw


def trouble(look: Reading, opportunity_id: str | None, now: datetime) -> Trouble:
    """What went wrong with mail about an opportunity, or about none."""
    return Trouble(
        len(look.people_unreachable(opportunity_id)) if opportunity_id else 0,
        look.letters_given_up(opportunity_id, now - LATELY),
        look.incoming_refused(opportunity_id, now - LATELY),
    )


def send_again(store: Store, by: Person, id: str, now: datetime) -> Opportunity | None:
    """Send a letter once more, under the same Message-ID; one that waits already just waits.

    Gives the opportunity that it is about. Raises NotFound, NotAllowed; Conflict when its reader
    left or wants no such mail.
    """
    with store.transaction() as t:
        letter = t.letter(id)
        if letter is None:
            raise errors.NotFound(N_("There is no such letter."))
        _require_in_charge(t, by, letter.opportunity_id)
        if letter.kind in CONTENT and not _wants_mail(t, letter):
            raise errors.Conflict(
                N_("This person left, or wants no mail about this. Nothing was sent.")
            )
        waits = letter.sent is None and letter.due is not None and letter.error is None
        if not waits:
            t.letter_again(letter.id, now)
        return t.opportunity_by_id(letter.opportunity_id) if letter.opportunity_id else None


def reach_again(store: Store, by: Person, slug: str, person_id: str) -> None:
    """Write again to somebody whose mail came back; the count of bounces begins anew.

    Raises NotFound, NotAllowed.
    """
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        person = t.person(person_id)
        theirs = t.participant(opportunity.id, person_id) or t.following(opportunity.id, person_id)
        if person is None or theirs is None:
            raise errors.NotFound(N_("This person has no part in this opportunity."))
        write_again_in(t, person)


def _letters(look: Reading, opportunity_id: str | None) -> list[tuple[Letter, Person]]:
    letters = look.letters_about(opportunity_id, NEWEST)
    found = ((letter, look.person(letter.person_id)) for letter in letters)
    return [(letter, person) for letter, person in found if person]


def _received(look: Reading, mail: Incoming) -> Received:
    return Received(
        mail,
        look.person(mail.person_id) if mail.person_id else None,
        look.comment(mail.comment_id) if mail.comment_id else None,
        look.opportunity_by_id(mail.opportunity_id) if mail.opportunity_id else None,
    )


def _wants_mail(look: Reading, letter: Letter) -> bool:
    where, whom = letter.opportunity_id or "", letter.person_id
    participant = look.participant(where, whom)
    takes_part = participant is not None and participant.present
    return dose_now(look.following(where, whom), takes_part=takes_part) is not Dose.NOTHING


def _require_in_charge(look: Reading, by: Person, opportunity_id: str | None) -> None:
    if opportunity_id is None:
        _require_named(by)
    else:
        require_facilitator(look, by, opportunity_id)


def _require_named(by: Person) -> None:
    """Mail about no opportunity is nobody's but those whom the settings name."""
    if not by.facilitates:
        raise errors.NotAllowed(N_("This is for the facilitators whom the settings name."))
