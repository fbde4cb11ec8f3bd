"""A discussion leaves as an archive of mail, and an archive of mail becomes a discussion."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime

from ..domain.archive import ERASED, Message, Report, Skip
from ..domain.discussion import Comment, State
from ..domain.house import House
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from .arrivals import Arrivals, prepared
from .finding import the_opportunity
from .telling import update_message_id
from .threads import Thread

MOST_REFERENCES = 100  # of one message, as in the letters
LONGEST_OPENING = 2_000  # characters of a first comment, for the subject of its thread
_NOBODY = "withdrawn"


def messages(store: Store, house: House, slug: str) -> Iterator[Message]:
    """What a discussion shows, as messages by date and Message-ID, without anybody's address.

    One after the other: they are never all held. Raises NotFound, with the first of them.
    """
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        shown = look.comments_to_archive(opportunity.id)
        yield from messages_of(look, house, opportunity, shown)


def messages_of(
    look: Reading, house: House, opportunity: Opportunity, comments: Iterable[Comment]
) -> Iterator[Message]:
    """The given comments of one opportunity as messages, in the same order.

    What is not published keeps its place and has neither words nor an author.
    """
    authors, threads = _Authors(look, opportunity.slug), _Threads(look, house, opportunity)
    for comment in comments:
        thread = threads.of(comment)
        shown = comment.state is State.PUBLISHED
        name, address = authors.of(comment.author_id) if shown else ("", authors.nobody)
        whom = authors.of(comment.introduces) if shown and comment.introduces else None
        yield Message(
            sender=address,
            name=name,
            written=comment.written.replace(microsecond=0),
            text=comment.text if shown else "",
            message_id=comment.message_id,
            references=thread.above,
            opening=thread.opening,
            ours=True,
            state=comment.state,
            edited=comment.edited,
            update=comment.update,
            introduces=whom,
        )


def take_in(
    store: Store,
    house: House,
    slug: str,
    found: Iterable[Message | Skip],
    now: datetime,
    *,
    dry_run: bool = False,
) -> Report:
    """Add what an archive says to a discussion, with its dates and authors, all of it or nothing.

    Nobody is invited, and nobody is mailed. What is here already stays as it is; with `dry_run`
    everything does. Raises NotFound, and whatever reading `found` raises.
    """
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
    brought = prepared(house, opportunity, found, now)  # before the lock: it takes its time
    if dry_run:
        with store.reading() as look:
            return Arrivals(look, house, opportunity, brought, now).report
    with store.transaction() as t:
        arrivals = Arrivals(t, house, opportunity, brought, now)
        arrivals.settle_in(t)
        return arrivals.report


class _Authors:
    """A name and an address that reaches nobody for each author, by order of appearance."""

    def __init__(self, look: Reading, slug: str) -> None:
        self._look = look
        self._domain = f"{_plain(slug, 60)}.invalid"
        self._known: dict[str, tuple[str, str]] = {}
        self._taken = {_NOBODY, ERASED}

    @property
    def nobody(self) -> str:
        """Stands where words were taken back or hidden."""
        return f"{_NOBODY}@{self._domain}"

    def of(self, person_id: str) -> tuple[str, str]:
        if person_id not in self._known:
            person = self._look.person(person_id)
            assert person is not None  # noqa: S101 - a foreign key holds it
            local = ERASED if person.erased else self._free(person)
            self._known[person_id] = person.name, f"{local}@{self._domain}"
        return self._known[person_id]

    def _free(self, person: Person) -> str:
        base = local = _plain(person.name, 60)
        number = 1
        while local in self._taken:
            number += 1
            local = f"{base}-{number}"
        self._taken.add(local)
        return local


def _plain(name: str, longest: int) -> str:
    """`Éloïse Ménard` is `eloise-menard`; a name without Latin letters is `somebody`."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:longest].strip("-") or "somebody"


class _Threads:
    """The way down to each comment, remembered from one comment to the next."""

    def __init__(self, look: Reading, house: House, opportunity: Opportunity) -> None:
        self._look, self._house, self._opportunity = look, house, opportunity
        self._titles = {update.slug: update.title for update in opportunity.updates}
        self._down_to: dict[str, Thread] = {}  # comment id → what is above its answers

    def of(self, comment: Comment) -> Thread:
        """Where a comment stands. Of a very deep thread: under its root and what is nearest."""
        unknown = {comment.id: comment}
        parent_id = comment.parent_id
        while parent_id and parent_id not in self._down_to and parent_id not in unknown:
            parent = self._look.comment(parent_id)
            assert parent is not None  # noqa: S101 - a foreign key holds it
            unknown[parent_id] = parent
            parent_id = parent.parent_id
        below = self._down_to.get(parent_id or "")
        thread = below or Thread("")
        for one in reversed(unknown.values()):
            thread = below or self._begun_by(one)
            above = (*thread.above, one.message_id)
            if len(above) > MOST_REFERENCES:
                above = (above[0], *above[1 - MOST_REFERENCES :])
            below = self._down_to[one.id] = Thread(thread.opening, above)
        return thread

    def _begun_by(self, first: Comment) -> Thread:
        if first.update is not None:
            told = self._look.update_told(self._opportunity.id, first.update)
            above = told or update_message_id(self._house, self._opportunity, first.update)
            return Thread(self._titles.get(first.update, ""), (above,))
        return Thread(first.text[:LONGEST_OPENING] if first.state is State.PUBLISHED else "")
