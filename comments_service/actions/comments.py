"""Writing in a discussion, whichever door the words come through."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import errors
from ..domain.access import LASTS, Grant, Scope
from ..domain.discussion import (
    SAME_WORDS_WINDOW,
    Comment,
    Door,
    Place,
    State,
    same_words,
)
from ..domain.house import House, Visitors
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Capacity, Participant, Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..markup import to_html
from ..storage.interface import Reading, Store, Writing
from .access import count_strangers
from .finding import (
    a_line,
    a_text,
    an_email,
    check_editable,
    check_open,
    check_place,
    open_grant,
    own_comment,
    the_comment,
    writable_opportunity,
)
from .invitations import take_part
from .telling import tell, tell_of_comment


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody unknown, as they present themselves."""

    name: str
    email: str
    language: str
    network: str = ""  # the address they come from, for the limit on strangers


@dataclass(frozen=True, slots=True)
class Written:
    """Valid words and their HTML; made before a transaction, so that nobody waits for markdown."""

    text: str
    html: str

    @classmethod
    def of(cls, text: object) -> "Written":
        """Raises Invalid."""
        words = a_text(text)
        return cls(words, to_html(words))


def preview(text: object) -> str:
    """The HTML that these words would become; nothing is kept. Raises Invalid."""
    return to_html(a_text(text))


def contribute(
    store: Store,
    house: House,
    author: Person,
    slug: str,
    text: str,
    place: Place = Place(),  # noqa: B008 - frozen
    *,
    door: Door,
    now: datetime,
) -> Comment:
    """Add a comment by somebody whose identity is proven.

    A participant's is published at once and brings an invited person in; a visitor's waits or is
    published as the house has it. The same words by the same person in the same place within ten
    minutes are one comment. Raises Invalid, NotFound, Closed, InvitedOnly, TooMany.
    """
    written = Written.of(text)
    with store.transaction() as t:
        return contribute_in(t, house, author, slug, written, place, door=door, now=now)


def contribute_in(
    t: Writing,
    house: House,
    author: Person,
    slug: str,
    written: Written,
    place: Place,
    *,
    door: Door,
    now: datetime,
) -> Comment:
    """`contribute` inside a transaction that does more: mail settles the letter with it."""
    opportunity = writable_opportunity(t, slug)
    check_place(t, opportunity, place)
    digest = same_words(author.id, opportunity.id, place, written.text)
    if twin := t.comment_with_same_words(digest, now - SAME_WORDS_WINDOW):
        return prove_in(t, house, twin, now)
    if t.comments_written_since(author.id, now - timedelta(hours=1)) >= house.posts_an_hour:
        raise errors.TooMany(N_("That is a lot of comments for one hour. Take a break."))
    participant = _bring_in(t, house, opportunity, author, now)
    state = _state_at_first(house, author, participant)
    comment = _make(opportunity, house, author, written, place, state, door, now)
    t.add_comment(comment, digest)
    _announce(t, house, comment, now)
    return comment


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
        raise _invited_only()
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
    comment = _make(opportunity, house, author, written, place, State.UNCONFIRMED, door, now)
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


def prove_in(t: Writing, house: House, comment: Comment, now: datetime) -> Comment:
    """Its author has shown who they are: what waited for that is published, or held.

    Raises Closed, InvitedOnly.
    """
    author = t.person(comment.author_id)
    opportunity = t.opportunity_by_id(comment.opportunity_id)
    if comment.state is not State.UNCONFIRMED or author is None or opportunity is None:
        return comment
    check_open(opportunity)
    participant = _bring_in(t, house, opportunity, author, now)
    comment = replace(comment, state=_state_at_first(house, author, participant))
    t.change_comment(comment)
    _announce(t, house, comment, now)
    return comment


def edit(store: Store, author: Person, id: str, text: str, now: datetime) -> Comment:
    """Mend one's own comment within fifteen minutes; the edit is marked.

    Raises Invalid, NotFound, NotAllowed, TooLate.
    """
    text = a_text(text)
    html = to_html(text)
    with store.transaction() as t:
        comment = own_comment(t, author, id)
        check_editable(t, comment, now)
        if text == comment.text:
            return comment
        comment = replace(comment, text=text, html=html, edited=now)
        _change(t, comment, now)
        return comment


def withdraw(store: Store, author: Person, id: str, now: datetime) -> Comment:
    """Take one's own words back at any time: the place stays, the words go.

    Raises NotFound, NotAllowed.
    """
    with store.transaction() as t:
        comment = own_comment(t, author, id)
        if comment.state is State.WITHDRAWN:
            return comment
        comment = replace(comment, state=State.WITHDRAWN, text="", html="")
        t.drop_letters_about(comment.id)
        t.forget_words_of_mail(comment.id)
        _change(t, comment, now)
        return comment


def _change(t: Writing, comment: Comment, now: datetime) -> None:
    t.change_comment(comment)
    if t.was_ever_shown(comment):  # the site never hears of what nobody saw
        t.note_change(comment.opportunity_id, comment.id, now)


def _announce(t: Writing, house: House, comment: Comment, now: datetime) -> None:
    """Tell the site and the people of a new comment, or a facilitator of one that waits."""
    if comment.state is State.PUBLISHED:
        t.note_change(comment.opportunity_id, comment.id, now)
        tell_of_comment(t, house, comment, now)
    elif comment.state is State.HELD:
        who = t.facilitators(comment.opportunity_id)
        opportunity_id = comment.opportunity_id
        tell(t, house, Kind.HELD, who, now, opportunity_id=opportunity_id, subject=comment.id)


def _has_a_place(look: Reading, opportunity: Opportunity, person: Person | None) -> bool:
    if person is None:
        return False
    return person.facilitates or look.participant(opportunity.id, person.id) is not None


def _bring_in(
    t: Writing, house: House, opportunity: Opportunity, person: Person, now: datetime
) -> Participant | None:
    """Who was invited and simply answers takes part; who left and writes again is back."""
    participant = t.participant(opportunity.id, person.id)
    if participant is None and person.facilitates:
        participant = Participant(opportunity.id, person, Capacity.FACILITATOR, joined=now)
        t.add_participant(participant)
    elif participant is not None and not participant.present:
        participant = take_part(t, house, participant, now)
    return participant


def _state_at_first(house: House, author: Person, participant: Participant | None) -> State:
    if participant is not None or author.facilitates or house.visitors is Visitors.OPEN:
        return State.PUBLISHED
    if house.visitors is Visitors.INVITED:
        raise _invited_only()
    return State.HELD


def _invited_only() -> errors.InvitedOnly:
    return errors.InvitedOnly(
        N_("Only the people whom the facilitator invited write here. Ask them to invite you.")
    )


def _make(
    opportunity: Opportunity,
    house: House,
    author: Person,
    written: Written,
    place: Place,
    state: State,
    door: Door,
    now: datetime,
) -> Comment:
    id = mint(now)
    return Comment(
        id=id,
        opportunity_id=opportunity.id,
        author_id=author.id,
        text=written.text,
        html=written.html,
        state=state,
        door=door,
        message_id=f"<{id}@{house.mail_domain}>",
        written=now,
        parent_id=place.answer,
        update=None if place.answer else place.update,
    )
