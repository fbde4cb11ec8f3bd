"""The doors of mail: the server that takes our letters, and where answers come in."""

import re
import smtplib
import socket
from collections.abc import Iterator

from imap_tools import BaseMailBox, MailboxFolderSelectError, MailboxLoginError

from ..mail.imap import TROUBLES, open_mailbox
from ..mail.relay import NoServer, SmtpRelay
from ..settings import Settings
from ..values import HOW_TO_WRITE_IT
from .findings import Finding

PATIENCE = 5.0  # seconds for one answer
LATEST = 20  # mails of a mailbox, to see who judges them


def examine(settings: Settings) -> Iterator[Finding]:
    """The way out, then the ways in."""
    yield _outgoing(settings)
    if settings.lmtp:
        yield _lmtp(settings, *settings.lmtp)
    if settings.imap_url:
        yield from _imap(settings)
    elif settings.secure:
        yield Finding("authserv", True, _believed(settings.authserv_id))
    if not settings.lmtp and not settings.imap_url:
        words = "EMERGENCE_LMTP is off and there is no EMERGENCE_IMAP_URL: answers come in only if"
        yield Finding("answers", True, f"{words} your mail server runs `emergence mail deliver`")


def _believed(authserv_id: str) -> str:
    if authserv_id:
        return (
            f"of senders, only what {authserv_id} says is believed: it must write that name, and "
            "remove it from what others send"
        )
    return (
        "nobody's word about senders is believed, so what is written to an opportunity's own "
        "address waits to be confirmed: see EMERGENCE_AUTHSERV_ID in docs/mail.md"
    )


def _outgoing(settings: Settings) -> Finding:
    if not settings.smtp_url:
        words = f"no EMERGENCE_SMTP_URL: letters are kept in {settings.mailbox}, nobody gets them"
        return Finding("mail", settings.on_loopback and not settings.secure, words)
    try:
        SmtpRelay(settings.smtp_url).check()
    except (NoServer, ValueError) as problem:
        words = f"the SMTP server does not take our mail ({problem})"
        return Finding("mail", False, f"{words}: put EMERGENCE_SMTP_URL right; {HOW_TO_WRITE_IT}")
    return Finding("mail", True, "the SMTP server answers")


def _lmtp(settings: Settings, host: str, port: int) -> Finding:
    where = f"{host}:{port}"
    try:
        with smtplib.LMTP(host, port, local_hostname="localhost", timeout=PATIENCE) as door:
            code, _ = door.ehlo()  # LHLO, to such a door
    except smtplib.SMTPException as problem:
        return _not_lmtp(where, type(problem).__name__)
    except OSError as problem:
        return _no_lmtp(settings, where, problem)
    if code != 250:
        return _not_lmtp(where, f"it answers LHLO with {code}")
    return Finding("lmtp", True, f"{where} takes answers from your mail server")


def _not_lmtp(where: str, why: str) -> Finding:
    words = f"what answers at {where} does not speak LMTP ({why})"
    return Finding("lmtp", False, f"{words}: set EMERGENCE_LMTP to a port of its own")


def _no_lmtp(settings: Settings, where: str, problem: OSError) -> Finding:
    try:
        socket.create_connection((settings.host, settings.port), PATIENCE).close()
    except OSError:
        words = f"nothing at {where} yet, as the service does not run: start `emergence serve`"
        return Finding("lmtp", True, words)
    words = f"the service runs, but nothing takes mail at {where} ({problem.strerror or problem})"
    return Finding("lmtp", False, f"{words}: start it again, and read its log")


def _imap(settings: Settings) -> Iterator[Finding]:
    try:
        with open_mailbox(settings.imap_url, PATIENCE) as box:
            yield Finding("imap", True, "the mailbox opens")
            yield _judged_by(settings, _judges(box))
    except MailboxLoginError:
        words = "the server does not take this user and password: put EMERGENCE_IMAP_URL right"
        yield Finding("imap", False, f"{words}; {HOW_TO_WRITE_IT}")
    except MailboxFolderSelectError:
        words = "there is no such folder: put the last part of EMERGENCE_IMAP_URL right"
        yield Finding("imap", False, words)
    except TROUBLES as problem:  # whose words may hold the name of the account
        words = f"the IMAP server does not let us in ({type(problem).__name__})"
        yield Finding("imap", False, f"{words}: put host and port in EMERGENCE_IMAP_URL right")


def _judges(box: BaseMailBox) -> list[str]:
    """Who wrote the topmost Authentication-Results of the latest mails: the last server did."""
    latest = box.fetch(limit=LATEST, reverse=True, headers_only=True, mark_seen=False)
    tops = [str(mail.obj.get("Authentication-Results", "")) for mail in latest]
    named = (re.match(r'\s*"?([\w.-]+)', top) for top in tops)
    return [found[1].lower() for found in named if found]


def _judged_by(settings: Settings, judges: list[str]) -> Finding:
    ours = settings.authserv_id
    if ours in judges:
        return Finding("authserv", True, f"the mails there are judged by {ours}, which is believed")
    if judges:
        name = max(set(judges), key=judges.count)
        words = f"the mails there are judged by {name}, and {ours or 'nobody'} is believed: if that"
        words += f" name is your provider's, set EMERGENCE_AUTHSERV_ID={name}"
        return Finding("authserv", False, words)
    words = "no mail there says who vouches for its sender (Authentication-Results), so what is"
    words += " written to an opportunity's own address waits to be confirmed"
    return Finding("authserv", True, words)
