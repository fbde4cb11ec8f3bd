"""From a comment that the service has to the comment in the static file, at two sizes of the site.

    python bench/publish.py --opportunities 100 10000 --comments 10

Real builder, real theme, real files; in place of the service a small HTTP server with long polls
(that of the tests), so that what is measured is the way back and nothing else: from the moment that
the service has the comment until a reader of the file finds it there.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import corpus  # noqa: E402
from tests.plugins.discussion.standin import Service  # noqa: E402


def until(condition: Callable[[], Any], seconds: float = 3600, pause: float = 0.05) -> Any:
    """The first true value of `condition`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(pause)
    raise TimeoutError


def milliseconds(times: list[float]) -> str:
    """Median, 99th percentile and the worst."""
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return (
        f"median {statistics.median(ordered) * 1000:.1f} ms, "
        f"p99 {p99 * 1000:.1f} ms, worst {ordered[-1] * 1000:.1f} ms"
    )


class Run:
    """A builder on a corpus."""

    def __init__(self, folder: Path, opportunities: int, comments: int) -> None:
        self.folder, self.opportunities, self.comments = folder, opportunities, comments
        self.service = Service()
        corpus.write_content(folder / "content", opportunities)
        for told in corpus.discussions(opportunities, comments):
            self.service.tell(told["slug"], *told["comments"], people=told["people"])
        self.site = folder / "var/site"
        self._log = (folder / "log.txt").open("wb")
        self.environment = {
            **os.environ,
            "EMERGENCE_DATA": str(folder / "var"),
            "EMERGENCE_DISCUSSION_URL": self.service.url,
            "EMERGENCE_CACHE": "0",
        }
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "plugins.resident", "--settings", str(ROOT / "pelicanconf.py"),
             "--content", str(folder / "content"), "--site", str(self.site)],
            cwd=ROOT, stdin=subprocess.PIPE, stderr=self._log, env=self.environment,
        )  # fmt: skip
        until(self._is_ready)
        self.build_seconds = time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            status = json.loads((self.site / "status.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        if status["state"] == "failed":
            raise RuntimeError(status["problems"], status["log"])
        return bool(status["state"] == "ok")

    def end(self) -> None:
        """End builder and service."""
        self.process.terminate()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self._log.close()
        self.service.stop()

    def memory(self) -> int:
        """MiB that the worker holds."""
        task = Path(f"/proc/{self.process.pid}/task")
        worker = next(
            w for t in task.iterdir() for w in (t / "children").read_text(encoding="utf-8").split()
        )
        lines = Path(f"/proc/{worker}/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) // 1024

    def publish(self, changes: int, pause: float) -> tuple[list[float], list[float]]:
        """Seconds until the page, and until the home page, of each of so many comments."""
        rng = random.Random(7)  # noqa: S311 - the same order in every run
        pages = []
        for place in range(changes):
            number = rng.randrange(self.opportunities)
            author = corpus.mint(1 + rng.randrange(12))
            said = corpus.comment(number, self.comments + place, author, None, rng)
            name = f"current/opportunities/{corpus.slug_of(number)}/index.html"
            pages.append(self._one(corpus.slug_of(number), said, self.site / name))
            time.sleep(pause)
        return pages, [self._home(rng, changes + place) for place in range(5)]

    def _one(self, slug: str, said: dict[str, Any], path: Path) -> float:
        anchor = f'c-{said["id"]}"'.encode()
        before = path.stat().st_ino
        began = time.perf_counter()
        self.service.tell(slug, said)
        while path.stat().st_ino == before or anchor not in path.read_bytes():
            time.sleep(0.0002)
        return time.perf_counter() - began

    def _home(self, rng: random.Random, place: int) -> float:
        number = rng.randrange(self.opportunities)
        path = self.site / "current/index.html"
        before = path.stat().st_ino
        said = corpus.comment(number, self.comments + place, corpus.mint(1), None, rng)
        began = time.perf_counter()
        self.service.tell(corpus.slug_of(number), said)
        until(lambda: path.stat().st_ino != before, 30, 0.005)
        took = time.perf_counter() - began
        time.sleep(3)
        return took


PLAIN = """\
PATH = "content"
OUTPUT_PATH = "plain"
TIMEZONE = "UTC"
PLUGINS = []
PATH_METADATA = r"opportunities/(?P<slug>[^/]+)/.*"
ARTICLE_PATHS = ["opportunities"]
ARTICLE_EXCLUDES = []
IGNORE_FILES = ["updates"]
DEFAULT_PAGINATION = 50
FEED_MAX_ITEMS = 50
"""
BARE = """\
THEME = "simple"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = TRANSLATION_FEED_ATOM = None
DIRECT_TEMPLATES = ["index", "tags"]
CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = ""
"""
MOST_AS_IT_COMES = 1_000  # at 10,000 briefs its own theme takes twelve minutes


def plain_seconds(folder: Path, more: str = "") -> float:
    """How long Pelican takes for the same briefs without our plugins (and without updates)."""
    conf = folder / "plain.py"
    conf.write_text(PLAIN + more, encoding="utf-8")
    began = time.monotonic()
    command = [sys.executable, "-m", "pelican", "-s", str(conf), "-q"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--comments", type=int, default=10)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two comments")
    parser.add_argument("--plain", action="store_true", help="time plain Pelican as well")
    arguments = parser.parse_args()
    for opportunities in arguments.opportunities:
        folder = Path(tempfile.mkdtemp(prefix="emergence-bench-"))
        run = Run(folder, opportunities, arguments.comments)
        try:
            print(f"{opportunities} opportunities, {arguments.comments} comments each")
            print(f"  full build   {run.build_seconds:.1f} s, worker holds {run.memory()} MiB")
            pages, homes = run.publish(arguments.changes, arguments.pause)
            print(f"  page         {milliseconds(pages)} ({len(pages)} comments)")
            print(f"  home page    {milliseconds(homes)}; worker holds {run.memory()} MiB")
        finally:
            run.end()
        if arguments.plain:
            print(f"  plain Pelican, barest theme, no feeds: {plain_seconds(folder, BARE):.1f} s")
            if opportunities <= MOST_AS_IT_COMES:
                print(f"  plain Pelican as it comes: {plain_seconds(folder):.1f} s", flush=True)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
