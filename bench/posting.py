"""Durable posts a second, ours beside Isso's: the same load, the same disk, one after the other.

Each of our posts is one transaction with its change and an outbox row for each of 12 followers.
`python -m bench.posting [--seconds 8] [--clients 1 8 32]`; needs `wrk` (Debian: wrk).
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from comments_service.actions import access, invitations
from comments_service.actions.manifest import FORMAT, take_manifest
from comments_service.domain.access import Scope
from comments_service.domain.tokens import sign
from comments_service.opening import open_house
from comments_service.settings import from_environment

SCRIPT = Path(__file__).parent / "posting.lua"
FOLLOWERS = 12


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=8)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    arguments.add_argument("--only", nargs="*", default=[])
    given = arguments.parse_args()
    servers = {
        "Isso, gunicorn 1 worker": lambda: isso(1),
        "Isso, gunicorn 4 workers": lambda: isso(4),
        "ours, granian (what serve runs)": lambda: ours("granian"),
        "ours, waitress 8 threads": lambda: ours("waitress"),
        "ours, gunicorn gthread 8": lambda: ours("gunicorn"),
    }
    chosen = [n for n in servers if not given.only or any(o in n for o in given.only)]
    for clients in given.clients:
        print(f"\n{clients} clients: median of {given.rounds} rounds of {given.seconds} s")
        for name in chosen:
            rounds = []
            for _ in range(given.rounds):
                with servers[name]() as (url, path, token):
                    rounds.append(load(url, path, token, clients, given.seconds))
            rate, p50, p99, wrong = (median(values) for values in zip(*rounds, strict=True))
            refused = f"  ({wrong:.0f} not taken)" if wrong else ""
            print(f"  {name:34} {rate:7.0f} req/s  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms{refused}")


def load(url: str, path: str, token: str, clients: int, seconds: int) -> tuple[float, ...]:
    """Posts taken (201 or 202) a second, median and 99th percentile in ms, posts not taken."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "-s", str(SCRIPT), url, "--", path]
    out = subprocess.run(
        [*command, token], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    line = next(line for line in out.splitlines() if line.startswith("RESULT")).split()
    requests, wrong, duration = int(line[1]), int(line[2]), float(line[5])
    return (requests - wrong) / duration, float(line[3]), float(line[4]), wrong


@contextmanager
def isso(workers: int) -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        conf = Path(folder, "isso.cfg")
        conf.write_text(
            f"[general]\ndbpath = {folder}/comments.db\nhost = http://127.0.0.1:{port}/\n"
            "[guard]\nenabled = false\n[moderation]\nenabled = false\n",
            encoding="utf-8",
        )
        command = ["-m", "gunicorn", "-w", str(workers), "-b", f"127.0.0.1:{port}"]
        command += ["--preload", "isso.run"]  # as Isso documents it
        environ = os.environ | {"ISSO_SETTINGS": str(conf)}
        with running(command, environ, f"http://127.0.0.1:{port}/", folder):
            yield f"http://127.0.0.1:{port}", "/new?uri=%2Fbench%2F&title=Bench", ""


@contextmanager
def ours(server: str) -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environ = os.environ | {
            "EMERGENCE_DATA": folder,
            "PORT": str(port),
            "EMERGENCE_POSTS_AN_HOUR": "1000000000",
        }
        command = {
            "granian": ["-m", "comments_service.server"],
            "waitress": [
                *("-m", "waitress", "--listen", f"127.0.0.1:{port}", "--threads", "8"),
                *("--call", "comments_service.server:application"),
            ],
            "gunicorn": [
                *("-m", "gunicorn", "-k", "gthread", "--threads", "8", "-b", f"127.0.0.1:{port}"),
                "comments_service.server:application()",
            ],
        }[server]
        token = an_audience(environ)
        with running(command, environ, f"http://127.0.0.1:{port}/api/v1/openapi.json", folder):
            yield f"http://127.0.0.1:{port}", "/api/v1/opportunities/bench/comments", token


def an_audience(environ: dict[str, str]) -> str:
    """An opportunity with an author and 12 followers; the author's token."""
    settings = from_environment(environ)
    house = open_house(settings)
    now = datetime.now(UTC)
    entry = {
        "slug": "bench",
        "aliases": [],
        "title": "Bench",
        "language": "en",
        "phase": "divergence",
        "url": f"{settings.site_url}/opportunities/bench/",
        "facilitator": "",
        "updates": [],
    }
    take_manifest(house.store, settings.house, {"format": FORMAT, "opportunities": [entry]}, now)
    rules, by = settings.house, house.facilitators[0]
    for number in range(FOLLOWERS + 1):
        guest = invitations.Guest(f"Person {number}", f"person{number}@example.org")
        invited = invitations.invite(house.store, rules, by, "bench", guest, now)
        invitations.accept(house.store, rules, invited.invitation.id, now)
    grant = access.make_api_token(house.store, invited.invitation.person, "bench", now)
    house.store.close()
    return sign(settings.secret, Scope.API, grant.id)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    command: list[str], environ: dict[str, str], url: str, folder: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The Python command, from the moment in which `url` answers until the block ends."""
    with Path(folder, "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *command], env=environ, stdout=log, stderr=log, stdin=subprocess.PIPE
        )
        try:
            end = time.monotonic() + 30
            while not answers(url):
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit(Path(folder, "log").read_text(encoding="utf-8"))
                time.sleep(0.05)
            yield process
        finally:
            process.terminate()
            process.wait(20)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
