"""Pushes that forges tell of: noted at once, published later, and told of when they are bad."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .. import errors
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Person, normal_email
from ..domain.permissions import may_facilitate
from ..domain.pushes import FAILED, Forge, Problem, Push, PushState
from ..gettext import N_
from ..storage.interface import Reading, Store
from .telling import tell

MOST_PROBLEMS = 50  # a broken include can break every page
LONGEST_MESSAGE = 1_000
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_USER_IN_A_URL = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Published:
    """What became of publishing, and of which commit, where that is known."""

    state: PushState
    commit: str = ""
    problems: Sequence[Problem] = ()


def note(
    store: Store,
    digest: str,
    forge: Forge,
    branch: str,
    commit: str,
    email: str,
    now: datetime,
) -> Push:
    """Keep a push to the published branch until it is published.

    Raises Conflict when the same delivery, by its digest, was kept before.
    """
    with store.transaction() as t:
        if t.push_was_told(digest):
            raise errors.Conflict(N_("This was delivered before, and is not done again."))
        push = Push(mint(now), digest, forge, branch, commit, _facilitator(t, email), now)
        t.add_push(push)
    return push


def begin(store: Store) -> list[Push]:
    """All that wait, which one publishing is for; also what was begun and never settled."""
    with store.reading() as look:
        if not look.pushes_waiting():
            return []
    with store.transaction() as t:
        begun = [replace(push, state=PushState.BEGUN) for push in t.pushes_waiting()]
        for push in begun:
            t.change_push(push)
    return begun


def settle(
    store: Store, house: House, begun: Iterable[Push], published: Published, now: datetime
) -> None:
    """Note what became of them, and write to whoever has to mend it: once for each bad commit."""
    problems = tuple(_tidy(problem) for problem in published.problems[:MOST_PROBLEMS])
    ids = {push.id for push in begun}
    with store.transaction() as t:
        pushes = [push for push in t.pushes_waiting() if push.id in ids]
        for push in pushes:
            t.change_push(
                replace(
                    push,
                    state=published.state,
                    tried=published.commit,
                    problems=problems,
                    settled=now,
                )
            )
        if pushes and published.state in FAILED:
            # What came while that very commit was being refused had its letter with the others.
            since = min(push.came for push in pushes)
            told = t.told_of_bad_push(published.commit, since) if published.commit else set()
            people = {person.id: person for push in pushes for person in _who_mends(t, push)}
            whom = [person for id, person in people.items() if id not in told]
            tell(t, house, Kind.BAD_PUSH, whom, now, subject=pushes[-1].id)


def _facilitator(look: Reading, email: str) -> str:
    """The id of the facilitator who is known by this address, if one is."""
    address = normal_email(email)
    person = look.person_by_email(address) if address else None
    if person is None:
        return ""
    leads = person.facilitates or any(
        may_facilitate(person, part) for part in look.participations(person.id)
    )
    return person.id if leads else ""


def _who_mends(look: Reading, push: Push) -> list[Person]:
    pusher = look.person(push.pusher) if push.pusher else None
    if pusher and not pusher.erased and not pusher.unreachable:
        return [pusher]
    return [person for person in look.people() if person.facilitates]


def _tidy(problem: Problem) -> Problem:
    """Without what no letter can show, and without the password that a remote's URL may hold."""
    message = _USER_IN_A_URL.sub("", _UNSEEN.sub("", problem.message))
    return Problem(problem.file, problem.line, message[:LONGEST_MESSAGE])
