"""The history of a whole site: how long a build asks git, from nothing and when it knows the log.

    python bench/history.py --opportunities 10000 --commits 50000

A repository is made by `git fast-import`: briefs of some 600 words with one update each, then
commits that change a sentence of one of them, now and then its phase, or rename its folder.
Ten thousand folders side by side are hard on git (each commit has a list of all of them), and it is
fast-import that this takes longest: with `--shelves 100` both are done in a fraction.
Measured is the plugin's part of a build: reading (attaching the history to every article) and
telling (what changed by the word, for the page of every article).
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.corpus import PHASES, part, slug_of, text  # noqa: E402
from plugins.history.reading import read  # noqa: E402

BEGIN = 1_767_600_000
AUTHORS = [f"Person {number} <person{number}@example.org>" for number in range(40)]
SHOWN = 20


class Brief:
    """A brief as it grows."""

    def __init__(self, number: int, shelves: int) -> None:
        self.rng = random.Random(number)
        shelf = f"{number % shelves:03}/" if shelves else ""
        self.folder = f"content/opportunities/{shelf}{slug_of(number)}"
        self.title = text(self.rng, 6)
        self.phase = 0
        self.paragraphs = [part(self.rng) for _ in range(6)]

    def change(self) -> str | None:
        """Change a sentence, or else something rarer; the former folder if that was renamed."""
        kind = self.rng.random()
        if kind < 0.01:
            former, self.folder = self.folder, f"{self.folder}-too"
            return former
        if kind < 0.1 and self.phase < len(PHASES) - 1:
            self.phase += 1
        place = self.rng.randrange(len(self.paragraphs))
        words = self.paragraphs[place].split(" ")
        at = self.rng.randrange(len(words))
        words[at : at + 3] = text(self.rng, 6).split()
        self.paragraphs[place] = " ".join(words)
        return None

    @property
    def words(self) -> bytes:
        head = f"Title: {self.title}\nDate: 2026-01-05\nPhase: {PHASES[self.phase]}\n"
        return (head + "\n" + "\n\n".join(self.paragraphs) + "\n").encode()


class Article:
    """What the plugin asks of an article."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.opportunity = self
        self.updates = ()
        self.status = "published"
        self.settings: dict[str, Any] = {}

    def get_relative_source_path(self) -> str:
        return self.path


def stream(briefs: list[Brief], commits: int) -> Iterator[bytes]:
    """What fast-import reads: the first commits bring a brief each, the others change one."""
    for number in range(commits):
        if number < len(briefs):
            brief, former = briefs[number], None
        else:
            brief = briefs[random.Random(number).randrange(len(briefs))]
            former = brief.change()
        who = AUTHORS[number % len(AUTHORS)]
        yield f"commit refs/heads/main\ncommitter {who} {BEGIN + number * 60} +0100\n".encode()
        subject = f"What we heard on day {number // 50}".encode()
        yield b"data %d\n%s\n" % (len(subject), subject)
        if former:
            yield f"R {former} {brief.folder}\n".encode()
        yield f"M 100644 inline {brief.folder}/brief.md\n".encode()
        yield b"data %d\n%s\n" % (len(brief.words), brief.words)
        if number < len(briefs):
            update = b"Title: First words\nDate: 2026-01-06\n\nThey told us a lot.\n"
            yield f"M 100644 inline {brief.folder}/updates/first-words.md\n".encode()
            yield b"data %d\n%s\n" % (len(update), update)


def make(folder: Path, opportunities: int, commits: int, shelves: int) -> list[Brief]:
    """A repository, checked out."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    briefs = [Brief(number, shelves) for number in range(opportunities)]
    importing = subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE
    )
    assert importing.stdin
    for words in stream(briefs, commits):
        importing.stdin.write(words)
    importing.stdin.close()
    assert importing.wait() == 0
    git(folder, "reset", "--quiet", "--hard", "main")
    return briefs


def git(folder: Path, *command: str) -> None:
    who = [f"GIT_{role}_{key}=x" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")]
    environment = {**os.environ, **dict(each.split("=") for each in who)}
    subprocess.run(["git", *command], cwd=folder, check=True, env=environment)


def measure(name: str, content: Path, cache: Path, briefs: list[Brief]) -> None:
    """A build's part, timed."""
    articles = [Article(f"{b.folder.removeprefix('content/')}/brief.md") for b in briefs]
    began = time.perf_counter()
    versions = read(content, cache, articles, PHASES)
    reading = time.perf_counter() - began
    assert versions
    for article in articles:
        shown: Any = article.history[:SHOWN]  # type: ignore[attr-defined]
        versions.prose(file for change in shown for file in change.files)
    telling = time.perf_counter() - began - reading
    versions.close()
    changes = sum(len(article.history) for article in articles)  # type: ignore[attr-defined]
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"  {name:32} reading {reading:6.2f} s, telling {telling:6.2f} s "
        f"({changes} changes; at most {held} MiB)",
        flush=True,
    )


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, default=10_000)
    parser.add_argument("--commits", type=int, default=50_000)
    parser.add_argument(
        "--shelves", type=int, default=0, help="folders between; 0: one flat folder"
    )
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="emergence-bench-"))
    began = time.perf_counter()
    briefs = make(folder, arguments.opportunities, arguments.commits, arguments.shelves)
    took = time.perf_counter() - began
    print(f"{len(briefs)} opportunities, {arguments.commits} commits (made in {took:.0f} s)")
    content, cache = folder / "content", folder / "var/cache"
    try:
        measure("from nothing", content, cache, briefs)
        measure("nothing new", content, cache, briefs)
        briefs[0].change()
        (folder / briefs[0].folder).mkdir(parents=True, exist_ok=True)
        (folder / briefs[0].folder / "brief.md").write_bytes(briefs[0].words)
        git(folder, "add", "--all", "content")
        git(folder, "commit", "--quiet", "-m", "One more")
        measure("one new commit", content, cache, briefs)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
