"""What a facilitator sees: what waits on the desk, how all that he leads does, and one closely."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ..domain.discussion import Comment, State
from ..domain.figures import guests
from ..domain.inviting import IN_PEACE, InvitationFate
from ..domain.letters import Letter
from ..domain.people import Invitation, Participant, Person
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from . import figures
from .correspondence import LATELY, Trouble, trouble
from .figures import Faring, Figures, News
from .looking import WrittenComment
from .reaching import in_reach, reach_of

LAST_LETTERS = 50


@dataclass(frozen=True, slots=True)
class Led:
    """One opportunity on its facilitator's desk: how it does, and what waits there."""

    faring: Faring
    held: int
    suggestions: int
    trouble: Trouble
    news: bool  # others did something since the last visit

    @property
    def opportunity(self) -> Opportunity:
        """Which one."""
        return self.faring.opportunity

    @property
    def waits(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.held or self.suggestions or self.trouble or self.news)


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a facilitator, what he leads by title, and who took part where by name."""

    held: list[WrittenComment]
    led: list[Led]
    people: list[tuple[Person, list[tuple[Opportunity, Participant]]]]
    letters: list[tuple[Letter, Person]]
    lost: Trouble  # with mail that belongs to no opportunity


@dataclass(frozen=True, slots=True)
class LedClosely:
    """One opportunity: what is counted, everybody in it, and all that was said, newest first."""

    figures: Figures
    news: News  # what others did
    people: dict[str, Person]  # whoever is spoken of, by id
    participants: list[Participant]
    invitations: dict[str, Invitation]  # by the id of the person
    may_be_reminded: set[str]  # ids of people
    not_introduced: list[Participant]
    comments: list[Comment]

    @property
    def opportunity(self) -> Opportunity:
        """Which one."""
        return self.figures.opportunity

    def written(self, comments: Iterable[Comment]) -> list[WrittenComment]:
        """Some of its comments, with their authors."""
        return [WrittenComment(c, self.people[c.author_id], self.opportunity) for c in comments]


def desk(store: Store, person: Person, now: datetime) -> Desk:
    """What a facilitator's desk shows. Raises NotAllowed for somebody who facilitates nothing."""
    whole = figures.across(store, person)
    with store.reading() as look:
        reach = reach_of(look, person)
        held = _held(look, reach)
        suggestions = look.suggestions_waiting_within(reach)
        troubles = look.mail_trouble_within(reach, now - LATELY)
        news = look.news_within(reach, person.id)
        named = person.facilitates
        letters = _last_letters(look) if named else []
        lost = trouble(look, None, now) if named else Trouble(0, 0, 0)
    waiting = Counter(one.opportunity.id for one in held)
    led = []
    for faring in whole.opportunities:
        where = faring.opportunity.id
        wrong = Trouble(*troubles.get(where, (0, 0, 0)))
        led.append(Led(faring, waiting[where], suggestions.get(where, 0), wrong, where in news))
    return Desk(held, led, whole.people, letters, lost)


def led_closely(store: Store, person: Person, slug: str, now: datetime) -> LedClosely:
    """One opportunity as its facilitator sees it. Raises NotFound, NotAllowed."""
    counted = figures.figures_of(store, person, slug, now)
    news = _of_others(counted.news, person)
    with store.reading() as look:
        opportunity = counted.opportunity
        said = look.comments_ever_shown(opportunity.id)[::-1]
        participants = look.participants(opportunity.id)
        return LedClosely(
            counted,
            news,
            look.some_people(_spoken_of(said + counted.held + counted.unanswered, news)),
            participants,
            {one.person.id: one for one in look.invitations(opportunity.id)},
            _may_be_reminded(counted, now),
            [one for one in guests(participants) if not one.introduction],
            said,
        )


def _may_be_reminded(counted: Figures, now: datetime) -> set[str]:
    if not counted.opportunity.accepts_words:
        return set()
    unanswered = counted.fates[InvitationFate.LOOKED] + counted.fates[InvitationFate.SILENT]
    in_place = (one for one in unanswered if not one.reminded and now >= one.sent + IN_PEACE)
    return {one.person.id for one in in_place}


def _of_others(news: News, person: Person) -> News:
    return replace(
        news,
        comments=[one for one in news.comments if one.author_id != person.id],
        came=[one for one in news.came if one.person.id != person.id],
        left=[one for one in news.left if one.person.id != person.id],
        roles=[one for one in news.roles if one.person_id != person.id],
    )


def _spoken_of(comments: Iterable[Comment], news: News) -> set[str]:
    authors = {comment.author_id for comment in comments}
    return authors | {r.person_id for r in news.roles} | {s.by for s in news.suggestions}


def _held(look: Reading, reach: list[str] | None) -> list[WrittenComment]:
    held = [
        comment
        for comment in look.comments_in_state(State.HELD)
        if in_reach(reach, comment.opportunity_id)
    ]
    authors = look.some_people(comment.author_id for comment in held)
    where = {one.id: one for one in look.opportunities()} if held else {}
    return [WrittenComment(c, authors[c.author_id], where[c.opportunity_id]) for c in held]


def _last_letters(look: Reading) -> list[tuple[Letter, Person]]:
    letters = look.letters(LAST_LETTERS)
    people = look.some_people(letter.person_id for letter in letters)
    return [(one, people[one.person_id]) for one in letters if one.person_id in people]
