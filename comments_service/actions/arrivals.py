"""What an archive brings to a discussion: who wrote what, what it answers, and what is known."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import errors
from ..domain.archive import ERASED, NOWHERE, Message, Report, Skip
from ..domain.discussion import (
    LONGEST_TEXT,
    Comment,
    Door,
    Place,
    State,
    clean_text,
    same_words,
)
from ..domain.house import House
from ..domain.ids import mint
from ..domain.people import Person, one_line
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Writing
from .comments import Written
from .finding import LONGEST_LINE
from .placing import adopt_orphans
from .telling import update_named
from .wording import under_subject, words_of_mail

A_DAY = timedelta(days=1)  # that a sender's clock may be ahead of ours
_NO_WORDS = Written("", "")
_SHOWN = (State.PUBLISHED, State.WITHDRAWN, State.HIDDEN)


@dataclass(slots=True, eq=False)
class Arrival:
    """A message on its way to become a comment."""

    number: int  # in its file
    message: Message
    words: Written
    message_id: str = ""  # under which it is kept
    above: "Arrival | Comment | None" = None
    update: str | None = None
    id: str = ""


Brought = list[Arrival | tuple[int, Skip]]


def prepared(
    house: House, opportunity: Opportunity, found: Iterable[Message | Skip], now: datetime
) -> Brought:
    """What was found, with its words rendered, or why it is passed over."""
    brought: Brought = []
    for number, one in enumerate(found, 1):
        words = one if isinstance(one, Skip) else _words(house, opportunity, one, now)
        if isinstance(words, Skip):
            brought.append((number, words))
        elif isinstance(one, Message):
            brought.append(Arrival(number, one, words))
    return brought


def _words(
    house: House, opportunity: Opportunity, message: Message, now: datetime
) -> Written | Skip:
    if message.written > now + A_DAY:
        return Skip.NO_DATE
    if message.sender.rpartition("@")[2] == house.mail_domain:
        return Skip.AUTOMATIC  # a letter of ours
    if message.state is not State.PUBLISHED:
        return _NO_WORDS
    try:
        words = words_of_mail(message.text, message.attachments)
    except errors.Invalid:
        return Skip.TOO_LONG if len(clean_text(message.text)) > LONGEST_TEXT else Skip.EMPTY
    if message.ours or message.references:
        return words
    return under_subject(words, message.subject, opportunity)


class Arrivals:
    """All that one archive brings, in its place; nothing is written before `settle_in`."""

    def __init__(
        self, look: Reading, house: House, opportunity: Opportunity, brought: Brought, now: datetime
    ) -> None:
        self._look, self._house, self._opportunity = look, house, opportunity
        self._now = now
        self._looked_up: dict[str, Comment | None] = {}  # by Message-ID
        self._in_file: dict[str, Arrival] = {}  # by the Message-ID that stands there
        self._skipped = [one for one in brought if isinstance(one, tuple)]
        self._new = self._unknown([one for one in brought if isinstance(one, Arrival)])
        for arrival in self._new:
            self._place(arrival)
        _break_circles(self._new)
        self._known: dict[str, Person] = {}  # by address
        self._newcomers = list(self._find_people())

    @property
    def report(self) -> Report:
        """What is taken, and what is passed over."""
        return Report(
            taken=len(self._new),
            authors=len({self._known[one.message.sender].id for one in self._new}),
            new_people=len(self._newcomers),
            files=sum(len(one.message.attachments) for one in self._new),
            skipped=tuple(sorted(self._skipped)),
        )

    def settle_in(self, t: Writing) -> None:
        """Make people of the authors and comments of the messages; the site hears of each."""
        for person in self._newcomers:
            t.add_person(person, self._now)
        in_second: Counter[datetime] = Counter()
        for arrival in _parents_first(self._new):
            written = arrival.message.written
            # A date in a mail has no milliseconds: these let ids sort as the messages do.
            arrival.id = mint(written + timedelta(milliseconds=min(in_second[written], 999)))
            in_second[written] += 1
            comment = self._comment(arrival)
            place = Place(comment.parent_id, comment.update)
            digest = same_words(comment.author_id, comment.opportunity_id, place, comment.text)
            t.add_comment(comment, digest)
            t.note_change(comment.opportunity_id, comment.id, self._now)
            if arrival.message.message_id:
                adopt_orphans(t, comment, arrival.message.message_id, self._now)

    def _comment(self, arrival: Arrival) -> Comment:
        message = arrival.message
        return Comment(
            id=arrival.id,
            opportunity_id=self._opportunity.id,
            author_id=self._known[message.sender].id,
            text=arrival.words.text,
            html=arrival.words.html,
            state=message.state,
            door=Door.MAIL,
            message_id=arrival.message_id,
            written=message.written,
            edited=message.edited,
            parent_id=arrival.above.id if arrival.above else None,
            update=None if arrival.above else arrival.update,
            introduces=self._known[message.introduces[1]].id if message.introduces else None,
        )

    def _unknown(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Those that are not here yet, each with the Message-ID under which it will be."""
        new: dict[str, Arrival] = {}
        said: dict[str, str] = {}
        for arrival in arrivals:
            message, words = arrival.message, _digest(arrival.message)
            name = message.message_id or self._derived(str(message.written), words)
            if said.setdefault(name, words) != words and not message.ours:
                name = self._derived(name, words)  # two messages under one Message-ID
            name = self._name_here(name)
            if name in new or self._looked_up_as(name):
                self._skipped.append((arrival.number, Skip.HERE))
                continue
            arrival.message_id = name
            new[name] = arrival
            self._in_file.setdefault(message.message_id or name, arrival)
        return list(new.values())

    def _place(self, arrival: Arrival) -> None:
        """Under the nearest thing that it answers and that is in the file, or here already."""
        for message_id in reversed(arrival.message.references):
            above = self._in_file.get(message_id) or self._shown_here(message_id)
            if above and above is not arrival:
                arrival.above = above
                return
            if update := update_named(self._look, self._opportunity, message_id):
                arrival.update = update
                return
        if arrival.message.ours:
            arrival.update = arrival.message.update

    def _shown_here(self, message_id: str) -> Comment | None:
        comment = self._looked_up_as(self._name_here(message_id))
        shown = comment and comment.state in _SHOWN and self._look.was_ever_shown(comment)
        return comment if shown else None

    def _name_here(self, name: str) -> str:
        """The name itself, unless a comment of another discussion bears it."""
        comment = self._looked_up_as(name)
        elsewhere = comment and comment.opportunity_id != self._opportunity.id
        return self._derived(self._opportunity.id, name) if elsewhere else name

    def _looked_up_as(self, name: str) -> Comment | None:
        if name not in self._looked_up:
            self._looked_up[name] = self._look.comment_by_message_id(name)
        return self._looked_up[name]

    def _derived(self, *seed: str) -> str:
        """A Message-ID that the same seed always makes."""
        digest = hashlib.sha256("\x1f".join(seed).encode("utf-8", "replace")).hexdigest()
        return f"<{digest[:32]}@{self._house.mail_domain}>"

    def _find_people(self) -> Iterator[Person]:
        """Knows everybody who speaks, or is introduced, by their address from now on.

        Gives those who are new here.
        """
        for message in (arrival.message for arrival in self._new):
            for name, email in filter(None, [(message.name, message.sender), message.introduces]):
                if email in self._known:
                    continue
                person = self._look.person_by_email(email)
                if person is None:
                    person = self._newcomer(name, email, ours=message.ours)
                    yield person
                self._known[email] = person

    def _newcomer(self, name: str, email: str, *, ours: bool) -> Person:
        id, local, language = mint(self._now), email.partition("@")[0], self._opportunity.language
        if ours and local == ERASED:  # nobody knew their name any more
            return Person(id, "", email, language, unreachable=self._now, erased=self._now)
        nobodys = self._now if email.endswith(f"@{NOWHERE}") else None  # nothing is ever sent there
        name = one_line(name)[:LONGEST_LINE] or local
        return Person(id, name, email, language, unreachable=nobodys)


def _digest(message: Message) -> str:
    """Equal for the same words of the same sender, whatever a list did to the white space."""
    said = " ".join((message.sender, *message.text.split()))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _break_circles(arrivals: Iterable[Arrival]) -> None:
    """What answers itself in the end is cut at its oldest message, which begins a thread."""
    done: set[int] = set()
    for arrival in arrivals:
        way: dict[int, Arrival] = {}
        at: Arrival | Comment | None = arrival
        while isinstance(at, Arrival) and at.number not in done and at.number not in way:
            way[at.number] = at
            at = at.above
        if isinstance(at, Arrival) and at.number in way:
            numbers = list(way)
            circle = numbers[numbers.index(at.number) :]
            min((way[number] for number in circle), key=_age).above = None
        done.update(way)


def _parents_first(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    """By date, but never before what is answered."""
    placed: set[int] = set()
    for arrival in sorted(arrivals, key=_age):
        way = []
        at: Arrival | Comment | None = arrival
        while isinstance(at, Arrival) and at.number not in placed:
            placed.add(at.number)
            way.append(at)
            at = at.above
        yield from reversed(way)


def _age(arrival: Arrival) -> tuple[datetime, int]:
    return arrival.message.written, arrival.number
