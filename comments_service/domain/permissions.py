"""Who may do what, in one place. A status is never asked."""

from .discussion import Comment
from .notes import Note
from .people import Capacity, Participant, Person


def may_facilitate(person: Person | None, participant: Participant | None) -> bool:
    """Whether `person` may invite, introduce, approve and hide in an opportunity.

    A facilitator named in the settings may everywhere, one by invitation where he takes part.
    """
    if person is None:
        return False
    if person.facilitates:
        return True
    if participant is None or not participant.present:
        return False
    return participant.capacity is Capacity.FACILITATOR


def wrote(person: Person | None, comment: Comment) -> bool:
    """Whether the comment is the person's own."""
    return person is not None and person.id == comment.author_id


def may_read_note(person: Person, note: Note, leads: bool) -> bool:
    """Whether a facilitator may; `leads` says that he leads the opportunity that it is about.

    Who a note is about never may, unless they wrote it.
    """
    if note.author_id == person.id:
        return True
    return note.person_id != person.id and (person.facilitates or leads)


def may_drop_note(person: Person, note: Note) -> bool:
    """Its author may, or a facilitator named in the settings."""
    return note.author_id == person.id or person.facilitates
