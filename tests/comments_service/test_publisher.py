"""The worker that publishes what was pushed, on real repositories; nothing stops it for good."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from comments_service import publisher
from comments_service.actions import pushes
from comments_service.domain.letters import Kind
from comments_service.domain.pushes import Forge, Push, PushState
from comments_service.settings import Settings, from_environment

from .conftest import FACILITATOR, Circle

ROOT = Path(__file__).parents[2]
GOOD = "Title: A farm\nDate: 2026-11-03\nPhase: divergence\nFacilitator: Camille\n\nWords.\n"


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Camille", "-c", "user.email=camille@example.org")
    done = subprocess.run(
        ["git", *named, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout.strip()


@dataclass
class Works:
    """A bare repository, the served tree, and a clone that somebody pushes from."""

    bare: Path
    served: Path
    clone: Path
    circle: Circle
    settings: Settings
    told: int = 0

    def push(self, text: str) -> str:
        """Write the brief and push it; the commit. The forge then tells of it."""
        brief = self.clone / "content/opportunities/farm/brief.md"
        brief.parent.mkdir(parents=True, exist_ok=True)
        brief.write_text(text, encoding="utf-8")
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "-m", "Words")
        git(self.clone, "push", "--quiet", "origin", "main")
        return git(self.clone, "rev-parse", "HEAD")

    def tell(self, commit: str = "a" * 40) -> Push:
        self.told += 1
        now, digest = self.circle.now, f"digest {self.told}"
        return pushes.note(
            self.circle.store, digest, Forge.GITEA, "main", commit, FACILITATOR[1], now
        )

    def publish(self) -> int:
        store, clock = self.circle.store, lambda: self.circle.now
        return publisher.publish_waiting(
            self.settings, store, self.served, clock, threading.Event(), pauses=[0.01]
        )

    def became(self, push: Push) -> Push:
        with self.circle.store.reading() as look:
            found = look.push(push.id)
        assert found
        return found

    @property
    def head(self) -> str:
        return git(self.served, "rev-parse", "HEAD")


@pytest.fixture
def works(tmp_path: Path, circle: Circle) -> Works:
    environ = {"EMERGENCE_DATA": str(tmp_path), "EMERGENCE_HOOK_SECRET": "s" * 16}
    settings = from_environment(environ)
    bare, served, clone = (tmp_path / name for name in ("farm.git", "served", "clone"))
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(bare)], check=True
    )
    git(tmp_path, "clone", "--quiet", str(bare), str(clone))
    git(clone, "checkout", "--quiet", "-B", "main")
    made = Works(bare, served, clone, circle, settings)
    made.push(GOOD)
    git(tmp_path, "clone", "--quiet", str(bare), str(served))
    (served / "pelicanconf.py").write_bytes((ROOT / "pelicanconf.py").read_bytes())
    for name in ("theme", "plugins"):
        (served / name).symlink_to(ROOT / name)
    return made


def test_one_publishing_is_for_all_that_wait(works: Works) -> None:
    assert works.publish() == 0
    commit = works.push(GOOD.replace("Words", "Other words"))
    told = [works.tell("d" * 40), works.tell(), works.tell(commit)]
    assert works.publish() == 3
    assert works.head == commit, "whatever commits the payloads named"
    assert {works.became(one).state for one in told} == {PushState.WAITING}, "nobody serves"
    assert works.publish() == 0


def test_a_bad_push_leaves_the_tree_and_is_told_of_once(works: Works) -> None:
    before = works.head
    bad = works.push(GOOD.replace("divergence", "confusion"))
    push = works.tell(bad)
    works.publish()
    became = works.became(push)
    assert (became.state, became.tried, works.head) == (PushState.BAD, bad, before)
    [problem] = became.problems
    assert str(problem).startswith("content/opportunities/farm/brief.md:3: unknown phase")
    assert len(works.circle.letters(Kind.BAD_PUSH)) == 1
    record = json.loads((works.settings.data / "publish.json").read_text(encoding="utf-8"))
    assert record["state"] == "bad"


def test_a_forge_that_cannot_be_reached_is_tried_again_and_then_told_of(works: Works) -> None:
    works.bare.rename(works.bare.with_name("away.git"))
    push = works.tell()
    works.publish()
    assert works.became(push).state is PushState.REFUSED
    assert "fetch" in works.became(push).problems[0].message
    assert len(works.circle.letters(Kind.BAD_PUSH)) == 1


def test_a_forge_that_was_not_ready_is_not_told_of(
    works: Works,
) -> None:
    away = works.bare.with_name("away.git")
    works.bare.rename(away)
    push = works.tell()

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            away.rename(works.bare)
            return False

    store, clock = works.circle.store, lambda: works.circle.now
    publisher.publish_waiting(works.settings, store, works.served, clock, Stop(), [5])
    assert works.became(push).state is PushState.WAITING
    assert not works.circle.letters(Kind.BAD_PUSH)


def test_a_fault_is_told_of_like_a_bad_push(
    works: Works, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(publisher, "publish", broken)
    push = works.tell()
    works.publish()
    [problem] = works.became(push).problems
    assert "RuntimeError" in problem.message and "secret words" not in problem.message
    assert "publishing failed" in caplog.text


def test_nothing_stops_the_worker(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    stop = threading.Event()
    monkeypatch.setattr(publisher, "TROUBLE_SECONDS", 0.01)
    monkeypatch.setattr(publisher, "LOOK_SECONDS", 0.01)

    def broken(*_: object) -> int:
        calls.append(1)
        if len(calls) == 3:
            stop.set()
        raise OSError("the disk is gone")

    monkeypatch.setattr(publisher, "publish_waiting", broken)
    publisher.work(works.settings, works.circle.store, works.served, lambda: works.circle.now, stop)
    assert len(calls) == 3


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain until {what}")
        time.sleep(0.01)


def test_a_killed_worker_leaves_nothing_undone(works: Works) -> None:
    commit = works.push(GOOD.replace("Words", "Other words"))
    push = works.tell(commit)
    works.circle.store.close()
    environ = {k: v for k, v in os.environ.items() if not k.startswith("EMERGENCE_")}
    environ |= {
        "EMERGENCE_DATA": str(works.settings.data),
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
        "EMERGENCE_HOOK_SECRET": "s" * 16,
    }

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "comments_service.publisher"],
            cwd=works.served,
            env=environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.DEVNULL,
        )

    first = start()
    until(lambda: works.became(push).state is not PushState.ASKED, "it has begun")
    first.kill()
    first.wait()
    second = start()
    try:
        until(lambda: works.became(push).settled, "it is settled")
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(30)
    assert works.became(push).state is PushState.WAITING
    assert works.head == commit
