"""The worker that empties the outbox: claims letters, sends them, and writes down what happened.

Sending is at least once: a letter is marked as sent after the relay took it, and a crash in between
sends it again under the same Message-ID.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from ..domain.discussion import State
from ..domain.letters import Kind, Letter
from ..settings import Settings
from ..storage.interface import Reading, Store
from .compose import Matter, compose
from .relay import NotNow, Relay, Undeliverable, relay_for

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # how long a claimed letter is left to its worker
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]
AT_ONCE = 50
LOOK_SECONDS = 0.25


def work(
    settings: Settings, store: Store, clock: Callable[[], datetime], stop: threading.Event
) -> None:
    """Send what is due until `stop` is set."""
    while not stop.is_set():
        if not send_due(settings, store, clock):
            stop.wait(LOOK_SECONDS)


def send_due(settings: Settings, store: Store, clock: Callable[[], datetime]) -> int:
    """Send the letters that are due, at most fifty; how many were tried."""
    now = clock()
    with store.reading() as look:
        if not look.letters_are_due(now):
            return 0
    with store.transaction() as t:
        letters = t.claim_letters(now, now + LEASE, AT_ONCE)
    with relay_for(settings) as relay:
        for letter in letters:
            _send(settings, store, relay, letter, clock)
    return len(letters)


def _send(
    settings: Settings, store: Store, relay: Relay, letter: Letter, clock: Callable[[], datetime]
) -> None:
    with store.reading() as look:
        matter = gather(look, letter)
    if matter is None:
        _note_failure(store, letter, "no longer wanted", None)
        return
    try:
        bounces = f"bounces@{settings.mail_domain}"
        relay.send(compose(settings, matter), bounces, matter.person.email)
    except NotNow as refusal:
        pause = PAUSES[letter.tries - 1] if letter.tries <= len(PAUSES) else None
        _note_failure(store, letter, str(refusal), clock() + pause if pause else None)
    except Undeliverable as refusal:
        _note_failure(store, letter, str(refusal), None)
    except Exception as problem:  # one letter that cannot be written must not hold up the others
        logger.exception("letter %s (%s) cannot be sent", letter.id, letter.kind)
        _note_failure(store, letter, type(problem).__name__, None)
    else:
        with store.transaction() as t:
            t.letter_sent(letter.id, clock())
        logger.info("letter %s (%s) sent", letter.id, letter.kind)


def _note_failure(store: Store, letter: Letter, error: str, next_try: datetime | None) -> None:
    with store.transaction() as t:
        t.letter_failed(letter.id, error, next_try)
    logger.warning("letter %s (%s) not sent: %s", letter.id, letter.kind, error)


def gather(look: Reading, letter: Letter) -> Matter | None:
    """What the letter speaks of, or None when nobody wants to hear it any more."""
    person = look.person(letter.person_id)
    if person is None:
        return None
    opportunity = look.opportunity_by_id(letter.opportunity_id) if letter.opportunity_id else None
    if letter.kind in (Kind.SIGN_IN, Kind.CONFIRM, Kind.INVITATION):
        return _with_grant(look, Matter(letter, person, opportunity))
    comment = look.comment(letter.subject or "")
    wanted = State.HELD if letter.kind is Kind.HELD else State.PUBLISHED
    if comment is None or opportunity is None or comment.state is not wanted:
        return None
    participant = look.participant(opportunity.id, person.id)
    if letter.kind is Kind.COMMENT and (participant is None or not participant.present):
        return None
    author = look.person(comment.author_id)
    return Matter(letter, person, opportunity, comment, author, participant=participant)


def _with_grant(look: Reading, matter: Matter) -> Matter | None:
    letter, person = matter.letter, matter.person
    grant = look.grant(letter.subject or "")
    if grant is None or grant.ended is not None:
        return None
    if letter.kind is Kind.CONFIRM:
        comment = look.comment(grant.subject or "")
        unconfirmed = comment is not None and comment.state is State.UNCONFIRMED
        return (
            Matter(letter, person, matter.opportunity, comment, grant=grant)
            if unconfirmed
            else None
        )
    if letter.kind is Kind.INVITATION:
        invitation = look.invitation(grant.subject or "")
        if invitation is None or invitation.answer is not None or matter.opportunity is None:
            return None
        participant = look.participant(matter.opportunity.id, person.id)
        return Matter(
            letter,
            person,
            matter.opportunity,
            grant=grant,
            invitation=invitation,
            participant=participant,
        )
    return Matter(letter, person, grant=grant)
