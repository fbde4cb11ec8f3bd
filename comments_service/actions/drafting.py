"""What a first summary or agreement is written from, and whom the next opportunity begins with.

Nothing is ranked: what anybody marked as worth keeping counts alike, in the order of time.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from ..domain.discussion import Comment, State
from ..domain.marks import MarkKind
from ..domain.people import Answer, Capacity, Invitation, Participant, Person, by_name, one_line
from ..domain.phases import Opportunity
from ..domain.team import Role
from ..storage.interface import Reading, Store
from .finding import the_opportunity
from .rereading import parties

FEWEST_WORDS = 4
LONGEST_POINT = 300  # characters
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\b[A-ZÀ-Þ]\.)\s+(?=[^a-zß-ÿ])")
_AFTER_A_QUESTION = " \u00a0\u202f\t\n)\"'”’»*_"


@dataclass(frozen=True, slots=True)
class Point:
    """A comment in one sentence of its own."""

    comment: Comment
    words: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A role that somebody holds, and the comments that speak for it."""

    role: Role
    person: Person
    comments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a first version speaks of."""

    opportunity: Opportunity
    parties: Sequence[Participant]  # clients and who holds a role, by name
    team: Sequence[Carried]
    kept: Sequence[Point]
    open: Sequence[Point]
    first: datetime | None  # when the first and the last comment that can be read were written
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody of an earlier opportunity, with what became of their invitation there."""

    participant: Participant
    roles: Sequence[Role]
    declined: bool

    @property
    def took_part(self) -> bool:
        """Whether they were ever there."""
        return self.participant.joined is not None


def draft(store: Store, slug: str) -> Draft:
    """What stands in a discussion as things are. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        shown = [
            comment
            for comment in look.comments_ever_shown(opportunity.id)
            if comment.state is State.PUBLISHED
        ]
        shown.sort(key=lambda comment: (comment.written, comment.id))
        questions = list(_unanswered(shown))
        asked = {comment.id for comment in questions}
        kept = _kept(look, opportunity)
        team = _team(look, opportunity, {comment.id for comment in shown})
        return Draft(
            opportunity,
            _parties(look, opportunity, team),
            team,
            [Point(c, first_sentence(c.html)) for c in shown if c.id in kept - asked],
            [Point(c, last_sentence(c.html)) for c in questions],
            shown[0].written if shown else None,
            shown[-1].written if shown else None,
        )


def companions(store: Store, slug: str) -> tuple[Opportunity, list[Companion]]:
    """Everybody who was invited to an opportunity, by name. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        roles = [role for role in look.roles(opportunity.id) if role.taken]
        fates = {i.person.id: i for i in look.invitations(opportunity.id)}
        found = [
            Companion(
                part,
                [role for role in roles if role.person_id == part.person.id],
                declined=_declined(fates.get(part.person.id)),
            )
            for part in look.participants(opportunity.id)
            if part.person.erased is None
        ]
        found.sort(key=lambda one: by_name(one.participant.person))
        return opportunity, found


def first_sentence(html: str) -> str:
    """The first sentence of a comment that is more than a greeting, as one line of plain words."""
    found = _sentences(html)
    said = (one for one in found if len(one.split()) >= FEWEST_WORDS)
    return _shortened(next(said, found[0]))


def last_sentence(html: str) -> str:
    """The last one: where a comment ends in a question, that."""
    return _shortened(_sentences(html)[-1])


def _parties(look: Reading, opportunity: Opportunity, team: Sequence[Carried]) -> list[Participant]:
    """As the site names them: a facilitator who carries nothing rereads, and is no party."""
    holders = {one.person.id for one in team}
    return [
        part
        for part in parties(look, opportunity.id)
        if part.capacity is Capacity.CLIENT or part.person.id in holders
    ]


def _kept(look: Reading, opportunity: Opportunity) -> set[str]:
    """Comments that somebody who is present marked as worth keeping."""
    kept = set()
    for mark in look.marks(opportunity.id, MarkKind.KEEP):
        part, person = look.participant(opportunity.id, mark.person_id), look.person(mark.person_id)
        if (part and part.present) or (person and person.facilitates):
            kept.add(mark.subject)
    return kept


def _unanswered(shown: Sequence[Comment]) -> Iterable[Comment]:
    """Comments that end in a question which nobody else answered."""
    authors = {comment.id: comment.author_id for comment in shown}
    answered = {
        comment.parent_id
        for comment in shown
        if comment.parent_id and authors.get(comment.parent_id) != comment.author_id
    }
    for comment in shown:
        if comment.text.rstrip(_AFTER_A_QUESTION).endswith("?") and comment.id not in answered:
            yield comment


def _team(look: Reading, opportunity: Opportunity, shown: set[str]) -> list[Carried]:
    team = []
    for role in look.roles(opportunity.id):
        person = look.person(role.person_id)
        part = look.participant(opportunity.id, role.person_id)
        if role.held and person and part and part.present:
            supports = [support.comment_id for support in look.supports(role.id)]
            team.append(Carried(role, person, [id for id in supports if id and id in shown]))
    return team


def _declined(invitation: Invitation | None) -> bool:
    return invitation is not None and invitation.answer is Answer.DECLINED


def _sentences(html: str) -> list[str]:
    paragraphs = _PARAGRAPH.findall(html) or [html]
    plain = [one_line(unescape(_TAG.sub(" ", paragraph))) for paragraph in paragraphs]
    found = [s for words in plain for s in _END_OF_SENTENCE.split(words) if s]
    return found or ["…"]


def _shortened(words: str) -> str:
    if len(words) <= LONGEST_POINT:
        return words
    cut = words[:LONGEST_POINT]
    return (cut.rpartition(" ")[0] or cut) + "…"
