"""From `git push` to the new words in the served file, beside a build by plain `pelican`.

    python -m bench.push --opportunities 100 1000

A bare repository, its hook, a clone that `emergence serve` runs in and a clone that is written in:
all real, nobody else says anything. Every push changes one brief.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import corpus
from .publish import until

ROOT = Path(__file__).resolve().parents[1]
WHO = ("-c", "user.name=Camille", "-c", "user.email=camille@example.org")
NO_SEARCH = "\nSEARCH = False  # its index is made behind the build: bench/search.py\n"
CLI = (sys.executable, "-m", "comments_service.cli")


@dataclass(frozen=True, slots=True)
class Push:
    """One push, in seconds from its start; and how many builds it led to."""

    checked: float  # the builder has begun with it
    live: float  # its words stand in the served file
    returned: float  # the pusher reads that it is live
    builds: int


class House:
    """What is served, what is pushed to, and where the facilitator writes."""

    def __init__(self, folder: Path, opportunities: int) -> None:
        self.folder, self.opportunities = folder, opportunities
        self.bare, self.served, self.desk = folder / "bare.git", folder / "served", folder / "desk"
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("EMERGENCE_", "GIT_"))},
            "EMERGENCE_DATA": str(folder / "var"),
            "EMERGENCE_LMTP": "off",
            "PORT": str(_free_port()),
        }
        self._make()
        self._log = (folder / "log.txt").open("wb")
        began = time.perf_counter()
        self.process = subprocess.Popen(
            [*CLI, "serve"], cwd=self.served, env=self.environ, stdin=subprocess.DEVNULL,
            stdout=self._log, stderr=self._log,
        )  # fmt: skip
        until(lambda: self.status().get("state") == "ok")
        self.build_seconds = time.perf_counter() - began

    def _make(self) -> None:
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        git(self.folder, "clone", "--quiet", str(self.bare), str(self.desk))
        corpus.write_content(self.desk / "content", self.opportunities)
        git(self.desk, "add", "--all")
        git(self.desk, "commit", "--quiet", "-m", "Begin")
        git(self.desk, "push", "--quiet", "origin", "HEAD:main")
        git(self.folder, "clone", "--quiet", str(self.bare), str(self.served))
        conf = (ROOT / "pelicanconf.py").read_text(encoding="utf-8")
        (self.served / "pelicanconf.py").write_text(conf + NO_SEARCH, encoding="utf-8")
        for name in ("theme", "plugins"):
            shutil.copytree(ROOT / name, self.served / name)
        install = [*CLI, "hooks", "install", str(self.bare)]
        subprocess.run(install, cwd=self.served, env=self.environ, check=True, capture_output=True)

    def status(self) -> dict[str, Any]:
        """What the builder says of itself."""
        try:
            text = (self.folder / "var/site/status.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        status: dict[str, Any] = json.loads(text)
        if status["state"] == "failed":
            raise RuntimeError(status["problems"], status["log"])
        return status

    def push(self, number: int) -> Push:
        """Change a brief, push, and see when it is there; returns when the builder is at rest."""
        slug, words = corpus.slug_of(number), f"Words-of-push-{number}."
        brief = self.desk / "content/opportunities" / slug / "brief.md"
        brief.write_text(brief.read_text(encoding="utf-8") + f"\n{words}\n", encoding="utf-8")
        git(self.desk, "commit", "--quiet", "--all", "-m", words)
        page = self.folder / "var/site/current/opportunities" / slug / "index.html"
        before, reached = self.status()["build"], {}
        began = time.perf_counter()

        def look() -> None:
            until(lambda: self.status()["state"] == "building", pause=0.005)
            reached["checked"] = time.perf_counter() - began
            until(lambda: words in page.read_text(encoding="utf-8"), pause=0.005)
            reached["live"] = time.perf_counter() - began

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        said = git(self.desk, "push", "--quiet", "origin", "HEAD:main")
        returned = time.perf_counter() - began
        assert "Live" in said, said
        looking.join()
        builds = self._at_rest() - before
        return Push(reached["checked"], reached["live"], returned, builds)

    def _at_rest(self) -> int:
        since = time.monotonic()
        while time.monotonic() - since < 2:
            if self.status()["state"] != "ok":
                since = time.monotonic()
            time.sleep(0.05)
        build: int = self.status()["build"]
        return build

    def end(self) -> None:
        """End all of it."""
        self.process.terminate()
        self.process.wait()
        self._log.close()

    def plain_seconds(self) -> float:
        """How long `pelican` takes for the same content, with what the builder had cached."""
        output = str(self.folder / "plain")
        command = [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-q"]
        began = time.perf_counter()
        subprocess.run(
            [*command, "-o", output], cwd=self.served, check=True, stdout=subprocess.DEVNULL,
            env={**self.environ, "EMERGENCE_DISCUSSION_URL": ""},
        )  # fmt: skip
        return time.perf_counter() - began


def git(folder: Path, *command: str) -> str:
    """What git printed, and with a push what the hook said."""
    return subprocess.run(
        ["git", *WHO, *command], cwd=folder, check=True, text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ).stdout  # fmt: skip


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def tell(pushes: list[Push], plain: float) -> None:
    """Print what was measured; the first push apart, whose check had read nothing before."""
    first, *others = pushes
    for name in ("checked", "live", "returned"):
        later = statistics.median(getattr(push, name) for push in others)
        print(
            f"  {name:9} {later:6.1f} s  {later / plain:.2f}× of `pelican`"
            f"  (first push {getattr(first, name):.1f} s)"
        )
    print(f"  builds    {[push.builds for push in pushes]}; `pelican` {plain:.1f} s", flush=True)


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--pushes", type=int, default=4, help="two at least")
    arguments = parser.parse_args()
    for opportunities in arguments.opportunities:
        folder = Path(tempfile.mkdtemp(prefix="emergence-bench-"))
        house = House(folder, opportunities)
        try:
            print(f"{opportunities} opportunities; first build {house.build_seconds:.1f} s")
            pushes = [house.push(number) for number in range(arguments.pushes)]
        finally:
            house.end()
        tell(pushes, house.plain_seconds())
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
