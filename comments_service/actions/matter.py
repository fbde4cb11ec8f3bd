"""What a letter in the outbox speaks of, looked up when it is sent.

Nothing of it is kept with the letter: a comment that was mended is mailed as it reads now, and one
that was withdrawn is not mailed at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..domain.access import Grant, Scope
from ..domain.changes import TextChange
from ..domain.discussion import Comment
from ..domain.house import House
from ..domain.incoming import Incoming
from ..domain.letters import Kind, Letter
from ..domain.people import Invitation, Participant, Person
from ..domain.phases import Opportunity, Phase, Update
from ..domain.pushes import Push
from ..domain.team import Role
from ..markup import to_html
from ..storage.interface import Reading
from .phases import phase_left
from .threads import Thread, thread_of

MOST_IN_A_DIGEST = 50  # comments; the rest is counted
MOST_CHANGES = 10  # of texts, the newest; the page of the history has them all


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


def matter_of(look: Reading, house: House, letter: Letter) -> Matter | None:
    """What the letter speaks of, wanted or not; None when that cannot be told."""
    person = look.person(letter.person_id)
    if person is None:
        return None
    where = letter.opportunity_id
    opportunity = look.opportunity_by_id(where) if where else None
    part = look.participant(where, person.id) if where else None
    return _FOUND[letter.kind](Matter(letter, person, opportunity, part), look, house)


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
