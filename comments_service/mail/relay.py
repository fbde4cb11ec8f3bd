"""Handing a message over: to an SMTP server, or to a Maildir when none is configured."""

import mailbox
import smtplib
import ssl
from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from ..settings import Settings

TIMEOUT = 30


class Undeliverable(Exception):
    """The server will never take this message."""


class NotNow(Exception):
    """The server did not take this message; it may later."""


class Relay(Protocol):
    """Takes messages, one connection for as many as there are."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Return once the message is in other hands. Raises Undeliverable, NotNow."""
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

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        kept = mailbox.MaildirMessage(message)
        kept.set_date(message["Date"].datetime.timestamp())
        try:
            self._maildir.add(kept)
        except OSError as problem:
            raise NotNow(f"{self._path}: {problem.strerror}") from problem

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._maildir.close()


class SmtpRelay:
    """Speaks to the server of `smtp://[user:password@]host[:port]`, or `smtps://…` for TLS at once.

    On `smtp://`, STARTTLS is used when the server has it, and required before a password is sent.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        if self._parts.scheme not in ("smtp", "smtps") or not self._parts.hostname:
            raise ValueError("EMERGENCE_SMTP_URL takes smtp://[user:password@]host[:port]")
        self._connection: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        try:
            self._connection = self._connection or self._connect()
            self._connection.send_message(message, sender, [recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            code, reason = next(iter(refused.recipients.values()))
            raise _failure(code, reason) from refused
        except smtplib.SMTPResponseException as refused:
            raise _failure(refused.smtp_code, refused.smtp_error) from refused
        except (OSError, smtplib.SMTPException) as problem:
            self._connection = None
            raise NotNow(type(problem).__name__) from problem

    def check(self) -> None:
        """Connect and sign in without sending. Raises NotNow or Undeliverable."""
        try:
            self._connect().quit()
        except smtplib.SMTPResponseException as refused:
            raise _failure(refused.smtp_code, refused.smtp_error) from refused
        except (OSError, smtplib.SMTPException) as problem:
            raise NotNow(str(problem)) from problem

    def _connect(self) -> smtplib.SMTP:
        host, context = self._parts.hostname or "", ssl.create_default_context()
        if self._parts.scheme == "smtps":
            port = self._parts.port or 465
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT, context=context
            )
        else:
            connection = smtplib.SMTP(host, self._parts.port or 25, timeout=TIMEOUT)
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif self._parts.username:
                raise smtplib.SMTPNotSupportedError("no STARTTLS, so no password is sent")
        if self._parts.username:
            connection.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def _failure(code: int, reason: bytes | str) -> Exception:
    words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    kind = NotNow if code < 500 else Undeliverable
    return kind(f"{code} {words}"[:300])
