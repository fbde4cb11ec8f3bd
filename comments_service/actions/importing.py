"""Comments of other systems become discussions: one after the other, each whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain.archive import Message, Report, Skip
from ..domain.discussion import State
from ..domain.house import House
from ..storage.interface import Reading, Store
from .archive import take_in
from .finding import the_opportunity

Found = Sequence[Message | Skip]


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is to be taken in, by slug, and how many of its authors nobody knew before."""

    messages: Mapping[str, list[Message | Skip]]
    authors: int
    new_people: int


def sift(store: Store, brought: Mapping[str, Found]) -> Sifted:
    """Pass over what is here already, be it in another discussion, and whoever was erased.

    An erasure leaves nothing to know somebody by but the comments that they had here: whoever
    wrote one of those does not come back with another. Raises NotFound.
    """
    with store.reading() as look:
        erased = _erased(look, brought)
        messages = {
            slug: [_or_why_not(look, one, the_opportunity(look, slug).id, erased) for one in found]
            for slug, found in brought.items()
        }
        new = [one for one in _messages(messages) if not _is_here(look, one)]
        senders = {one.sender for one in new if one.state is State.PUBLISHED}
        people = sum(look.person_by_email(sender) is None for sender in senders)
    return Sifted(messages, len(senders), people)


def take(
    store: Store, house: House, sifted: Sifted, now: datetime, *, dry_run: bool = False
) -> Iterator[tuple[str, Report]]:
    """Take in one discussion after the other: stopped in the middle, it is ended by doing it again.

    Nobody is invited or mailed; what is here stays as it is; with `dry_run` everything does.
    """
    for slug, messages in sifted.messages.items():
        yield slug, take_in(store, house, slug, messages, now, dry_run=dry_run)


def _messages(brought: Mapping[str, Found]) -> Iterator[Message]:
    for found in brought.values():
        yield from (one for one in found if isinstance(one, Message))


def _is_here(look: Reading, message: Message) -> bool:
    return look.comment_by_message_id(message.message_id or "") is not None


def _erased(look: Reading, brought: Mapping[str, Found]) -> set[str]:
    """The senders of whose words some stand here, or stood, under nobody's name."""
    nobody = look.people_erased()
    senders = set()
    for message in _messages(brought) if nobody else ():
        comment = look.comment_by_message_id(message.message_id or "")
        if comment and comment.author_id in nobody:
            senders.add(message.sender)
    return senders


def _or_why_not(
    look: Reading, one: Message | Skip, opportunity_id: str, erased: set[str]
) -> Message | Skip:
    if isinstance(one, Skip):
        return one
    comment = look.comment_by_message_id(one.message_id or "")
    if comment is None:
        return Skip.ERASED if one.sender in erased else one
    return one if comment.opportunity_id == opportunity_id else Skip.HERE
