"""The builder as its parent runs it, and waiting for what it does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..discussion.small_site import ROOT, Site

T = TypeVar("T")
LONGEST = 60.0


def until(condition: Callable[[], T], what: str = "the condition") -> T:
    """The first true value of `condition`; fails after a minute."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        try:
            if value := condition():
                return value
        except (FileNotFoundError, json.JSONDecodeError):
            pass
        time.sleep(0.005)
    raise AssertionError(f"waited in vain for {what}")


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it has not only to be buried."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            != "Z"
        )
    except FileNotFoundError:
        return False


class Builder:
    """`python -m plugins.resident` on a small site."""

    def __init__(self, site: Site) -> None:
        self.folder = site.folder / "var/site"
        self.log = site.folder / "log.txt"
        self._site = site
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "plugins.resident", "--settings", "pelicanconf.py",
                 "--content", "content", "--site", "var/site"],
                cwd=self._site.folder,
                stdin=subprocess.PIPE,
                stderr=log,
                env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            )  # fmt: skip

    def end(self, number: int = signal.SIGTERM) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(LONGEST)
        finally:
            assert process.stdin
            process.stdin.close()

    @property
    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            (self.folder / "status.json").read_text(encoding="utf-8")
        )
        return found

    @property
    def build(self) -> str:
        return os.readlink(self.folder / "current")

    def wait_for(self, state: str, not_build: str | None = None) -> dict[str, Any]:
        """The status once it is that, of another build than `not_build`."""

        def reached() -> dict[str, Any] | None:
            status = self.status
            return status if status["state"] == state and self.build_or("") != not_build else None

        try:
            return until(reached, f"state {state}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log.read_text(encoding='utf-8')}") from None

    def build_or(self, none: str) -> str:
        try:
            return self.build
        except FileNotFoundError:
            return none

    def read(self, path: str) -> str:
        return (self.folder / "current" / path).read_text(encoding="utf-8")

    def page(self, slug: str) -> str:
        return self.read(f"opportunities/{slug}/index.html")

    def workers(self) -> list[int]:
        """The ids of the worker processes."""
        assert self.process
        path = Path(f"/proc/{self.process.pid}/task")
        children = [
            (each / "children").read_text(encoding="utf-8").split() for each in path.iterdir()
        ]
        return [int(pid) for several in children for pid in several]
