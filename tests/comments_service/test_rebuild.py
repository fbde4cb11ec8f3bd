"""What other hosts are really asked over HTTP, by the worker and by hand."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from comments_service import rebuild
from comments_service.actions.rebuilding import Question
from comments_service.domain.hosts import read_target
from comments_service.domain.people import Person
from comments_service.domain.rebuilding import SILENT, UNREACHABLE, Answer
from comments_service.settings import Settings, from_environment

from ..servers.building_host import BuildingHost, building_host
from .conftest import Circle

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
GITHUB, GITLAB = "/repos/camille/briefs/dispatches", "/api/v4/projects/7/trigger/pipeline"


@pytest.fixture
def host() -> Iterator[BuildingHost]:
    """A host that takes everything, until told otherwise."""
    with building_host() as running:
        yield running


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


def environ(tmp_path: Path, *targets: str, **more: str) -> dict[str, str]:
    return {
        "EMERGENCE_DATA": str(tmp_path),
        "EMERGENCE_SITE_URL": "https://briefs.example.org",
        "EMERGENCE_REBUILD": "\n".join(targets),
        "EMERGENCE_REBUILD_TOKEN": "tok3n-of-theirs",
        "EMERGENCE_REBUILD_SECRET": SECRET,
        "EMERGENCE_REBUILD_QUIET": "1",
        **more,
    }


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    return lambda *targets, **more: from_environment(environ(tmp_path, *targets, **more))


def question(url: str) -> Question:
    return Question(read_target(url, "tok3n-of-theirs"), "s3rvice", 7, ["farm", "mill"])


def asked(settings: Settings, url: str) -> Answer:
    return rebuild.ask(settings, question(url), datetime.now(UTC))


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain until {what}")
        time.sleep(0.01)


def test_github_hears_a_repository_dispatch(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    assert asked(settings_for(), host.url + GITHUB) == Answer(None)
    [(path, headers, body)] = host.asked
    assert path == GITHUB
    assert headers["authorization"] == "Bearer tok3n-of-theirs"
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["user-agent"]  # GitHub refuses whoever sends none
    assert json.loads(body) == {
        "event_type": "emergence-discussion",
        "client_payload": {"service": "s3rvice", "cursor": 7},
    }


def test_gitlab_hears_a_pipelines_trigger(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    host.status = 201
    assert asked(settings_for(), f"{host.url}{GITLAB}?ref=site") == Answer(None)
    [(path, headers, body)] = host.asked
    assert path == GITLAB
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body.decode()) == {"token": ["tok3n-of-theirs"], "ref": ["site"]}


def test_anything_else_hears_a_webhook_that_another_implementation_believes(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    host.status = 200
    assert asked(settings_for(), host.url + "/build_hooks/1?x=y") == Answer(None)
    [(path, headers, body)] = host.asked
    assert path == "/build_hooks/1?x=y" and "authorization" not in headers
    assert Webhook(SECRET).verify(body.decode(), headers) == {
        "event": "discussion.changed",
        "service": "s3rvice",
        "site": "https://briefs.example.org",
        "cursor": 7,
        "discussions": ["farm", "mill"],
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.decode().replace("7", "8"), headers)


def test_a_question_that_is_repeated_has_the_same_id(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    for _ in range(2):
        asked(settings_for(), host.url + "/hook")
    ids = {headers["webhook-id"] for _, headers, _ in host.asked}
    assert len(ids) == 1


def test_without_a_secret_a_webhook_is_not_signed(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    asked(settings_for(EMERGENCE_REBUILD_SECRET=""), host.url + "/hook")
    assert "webhook-signature" not in host.asked[0][1]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    host: BuildingHost, settings_for: Callable[..., Settings], status: int
) -> None:
    host.status, host.headers = status, {"Location": f"{host.url}/elsewhere"}
    assert asked(settings_for(), host.url + GITHUB) == Answer(str(status))
    assert [path for path, _, _ in host.asked] == [GITHUB]


@pytest.mark.parametrize("pause", ["7", "date", "", "soon", "-3"])
def test_a_host_says_when_to_come_back(
    host: BuildingHost, settings_for: Callable[..., Settings], pause: str
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    date = format_datetime(now + timedelta(seconds=7), usegmt=True)
    host.status = 429
    host.headers = {"Retry-After": date if pause == "date" else pause}
    answer = rebuild.ask(settings_for(), question(host.url + "/hook"), now)
    known = timedelta(seconds=7) if pause in ("7", "date") else None
    assert answer == Answer("429", known)


def test_an_answer_that_never_ends_is_not_read_to_its_end(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    host.status, host.body = 200, b"x" * 50_000_000
    assert asked(settings_for(), host.url + "/hook") == Answer(None)


@pytest.mark.parametrize("trickles", [True, False])
def test_a_host_that_is_slow_is_left(
    host: BuildingHost,
    settings_for: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
    trickles: bool,
) -> None:
    monkeypatch.setattr(rebuild, "LONGEST", 0.3)
    if trickles:
        host.status, host.body, host.pause = 200, b"x" * 1_000, 0.05
    else:
        host.open.clear()
    assert asked(settings_for(), host.url + "/hook") == Answer(SILENT)


def test_a_host_that_is_not_there_is_said_to_be_so(
    host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    assert asked(settings_for(), "http://127.0.0.1:1/hook") == Answer(UNREACHABLE)


def test_due_questions_are_asked_and_noted(
    circle: Circle, ada: Person, host: BuildingHost, settings_for: Callable[..., Settings]
) -> None:
    settings = settings_for(host.url + GITHUB, host.url + "/hook")
    assert rebuild.ask_due(settings, circle.store, lambda: circle.now) == 0
    circle.say(ada, "A change.")
    circle.wait(minutes=1)
    assert rebuild.ask_due(settings, circle.store, lambda: circle.now) == 2
    assert rebuild.ask_due(settings, circle.store, lambda: circle.now) == 0
    assert sorted(path for path, _, _ in host.asked) == ["/hook", GITHUB]


def test_no_secret_is_logged_or_kept(
    circle: Circle,
    ada: Person,
    host: BuildingHost,
    settings_for: Callable[..., Settings],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    settings = settings_for(host.url + GITHUB, host.url + "/build_hooks/5ecret-hook")
    for host.status in (204, 401):
        rebuild.ask_all(settings, circle.store, lambda: circle.now)
    assert len(host.asked) == 4
    with sqlite3.connect(tmp_path / "emergence.db") as db:
        kept = "\n".join(db.iterdump())
    db.close()
    for secret in ("tok3n", "5ecret", SECRET[6:]):
        assert secret not in caplog.text + kept + repr(settings.rebuild)


def ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def worker(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "comments_service.rebuild"]
    return subprocess.Popen(command, env=os.environ | variables, stderr=subprocess.DEVNULL)


def knows_it(path: Path, what: str = "1") -> bool:
    with sqlite3.connect(path / "emergence.db") as db:
        found = db.execute(f"SELECT count(*) FROM rebuild WHERE {what}").fetchone()  # noqa: S608
    db.close()
    return bool(found[0])


def test_a_worker_that_is_killed_while_it_asks_asks_again(
    circle: Circle, ada: Person, host: BuildingHost, tmp_path: Path
) -> None:
    circle.now = datetime.now(UTC)
    variables = environ(tmp_path, host.url + GITHUB)
    first = worker(variables)
    try:
        until(lambda: knows_it(tmp_path), "the worker knows its host")
        assert host.asked == []  # nothing had changed since
        host.open.clear()
        circle.say(ada, "A change.")
        until(lambda: host.asked, "the host is asked")
    finally:
        ended(first)
    host.open.set()
    second = worker(variables)
    try:
        until(lambda: len(host.asked) == 2, "the host is asked again")
        until(lambda: knows_it(tmp_path, "asked_at IS NOT NULL AND error IS NULL"), "it is noted")
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    finally:
        ended(second)
    assert len(host.asked) == 2


def test_a_worker_ends_at_once_though_its_host_is_slow(
    circle: Circle, ada: Person, host: BuildingHost, tmp_path: Path
) -> None:
    circle.now = datetime.now(UTC)
    host.open.clear()
    running = worker(environ(tmp_path, host.url + GITHUB))
    try:
        until(lambda: knows_it(tmp_path), "the worker knows its host")
        circle.say(ada, "A change.")
        until(lambda: host.asked, "the host is asked")
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
        assert not host.open.is_set()
    finally:
        ended(running)


def by_hand(variables: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "comments_service.cli", "rebuild"],
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def test_two_who_ask_at_once_wait_for_each_other(
    circle: Circle, host: BuildingHost, tmp_path: Path
) -> None:
    host.open.clear()
    both = [by_hand(environ(tmp_path, host.url + GITHUB)) for _ in range(2)]
    until(lambda: host.asked, "one of them asks")
    host.open.set()
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert (len(host.asked), host.at_once) == (2, 1)


@pytest.mark.parametrize(
    ("status", "code", "words"), [(204, 0, ": asked."), (404, 1, "not there for this token")]
)
def test_the_command_says_what_each_host_answered(
    circle: Circle, host: BuildingHost, tmp_path: Path, status: int, code: int, words: str
) -> None:
    host.status = status
    process = by_hand(environ(tmp_path, host.url + GITHUB))
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, words in said) == (code, True), said
    assert "camille/briefs" in said and "tok3n" not in said


def test_the_command_asks_nobody_when_nobody_is_named(circle: Circle, tmp_path: Path) -> None:
    process = by_hand(environ(tmp_path))
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and "EMERGENCE_REBUILD" in said


def test_trouble_with_the_database_ends_no_worker(
    settings_for: Callable[..., Settings], circle: Circle
) -> None:
    stop: Any = _StopAfter(2)
    circle.store._writer.execute("PRAGMA query_only = 1")
    rebuild.work(settings_for("https://example.org/hook"), circle.store, lambda: circle.now, stop)
    assert stop.looks > 2


class _StopAfter:
    """A stop that comes after some looks, without a clock."""

    def __init__(self, looks: int) -> None:
        self.looks, self._most = 0, looks

    def is_set(self) -> bool:
        self.looks += 1
        return self.looks > self._most

    def wait(self, seconds: float) -> None: ...
