"""Mail in and out: messages a second through LMTP to durable comments, and from the outbox to an
SMTP server, beside what the same disk does bare; and the worker's memory with a long queue.

A comment that comes in is two transactions: its bytes, then the comment with an outbox row for each
of 12 followers. `python -m bench.mail [--seconds 8] [--letters 2000] [--queue 100000]`.
"""

import argparse
import os
import smtplib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from comments_service.actions import comments
from comments_service.domain.discussion import Door, Place
from comments_service.domain.ids import mint
from comments_service.domain.letters import Kind, Letter
from comments_service.mail.addresses import answer_address
from comments_service.opening import open_house
from comments_service.settings import Settings, from_environment

from .posting import an_audience, free_port

MAIL = """\
From: Person {author} <person{author}@example.org>
To: {to}
Subject: Re: Bench
Message-ID: <{id}@client.example.org>
Content-Type: text/plain; charset=utf-8

Thought number {id}, in a sentence as long as those that people write, and

then one more, so that there is something to render.

On Tue, 3 Nov 2026 at 09:00, Facilitator (via Emergence) wrote:
> What would your fields need?
> There is a river beside them, and forty farms along the river.
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=8)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--letters", type=int, default=2_000)
    arguments.add_argument("--queue", type=int, default=100_000)
    given = arguments.parse_args()

    def show(what: str, measure: Callable[[], float], unit: str = "a second") -> None:
        rounds = sorted(measure() for _ in range(given.rounds))
        spread = f"({rounds[0]:.0f} to {rounds[-1]:.0f})"
        print(f"  {what:52} {median(rounds):7.0f} {unit} {spread}", flush=True)

    print(f"\nmedian of {given.rounds} rounds of {given.seconds} s")
    show("bare disk: 4 kB appended, fsync", lambda: fsyncs(given.seconds))
    show("bare SQLite: 4 kB in a row, WAL, FULL", lambda: commits(given.seconds))
    for clients in (1, 4):
        what = f"LMTP to comments, {clients} connection{'s' if clients > 1 else ''}"
        show(what, lambda clients=clients: mails_in(clients, given.seconds))  # type: ignore[misc]
    show(f"outbox to SMTP, 1 worker, {given.letters} letters", lambda: mails_out(given.letters))
    print("\nmemory of the worker at its highest while it sends")
    for letters in (1_000, given.queue):
        print(f"  {letters:7} letters in the queue {memory(letters) / 1024:7.1f} MiB", flush=True)


def fsyncs(seconds: int) -> float:
    with tempfile.NamedTemporaryFile() as file:

        def append() -> None:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())

        return _rate(append, seconds)


def commits(seconds: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder, "bare.db"), isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE bare (words BLOB)")
        rate = _rate(lambda: db.execute("INSERT INTO bare VALUES (?)", [b"x" * 4096]), seconds)
        db.close()
        return rate


def _rate(act: Callable[[], object], seconds: float) -> float:
    done, begun = 0, time.monotonic()
    while (taken := time.monotonic() - begun) < seconds:
        act()
        done += 1
    return done / taken


def mails_in(clients: int, seconds: int) -> float:
    """Comments that stand in the database, a second, when `clients` connections send as fast as
    they are answered."""
    with tempfile.TemporaryDirectory() as folder:
        environ, port = _environ(folder), free_port()
        environ["EMERGENCE_LMTP"] = f"127.0.0.1:{port}"
        an_audience(environ)
        addresses = _answer_addresses(environ)
        with _running(["mail", "lmtp"], environ):
            _wait_for(port)
            begun, taken = time.monotonic(), [0] * clients
            threads = [
                threading.Thread(
                    target=_send_for, args=(port, seconds, addresses[number], number, taken)
                )
                for number in range(clients)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            lasted = time.monotonic() - begun
        kept = _count(environ, "SELECT count(*) FROM comment WHERE door = 'mail'")
        assert kept == sum(taken), f"{sum(taken)} answered with 250, {kept} comments"
        return kept / lasted


def _answer_addresses(environ: dict[str, str]) -> list[str]:
    """Where each of the 13 people answers a comment of the facilitator."""
    house = open_house(from_environment(environ))
    now, by = datetime.now(UTC), house.facilitators[0]
    rules = house.settings.house
    comments.contribute(
        house.store, rules, by, "bench", "What would you need?", Place(), door=Door.API, now=now
    )
    found = {}
    with house.store.reading() as look:
        for letter in look.letters(1_000):
            person = look.person(letter.person_id)
            if person and letter.kind is Kind.COMMENT:
                number = int(person.email.removeprefix("person").partition("@")[0])
                found[number] = answer_address(house.settings, letter)
    house.store.close()
    return [found[number] for number in sorted(found)]


def _send_for(port: int, seconds: int, to: str, author: int, taken: list[int]) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            id = f"{author}.{taken[author]}"
            client.sendmail("bench@example.org", to, MAIL.format(author=author, to=to, id=id))
            taken[author] += 1


def mails_out(letters: int) -> float:
    """Letters a second that one worker hands to an SMTP server on this machine."""
    with tempfile.TemporaryDirectory() as folder, _a_queue(folder, letters) as environ:
        left = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND due_at IS NOT NULL"
        with _running(["mail", "send"], environ):
            while (first := _count(environ, left)) == letters:
                time.sleep(0.01)
            begun = time.monotonic()
            while now_left := _count(environ, left):
                time.sleep(0.01)
        return (first - now_left) / (time.monotonic() - begun)


def memory(letters: int, seconds: int = 15) -> int:
    """The worker's memory at its highest (VmHWM, in kB), seconds after it began to send."""
    with tempfile.TemporaryDirectory() as folder, _a_queue(folder, letters) as environ:
        sent = "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL"
        with _running(["mail", "send"], environ) as worker:
            while not _count(environ, sent):
                time.sleep(0.05)
            time.sleep(seconds)
            status = Path(f"/proc/{worker.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0])


@contextmanager
def _a_queue(folder: str, letters: int) -> Iterator[dict[str, str]]:
    """A house with that many letters due, and an SMTP server that takes them."""
    port = free_port()
    environ = _environ(folder) | {"EMERGENCE_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    an_audience(environ)
    _fill(from_environment(environ), letters)
    sink = ["-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
    with _running(sink, environ, module="aiosmtpd"):
        _wait_for(port)
        yield environ


def _fill(settings: Settings, letters: int) -> None:
    """Letters that bring comments, twelve for each."""
    house = open_house(settings)
    rules, by, now = settings.house, house.facilitators[0], datetime.now(UTC)
    comment = comments.contribute(
        house.store, rules, by, "bench", "What would you need?", Place(), door=Door.API, now=now
    )
    due = now - timedelta(minutes=1)
    with house.store.reading() as look:
        people = look.ids_to_mail_each(comment.opportunity_id)
    people.remove(by.id)
    with house.store.transaction() as t:
        t.drop_letters_about(comment.id)
        for person_id in people:
            t.drop_letters_to(person_id, comment.opportunity_id)
        t.add_letters(
            [
                Letter(
                    id=mint(now),
                    kind=Kind.COMMENT,
                    person_id=people[number % len(people)],
                    message_id=comment.message_id,
                    created=now,
                    due=due,
                    opportunity_id=comment.opportunity_id,
                    subject=comment.id,
                )
                for number in range(letters)
            ]
        )
    house.store.close()


def _environ(folder: str) -> dict[str, str]:
    return os.environ | {
        "EMERGENCE_DATA": folder,
        "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
        "EMERGENCE_POSTS_AN_HOUR": "1000000000",
    }


def _count(environ: dict[str, str], question: str) -> int:
    path = Path(environ["EMERGENCE_DATA"], "emergence.db")
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    counted: int = db.execute(question).fetchone()[0]
    db.close()
    return counted


@contextmanager
def _running(
    command: list[str], environ: dict[str, str], module: str = "comments_service.cli"
) -> Iterator[subprocess.Popen[bytes]]:
    """The command of a module until the block ends."""
    with Path(environ["EMERGENCE_DATA"], "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *command],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                sys.exit(f"nobody listens on port {port}")
            time.sleep(0.05)


if __name__ == "__main__":
    main()
