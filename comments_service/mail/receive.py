"""The one way in, behind all doors: what is kept, read, and settled, in this order."""

import logging
from datetime import datetime, timedelta

from .. import errors
from ..actions import receiving
from ..domain.incoming import Addressed, Answering, Bouncing, Incoming
from ..gettext import N_
from ..settings import Settings
from ..storage.interface import Store
from .addresses import read_address
from .outbox import text_as_sent
from .parse import read_mail

logger = logging.getLogger(__name__)

TRIED_FOR = timedelta(days=1)  # what we have no reason to refuse, and cannot read
LARGEST = 25 * 1024 * 1024  # bytes of one mail
TOO_LARGE = N_("This mail is too large. Send less than 25 MB.")
NOBODY = N_("There is nobody at this address.")
UNREADABLE = N_("This mail cannot be read. Send it again as plain text.")


def find_recipient(settings: Settings, store: Store, recipient: str) -> Addressed:
    """What the address is for. Raises NotFound when it is not ours or leads nowhere."""
    to = read_address(settings, recipient)
    if to is None or not receiving.expects(store, to):
        raise errors.NotFound(NOBODY)
    return to


def receive(
    settings: Settings,
    store: Store,
    *,
    door: str,
    sender: str,
    recipient: str,
    raw: bytes,
    now: datetime,
) -> Incoming:
    """Take in one mail for one recipient. When this returns, all that came of it is on disk.

    `sender` is the envelope's, "" for a null sender and "?" when the door does not know it. Raises
    the refusal that the sender should hear; TooMany and Unavailable are for now only. A mail that
    comes back as KEPT is on disk, and `settle_all_kept` reads it.
    """
    find_recipient(settings, store, recipient)
    if len(raw) > LARGEST:
        raise errors.Invalid(TOO_LARGE)
    sender = sender.encode("utf-8", "replace").decode()  # it may hold bytes that are no UTF-8
    kept = receiving.keep(store, door, sender, recipient, raw, now)
    try:
        return settle_kept(settings, store, kept, now)
    except errors.TooMany:  # it comes again; if we kept it, it would be tried again by itself
        receiving.forget(store, kept)
        raise
    except errors.Refusal:
        raise
    except Exception:  # a fault of ours is no reason to refuse what is on disk
        logger.exception("mail %s was kept and could not be read", kept.id)
        return kept


def settle_kept(settings: Settings, store: Store, kept: Incoming, now: datetime) -> Incoming:
    """Read a mail that is on disk and make of it what it is. Raises as `receive` does."""
    to = read_address(settings, kept.recipient)
    if to is None:  # the secret or the domain is another than when it came
        raise errors.NotFound(NOBODY)
    raw = receiving.raw_mail(store, kept.id)
    sent = text_as_sent(settings, store, to.letter_id) if isinstance(to, Answering) else ""
    mail = read_mail(raw, sent=sent, authserv_id=settings.authserv_id)
    settled = receiving.settle(store, settings.house, kept, mail, to, now)
    logger.info("mail %s: %s (%s)", settled.id, settled.fate, settled.reason)
    return settled


def settle_all_kept(settings: Settings, store: Store, now: datetime) -> int:
    """Settle what a crash left unread; how many. A refusal is told by mail, the door being gone."""
    settled, after = 0, ""
    while found := receiving.kept_mail(store, after):
        settled += sum(_settle_late(settings, store, kept, now) for kept in found)
        after = found[-1].id
    return settled


def _settle_late(settings: Settings, store: Store, kept: Incoming, now: datetime) -> bool:
    """Settle one, unless it has to wait; one that cannot be read is tried for a day."""
    try:
        settle_kept(settings, store, kept, now)
        return True
    except (errors.TooMany, errors.Unavailable):
        return False
    except errors.Refusal as problem:
        refusal = problem
    except Exception:
        logger.exception("mail %s cannot be read", kept.id)
        if now < kept.received + TRIED_FOR:
            return False
        refusal = errors.Invalid(UNREADABLE)
    to = read_address(settings, kept.recipient)
    receiving.give_up(store, settings.house, kept, to, refusal, now)
    receiving.tell_refusal(store, settings.house, kept, now)
    return True


def refuse_too_large(
    settings: Settings,
    store: Store,
    *,
    door: str,
    sender: str,
    recipient: str,
    head: bytes,
    now: datetime,
) -> None:
    """For a door that cannot say so itself: keep the headers alone, and mail the refusal."""
    to = find_recipient(settings, store, recipient)
    kept = receiving.keep(store, door, sender, recipient, head, now)
    mail = read_mail(head, sent="", authserv_id=settings.authserv_id)
    receiving.refuse(store, settings.house, kept, mail, to, errors.Invalid(TOO_LARGE), now)
    if sender and not mail.automatic and not isinstance(to, Bouncing):
        receiving.tell_refusal(store, settings.house, kept, now)
