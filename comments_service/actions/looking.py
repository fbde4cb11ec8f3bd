"""What the pages of the service show: plain looks that change nothing."""

from dataclasses import dataclass
from datetime import datetime

from ..domain.access import Grant, Scope
from ..domain.discussion import Comment, Place, State
from ..domain.following import Dose, Following, dose_now
from ..domain.people import Invitation, Participant, Person
from ..domain.permissions import may_facilitate
from ..domain.phases import Opportunity, Update
from ..storage.interface import Reading, Store
from .finding import (
    check_editable,
    check_place,
    open_grant,
    own_comment,
    the_comment,
    the_opportunity,
    writable_opportunity,
)


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """A comment with what a page says around it."""

    comment: Comment
    author: Person
    opportunity: Opportunity


@dataclass(frozen=True, slots=True)
class WordsToConfirm(WrittenComment):
    """The same, with the strange address that the words came from."""

    came_from: str
    of_another: bool  # somebody else is known by that address


@dataclass(frozen=True, slots=True)
class WritingPlace:
    """Where somebody is about to write, with what they answer."""

    opportunity: Opportunity
    answered: WrittenComment | None = None
    update: Update | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to an opportunity, and how much of it is mailed to them."""

    opportunity: Opportunity
    participant: Participant | None
    following: Following | None
    invitation: Invitation | None

    @property
    def dose(self) -> Dose:
        """What is mailed as things are."""
        takes_part = self.participant is not None and self.participant.present
        return dose_now(self.following, takes_part=takes_part)

    @property
    def can_choose(self) -> bool:
        """Whether the person may choose a dose without proving an address first."""
        return self.participant is not None or self.following is not None

    @property
    def is_asked(self) -> bool:
        """Whether an invitation waits for an answer."""
        return self.invitation is not None and self.invitation.answer is None


@dataclass(frozen=True, slots=True)
class MyData:
    """All that is kept of one person."""

    person: Person
    addresses: list[str]
    participations: list[tuple[Opportunity, Participant]]
    followings: list[tuple[Opportunity, Following]]
    comments: list[WrittenComment]
    grants: list[Grant]
    facilitates: bool

    def dose(self, part: Participant) -> Dose:
        """What is mailed to the person of something they take part in."""
        found = (f for _, f in self.followings if f.opportunity_id == part.opportunity_id)
        return dose_now(next(found, None), takes_part=part.present)

    @property
    def followed(self) -> list[tuple[Opportunity, Following]]:
        """What the person follows without any part in it."""
        parts = {part.opportunity_id for _, part in self.participations}
        return [
            (opportunity, following)
            for opportunity, following in self.followings
            if opportunity.id not in parts
            and dose_now(following, takes_part=False) is not Dose.NOTHING
        ]


def find_opportunity(store: Store, slug: str) -> Opportunity:
    """The opportunity of that name. Raises NotFound."""
    with store.reading() as look:
        return the_opportunity(look, slug)


def find_comment(store: Store, id: str) -> WrittenComment:
    """A comment, its author and its opportunity. Raises NotFound."""
    with store.reading() as look:
        return written(look, the_comment(look, id))


def place_to_write(store: Store, slug: str, place: Place) -> WritingPlace:
    """What a page for writing shows. Raises NotFound, Closed, Invalid as writing there would."""
    with store.reading() as look:
        opportunity = writable_opportunity(look, slug)
        check_place(look, opportunity, place)
        answered = written(look, the_comment(look, place.answer)) if place.answer else None
        update = next((u for u in opportunity.updates if u.slug == place.update), None)
        return WritingPlace(opportunity, answered, None if answered else update)


def own_words(store: Store, author: Person, id: str) -> WrittenComment:
    """One's own comment, to be withdrawn. Raises NotFound, NotAllowed."""
    with store.reading() as look:
        return written(look, own_comment(look, author, id))


def words_to_mend(store: Store, author: Person, id: str, now: datetime) -> WrittenComment:
    """One's own comment, to be edited. Raises NotFound, NotAllowed, TooLate."""
    with store.reading() as look:
        comment = own_comment(look, author, id)
        check_editable(look, comment, now)
        return written(look, comment)


def words_to_confirm(store: Store, grant_id: str | None, now: datetime) -> WordsToConfirm:
    """The comment that a mailed link asks its author about; changes nothing. Raises BadLink."""
    with store.reading() as look:
        grant = open_grant(look, Scope.CONFIRM, grant_id, now)
        said = written(look, the_comment(look, grant.subject or ""))
        known = look.person_by_email(grant.label) if grant.label else None
        return WordsToConfirm(
            said.comment,
            said.author,
            said.opportunity,
            came_from=grant.label,
            of_another=known is not None and known.id != said.author.id,
        )


def part_in(store: Store, person: Person, slug: str) -> tuple[Opportunity, Participant | None]:
    """What somebody is to the opportunity called `slug`. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        return opportunity, look.participant(opportunity.id, person.id)


def standing(store: Store, person: Person, slug: str) -> Standing:
    """The same with what is mailed to them. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        return Standing(
            opportunity,
            look.participant(opportunity.id, person.id),
            look.following(opportunity.id, person.id),
            look.invitation_of(opportunity.id, person.id),
        )


def find_person(store: Store, email: str) -> Person | None:
    """The person with this address, if we know one."""
    with store.reading() as look:
        return look.person_by_email(email.strip().lower())


def everybody(store: Store) -> list[Person]:
    """All people, by name."""
    with store.reading() as look:
        return look.people()


def waiting(store: Store, person: Person | None = None) -> list[WrittenComment]:
    """Held comments, oldest first; those that `person` may decide about, or all."""
    with store.reading() as look:
        held = [written(look, comment) for comment in look.comments_in_state(State.HELD)]
        return [w for w in held if person is None or _leads(look, person, w.opportunity)]


def my_data(store: Store, person: Person, now: datetime) -> MyData:
    """All that is kept of `person`."""
    with store.reading() as look:
        participations = []
        for participation in look.participations(person.id):
            if opportunity := look.opportunity_by_id(participation.opportunity_id):
                participations.append((opportunity, participation))
        followings = []
        for following in look.followings(person.id):
            if opportunity := look.opportunity_by_id(following.opportunity_id):
                followings.append((opportunity, following))
        grants = [g for g in look.grants_of(person.id) if g.ended is None and now < g.expires]
        comments = [written(look, comment) for comment in look.comments_by(person.id)]
        leads = person.facilitates or any(may_facilitate(person, p) for _, p in participations)
        return MyData(
            person,
            look.addresses(person.id),
            participations,
            followings,
            comments,
            grants,
            leads,
        )


def written(look: Reading, comment: Comment) -> WrittenComment:
    """The comment with its author and its opportunity."""
    author = look.person(comment.author_id)
    opportunity = look.opportunity_by_id(comment.opportunity_id)
    assert author is not None and opportunity is not None  # noqa: S101 - foreign keys hold it
    return WrittenComment(comment, author, opportunity)


def _leads(look: Reading, person: Person, opportunity: Opportunity) -> bool:
    return may_facilitate(person, look.participant(opportunity.id, person.id))
