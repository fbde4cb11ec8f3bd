"""What a letter in the outbox speaks of, looked up when it is sent; and whether it is still wanted.

Nothing of it is kept with the letter: a comment that was mended is mailed as it reads now, and one
that was withdrawn is not mailed at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain.access import Grant, Scope
from ..domain.changes import TextChange
from ..domain.discussion import Comment, State
from ..domain.following import Dose, dose_now
from ..domain.house import House
from ..domain.incoming import Incoming
from ..domain.letters import CONTENT, Kind, Letter
from ..domain.people import Answer, Invitation, Participant, Person
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity, Phase, Update
from ..domain.pushes import Push
from ..domain.team import Role, roles_are_open
from ..markup import to_html
from ..storage.interface import Reading, Store
from .phases import phase_left, still_new
from .rereading import still_asked
from .threads import Thread, thread_of

MOST_IN_A_DIGEST = 50  # comments; the rest is counted
MOST_CHANGES = 10  # of texts, the newest; the page of the history has them all
# Asked for by somebody who holds the address, or the first that it ever gets.
TO_ANYBODY = frozenset({Kind.SIGN_IN, Kind.CONFIRM, Kind.FOLLOW, Kind.INVITATION})


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, its author, and whom it answers."""

    comment: Comment
    author: Person
    answers: Person | None = None
    speaks_for: tuple[tuple[Role, Person], ...] = ()  # roles, and who carries them


@dataclass(frozen=True, slots=True)
class Announced:
    """An update with the HTML of its text; an old one has a title only."""

    update: Update
    html: str


@dataclass(frozen=True, slots=True)
class Matter:
    """All that a letter may speak of. Which of it is there depends on the letter's kind."""

    letter: Letter
    person: Person  # its reader
    opportunity: Opportunity | None = None
    part: Participant | None = None  # the reader's own
    speaker: str = ""  # whose words it brings; empty when the house speaks
    said: Said | None = None
    thread: Thread | None = None
    grant: Grant | None = None
    invitation: Invitation | None = None
    whom: Participant | None = None  # who is introduced, or joins as the client
    news: tuple[Said, ...] = ()
    updates: tuple[Announced, ...] = ()
    changes: tuple[TextChange, ...] = ()  # of brief, summary and agreement
    more: int = 0  # comments that a digest has no room for
    refused: Incoming | None = None
    role: Role | None = None  # that somebody proposed to the reader
    left_phase: Phase | None = None  # the one before, where a digest tells of a new one
    push: Push | None = None  # that could not be published


def matter_to_send(store: Store, house: House, letter: Letter, now: datetime) -> Matter | None:
    """What the letter speaks of, or None when its reader should not get it (any more)."""
    with store.reading() as look:
        latest = look.letter(letter.id)
        if latest is None or latest.due is None:  # stopped since it was claimed
            return None
        matter = _matter(look, house, letter)
        return matter if matter and _is_wanted(matter, look, now) else None


def matter_sent(store: Store, house: House, letter_id: str) -> Matter | None:
    """What a letter that went out speaks of, wanted or not; None when that cannot be told."""
    with store.reading() as look:
        letter = look.letter(letter_id)
        return _matter(look, house, letter) if letter else None


def _matter(look: Reading, house: House, letter: Letter) -> Matter | None:
    person = look.person(letter.person_id)
    if person is None:
        return None
    where = letter.opportunity_id
    opportunity = look.opportunity_by_id(where) if where else None
    part = look.participant(where, person.id) if where else None
    return _FOUND[letter.kind](Matter(letter, person, opportunity, part), look, house)


def _is_wanted(matter: Matter, look: Reading, now: datetime) -> bool:
    kind, part = matter.letter.kind, matter.part
    if not matter.person.has_address:
        return False
    if matter.person.unreachable and kind not in TO_ANYBODY:
        return False
    if matter.grant and not matter.grant.opens(matter.grant.scope, now):
        return False
    if kind in CONTENT and _dose(matter, look) is Dose.NOTHING:
        return False
    if kind in _OF_ONES_OWN and _stopped(matter, look):
        return False
    if kind in _STATES:
        wanted = matter.said is not None and matter.said.comment.state is _STATES[kind]
        return wanted and (kind is not Kind.HELD or may_facilitate(matter.person, part))
    present = part is not None and part.present
    match kind:
        case Kind.INVITATION | Kind.REMINDER:
            return matter.invitation is not None and matter.invitation.answer is None
        case Kind.INTRODUCTION:
            told = matter.said is not None and matter.said.comment.state is State.PUBLISHED
            return told and matter.whom is not None and matter.whom.present
        case Kind.DIGEST:
            return bool(matter.news or matter.updates or matter.changes or matter.left_phase)
        case Kind.PHASE:
            return still_new(look, matter.opportunity, matter.letter)
        case Kind.REREAD:
            return present and still_asked(look, matter.opportunity, matter.letter)
        case Kind.CLIENT_JOINS:
            declined = matter.invitation and matter.invitation.answer is Answer.DECLINED
            return present and not declined
        case Kind.ROLE:
            wants = _dose(matter, look) is not Dose.NOTHING
            return present and wants and _waits_for_a_yes(matter)
        case Kind.GOODBYE:
            return not present
    return True


# What became of one's own comment: told unless its author wants nothing more.
_OF_ONES_OWN = {Kind.APPROVED, Kind.REFUSED}
# The state in which a comment is worth its letter.
_STATES = {
    Kind.CONFIRM: State.UNCONFIRMED,
    Kind.HELD: State.HELD,
    Kind.APPROVED: State.PUBLISHED,
    Kind.REFUSED: State.HIDDEN,
    Kind.COMMENT: State.PUBLISHED,
}


def _waits_for_a_yes(matter: Matter) -> bool:
    open_there = matter.opportunity is not None and roles_are_open(matter.opportunity)
    return open_there and matter.role is not None and matter.role.open


def _stopped(matter: Matter, look: Reading) -> bool:
    following = look.following(matter.letter.opportunity_id or "", matter.person.id)
    present = matter.part is not None and matter.part.present
    return following is not None and following.ended is not None and not present


def _dose(matter: Matter, look: Reading) -> Dose:
    following = look.following(matter.letter.opportunity_id or "", matter.person.id)
    return dose_now(following, takes_part=matter.part is not None and matter.part.present)


def _with_grant(matter: Matter, look: Reading, house: House) -> Matter | None:
    grant = look.grant(matter.letter.subject or "")
    if grant is None or (matter.opportunity is None and grant.scope is not Scope.SIGN_IN):
        return None
    return replace(matter, grant=grant)


def _invitation(matter: Matter, look: Reading, house: House) -> Matter | None:
    found = _with_grant(matter, look, house)
    invitation = look.invitation(found.grant.subject or "") if found and found.grant else None
    if found is None or invitation is None:
        return None
    return replace(found, invitation=invitation, speaker=invitation.invited_by.name)


def _to_confirm(matter: Matter, look: Reading, house: House) -> Matter | None:
    found = _with_grant(matter, look, house)
    said = _said(look, found.grant.subject) if found and found.grant else None
    if found is None or said is None:
        return None
    invitation = look.invitation_of(said.comment.opportunity_id, found.person.id)
    return replace(found, said=said, invitation=invitation)


def _about_comment(matter: Matter, look: Reading, house: House) -> Matter | None:
    said = _said(look, matter.letter.subject)
    return replace(matter, said=said) if said and matter.opportunity else None


def _comment(matter: Matter, look: Reading, house: House) -> Matter | None:
    found = _about_comment(matter, look, house)
    if found is None or found.said is None:
        return None
    thread = thread_of(look, house, found.said.comment, matter.person)
    return replace(found, thread=thread, speaker=found.said.author.name)


def _update(matter: Matter, look: Reading, house: House) -> Matter | None:
    found = _announced(matter.opportunity, matter.letter.subject or "")
    if found is None or matter.opportunity is None:
        return None
    thread, speaker = Thread(found.update.title), matter.opportunity.facilitator
    return replace(matter, updates=(found,), thread=thread, speaker=speaker)


def _about_participant(matter: Matter, look: Reading, house: House) -> Matter | None:
    where, subject = matter.letter.opportunity_id or "", matter.letter.subject or ""
    whom, invitation = look.participant(where, subject), look.invitation_of(where, subject)
    if whom is None or matter.opportunity is None:
        return None
    return replace(matter, whom=whom, invitation=invitation)


def _introduction(matter: Matter, look: Reading, house: House) -> Matter | None:
    """The comment that introduces somebody; one of old had no comment, and is told no more."""
    found = _comment(matter, look, house)
    if found is None or found.said is None:
        return None
    entry = found.said.comment
    whom = look.participant(entry.opportunity_id, entry.introduces or "")
    return replace(found, whom=whom) if whom else None


def _digest(matter: Matter, look: Reading, house: House) -> Matter | None:
    opportunity = matter.opportunity
    since, _, until = (matter.letter.subject or "").partition("-")
    if opportunity is None or not (since.isdecimal() and until.isdecimal()):
        return None
    span = opportunity.id, int(since), int(until)
    new = [c for c in look.comments_changed(*span) if c.author_id != matter.person.id]
    news = [_said(look, comment.id) for comment in new[:MOST_IN_A_DIGEST]]
    updates = [_announced(opportunity, slug) for slug in look.updates_told(*span)]
    return replace(
        matter,
        news=tuple(filter(None, news)),
        updates=tuple(filter(None, updates)),
        changes=tuple(look.text_changes(*span)[-MOST_CHANGES:]),
        more=len(new) - len(news),
        left_phase=phase_left(look, *span),
    )


def _not_taken(matter: Matter, look: Reading, house: House) -> Matter | None:
    refused = look.incoming(matter.letter.subject or "")
    return replace(matter, refused=refused) if refused else None


def _role(matter: Matter, look: Reading, house: House) -> Matter | None:
    role = look.role(matter.letter.subject or "")
    proposer = look.person(role.proposed_by) if role and role.proposed_by else None
    if role is None or matter.opportunity is None:
        return None
    return replace(matter, role=role, speaker=proposer.name if proposer else "")


def _bad_push(matter: Matter, look: Reading, house: House) -> Matter | None:
    push = look.push(matter.letter.subject or "")
    return replace(matter, push=push) if push else None


def _of_opportunity(matter: Matter, look: Reading, house: House) -> Matter | None:
    return matter if matter.opportunity else None


_FOUND: dict[Kind, Callable[[Matter, Reading, House], Matter | None]] = {
    Kind.INVITATION: _invitation,
    Kind.REMINDER: _invitation,
    Kind.SIGN_IN: _with_grant,
    Kind.FOLLOW: _with_grant,
    Kind.CONFIRM: _to_confirm,
    Kind.HELD: _about_comment,
    Kind.APPROVED: _about_comment,
    Kind.REFUSED: _about_comment,
    Kind.COMMENT: _comment,
    Kind.UPDATE: _update,
    Kind.INTRODUCTION: _introduction,
    Kind.CLIENT_JOINS: _about_participant,
    Kind.DIGEST: _digest,
    Kind.NOT_TAKEN: _not_taken,
    Kind.ROLE: _role,
    Kind.GOODBYE: _of_opportunity,
    Kind.PHASE: _of_opportunity,
    Kind.REREAD: _of_opportunity,
    Kind.BAD_PUSH: _bad_push,
}


def _said(look: Reading, comment_id: str | None) -> Said | None:
    comment = look.comment(comment_id or "")
    author = look.person(comment.author_id) if comment else None
    if comment is None or author is None or author.erased:
        return None
    parent = look.comment(comment.parent_id) if comment.parent_id else None
    answers = look.person(parent.author_id) if parent else None
    carried = ((role, look.person(role.person_id)) for role in look.roles_spoken_for(comment.id))
    return Said(
        comment,
        author,
        None if answers and answers.erased else answers,
        tuple((role, person) for role, person in carried if person),
    )


def _announced(opportunity: Opportunity | None, slug: str) -> Announced | None:
    updates = opportunity.updates if opportunity else ()
    update = next((update for update in updates if update.slug == slug), None)
    return Announced(update, to_html(update.text) if update.text else "") if update else None
