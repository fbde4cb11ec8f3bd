"""Words by somebody whose identity is not proven yet: kept, and confirmed by a mailed link."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.access import LASTS, Grant, Scope
from ..domain.discussion import SAME_WORDS_WINDOW, Comment, Door, Place, State, same_words
from ..domain.house import House, Visitors
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store, Writing
from .access import count_strangers
from .comments import Written, invited_only, made_comment, prove_in
from .finding import (
    a_line,
    an_email,
    check_place,
    open_grant,
    the_comment,
    writable_opportunity,
)
from .telling import tell


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody unknown, as they present themselves."""

    name: str
    email: str
    language: str
    network: str = ""  # the address they come from, for the limit on strangers


def contribute_as_visitor(
    store: Store,
    house: House,
    visitor: Visitor,
    slug: str,
    text: str,
    place: Place = Place(),  # noqa: B008 - frozen
    *,
    door: Door,
    now: datetime,
) -> Comment:
    """Keep a comment by somebody who only says who they are, and mail them a link to confirm it.

    Raises Invalid, NotFound, Closed, InvitedOnly, TooMany.
    """
    written = Written.of(text)
    with store.transaction() as t:
        return contribute_as_visitor_in(t, house, visitor, slug, written, place, door=door, now=now)


def contribute_as_visitor_in(
    t: Writing,
    house: House,
    visitor: Visitor,
    slug: str,
    written: Written,
    place: Place,
    *,
    door: Door,
    now: datetime,
) -> Comment:
    """`contribute_as_visitor` inside a transaction that does more."""
    name = a_line(visitor.name, "name", longest=80)
    email = an_email(visitor.email)
    opportunity = writable_opportunity(t, slug)
    author = t.person_by_email(email)
    if house.visitors is Visitors.INVITED and not _has_a_place(t, opportunity, author):
        raise invited_only()
    if author is None:
        author = Person(id=mint(now), name=name, email=email, language=visitor.language)
        t.add_person(author, now)
    return ask_to_confirm_in(
        t, house, author, slug, written, place, network=visitor.network, door=door, now=now
    )


def ask_to_confirm_in(
    t: Writing,
    house: House,
    author: Person,
    slug: str,
    written: Written,
    place: Place,
    *,
    network: str = "",
    came_from: str = "",
    door: Door,
    now: datetime,
) -> Comment:
    """Keep words that may be `author`'s, and mail the author a link to say that they are.

    `came_from` is an address that is not known as the author's; the link's page offers to know it.
    """
    opportunity = writable_opportunity(t, slug)
    check_place(t, opportunity, place)
    digest = same_words(author.id, opportunity.id, place, written.text)
    if twin := t.comment_with_same_words(digest, now - SAME_WORDS_WINDOW):
        return twin
    count_strangers(t, house, author.email, network, now)
    comment = made_comment(opportunity, house, author, written, place, State.UNCONFIRMED, door, now)
    t.add_comment(comment, digest)
    grant = Grant(
        id=mint(now),
        scope=Scope.CONFIRM,
        person_id=author.id,
        created=now,
        expires=now + LASTS[Scope.CONFIRM],
        subject=comment.id,
        label=came_from,
    )
    t.add_grant(grant)
    tell(t, house, Kind.CONFIRM, [author], now, opportunity_id=opportunity.id, subject=grant.id)
    return comment


def confirm(
    store: Store, house: House, grant_id: str, now: datetime, *, know_address: bool = False
) -> Comment:
    """The author opened the mailed link: publish the comment, or hold it for a facilitator.

    With `know_address`, the address that the words came from counts as the author's from now on.
    Confirming twice is confirming once. Raises BadLink, Closed, InvitedOnly.
    """
    with store.transaction() as t:
        return confirm_in(t, house, grant_id, now, know_address=know_address)


def confirm_in(
    t: Writing, house: House, grant_id: str, now: datetime, *, know_address: bool = False
) -> Comment:
    """`confirm` inside a transaction that does more."""
    grant = open_grant(t, Scope.CONFIRM, grant_id, now)
    comment = the_comment(t, grant.subject or "")
    author = t.person(grant.person_id)
    if author and know_address and grant.label and t.person_by_email(grant.label) is None:
        t.add_address(grant.label, author.id)
    return prove_in(t, house, comment, now)


def _has_a_place(look: Reading, opportunity: Opportunity, person: Person | None) -> bool:
    if person is None:
        return False
    return person.facilitates or look.participant(opportunity.id, person.id) is not None
