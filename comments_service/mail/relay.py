"""Handing a message over: to an SMTP server, or to a Maildir when none is configured."""

import contextlib
import mailbox
import os
import smtplib
import ssl
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from ..settings import Settings

CONNECT_SECONDS = 20
ANSWER_SECONDS = 60
TAKEN_SECONDS = 600  # RFC 5321 §4.5.3.2.6: a server that takes a message may need so long to say so
GOODBYE_SECONDS = 2
SHUTTING_DOWN = 421  # RFC 5321 §3.8: the server ends the session, whatever was asked


class Undeliverable(Exception):
    """The server will never take this message."""


class NotNow(Exception):
    """The server did not take this message; it may later."""


class NoServer(NotNow):
    """There is no server to talk to now; the same goes for every message."""


class Relay(Protocol):
    """Takes messages, one connection for as many as there are."""

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        """Return once the message, with CRLF, is in other hands. Raises Undeliverable, NotNow."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None: ...


def relay_for(settings: Settings) -> Relay:
    """The relay that the settings ask for."""
    return SmtpRelay(settings.smtp_url) if settings.smtp_url else MaildirRelay(settings)


class MaildirRelay:
    """Keeps messages in a Maildir; every one is on disk when `send` returns."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.mailbox
        self._maildir = mailbox.Maildir(self._path, create=True)

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        date = parsedate_to_datetime(BytesHeaderParser().parsebytes(raw)["Date"])
        try:
            key = self._maildir.add(raw.replace(b"\r\n", b"\n"))
            os.utime(self._path / "new" / key, times=(date.timestamp(), date.timestamp()))
        except OSError as problem:
            raise NotNow(f"{self._path}: {problem.strerror}") from problem

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._maildir.close()


class _Dropped(Exception):
    """The connection is gone, or about to be."""


class SmtpRelay:
    """Speaks to the server of `smtp://[user:password@]host[:port]`, or `smtps://…` for TLS at once.

    On `smtp://`, STARTTLS is used when the server has it, and required before a password is sent.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        if self._parts.scheme not in ("smtp", "smtps") or not self._parts.hostname:
            raise ValueError("EMERGENCE_SMTP_URL takes smtp://[user:password@]host[:port]")
        self._connection: smtplib.SMTP | None = None

    def send(self, raw: bytes, sender: str, recipient: str) -> None:
        was_open = self._connection is not None
        try:
            self._hand_over(raw, sender, recipient)
        except _Dropped as problem:
            self._drop()
            if not was_open:
                raise NoServer(str(problem)) from problem
            self.send(raw, sender, recipient)  # it ended since the last letter; over a new one

    def check(self) -> None:
        """Connect and sign in without sending. Raises NoServer."""
        self._open().close()

    def _hand_over(self, raw: bytes, sender: str, recipient: str) -> None:
        self._connection = self._connection or self._open()
        connection = self._connection
        options = [] if recipient.isascii() else ["SMTPUTF8", "BODY=8BITMIME"]
        options += [f"SIZE={len(raw)}"] if connection.has_extn("size") else []
        try:
            _accepted(connection, *connection.mail(sender, options))
            _accepted(connection, *connection.rcpt(recipient))
        except smtplib.SMTPNotSupportedError as problem:  # the address needs SMTPUTF8 (RFC 6531)
            raise Undeliverable(str(problem)) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise _Dropped(type(problem).__name__) from problem
        try:
            _wait_for_answers(connection, TAKEN_SECONDS)
            _accepted(connection, *connection.data(raw))
            _wait_for_answers(connection, ANSWER_SECONDS)
        except smtplib.SMTPDataError as refused:  # the command, not the message
            _begin_anew(connection)
            raise _failure(refused.smtp_code, refused.smtp_error) from refused
        except (OSError, smtplib.SMTPException) as problem:
            self._drop()  # it may have been taken, and is not sent again at once
            raise NoServer(type(problem).__name__) from problem

    def _open(self) -> smtplib.SMTP:
        """A new connection, signed in. Raises NoServer: whatever goes wrong, no letter did it."""
        try:
            return self._connect()
        except smtplib.SMTPResponseException as refused:
            raise NoServer(str(_failure(refused.smtp_code, refused.smtp_error))) from refused
        except (OSError, smtplib.SMTPException) as problem:
            raise NoServer(str(problem) or type(problem).__name__) from problem

    def _connect(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "smtps":
            tls = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port or 465, timeout=CONNECT_SECONDS, context=tls
            )
        else:
            connection = smtplib.SMTP(host, port or 25, timeout=CONNECT_SECONDS)
        try:
            self._sign_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._parts.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=_tls(strict=bool(self._parts.username)))
            connection.ehlo_or_helo_if_needed()
        elif self._parts.scheme == "smtp" and self._parts.username:
            raise smtplib.SMTPNotSupportedError("no STARTTLS, so no password is sent")
        if self._parts.username:
            connection.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        _wait_for_answers(connection, ANSWER_SECONDS)

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._connection and self._connection.sock:
            self._connection.sock.settimeout(GOODBYE_SECONDS)
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
        self._drop()


def _tls(*, strict: bool) -> ssl.SSLContext:
    """A password is for a server that proves its name. Without one, a mail server at hand may show
    a certificate that it made itself: still better than none (RFC 7435).
    """
    context = ssl.create_default_context()
    if not strict:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _wait_for_answers(connection: smtplib.SMTP, seconds: float) -> None:
    if connection.sock:
        connection.sock.settimeout(seconds)


def _accepted(connection: smtplib.SMTP, code: int, words: bytes) -> None:
    """Raise what the server's answer means for this letter, unless it is a yes."""
    if code in (250, 251):
        return
    if code != SHUTTING_DOWN:
        _begin_anew(connection)
    raise _failure(code, words)


def _begin_anew(connection: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        connection.rset()


def _failure(code: int, reason: bytes | str) -> Exception:
    words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    if code == SHUTTING_DOWN:
        return _Dropped(f"{code} {words}"[:300])
    kind = NotNow if code < 500 else Undeliverable
    return kind(f"{code} {words}"[:300])
