"""The folder that is served: `builds/<n>/`, the symlink `current`, and `status.json`."""

import json
import os
import shutil
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict


class Problem(TypedDict):
    """What kept a build from being made: the file and line where to look, if known."""

    file: str
    line: int | None
    message: str


class Builds:
    """Builds in one folder. Only one process may write here; anybody may read."""

    def __init__(self, site: Path) -> None:
        self.site = site.absolute()
        self._builds = self.site / "builds"
        self._builds.mkdir(parents=True, exist_ok=True)

    def fresh(self) -> int:
        """The number of a build that does not exist yet."""
        return max([0, *self._numbers()]) + 1

    def folder(self, number: int) -> Path:
        """Where a build is, or will be."""
        return self._builds / str(number)

    def current(self) -> int | None:
        """The number of the build that is served."""
        try:
            return int(Path(os.readlink(self.site / "current")).name)
        except (OSError, ValueError):
            return None

    def swap_in(self, number: int) -> None:
        """Serve that build from now on. At no moment is there no current build."""
        link = self.site / ".current.next"
        with suppress(FileNotFoundError):
            link.unlink()
        link.symlink_to(Path("builds", str(number)))
        os.replace(link, self.site / "current")

    def remove(self, number: int) -> None:
        """Remove a build that came to nothing."""
        shutil.rmtree(self.folder(number), ignore_errors=True)

    def remove_all_but(self, kept: Iterable[int | None]) -> None:
        """Remove all other builds. (The one before is kept: somebody may be reading from it.)

        Done behind the caller: ten thousand pages may take a busy disk most of a minute.
        """
        others = set(self._numbers()) - set(kept)

        def remove() -> None:
            for number in others:
                self.remove(number)

        threading.Thread(target=remove, name="remove builds", daemon=True).start()

    def tell(self, state: str, commit: str, problems: list[Problem], log: deque[str]) -> None:
        """Write `status.json`, which is replaced as a whole. `commit` is what is told about: the
        newest one that the build spoken of has in it, as far as git knows."""
        status = {
            "state": state,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "build": self.current(),
            "commit": commit,
            "problems": problems,
            "log": "".join(log),
        }
        next_status = self.site / ".status.next"
        next_status.write_text(json.dumps(status, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(next_status, self.site / "status.json")

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self._builds.iterdir() if path.name.isdigit()]
