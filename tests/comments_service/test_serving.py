import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comments_service import serving
from comments_service.domain.hosts import read_target
from comments_service.processes import Child
from comments_service.settings import Settings, from_environment
from comments_service.values import BadSettings


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """The settings of a new house, with some changed."""
    return lambda **changed: replace(from_environment({"EMERGENCE_DATA": str(tmp_path)}), **changed)


@pytest.mark.parametrize(
    ("changed", "doors"),
    [
        ({}, {"lmtp"}),
        ({"lmtp": None}, set()),
        ({"lmtp": None, "imap_url": "imaps://me:secret@mail.example.org/INBOX"}, {"fetch"}),
        ({"imap_url": "imaps://me:secret@mail.example.org/INBOX"}, {"lmtp", "fetch"}),
        ({"hook_secret": "s" * 16}, {"lmtp", "publish"}),
        ({"rebuild": (read_target("https://example.org/hook", ""),)}, {"lmtp", "rebuild"}),
    ],
)
def test_a_door_of_mail_is_a_process_when_it_is_open(
    settings: Callable[..., Settings], changed: dict[str, Any], doors: set[str]
) -> None:
    names = {child.name for child in serving.children(settings(**changed))}
    assert names == {"web", "builder", "mail"} | doors


def test_nothing_is_built_here_when_another_host_builds_the_site(
    settings: Callable[..., Settings],
) -> None:
    elsewhere = settings(manifest="https://example.org/opportunities.json")
    assert "builder" not in {child.name for child in serving.children(elsewhere)}


def test_the_greeting_says_where_mail_comes_in_and_no_password(
    settings: Callable[..., Settings],
) -> None:
    words = serving.greeting(
        settings(imap_url="imaps://me:secret@mail.example.org/INBOX"), "link", first=False
    )
    assert "by LMTP at 127.0.0.1:8024" in words
    assert "from the mailbox at mail.example.org" in words
    assert "secret" not in words and "me:" not in words


def test_a_house_without_a_door_says_nothing_of_mail_coming_in(
    settings: Callable[..., Settings],
) -> None:
    assert "Mail comes in" not in serving.greeting(settings(lmtp=None), "link", first=False)


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port at which somebody listens as granian does: willing to share it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_second_serve_in_one_folder_is_refused(settings: Callable[..., Settings]) -> None:
    with (
        serving.alone(settings(port=free_port())),
        pytest.raises(BadSettings, match="Another `emergence serve` uses .*EMERGENCE_DATA"),
        serving.alone(settings(port=free_port())),
    ):
        pass
    with serving.alone(settings(port=free_port())):
        pass  # whoever ends makes room


def test_a_taken_port_is_refused_even_if_it_could_be_shared(
    settings: Callable[..., Settings], taken: socket.socket
) -> None:
    port = taken.getsockname()[1]
    with (
        pytest.raises(BadSettings, match=f"127.0.0.1:{port} already.*set PORT"),
        serving.alone(settings(port=port)),
    ):
        pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_of_no_machine_here_is_named(settings: Callable[..., Settings], host: str) -> None:
    with (
        pytest.raises(BadSettings, match="EMERGENCE_HOST"),
        serving.alone(settings(host=host, port=free_port())),
    ):
        pass


def test_after_a_kill_the_next_start_waits_for_what_was_left_running(
    settings: Callable[..., Settings], tmp_path: Path, taken: socket.socket
) -> None:
    program = """
import sys
from comments_service import serving
from comments_service.settings import from_environment
with serving.alone(from_environment({"EMERGENCE_DATA": sys.argv[1], "PORT": sys.argv[2]})):
    print("alone", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path), str(free_port())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout and first.stdout.readline() == b"alone\n"
        first.kill()
    leaves = threading.Timer(0.5, taken.close)
    leaves.start()
    with serving.alone(settings(port=taken.getsockname()[1])):
        leaves.join()


def test_serve_says_in_one_line_why_it_does_not_start(
    settings: Callable[..., Settings], tmp_path: Path, taken: socket.socket
) -> None:
    environ = {"EMERGENCE_DATA": str(tmp_path), "PORT": str(taken.getsockname()[1])}
    command = [sys.executable, "-m", "comments_service.cli", "serve"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.startswith("Error: Something listens at 127.0.0.1:")
    assert done.stderr.count("\n") == 1


def test_the_builder_begins_when_the_web_process_takes_connections(
    settings: Callable[..., Settings], taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = free_port()
    assert serving._web_answers(settings(port=taken.getsockname()[1]))()
    assert not serving._web_answers(settings(port=nobody))()
    monkeypatch.setattr(serving, "WEB_STARTS", -1.0)
    assert serving._web_answers(settings(port=nobody))()


def test_a_child_is_started_from_the_moment_that_it_may_be(tmp_path: Path) -> None:
    mark, may = tmp_path / "started", False
    write = f"open({str(mark)!r}, 'w', encoding='utf-8').close()"
    child = Child("writer", [sys.executable, "-c", write], {}, when=lambda: may)
    child.keep_running()
    assert child._process is None
    may = True
    child.keep_running()
    assert child._process and child._process.wait(30) == 0 and mark.exists()
    child.end()


def test_a_child_that_is_ended_hears_of_it_once(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    listen = f"""
import pathlib, signal, sys, time
from comments_service.processes import leave_with_parent
heard, told = pathlib.Path({str(heard)!r}), []
signal.signal(signal.SIGTERM, lambda *_: told.append("once"))
leave_with_parent()
heard.write_text("ready", encoding="utf-8")
while not told:
    time.sleep(0.01)
time.sleep(0.3)
heard.write_text(" and ".join(told), encoding="utf-8")
"""
    child = Child(
        "listener",
        [sys.executable, "-c", listen],
        {"PYTHONPATH": str(Path(serving.__file__).parents[1])},
    )
    child.keep_running()
    for _ in range(6_000):
        if heard.exists() and heard.read_text(encoding="utf-8") == "ready":
            break
        time.sleep(0.01)
    child.end()
    assert heard.read_text(encoding="utf-8") == "once"
