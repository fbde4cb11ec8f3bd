"""Who is told of what: the letters that an action leaves in the outbox, in its own transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..domain.discussion import Comment
from ..domain.following import Following
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind, Letter
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Writing


def tell_of_comment(t: Writing, house: House, comment: Comment, now: datetime) -> None:
    """Leave a letter for everybody who wants each comment, but its author, after a short grace."""
    people = _but(comment.author_id, t.ids_to_mail_each(comment.opportunity_id))
    about = comment.opportunity_id, comment.id
    _tell_all(t, Kind.COMMENT, people, comment.message_id, about, now, now + house.grace)


def tell_of_introduction(t: Writing, house: House, entry: Comment, now: datetime) -> None:
    """The same of one that introduces somebody, to all but them: under it one answers it."""
    people = _but(entry.introduces or "", t.ids_to_mail_each(entry.opportunity_id))
    about = entry.opportunity_id, entry.id
    _tell_all(t, Kind.INTRODUCTION, people, entry.message_id, about, now, now + house.grace)


def tell_of_update(
    t: Writing, house: House, opportunity: Opportunity, slug: str, now: datetime
) -> None:
    """Leave a letter for everybody who wants each comment, once for each update."""
    if t.update_told(opportunity.id, slug) is not None:
        return
    message_id = free_message_id(t, house, opportunity, slug)
    cursor = t.note_change(opportunity.id, None, now)
    t.note_update_told(opportunity.id, slug, message_id, cursor)
    people = t.ids_to_mail_each(opportunity.id)
    _tell_all(t, Kind.UPDATE, people, message_id, (opportunity.id, slug), now, now)


def stop_mail(t: Writing, person_id: str, opportunity_id: str, now: datetime) -> None:
    """Nothing more is mailed to this person about this opportunity, until they come back."""
    following = t.following(opportunity_id, person_id) or Following(opportunity_id, person_id, now)
    t.set_following(replace(following, ended=following.ended or now))
    t.drop_letters_to(person_id, opportunity_id)


def update_message_id(house: House, opportunity: Opportunity, slug: str) -> str:
    """The Message-ID of the mails that bring an update, as long as the opportunity has its name."""
    return f"<update.{slug}.{opportunity.slug}@{house.mail_domain}>"


def free_message_id(look: Reading, house: House, opportunity: Opportunity, slug: str) -> str:
    """The same, unless another that had this name before went out under it."""
    message_id, number = update_message_id(house, opportunity, slug), 1
    while look.update_by_message_id(opportunity.id, message_id):
        number += 1
        message_id = f"<update.{slug}.{number}.{opportunity.slug}@{house.mail_domain}>"
    return message_id


def update_named(look: Reading, opportunity: Opportunity, message_id: str) -> str | None:
    """The slug of the update of `opportunity` whose mails bear this Message-ID, if one does."""
    if told := look.update_by_message_id(opportunity.id, message_id):
        return told
    kind, _, rest = message_id.strip("<>").partition(".")
    slug = rest.rpartition("@")[0].removesuffix(f".{opportunity.slug}")
    return slug if kind == "update" and opportunity.has_update(slug) else None


def tell(
    t: Writing,
    house: House,
    kind: Kind,
    people: Iterable[Person],
    now: datetime,
    *,
    opportunity_id: str | None = None,
    subject: str | None = None,
    due: datetime | None = None,
) -> None:
    """Leave a letter of its own for each of `people`, due at once unless told otherwise."""
    letters = []
    for person in people:
        id = mint(now)
        letters.append(
            Letter(
                id=id,
                kind=kind,
                person_id=person.id,
                message_id=f"<{id}@{house.mail_domain}>",
                created=now,
                due=due or now,
                opportunity_id=opportunity_id,
                subject=subject,
            )
        )
    t.add_letters(letters)


def _but(person_id: str, ids: Iterable[str]) -> list[str]:
    return [id for id in ids if id != person_id]


def _tell_all(
    t: Writing,
    kind: Kind,
    people: Iterable[str],
    message_id: str,
    about: tuple[str, str],
    now: datetime,
    due: datetime,
) -> None:
    """One message for many: each gets a letter of their own under the same Message-ID."""
    opportunity_id, subject = about
    letters = [
        Letter(
            id=mint(now),
            kind=kind,
            person_id=person_id,
            message_id=message_id,
            created=now,
            due=due,
            opportunity_id=opportunity_id,
            subject=subject,
        )
        for person_id in people
    ]
    t.add_letters(letters)
