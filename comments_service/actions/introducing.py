"""An introduction is an entry in the discussion, one for each person, in the words agreed to."""

from dataclasses import replace
from datetime import datetime

from .. import errors
from ..domain.discussion import Comment, Door, State
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Capacity, Participant, edition_of
from ..gettext import N_
from ..markup import to_html
from ..storage.interface import Reading, Writing
from .finding import a_text
from .telling import tell_of_introduction

LONGEST_WHY = 2_000


def an_introduction(text: str) -> str:
    """An introduction as it was typed, or nothing. Raises Invalid."""
    if not isinstance(text, str):
        raise errors.Invalid(N_("This must be text."), field="introduction")
    return a_text(text, longest=LONGEST_WHY, field="introduction") if text.strip() else ""


def reworded(participant: Participant, words: str, by: str) -> Participant:
    """With other words of introduction, or none; whoever wrote the first introduces."""
    first = participant.introduced_by if participant.introduction else by
    return replace(
        participant,
        introduction=words,
        introduction_html=to_html(words) if words else "",
        introduced_by=first if words else None,
    )


def in_own_words(participant: Participant, words: str) -> Participant:
    """The same by the person themselves, who thereby agrees to them."""
    changed = reworded(participant, words, participant.person.id)
    return replace(changed, introduction_public=True, introduction_seen=edition_of(words))


def publish_introduction(t: Writing, house: House, participant: Participant, now: datetime) -> None:
    """Let the discussion say of `participant` what their introduction says, by who wrote it.

    It is told once, when there are words, and the person takes part and agreed to them. Words that
    the person has not seen yet change nothing; an introduction that was cleared is withdrawn.
    """
    entry = t.introduction_of(participant.opportunity_id, participant.person.id)
    if not participant.introduction_public:
        return
    if entry is None:
        if participant.introduction and participant.present:
            _publish(t, house, participant, now)
    elif not participant.introduction:
        withdraw_introduction(t, entry, now)
    elif _says_otherwise(entry, participant):
        _mend(t, entry, participant, now)


def withdraw_introduction(t: Writing, entry: Comment, now: datetime) -> None:
    """Take the words of an introduction back; what was answered to it stays."""
    if entry.state is State.WITHDRAWN:
        return
    t.drop_letters_about(entry.id)
    t.change_comment(replace(entry, state=State.WITHDRAWN, text="", html=""))
    t.note_change(entry.opportunity_id, entry.id, now)


def is_ones_own(comment: Comment) -> bool:
    """Whether a comment is its author's to take back: not how they introduced somebody else."""
    return comment.introduces in (None, comment.author_id)


def introducer(look: Reading, participant: Participant) -> str:
    """The id of whoever introduces somebody: who wrote it first, else who invited them."""
    if participant.introduced_by:
        return participant.introduced_by
    where, whom = participant.opportunity_id, participant.person.id
    invitation = look.invitation_of(where, whom)
    return invitation.invited_by.id if invitation else whom


def _publish(t: Writing, house: House, participant: Participant, now: datetime) -> None:
    opportunity = t.opportunity_by_id(participant.opportunity_id)
    if opportunity is None or not opportunity.accepts_words:
        return
    id = mint(now)
    entry = Comment(
        id=id,
        opportunity_id=opportunity.id,
        author_id=_brought_in(t, participant, now),
        text=participant.introduction,
        html=participant.introduction_html,
        state=State.PUBLISHED,
        door=Door.PAGE,
        message_id=f"<{id}@{house.mail_domain}>",
        written=now,
        introduces=participant.person.id,
    )
    t.add_comment(entry, f"introduction {id}")  # never the same words as something else
    t.note_change(entry.opportunity_id, entry.id, now)
    if not t.was_told(Kind.INTRODUCTION, opportunity.id, participant.person.id):  # by an older us
        tell_of_introduction(t, house, entry, now)


def _mend(t: Writing, entry: Comment, participant: Participant, now: datetime) -> None:
    mended = replace(
        entry,
        author_id=_brought_in(t, participant, now),
        text=participant.introduction,
        html=participant.introduction_html,
        edited=now,
    )
    if entry.state is State.WITHDRAWN:  # a facilitator who hid it has the last word
        mended = replace(mended, state=State.PUBLISHED)
    t.change_comment(mended)
    t.note_change(mended.opportunity_id, mended.id, now)


def _says_otherwise(entry: Comment, participant: Participant) -> bool:
    return entry.text != participant.introduction or entry.state is State.WITHDRAWN


def _brought_in(t: Writing, participant: Participant, now: datetime) -> str:
    """Who introduces; a facilitator who only ever invited takes part from here on."""
    by = t.person(introducer(t, participant))
    if by is None or by.erased:
        return participant.person.id
    where = participant.opportunity_id
    if by.facilitates and t.participant(where, by.id) is None:
        t.add_participant(Participant(where, by, Capacity.FACILITATOR, joined=now))
    return by.id
