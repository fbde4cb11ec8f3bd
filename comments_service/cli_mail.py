"""The `emergence mail` commands: sending what is due, and the three doors for what comes in."""

import asyncio
import logging
import os
import signal
import sys
import threading
from typing import NoReturn

import click

from . import errors
from .command import now, open_for_a_command, plainly
from .mail import imap, lmtp, outbox, pipe
from .processes import leave_with_parent
from .values import BadSettings


@click.group()
def mail() -> None:
    """Letters: send what is due, take in what comes."""


@mail.command()
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
@plainly
def send(once: bool) -> None:
    """Send letters as they become due, until interrupted."""
    _log_as("mail")
    with open_for_a_command() as house:
        if once:
            while outbox.send_due(house.settings, house.store, now):
                pass
            return
        leave_with_parent()
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        outbox.work(house.settings, house.store, now, stop)


@mail.command("lmtp")
@plainly
def serve_lmtp() -> None:
    """Take in mail that a mail server hands over by LMTP, until interrupted.

    Listens on EMERGENCE_LMTP, 127.0.0.1:8024 unless set.
    """
    _log_as("lmtp")
    with open_for_a_command() as house:
        if house.settings.lmtp is None:
            raise BadSettings("EMERGENCE_LMTP is off. Set it to an address and a port.")
        leave_with_parent()
        asyncio.run(lmtp.serve(house.settings, house.store, now))


@mail.command()
@click.option("--once", is_flag=True, help="Fetch what is there now, then end.")
@plainly
def fetch(once: bool) -> None:
    """Fetch mail from the mailbox EMERGENCE_IMAP_URL as it comes, until interrupted.

    A message is marked as read when it was taken in. One that is for nobody here stays unread.
    """
    _log_as("fetch")
    with open_for_a_command() as house:
        if not house.settings.imap_url:
            raise BadSettings("Set EMERGENCE_IMAP_URL=imaps://user:password@mail.example.org/INBOX")
        if not once:
            leave_with_parent()
            imap.work(house.settings, house.store, now)
            return
        try:
            taken = imap.fetch_once(house.settings, house.store, now)
        except imap.TROUBLES as trouble:
            raise click.ClickException(
                f"The mailbox of EMERGENCE_IMAP_URL cannot be read ({type(trouble).__name__})."
            ) from trouble
        click.echo(f"{taken} fetched.")


@mail.command()
@click.argument("recipient", envvar=["ORIGINAL_RECIPIENT", "RECIPIENT"], required=False)
@click.option("--sender", help="The envelope's sender. Default: $SENDER")
def deliver(recipient: str | None, sender: str | None) -> None:
    """Take in one mail from standard input, for the pipe of a mail server.

    RECIPIENT is the envelope's; $ORIGINAL_RECIPIENT or $RECIPIENT count when it is not given. The
    exit code is 0, or one of sysexits.h: 65, 67, 69 and 77 for a mail that is refused for good; 64,
    74, 75 and 78 for one to try again. Why stands in one line of the output.
    """
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s deliver: %(message)s")
    if not recipient:
        _end(os.EX_USAGE, "4.3.5 The command is given no recipient.")
    try:
        with open_for_a_command() as house:
            told = pipe.deliver(
                house.settings,
                house.store,
                sender=pipe.envelope_sender(sender),
                recipient=recipient,
                file=sys.stdin.buffer,
                now=now(),
            )
    except BadSettings as problem:
        _end(os.EX_CONFIG, f"4.3.5 {problem}")
    except errors.Unavailable as refusal:
        _end(os.EX_TEMPFAIL, f"4.3.0 {refusal}")
    except OSError as problem:
        _end(os.EX_IOERR, f"4.3.0 The mail cannot be read: {problem.strerror}")
    if told is not None:
        _end(told.exit_code, f"{told.status} {told.words}")


def _end(code: int, words: str) -> NoReturn:
    click.echo(words, err=True)
    raise SystemExit(code)


def _log_as(name: str) -> None:
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {name}: %(message)s")
