"""Pagefind's program, spoken to as its own libraries do: `pagefind --service` reads messages of
JSON in base64, each with a comma after it, and answers them in the same way.

(Its library for Python reads ten answers a second; a site may have a hundred thousand comments.)
"""

from __future__ import annotations

import base64
import gzip
import importlib
import json
import os
import shutil
import subprocess
import threading
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

_PACKAGES = ("pagefind_bin_extended", "pagefind_bin")
_PATIENCE = 600.0  # seconds for one answer
_CHUNK = 1 << 16
_PIECE = 1 << 20


class PagefindFailed(Exception):
    """Pagefind said no, or nothing at all; the message has its words."""


def program() -> Path | None:
    """Where Pagefind is: PAGEFIND_BINARY_PATH, the package `pagefind-bin`, or on the PATH."""
    if named := os.environ.get("PAGEFIND_BINARY_PATH"):
        return Path(named)
    for name in _PACKAGES:
        with suppress(ImportError, OSError):
            return Path(importlib.import_module(name).get_executable())
    found = shutil.which("pagefind_extended") or shutil.which("pagefind")
    return Path(found) if found else None


class Index:
    """An index that Pagefind holds in its memory until it is written. A context manager; the
    process ends with it, and with ours. Every method raises PagefindFailed."""

    def __init__(self, program: Path) -> None:
        try:
            self._process = subprocess.Popen(  # noqa: S603 - what the site's owner installed
                [program, "--service"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise PagefindFailed(str(error)) from error
        self._said: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._asked = 0
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def __enter__(self) -> Index:
        try:
            self._index = self._ask("NewIndex", config=None)["index_id"]
        except PagefindFailed:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def add_folder(self, folder: Path) -> int:
        """Add the pages of a built site, each in the language of its <html>: those with
        `data-pagefind-body`, or all if none has it. Gives how many were looked at."""
        return int(self._ask("AddDir", index_id=self._index, path=str(folder))["page_count"])

    def add_records(self, records: Iterable[dict[str, Any]]) -> None:
        """Add what is no page: each has url, content, language, meta, filters. What is wrong with
        one of them is told by the next method."""
        for record in records:
            self._send("AddRecord", index_id=self._index, **record)

    def write(self, folder: Path) -> None:
        """Write the index into `folder`, with the script that reads it."""
        self._ask("WriteFiles", index_id=self._index, output_path=str(folder))
        # Pagefind 1.5 answers while the end of a file may still be on its way to the disk, and
        # would not wait for it if it were ended now.
        end = time.monotonic() + _PATIENCE
        unfinished = [path for path in folder.rglob("*") if path.is_file()]
        while unfinished := [path for path in unfinished if not _is_whole(path)]:
            if self._process.poll() is not None or time.monotonic() > end:
                raise PagefindFailed(f"it did not finish {unfinished[0].name}")
            time.sleep(0.01)

    def _send(self, kind: str, **payload: Any) -> int:
        self._asked += 1
        message = {"message_id": self._asked, "payload": {"type": kind, **payload}}
        assert self._process.stdin  # noqa: S101 - for the type checker; it is a pipe
        try:
            self._process.stdin.write(base64.b64encode(json.dumps(message).encode()) + b",")
        except OSError as error:
            raise PagefindFailed("it ended before it was asked everything") from error
        return self._asked

    def _ask(self, kind: str, **payload: Any) -> dict[str, Any]:
        number = self._send(kind, **payload)
        assert self._process.stdin  # noqa: S101 - for the type checker; it is a pipe
        with suppress(OSError):  # then the answer is None
            self._process.stdin.flush()
        while True:
            try:
                answer = self._said.get(timeout=_PATIENCE)
            except Empty:
                raise PagefindFailed("it does not answer") from None
            if answer is None:
                raise PagefindFailed("it ended without an answer")
            payload = answer["payload"]
            if payload["type"] == "Error":
                raise PagefindFailed(str(payload["message"]))
            if answer["message_id"] == number:
                return payload

    def _listen(self) -> None:
        assert self._process.stdout  # noqa: S101 - for the type checker; it is a pipe
        begun = b""
        with suppress(ValueError, OSError):
            while chunk := self._process.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
                *whole, begun = (begun + chunk).split(b",")
                for each in whole:
                    self._said.put(json.loads(base64.b64decode(each)))
        self._said.put(None)

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listening.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()


def _is_whole(path: Path) -> bool:
    """Whether a file that Pagefind wrote, in pieces of two megabytes, has come to its end."""
    size = path.stat().st_size
    if size < _PIECE:
        return size > 0
    try:
        with gzip.open(path) as file:
            while file.read(_PIECE):
                pass
    except (EOFError, OSError, zlib.error):
        return False
    return True
