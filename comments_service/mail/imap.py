"""Fetching from a mailbox by IMAP, for a house that no mail server hands mail to.

A message is marked as read after what came of it is on disk. Mail that is for nobody of ours is
left unread, as we found it: somebody may share the mailbox with us.
"""

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime
from time import sleep
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage
from imap_tools.errors import ImapToolsError

from .. import errors
from ..actions import receiving
from ..domain.incoming import Addressed, AnsweringInPublic, Discussing
from ..settings import Settings
from ..storage.interface import Store
from .receive import LARGEST, find_recipient, receive, refuse_too_large, settle_all_kept

logger = logging.getLogger(__name__)

TIMEOUT = 60  # seconds for one answer of the server
LOOK_SECONDS = 60  # how long to wait for news, which may slip between a look and an IDLE
FIRST_PAUSE, LONGEST_PAUSE = 1, 300  # seconds before connecting again
MOST_RECIPIENTS = 100  # of one mail, as at the LMTP door
LONGEST_HEADER = 64 * 1024  # letters in which they are looked for
# Where a recipient may be named; the envelope's own before the sender's word.
NAMED_IN = ("Delivered-To", "X-Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_LAST: dict[type[Addressed], int] = {AnsweringInPublic: 1, Discussing: 2}
TROUBLES = (OSError, imaplib.IMAP4.error, ImapToolsError)

Clock = Callable[[], datetime]


def work(settings: Settings, store: Store, clock: Clock) -> None:
    """Fetch what comes, for ever; connect again after growing pauses."""
    pause = FIRST_PAUSE
    while True:
        try:
            with open_mailbox(settings.imap_url) as box:
                fetching = Fetching(settings, store, box, clock)
                while True:
                    fetching.fetch()
                    pause = FIRST_PAUSE
                    fetching.wait_for_news()
        except TROUBLES as trouble:
            # Its words may hold the name of the account.
            kind = type(trouble).__name__
            logger.warning("the mailbox cannot be read (%s); again in %d s", kind, pause)
        sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def fetch_once(settings: Settings, store: Store, clock: Clock) -> int:
    """Fetch what is there; how many messages were taken in. Raises one of TROUBLES."""
    with open_mailbox(settings.imap_url) as box:
        return Fetching(settings, store, box, clock).fetch()


@contextlib.contextmanager
def open_mailbox(url: str, timeout: float = TIMEOUT) -> Iterator[BaseMailBox]:
    """The folder of `imaps://user:password@host[:port]/FOLDER`, INBOX when it names none.

    On `imap://`, STARTTLS is required unless the server is on this machine.
    """
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    box = _connect(parts.scheme, parts.hostname or "", parts.port, timeout)
    try:
        login = box.login if (user + password).isascii() else box.login_utf8
        login(user, password, unquote(parts.path.strip("/")) or "INBOX")
        yield box
    finally:
        with contextlib.suppress(*TROUBLES):
            box.logout()
        with contextlib.suppress(OSError):
            box.client.shutdown()


def _connect(scheme: str, host: str, port: int | None, timeout: float) -> BaseMailBox:
    context = ssl.create_default_context()
    if scheme == "imaps":
        return MailBox(host, port or 993, timeout, ssl_context=context)
    if host in ("127.0.0.1", "::1", "localhost"):
        return MailBoxUnencrypted(host, port or 143, timeout)
    return MailBoxStartTls(host, port or 143, timeout, ssl_context=context)


class Fetching:
    """One connection's work."""

    def __init__(self, settings: Settings, store: Store, box: BaseMailBox, clock: Clock) -> None:
        self._settings, self._store, self._box, self._clock = settings, store, box, clock
        self._left_alone: set[str] = set()  # UIDs: not for us, and not looked at again

    def fetch(self) -> int:
        """Take in every unread message that is for us; how many."""
        settle_all_kept(self._settings, self._store, self._clock())
        unread = [uid for uid in self._box.uids("UNSEEN") if uid not in self._left_alone]
        taken = 0
        for message in self._heads(unread):
            try:
                taken += self._take(message)
            except (errors.TooMany, errors.Unavailable) as later:
                logger.info("a message has to wait: %s", later.code)
            except TROUBLES:
                raise
            except Exception:  # one message must not hold up the others
                logger.exception("a message cannot be taken in, and stays unread")
                self._left_alone.add(message.uid or "")
        return taken

    def wait_for_news(self) -> None:
        """Return when the server has something new (IDLE, RFC 2177), or after a minute."""
        _, capabilities = self._box.client.capability()
        if b"IDLE" in capabilities[0].upper().split():
            self._box.idle.wait(timeout=LOOK_SECONDS)
        else:
            sleep(LOOK_SECONDS)
            self._box.client.noop()

    def _heads(self, uids: list[str]) -> Iterator[MailMessage]:
        if uids:  # imap-tools takes none to mean all
            yield from self._box.fetch(uid_list=uids, headers_only=True, mark_seen=False)

    def _take(self, message: MailMessage) -> bool:
        """Whether it was for us. Raises TooMany or Unavailable when it has to wait."""
        uid = message.uid or ""
        recipients = recipients_of(self._settings, self._store, message)
        if not recipients:
            self._left_alone.add(uid)
            return False
        raw = None if message.size_rfc822 > LARGEST else self._whole(uid)
        for recipient in recipients:
            self._receive(message, recipient, raw)
        # Not imap-tools' flag(): it expunges, and with it what others have marked as deleted.
        self._box.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        return True

    def _receive(self, message: MailMessage, recipient: str, raw: bytes | None) -> None:
        settings, store, now = self._settings, self._store, self._clock()
        whose = {"door": "imap", "sender": sender_of(message), "recipient": recipient}
        if raw is None:
            head = message.obj.as_bytes()
            refuse_too_large(settings, store, **whose, head=head, now=now)
            return
        try:
            receive(settings, store, **whose, raw=raw, now=now)
        except (errors.TooMany, errors.Unavailable):
            raise
        except errors.Refusal:
            kept = receiving.keep(store, **whose, raw=raw, now=now)  # is there: the same bytes
            receiving.tell_refusal(store, settings.house, kept, now)

    def _whole(self, uid: str) -> bytes:
        """The bytes of a message as they are, which imap-tools does not give."""
        _, answer = self._box.client.uid("FETCH", uid, "(BODY.PEEK[])")
        for part in answer:
            if isinstance(part, tuple):
                return bytes(part[1])
        raise imaplib.IMAP4.error("the message is gone")


def recipients_of(settings: Settings, store: Store, message: MailMessage) -> list[str]:
    """Our own addresses in the headers: a letter's before a comment's, a discussion's last.

    MOST_RECIPIENTS at most.
    """
    ours = re.compile(
        rf"(?<![\w.+-])[\w.+-]{{1,64}}@{re.escape(settings.mail_domain)}(?![\w-]|\.\w)", re.I | re.A
    )
    named = (str(value) for name in NAMED_IN for value in message.obj.get_all(name, []))
    found = {}
    for address in dict.fromkeys(ours.findall("\n".join(named).lower()[:LONGEST_HEADER])):
        with contextlib.suppress(errors.NotFound):
            found[address] = find_recipient(settings, store, address)
    return sorted(found, key=lambda address: _LAST.get(type(found[address]), 0))[:MOST_RECIPIENTS]


def sender_of(message: MailMessage) -> str:
    """The envelope's sender as the last mail server wrote it down; "?" when it did not."""
    path = message.obj.get("Return-Path")
    return "?" if path is None else str(path).strip().strip("<>")
