"""How much may come by mail before it looks like machines that answer each other."""

from datetime import datetime, timedelta

from .. import errors
from ..domain.discussion import Place
from ..domain.house import House
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..domain.times import to_text
from ..gettext import N_
from ..storage.interface import Reading, Writing
from .finding import the_comment
from .threads import top_of

SAME_WORDS_A_DAY = 3  # by one person in one discussion
PEOPLE_AT_ONCE = 4  # a thread takes what so many people may write in an hour


def check_repeated(
    look: Reading, person: Person, opportunity: Opportunity, text: str, now: datetime
) -> None:
    """Raise Conflict where a machine that hides it would answer another one for ever."""
    times = look.times_mailed(person.id, opportunity.id, text, now - timedelta(days=1))
    if times >= SAME_WORDS_A_DAY:
        raise errors.Conflict(
            N_("You mailed these very words several times today. Say it in other words.")
        )


def count_in_thread(
    t: Writing, house: House, opportunity: Opportunity, place: Place, now: datetime
) -> None:
    """Count a mail to a thread, or to none yet; raise TooMany beyond the hour's allowance."""
    top = top_of(t, the_comment(t, place.answer)) if place.answer else place.update or "new"
    used = t.count_use(f"thread:{opportunity.id}:{top}", to_text(now)[:13])
    if used > PEOPLE_AT_ONCE * house.posts_an_hour:
        raise errors.TooMany(N_("A lot was mailed to this thread in one hour. Try again later."))
