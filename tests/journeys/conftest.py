"""A whole house in a folder: its own git repository, its own data, all its processes running."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from ..servers.postfix import Postfix, running_postfix

ROOT = Path(__file__).parents[2]
MAIL_DOMAIN = "talk.example.org"
PEOPLE = [f"{name}@example.org" for name in ("camille", "ada", "bob", "chloe", "dora")]
PEOPLE += ["vera@example.net", "ada@example.net"]

BRIEF = """\
Title: A data platform for a farmers’ cooperative
Date: 2026-11-03 09:00
Phase: divergence
Facilitator: Camille Le Goff
Client: a cooperative in Brittany
Summary: Forty farms share what their soil tells them.
Tags: data, soil

What the *soil* tells them.
"""


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Return as soon as `true()`; fail, saying `what` was waited for, when it never is."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds} s in vain until {what}")
        time.sleep(0.01)


@dataclass
class House:
    """`emergence` in a folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def site(self) -> Path:
        return self.folder / "var" / "site" / "current"

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True)

    def write(self, path: str, text: str) -> None:
        """Write a file of the content and commit it."""
        target = self.folder / "content" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.git("add", "content")
        self.git("commit", "-m", f"Write {path}")

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "comments_service.cli", *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments).stdout)

    def start(self, page: str = "/") -> None:
        """Serve, and return when the site answers, or another page."""
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "comments_service.cli", "serve"],
                cwd=self.folder,
                env=self.environ,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        until(lambda: self.get(page)[0] == 200, f"the site answers: {self.log()}", 90)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None

    def kill(self) -> None:
        """Kill the top process with -9 and wait until nothing of it answers any more."""
        assert self.process
        self.process.kill()
        self.process.wait()
        self.process = None
        until(lambda: self.get("/")[0] == 0, "its children have ended too")

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=40) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def log(self) -> str:
        path = self.folder / "serve.log"
        return path.read_text(errors="replace", encoding="utf-8")[-3000:] if path.exists() else ""

    def page(self, slug: str) -> str:
        """The static file of an opportunity's page in whatever language, or nothing."""
        paths = (self.site / root / "opportunities" / slug / "index.html" for root in ("", "fr"))
        return next((path.read_text(encoding="utf-8") for path in paths if path.exists()), "")

    def letters(self) -> list[str]:
        """What was mailed, oldest first."""
        paths = sorted((self.folder / "var/mail").glob("new/*"), key=lambda p: p.stat().st_mtime)
        return [path.read_text(encoding="utf-8", errors="replace") for path in paths]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house with the project's theme and settings, and no content yet; not started."""
    folder = tmp_path / "house"
    (folder / "content").mkdir(parents=True)
    for name in ("pelicanconf.py", "publishconf.py"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    for name in ("theme", "plugins"):
        (folder / name).symlink_to(ROOT / name)
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith("EMERGENCE_")}
    environ |= {
        "EMERGENCE_DATA": str(folder / "var"),
        "PORT": str(port),
        "EMERGENCE_LMTP": f"127.0.0.1:{free_port()}",
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
    }
    house = House(folder, port, environ=environ)
    house.git("init", "--quiet")
    house.git("config", "user.email", "camille@example.org")
    house.git("config", "user.name", "Camille Le Goff")
    yield house
    house.stop()


@pytest.fixture
def postfix(house: House) -> Iterator[Postfix]:
    """A real mail server between the house and the mailboxes of its people."""
    port = int(house.environ["EMERGENCE_LMTP"].rpartition(":")[2])
    with running_postfix(MAIL_DOMAIN, port, PEOPLE) as server:
        house.environ |= {
            "EMERGENCE_AUTHSERV_ID": MAIL_DOMAIN,
            "EMERGENCE_MAIL_DOMAIN": MAIL_DOMAIN,
            "EMERGENCE_MAIL_GRACE": "1",
            "EMERGENCE_SMTP_URL": server.url,
        }
        yield server


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone, 360 px wide."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, is_mobile=True)
    yield context
    context.close()


@pytest.fixture
def phone_without_script(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, java_script_enabled=False
    )
    yield context
    context.close()
