"""Taking somebody away: for good, also when an older backup is put back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from .. import errors
from ..domain.access import Grant, Scope
from ..domain.discussion import Comment, State
from ..domain.erasures import Erasure, Words, shell_of
from ..domain.people import Answer, Person
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .comments import withdraw_in
from .introducing import is_ones_own, withdraw_introduction

FRESH = timedelta(minutes=15)  # how long a sign-in is proof enough for what cannot be undone


def is_fresh(session: Grant | None, now: datetime) -> bool:
    """Whether a session was opened lately, by a link that was mailed to sign in and used up."""
    return (
        session is not None
        and session.scope is Scope.SESSION
        and session.label == Scope.SIGN_IN
        and now < session.created + FRESH
    )


def check_erasable(person: Person) -> None:
    """Raise Conflict while the settings name the person a facilitator."""
    if person.facilitates:
        raise errors.Conflict(
            N_(
                "You facilitate here by the settings. Have your name taken out of "
                "EMERGENCE_FACILITATORS first, and start the service again."
            )
        )


def erase(store: Store, person: Person, words: Words, now: datetime) -> None:
    """Forget all that is kept of a person. Their words go, or stand on without a name.

    What others answered stays. It is noted beside the database too, before this returns, so that
    no backup brings it back. Raises NotFound, Conflict, Unavailable.
    """
    with store.transaction() as t:
        kept = t.person(person.id)
        if kept is None or kept.erased:
            raise errors.NotFound(N_("Nothing is kept of this person any more."))
        check_erasable(kept)
        _erase(t, kept, words, now)
        _note(t, Erasure(person.id, now, words))


def apply_erasures(store: Store, now: datetime) -> int:
    """Forget again whoever was erased since this database was backed up; how many."""
    with store.reading() as look:
        if not list(_come_back(look)):
            return 0
    with store.transaction() as t:
        back = list(_come_back(t))
        for person, erasure in back:
            _erase(t, person, erasure.words, now)
        return len(back)


def _come_back(look: Reading) -> Iterator[tuple[Person, Erasure]]:
    for erasure in {one.person_id: one for one in look.erasures()}.values():
        person = look.person(erasure.person_id)
        if person and person.erased is None:
            yield person, erasure


def _note(t: Writing, erasure: Erasure) -> None:
    try:
        t.note_erasure(erasure)
    except OSError:
        raise errors.Unavailable(N_("Nothing can be saved right now. Try again later.")) from None


def _erase(t: Writing, person: Person, words: Words, now: datetime) -> None:
    emails = t.addresses(person.id)
    concerned = set(_concerned(t, person))
    for comment in t.comments_by(person.id):
        _take_back(t, comment, words, now)
    _take_out_of_opportunities(t, person, now)
    _lay_down_roles(t, person, now)
    t.drop_letters_about(person.id)
    t.forget_mail_of(person.id, emails)  # while mails still say whose they are
    t.forget_person(person.id)
    t.change_person(shell_of(person, now))
    for opportunity_id in sorted(concerned):
        t.note_change(opportunity_id, None, now)


def _concerned(look: Reading, person: Person) -> Iterator[str]:
    """The opportunities whose pages say something of the person."""
    yield from (part.opportunity_id for part in look.participations(person.id))
    yield from (comment.opportunity_id for comment in look.comments_by(person.id))
    yield from (mark.opportunity_id for mark in look.marks_by(person.id))
    yield from (one.opportunity_id for one in look.rereadings_by(person.id))
    for support in look.supports_by(person.id):
        if role := look.role(support.role_id):
            yield role.opportunity_id


def _take_back(t: Writing, comment: Comment, words: Words, now: datetime) -> None:
    """Words that nobody reads, or that introduce their author, do not stand on without a name.

    How they introduced somebody else does: that person agreed to it.
    """
    t.drop_letters_about(comment.id)
    stands = words is Words.KEPT and comment.state is State.PUBLISHED and not comment.introduces
    if is_ones_own(comment) and not stands:
        withdraw_in(t, comment, now)
        return
    t.forget_words_of_mail(comment.id)
    t.note_change(comment.opportunity_id, comment.id, now)


def _take_out_of_opportunities(t: Writing, person: Person, now: datetime) -> None:
    for part in t.participations(person.id):
        if entry := t.introduction_of(part.opportunity_id, person.id):
            withdraw_introduction(t, entry, now)
        left = part.left or (now if part.joined else None)
        t.change_participant(
            replace(
                part,
                introduction="",
                introduction_html="",
                introduction_public=False,
                introduced_by=None,
                introduction_seen="",
                left=left,
            )
        )
        t.drop_letters_to(person.id, part.opportunity_id)
    for invitation in t.invitations_to(person.id):
        t.change_invitation(replace(invitation, why=""))
        if invitation.answer is None:
            t.answer_invitation(invitation.id, Answer.DECLINED, now)


def _lay_down_roles(t: Writing, person: Person, now: datetime) -> None:
    roles = t.roles_of(person.id)
    t.close_roles([role.id for role in roles], now)
    for role in roles:
        if closed := t.role(role.id):
            t.change_role(replace(closed, title="", words="", html=""))
