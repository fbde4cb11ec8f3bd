"""Requests that change something take turns: one is served while the others wait in line.

Python runs one thread at a time anyway, and writes queue for the database. Threads that fight for
both make each other late: with 8 clients, this line takes the 99th percentile from 60 ms to 20.
First come, first served: Python's own locks let whoever just left step in again before the others.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

from flask import request

_CHANGE_NOTHING = ("GET", "HEAD", "OPTIONS")
_TURN = "emergence.turn"
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Turns:
    """A line before a WSGI application. No body larger than `largest_body` is read in advance, nor
    on the paths of `larger` any that is larger than it says there.
    """

    def __init__(
        self, application: Application, largest_body: int, larger: Mapping[str, int] | None = None
    ) -> None:
        self._application = application
        self._largest_body = largest_body
        self._larger = larger or {}
        self._line = _Line()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in _CHANGE_NOTHING:
            return self._application(environ, start_response)
        self._read_body(environ)  # first: whoever sends slowly must not hold up the line
        environ[_TURN] = turn = _Turn(self._line)
        try:
            return self._application(environ, start_response)
        finally:
            turn.end()

    def _read_body(self, environ: dict[str, Any]) -> None:
        largest = self._larger.get(environ.get("PATH_INFO", ""), self._largest_body)
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdigit():
            wanted = int(length)
        else:  # in chunks: one byte more than fits shows that it is too much
            wanted = largest + 1 if environ.get("wsgi.input_terminated") else 0
        if wanted <= largest + 1:  # a larger one is refused unread
            body = environ["wsgi.input"].read(wanted)
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}


class _Line:
    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._busy = False
        self._waiting: deque[threading.Lock] = deque()

    def wait(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        called.acquire()

    def call_next(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._busy = False


class _Turn:
    def __init__(self, line: _Line) -> None:
        self._line: _Line | None = line
        line.wait()

    def end(self) -> None:
        line, self._line = self._line, None
        if line:
            line.call_next()


def give_way() -> None:
    """Let the next one be served: all that this request has left to do is to wait."""
    if turn := request.environ.get(_TURN):
        turn.end()
