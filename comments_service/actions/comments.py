"""Writing in a discussion, whichever door the words come through."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .. import errors
from ..domain.discussion import (
    SAME_WORDS_WINDOW,
    Comment,
    Door,
    Place,
    State,
    same_words,
)
from ..domain.following import Dose
from ..domain.house import House, Visitors
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Capacity, Participant, Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..markup import to_html
from ..storage.interface import Store, Writing
from .finding import (
    a_text,
    check_editable,
    check_open,
    check_place,
    own_comment,
    writable_opportunity,
)
from .invitations import take_part
from .placing import adopt_waiting
from .telling import tell, tell_of_comment


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
    comment = made_comment(opportunity, house, author, written, place, state, door, now)
    t.add_comment(comment, digest)
    _announce(t, house, comment, now)
    return comment


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


def edit(store: Store, house: House, author: Person, id: str, text: str, now: datetime) -> Comment:
    """Mend one's own comment within fifteen minutes; the edit is marked.

    Whoever is to decide about one that is held gets it once more, as it reads now.

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
        if comment.state is State.HELD:
            _ask_facilitators(t, house, comment, now)
        return comment


def withdraw(store: Store, author: Person, id: str, now: datetime) -> Comment:
    """Take one's own words back at any time: the place stays, the words go.

    Raises NotFound, NotAllowed.
    """
    with store.transaction() as t:
        return withdraw_in(t, own_comment(t, author, id), now)


def withdraw_in(t: Writing, comment: Comment, now: datetime) -> Comment:
    """`withdraw` inside a transaction that does more. A withdrawn introduction is empty."""
    if comment.state is State.WITHDRAWN:
        return comment
    whom = t.participant(comment.opportunity_id, comment.introduces or "")
    if whom and whom.introduction == comment.text:
        t.change_participant(replace(whom, introduction="", introduction_html=""))
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
        adopt_waiting(t, comment, now)
    elif comment.state is State.HELD:
        _ask_facilitators(t, house, comment, now)


def _ask_facilitators(t: Writing, house: House, comment: Comment, now: datetime) -> None:
    t.drop_letters_about(comment.id)  # an earlier one that waits would say the same
    who, where = t.facilitators(comment.opportunity_id), comment.opportunity_id
    tell(t, house, Kind.HELD, who, now, opportunity_id=where, subject=comment.id)


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
    elif participant is None:
        _hear_again(t, opportunity, person)
    return participant


def _hear_again(t: Writing, opportunity: Opportunity, person: Person) -> None:
    """A visitor who had stopped and writes again hears of that comment, and follows nothing."""
    following = t.following(opportunity.id, person.id)
    if following and following.ended:
        t.set_following(replace(following, dose=Dose.NOTHING, ended=None))


def _state_at_first(house: House, author: Person, participant: Participant | None) -> State:
    if participant is not None or author.facilitates or house.visitors is Visitors.OPEN:
        return State.PUBLISHED
    if house.visitors is Visitors.INVITED:
        raise invited_only()
    return State.HELD


def invited_only() -> errors.InvitedOnly:
    return errors.InvitedOnly(
        N_("Only the people whom the facilitator invited write here. Ask them to invite you.")
    )


def made_comment(
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
