"""A running LMTP server, and ways to speak to it."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from comments_service.domain.people import Person
from comments_service.mail import lmtp
from comments_service.settings import Settings

from .correspondence import asked

if TYPE_CHECKING:
    from .conftest import Town


def until(true: Callable[[], object]) -> None:
    """Return as soon as `true()`."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Line:
    """A connection on which a test says exactly what it wants."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        self._answers = self._socket.makefile("rb")
        self.greeting = self.hear()

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self._socket.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def hear(self) -> str:
        """The next answer, its last line; empty when the other side has gone."""
        while (line := self._answers.readline().decode()) and line[3:4] == "-":
            pass
        return line.rstrip("\r\n")

    def ask(self, line: str | bytes) -> str:
        self.say(line)
        return self.hear()

    def begin(self, *recipients: str, sender: str = "ada@example.org") -> None:
        """As far as the message itself."""
        assert self.ask("LHLO mx.example.org").startswith("250")
        assert self.ask(f"MAIL FROM:<{sender}>").startswith("250")
        for recipient in recipients:
            assert self.ask(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.ask("DATA").startswith("354")

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


@dataclass
class LmtpDoor:
    """A running server, and ways to speak to it."""

    town: "Town"
    ada: Person
    settings: Settings

    @property
    def port(self) -> int:
        assert self.settings.lmtp
        return self.settings.lmtp[1]

    @contextmanager
    def line(self) -> Iterator[Line]:
        line = Line(self.port)
        try:
            yield line
        finally:
            line.close()

    def deliver(self, raw: bytes, *recipients: str, sender: str = "ada@example.org") -> list[str]:
        """The answer for each recipient."""
        with self.line() as line:
            line.begin(*recipients, sender=sender)
            line.say(raw.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n"), ".")
            return [line.hear() for _ in recipients]

    def ask_ada(self) -> str:
        """The address at which Ada answers what the facilitator has just said."""
        self.town.now += timedelta(seconds=1)
        self.town.say(self.town.facilitator, "What do you think?")
        return asked(self.town, self.ada)


@contextmanager
def serving(town: "Town", settings: Settings) -> Iterator[None]:
    """The server in a thread, until the end of the block."""
    running, began = threading.Event(), []

    async def serve() -> None:
        began.append((asyncio.get_running_loop(), asyncio.current_task()))
        running.set()
        await lmtp.serve(settings, town.house.store, town.clock)

    def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(serve())  # which also ends what was just being accepted

    thread = threading.Thread(target=run)
    thread.start()
    running.wait()
    try:
        assert settings.lmtp
        wait_until_open(settings.lmtp[1], thread)
        yield
    finally:
        [(loop, task)] = began
        if thread.is_alive():
            loop.call_soon_threadsafe(task.cancel)
        thread.join()


def wait_until_open(port: int, thread: threading.Thread) -> None:
    while thread.is_alive():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.01)
