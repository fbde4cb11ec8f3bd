"""The pipe: a mail server starts a command for each mail, and its exit code is the answer.

Postfix and Exim put the words into the bounce; a status before them (5.7.1) outranks, for Postfix,
the exit code.
"""

import logging
import os
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO

from .. import errors
from ..domain.incoming import Fate
from ..settings import Settings
from ..storage.interface import Store
from .receive import LARGEST, receive
from .refusals import BROKEN, Told, tell

logger = logging.getLogger(__name__)


def deliver(
    settings: Settings,
    store: Store,
    *,
    sender: str,
    recipient: str,
    file: BinaryIO,
    now: datetime,
) -> Told | None:
    """Take in the mail that `file` holds; what to tell the mail server, or None when all is well.

    Raises OSError when `file` cannot be read.
    """
    raw = without_envelope_line(file.read(LARGEST + 1))
    try:
        taken = receive(
            settings, store, door="pipe", sender=sender, recipient=recipient, raw=raw, now=now
        )
    except errors.Refusal as refusal:
        return tell(settings, store, refusal, sender=sender, recipient=recipient)
    except Exception:
        logger.exception("a mail could not be kept")
        return tell(settings, store, BROKEN, sender=sender, recipient=recipient)
    if taken.fate is Fate.KEPT:  # the mail server has it too, and will ask again
        return tell(settings, store, BROKEN, sender=sender, recipient=recipient)
    return None


def envelope_sender(given: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """The sender by option or environment: empty for a null sender, "?" when nobody says it."""
    sender = given if given is not None else environ.get("SENDER", "?")
    null = sender.strip("<>").upper() in ("", "MAILER-DAEMON")  # Postfix's word for it
    return "" if null else sender


def without_envelope_line(raw: bytes) -> bytes:
    """The mail without mbox's `From ` line, which Exim's pipe and Postfix's F flag put first."""
    return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw
