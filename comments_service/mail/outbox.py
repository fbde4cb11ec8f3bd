"""The worker that empties the outbox: claims letters, sends them, and writes down what happened.

Sending is at least once: a letter is marked as sent after the relay took it, and a crash in between
sends it again under the same Message-ID.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import dkim

from .. import errors
from ..actions.following import DIGEST_LOOK, write_digests
from ..actions.sending import matter_sent, matter_to_send
from ..domain.letters import NO_LONGER_WANTED, Letter
from ..settings import Settings
from ..storage.interface import Store
from .addresses import bounce_address
from .compose import compose, compose_text
from .relay import NoServer, NotNow, Relay, Undeliverable, relay_for
from .signing import signed

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # how long claimed letters are left to their worker
BEGUN_UNTIL = timedelta(minutes=4)  # of it: the last one begun may take the relay's ten minutes
# RFC 5321 §4.5.4.1: a message is given up after four to five days.
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, *5 * (1440,))]
GIVEN_UP_AFTER = timedelta(days=5)  # a worker that dies claims letters without trying them
AT_ONCE = 50  # letters claimed, and in memory
OVER_ONE_CONNECTION = 1_000
LOOK_SECONDS = 0.25
TROUBLE_SECONDS = 10  # before the next look when nothing can be kept

Clock = Callable[[], datetime]


def work(settings: Settings, store: Store, clock: Clock, stop: threading.Event) -> None:
    """Send what is due, and write digests in their readers' mornings, until `stop` is set."""
    digests_asked: datetime | None = None
    while not stop.is_set():
        try:
            now = clock()
            if digests_asked is None or now >= digests_asked + DIGEST_LOOK:
                digests_asked = now
                write_digests(store, settings.house, now)
            if not send_due(settings, store, clock, stop):
                stop.wait(LOOK_SECONDS)
        except errors.Unavailable as trouble:
            logger.error("nothing can be sent: %s", trouble)
            stop.wait(TROUBLE_SECONDS)


def send_due(
    settings: Settings, store: Store, clock: Clock, stop: threading.Event | None = None
) -> int:
    """Send the letters that are due, over one connection and at most a thousand; how many.

    When `stop` is set, what was claimed and not tried is left to whoever comes next.
    """
    with store.reading() as look:
        if not look.letters_are_due(clock()):
            return 0
    with relay_for(settings) as relay:
        sending = _Sending(settings, store, relay, clock, stop or threading.Event())
        tried = 0
        while tried < OVER_ONE_CONNECTION and (letters := sending.claim()):
            sending.send_all(letters)
            tried += len(letters)
    return tried


def text_as_sent(settings: Settings, store: Store, letter_id: str) -> str:
    """The text part of a letter, as it would be composed now; empty when it cannot be."""
    matter = matter_sent(store, settings.house, letter_id)
    return compose_text(settings, matter) if matter else ""


@dataclass(frozen=True, slots=True)
class _Sending:
    """Letters on their way over one connection."""

    settings: Settings
    store: Store
    relay: Relay
    clock: Clock
    stop: threading.Event

    def claim(self) -> list[Letter]:
        if self.stop.is_set():
            return []
        now = self.clock()
        with self.store.transaction() as t:
            return t.claim_letters(now, now + LEASE, AT_ONCE)

    def send_all(self, letters: Sequence[Letter]) -> None:
        """Send each, as long as the lease is safely ours."""
        end = self.clock() + BEGUN_UNTIL
        for index, letter in enumerate(letters):
            if self.stop.is_set() or self.clock() > end:
                self._put_back(letters[index:])
                return
            try:
                self._send(letter)
            except NoServer as trouble:  # what stops one stops all
                self._not_now(letters[index:], str(trouble))
                return

    def _send(self, letter: Letter) -> None:
        try:
            matter = matter_to_send(self.store, self.settings.house, letter, self.clock())
            if matter is None:
                self._given_up(letter, NO_LONGER_WANTED, logging.INFO)
                return
            raw = self._signed(compose(self.settings, matter).as_bytes())
            self.relay.send(raw, bounce_address(self.settings, letter), matter.person.email)
        except (NoServer, errors.Unavailable):
            raise
        except NotNow as refusal:
            self._not_now([letter], str(refusal))
        except Undeliverable as refusal:
            self._given_up(letter, str(refusal))
        except Exception as problem:  # one letter that cannot be written must not hold up the rest
            logger.exception("letter %s (%s) cannot be written", letter.id, letter.kind)
            self._given_up(letter, type(problem).__name__)
        else:
            with self.store.transaction() as t:
                t.letter_sent(letter.id, self.clock())
            logger.info("letter %s (%s) sent", letter.id, letter.kind)

    def _signed(self, raw: bytes) -> bytes:
        """Raises NoServer for a key that cannot be used: no letter did that, and all wait."""
        try:
            return signed(self.settings, raw)
        except (OSError, dkim.DKIMException) as problem:
            raise NoServer(f"EMERGENCE_DKIM_KEY: {type(problem).__name__}") from problem

    def _put_back(self, letters: Sequence[Letter]) -> None:
        with self.store.transaction() as t:
            t.put_letters_back([letter.id for letter in letters], self.clock())

    def _not_now(self, letters: Sequence[Letter], error: str) -> None:
        now = self.clock()
        with self.store.transaction() as t:
            for letter in letters:
                pause = PAUSES[min(letter.tries, len(PAUSES)) - 1]
                over = letter.tries > len(PAUSES) and now > letter.created + GIVEN_UP_AFTER
                t.letter_failed(letter.id, error, None if over else now + pause)
        # What the server said is kept with the letter and not logged: it repeats the address.
        for letter in letters:
            logger.warning(
                "letter %s (%s) not sent yet: try %d", letter.id, letter.kind, letter.tries
            )

    def _given_up(self, letter: Letter, error: str, level: int = logging.WARNING) -> None:
        with self.store.transaction() as t:
            t.letter_failed(letter.id, error, None)
        logger.log(level, "letter %s (%s) given up", letter.id, letter.kind)
