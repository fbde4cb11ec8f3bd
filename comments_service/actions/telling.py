"""Who is told of what: the letters that an action leaves in the outbox, in its own transaction."""

from collections.abc import Iterable
from datetime import datetime

from ..domain.discussion import Comment
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind, Letter
from ..domain.people import Person
from ..storage.interface import Writing


def tell_of_comment(t: Writing, house: House, comment: Comment, now: datetime) -> None:
    """Leave a letter for every present participant but the author, after a short grace."""
    due = now + house.grace
    letters = [
        Letter(
            id=mint(now),
            kind=Kind.COMMENT,
            person_id=person_id,
            message_id=comment.message_id,
            created=now,
            due=due,
            opportunity_id=comment.opportunity_id,
            subject=comment.id,
        )
        for person_id in t.ids_of_present(comment.opportunity_id)
        if person_id != comment.author_id
    ]
    t.add_letters(letters)


def tell(
    t: Writing,
    house: House,
    kind: Kind,
    people: Iterable[Person],
    now: datetime,
    *,
    opportunity_id: str | None = None,
    subject: str | None = None,
) -> None:
    """Leave a letter of its own for each of `people`, due at once."""
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
                due=now,
                opportunity_id=opportunity_id,
                subject=subject,
            )
        )
    t.add_letters(letters)
