"""Where a facilitator writes and what he pushes to: a bare repository, and a clone of it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .conftest import House


@dataclass
class Clone:
    """A clone of the bare repository that the house is served from."""

    folder: Path

    def git(self, *arguments: str) -> str:
        """What git printed, on both streams: with a push, what the hook said."""
        done = subprocess.run(
            ["git", "-c", "push.default=current", *arguments],
            cwd=self.folder,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        return done.stdout

    def write(self, path: str, text: str | None) -> None:
        """Write a file of the content and commit it; None takes it away."""
        target = self.folder / "content" / path
        if text is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        self.commit(f"Write {path}")

    def commit(self, subject: str) -> None:
        self.git("add", "--all", "content")
        self.git("commit", "--quiet", "-m", subject)

    def push(self, *more: str) -> str:
        """Push all that was committed; what the hook answered."""
        return self.git("push", "--quiet", *more)


def clone_of(house: House, bare: Path, folder: Path) -> Clone:
    """Have the house served from a new bare repository with its hook; the facilitator's clone."""
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(bare)], check=True
    )
    house.git("branch", "-M", "main")
    house.git("push", "--quiet", str(bare), "main")
    house.run("hooks", "install", str(bare))
    house.git("fetch", "--quiet", "origin")
    subprocess.run(["git", "clone", "--quiet", str(bare), str(folder)], check=True)
    clone = Clone(folder)
    clone.git("config", "user.email", "camille@example.org")
    clone.git("config", "user.name", "Camille Le Goff")
    return clone
