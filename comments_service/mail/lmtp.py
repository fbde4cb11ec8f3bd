"""The LMTP server (RFC 2033): a mail server hands mail over here, and gets an answer a recipient.

aiosmtpd speaks the protocol. The message itself is read here: every recipient is owed an answer,
also when it is too large, and a flood of short lines must not fill the memory.
"""

import asyncio
import contextlib
import logging
import os
import re
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from .. import errors
from ..settings import Settings
from ..storage.interface import Store
from ..values import BadSettings
from .receive import LARGEST, find_recipient, receive, settle_all_kept
from .refusals import BROKEN, tell

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 30  # conversations
MOST_RECIPIENTS = 100  # of one mail; RFC 5321 §4.5.3.1.8 asks for as many. The sender splits.
MOST_IN_MEMORY = 4 * LARGEST  # bytes of mail, in all conversations together
IDLE_SECONDS = 300.0  # for one command, the message included
SETTLE_SECONDS = 30
THREADS = 4
LONGEST_COMMAND = 2048  # bytes
CHUNK = 64 * 1024
END = b"\r\n.\r\n"  # and nothing that resembles it, which is how mails are smuggled
TOO_LARGE = "552 5.3.4 This mail is too large. Send less than 25 MB."
TOO_MUCH = "452 4.3.1 Too much mail at once. Try again in a moment."
# Statuses (RFC 3463) for the answers that aiosmtpd gives by itself; others are 5.5.0.
_STATUS = {"250": "2.0.0", "221": "2.0.0", "252": "2.5.0", "552": "5.3.4", "555": "5.5.4"}


async def serve(settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
    """Take mail in at `settings.lmtp` until cancelled, and settle what crashes left.

    Raises BadSettings when that address cannot be had.
    """
    _keep_addresses_out_of_the_log()
    assert settings.lmtp is not None  # noqa: S101 - the command looked
    host, port = settings.lmtp
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(THREADS, "lmtp") as threads:
        door = Door(settings, store, clock, threads)
        try:
            server = await loop.create_server(door.conversation, host, port)
        except OSError as problem:
            raise BadSettings(
                f"Mail cannot come in at {host}:{port} ({os.strerror(problem.errno or 0)}). "
                "Set EMERGENCE_LMTP to another address and port, or to off."
            ) from problem
        try:
            async with server:
                while True:
                    await loop.run_in_executor(threads, door.settle)
                    await asyncio.sleep(SETTLE_SECONDS)
        finally:
            await door.hang_up()


def _keep_addresses_out_of_the_log() -> None:
    """aiosmtpd logs every command, and with it addresses that are somebody's secret."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Door:
    """What all conversations share, and what they do with a mail, in threads of their own."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        threads: ThreadPoolExecutor,
    ) -> None:
        self._settings, self._store, self._clock = settings, store, clock
        self.threads = threads
        self.in_memory: dict[Conversation, int] = {}  # bytes of mail that each one holds
        self.connected: set[Conversation] = set()

    def conversation(self) -> "Conversation":
        """A new one, for a new connection."""
        return Conversation(self, self._settings.mail_domain)

    async def hang_up(self) -> None:
        """End all conversations. What was answered is on disk, and what was not comes again."""
        for _ in range(10):  # whoever is at the door comes in first: asyncio takes some turns to it
            await asyncio.sleep(0)
        for one in self.connected:
            if isinstance(one.transport, asyncio.WriteTransport):
                one.transport.abort()
        while self.connected:
            await asyncio.sleep(0)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name for it
        self, server: LMTP, session: Session, envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*lines[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", lines[-1]]

    async def handle_RCPT(  # noqa: N802
        self,
        server: LMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients. Send the mail again for the others."
        sender, utf8 = sender_of(envelope), envelope.smtp_utf8
        answer = await session.loop.run_in_executor(
            self.threads, self.expect, sender, address, utf8
        )
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_exception(self, error: Exception) -> str:
        logger.error("a conversation failed", exc_info=error)
        return "451 4.3.0 Something went wrong on our side. Try again later."

    def expect(self, sender: str, recipient: str, utf8: bool) -> str:
        """The answer to a recipient who is named."""
        try:
            find_recipient(self._settings, self._store, recipient)
        except errors.Refusal as refusal:
            return self._refused(refusal, sender, recipient, utf8)
        return "250 2.1.5 OK"

    def take(self, sender: str, recipient: str, raw: bytes, utf8: bool) -> str:
        """The answer for one recipient of a mail, once it is on disk or refused."""
        try:
            taken = receive(
                self._settings,
                self._store,
                door="lmtp",
                sender=sender,
                recipient=recipient,
                raw=raw,
                now=self._clock(),
            )
        except errors.Refusal as refusal:
            return self._refused(refusal, sender, recipient, utf8)
        except Exception:
            logger.exception("a mail could not be kept")
            return self._refused(BROKEN, sender, recipient, utf8)
        return f"250 2.0.0 {taken.id}"

    def _refused(self, refusal: errors.Refusal, sender: str, recipient: str, utf8: bool) -> str:
        told = tell(
            self._settings, self._store, refusal, sender=sender, recipient=recipient, utf8=utf8
        )
        return told.reply

    def settle(self) -> None:
        """Settle what is kept. What goes wrong is logged: the next round tries again."""
        try:
            settle_all_kept(self._settings, self._store, self._clock())
        except Exception:
            logger.exception("mails that were kept could not be settled")


def sender_of(envelope: Envelope) -> str:
    """The envelope's sender, empty when it is the null sender."""
    return "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)


class Conversation(LMTP):
    """One connection."""

    line_length_limit = CHUNK  # how far it reads ahead; a mail's lines may be longer

    def __init__(self, door: Door, hostname: str) -> None:
        # On the class, one conversation would change the limits of all others.
        self.command_size_limits = defaultdict(lambda: LONGEST_COMMAND)
        self._door = door
        super().__init__(
            door,
            hostname=hostname,
            ident="Emergence",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._door.connected.add(self)

    def eof_received(self) -> bool:
        super().eof_received()
        return False  # whoever hangs up without QUIT leaves no half-open connection behind

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._door.connected.discard(self)

    async def _handle_client(self) -> None:
        if len(self._door.in_memory) >= MOST_AT_ONCE:
            await self.push("421 4.3.2 Too many connections. Try again in a moment.")
            self._writer.close()
            return
        self._door.in_memory[self] = 0
        try:
            with contextlib.suppress(ConnectionError):
                await super()._handle_client()
        finally:
            del self._door.in_memory[self]

    async def push(self, status: Any) -> None:
        """Answer; with an enhanced status, as we said in the greeting (RFC 2034)."""
        code, _, rest = str(status).partition(" ")
        due = (code in _STATUS or code.startswith("5")) and rest != "HELP"  # which ends LHLO's
        if due and not re.match(r"[245]\.\d+\.\d+ ", rest):
            status = f"{code} {_STATUS.get(code, '5.5.0')} {rest}"
        await super().push(status)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 Nobody is to receive it")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            mail = await self._read_mail()
            self.envelope = self._create_envelope()
            for recipient in envelope.rcpt_tos:
                self._reset_timeout()
                await self.push(await self._answer(envelope, recipient, mail))
        finally:
            self._door.in_memory[self] = 0

    async def _answer(self, envelope: Envelope, recipient: str, mail: bytes | str) -> str:
        if isinstance(mail, str):
            return mail
        given = sender_of(envelope), recipient, mail, envelope.smtp_utf8
        return await self.loop.run_in_executor(self._door.threads, self._door.take, *given)

    async def _read_mail(self) -> bytes | str:
        """The whole mail, or the answer that refuses it; read to its end in both cases."""
        mail, refused = bytearray(b"\r\n"), ""  # the command's own line end may begin the END
        while not mail.endswith(END):
            mail += await self._read_chunk()
            self._door.in_memory[self] = len(mail)
            if len(mail) - len(END) > LARGEST:
                refused = TOO_LARGE
            elif sum(self._door.in_memory.values()) > MOST_IN_MEMORY:
                refused = refused or TOO_MUCH
            if refused:
                del mail[: -len(END)]
                self._door.in_memory[self] = 0  # others need not be refused for its sake
        dots = mail[: -len(END[2:])].replace(b"\r\n.", b"\r\n")  # RFC 5321 §4.5.2
        return refused or bytes(dots[2:])

    async def _read_chunk(self) -> bytes:
        try:
            return await self._reader.readuntil(END[2:])
        except asyncio.LimitOverrunError as more:
            return await self._reader.read(more.consumed)
