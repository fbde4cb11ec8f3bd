"""Git, as the commands ask it: one call, one answer; what it refuses is one error."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What a hook leaves in the environment names its own repository, not the one that is meant.
_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)


class GitRefuses(Exception):
    """Git is missing, or did not do what it was asked; the message is its own last words."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that `folder` lies in, or the bare one that it is."""

    folder: Path

    def run(self, *arguments: str, given: str = "", seconds: float = 120) -> str:
        """What git prints, without white space at its end. Raises GitRefuses."""
        environ = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        environ |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the arguments are our own
                ["git", "-C", str(self.folder), *arguments],  # noqa: S607
                input=given,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="surrogateescape",
                env=environ,
                timeout=seconds,
                check=False,
            )
        except FileNotFoundError:
            raise GitRefuses("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise GitRefuses(f"git {arguments[0]} took more than {seconds:g} seconds") from None
        if done.returncode:
            told = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
            words = told.encode(
                "utf-8", "backslashreplace"
            ).decode()  # a name may be in any charset
            raise GitRefuses(f"git {arguments[0]}: {words}")
        return done.stdout.rstrip()

    @property
    def head(self) -> str:
        """The whole hash of HEAD. Raises GitRefuses, also before the first commit."""
        return self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
