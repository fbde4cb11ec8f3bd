"""Fetching from a real Dovecot."""

import contextlib
import imaplib
import logging
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from imap_tools import MailMessage
from imap_tools.idle import IdleManager

from comments_service.actions import receiving
from comments_service.domain.incoming import Fate
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.mail import imap, receive
from comments_service.settings import Settings
from tests.servers.dovecot import WITHOUT_IDLE, Dovecot, running_dovecot

from .conftest import Town
from .correspondence import answer, asked, came_in, revoke_answers, said
from .doors import until

FARM = "discuss+farm@talk.example.org"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@dataclass
class Post:
    """A mailbox of this test's own, and the house that fetches from it."""

    town: Town
    server: Dovecot
    user: str
    where: str  # at which Ada answers

    @property
    def settings(self) -> Settings:
        return replace(self.town.house.settings, imap_url=self.server.url(self.user))

    def put(self, text: str, *, sender: str = "ada@example.org", **headers: str) -> None:
        headers = headers or {"To": self.where}
        self.server.put(self.user, answer(sender, text, **headers))

    def fetch(self) -> int:
        return imap.fetch_once(self.settings, self.town.house.store, self.town.clock)

    @property
    def unread_and_read(self) -> tuple[int, int]:
        return self.server.unread(self.user), self.server.read(self.user)


@pytest.fixture
def post(town: Town, ada: Person, dovecot: Dovecot, request: pytest.FixtureRequest) -> Post:
    town.say(town.facilitator, "What do you think?")
    return Post(town, dovecot, f"u{abs(hash(request.node.nodeid))}", asked(town, ada))


def test_what_is_for_us_becomes_a_comment_and_is_marked_as_read(post: Post, town: Town) -> None:
    post.put("Yes")
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]
    assert post.unread_and_read == (0, 1)
    assert post.fetch() == 0
    [kept] = came_in(town)
    assert (kept.door, kept.sender, kept.recipient) == ("imap", "?", post.where)


def test_the_bytes_are_kept_as_they_came(post: Post, town: Town) -> None:
    raw = (
        b"to: <%s>\nFROM:  ada@example.org\nX-Odd:\tone\n\ttwo\n\nYes, \xe9\n" % post.where.encode()
    )
    post.server.put(post.user, raw)
    post.fetch()
    [kept] = came_in(town)
    assert receiving.raw_mail(town.house.store, kept.id) == raw.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    "headers",
    [
        {"To": "Emergence <{}>"},
        {"To": "team@example.org", "Cc": "Bob <bob@example.org>, {}"},
        {"To": "team@example.org", "Delivered-To": "{}"},
        {"To": "team@example.org", "X-Original-To": "{}"},
        {"To": "undisclosed-recipients:;", "Envelope-To": "<{}>"},
        {"To": "undisclosed-recipients:;", "X-Delivered-To": "{}"},
        {"To": '"talk, the" <TEAM@EXAMPLE.ORG>, "x@y" <{}>'},
    ],
    ids=lambda headers: list(headers)[-1],
)
def test_a_recipient_is_found_wherever_a_mail_server_names_it(
    post: Post, town: Town, headers: dict[str, str]
) -> None:
    post.put("Yes", **{name: value.format(post.where) for name, value in headers.items()})
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]


def test_an_upper_cased_address_is_ours_too(post: Post, town: Town) -> None:
    post.put("Yes", To=post.where.upper())
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]


def test_a_mail_to_several_of_our_addresses_is_one_comment_at_its_own_place(
    post: Post, town: Town
) -> None:
    post.put("Yes", To=FARM, Cc=f"farm@talk.example.org, {post.where}", Delivered_To=FARM)
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]
    assert [one.recipient for one in came_in(town)][0] == post.where
    assert [one.fate for one in came_in(town)] == [Fate.TAKEN, Fate.IGNORED, Fate.IGNORED]


def heads(**named: str) -> MailMessage:
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return MailMessage([(b"1 (UID 1 FLAGS () RFC822.SIZE 5", f"{head}\r\n".encode())])


def test_one_mail_has_so_many_recipients_and_no_more_a_letters_first(
    town: Town, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MOST_RECIPIENTS", 2)
    message = heads(To=f"{FARM}, farm@talk.example.org", Cc=post.where)
    found = imap.recipients_of(town.house.settings, town.house.store, message)
    assert found == [post.where, FARM]


def test_recipients_are_looked_for_in_so_much_of_a_header_and_no_further(town: Town) -> None:
    settings, store = town.house.settings, town.house.store
    endless = "a" * 250_000
    assert imap.recipients_of(settings, store, heads(To=f"{endless}, {FARM}")) == []
    assert imap.recipients_of(settings, store, heads(To=endless, Delivered_To=FARM)) == [FARM]
    assert imap.recipients_of(settings, store, heads(To=f"{'a' * 60_000}, {FARM}")) == [FARM]


@pytest.mark.parametrize(
    ("path", "sender"),
    [("<ada@example.org>", "ada@example.org"), ("<>", ""), (None, "?")],
)
def test_the_envelope_sender_is_what_the_mail_server_wrote_down(
    post: Post, town: Town, path: str | None, sender: str
) -> None:
    given = {} if path is None else {"Return-Path": path}
    post.put("Yes", To=post.where, **given)
    post.fetch()
    assert [one.sender for one in came_in(town)] == [sender]


def test_mail_for_nobody_of_ours_stays_unread_and_is_never_kept(post: Post, town: Town) -> None:
    post.put("Lunch?", To="camille@example.org", Delivered_To="team@talk.example.org")
    post.put("Yes")
    assert post.fetch() == 1
    assert post.unread_and_read == (1, 1)
    assert len(came_in(town)) == 1


def test_what_others_have_marked_as_deleted_is_left_to_them(post: Post) -> None:
    post.server.put(post.user, answer("bob@example.org", "Old"), r"\Deleted \Seen")
    post.put("Yes")
    assert post.fetch() == 1
    assert post.unread_and_read == (0, 2)


def test_a_refusal_is_told_by_mail_and_the_message_is_read(
    post: Post, town: Town, ada: Person
) -> None:
    revoke_answers(town, ada)
    post.put("Yes")
    assert post.fetch() == 1
    assert post.unread_and_read == (0, 1)
    with town.house.store.reading() as look:
        told = [one.person_id for one in look.letters(100) if one.kind is Kind.NOT_TAKEN]
    assert told == [ada.id]
    [refused] = came_in(town, Fate.REFUSED)
    assert refused.reason.startswith("This answer address is not valid any more.")


def test_a_mail_that_is_too_large_is_refused_by_mail_and_not_kept(
    post: Post, town: Town, ada: Person
) -> None:
    raw = answer("ada@example.org", "Long", To=post.where) + b"word\r\n" * (25 * 1024 * 1024 // 6)
    post.server.put(post.user, raw)
    assert post.fetch() == 1
    assert post.unread_and_read == (0, 1)
    [refused] = came_in(town)
    assert (refused.fate, refused.person_id) == (Fate.REFUSED, ada.id)
    assert "too large" in refused.reason
    assert len(receiving.raw_mail(town.house.store, refused.id)) < 10_000
    with town.house.store.reading() as look:
        assert [one.kind for one in look.letters(100)].count(Kind.NOT_TAKEN) == 1


def test_whoever_writes_too_much_is_read_later(post: Post, town: Town) -> None:
    settings = replace(post.settings, posts_an_hour=1)
    for text in ("One", "Two"):
        post.put(text)
    imap.fetch_once(settings, town.house.store, town.clock)
    assert post.unread_and_read == (1, 1)
    town.wait(minutes=61)
    imap.fetch_once(settings, town.house.store, town.clock)
    assert post.unread_and_read == (0, 2)
    assert said(town)[1:] == ["One", "Two"]


def test_a_database_that_takes_nothing_leaves_mail_unread(post: Post, town: Town) -> None:
    post.put("Yes")
    town.house.store._writer.execute("PRAGMA query_only = ON")
    assert post.fetch() == 0
    assert post.unread_and_read == (1, 0)
    town.house.store._writer.execute("PRAGMA query_only = OFF")
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]


def test_a_crash_before_the_mark_makes_no_second_comment(
    post: Post, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put("Yes")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crashed, pytest.raises(KeyboardInterrupt):
        crashed.setattr(imap, "receive", lambda *a, **k: (receive.receive(*a, **k), die()))
        post.fetch()
    assert post.unread_and_read == (1, 0)
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]


def test_one_mail_that_breaks_us_holds_up_no_other(
    post: Post, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = receiving.keep

    def keep(
        store: object, door: str, sender: str, recipient: str, raw: bytes, now: object
    ) -> object:
        assert b"A riddle" not in raw
        return real(store, door, sender, recipient, raw, now)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "keep", keep)
    post.put("A riddle")
    post.put("Yes")
    assert post.fetch() == 1
    assert said(town)[1:] == ["Yes"]
    assert post.unread_and_read == (1, 1)


class Over(Exception):
    """The test is."""


@dataclass
class AtWork:
    """Fetching in a thread; it pauses for as long as it says, but faster."""

    post: Post
    thread: threading.Thread | None = None
    over: bool = False
    pauses: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        settings, store = self.post.settings, self.post.town.house.store
        with pytest.raises(Over):
            imap.work(settings, store, self.post.town.clock)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        time.sleep(0.01)
        self.look()

    def look(self) -> None:
        if self.over:
            raise Over

    def end(self) -> None:
        self.over = True
        with contextlib.suppress(OSError):  # the server may have gone before
            self.post.put("Wake up")
        if self.thread:
            self.thread.join()


@pytest.fixture
def at_work(post: Post, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtWork]:
    """Not started yet."""
    working = AtWork(post)
    fetch = imap.Fetching.fetch
    monkeypatch.setattr(imap, "sleep", working.sleep)
    monkeypatch.setattr(imap.Fetching, "fetch", lambda self: (working.look(), fetch(self))[1])
    yield working
    working.end()


def test_the_server_says_when_something_comes(
    post: Post, town: Town, at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()
    wait = IdleManager.poll

    def poll(idle: IdleManager, timeout: float) -> list[bytes]:
        waiting.set()
        return wait(idle, timeout=20 * 60)  # more than anybody waits for a test

    monkeypatch.setattr(IdleManager, "poll", poll)
    at_work.start()
    waiting.wait()
    post.put("Yes")
    until(lambda: said(town)[1:] == ["Yes"])
    until(lambda: post.unread_and_read == (0, 1))
    assert at_work.pauses == []


def test_a_server_without_idle_is_asked_again(post: Post, town: Town, at_work: AtWork) -> None:
    with running_dovecot(WITHOUT_IDLE) as server:
        post.server = server
        at_work.start()
        for text in ("One", "Two"):
            post.put(text)
            until(lambda text=text: said(town)[-1] == text)
        assert set(at_work.pauses) == {imap.LOOK_SECONDS}
        at_work.end()


def test_a_server_that_was_gone_is_connected_to_again(
    post: Post, town: Town, at_work: AtWork
) -> None:
    with running_dovecot() as first:
        post.server = first
        at_work.start()
        post.put("Before")
        until(lambda: said(town)[1:] == ["Before"])
    until(lambda: len(at_work.pauses) > 10)
    assert at_work.pauses[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    with running_dovecot(ports=(first.port, first.tls_port)) as second:
        post.server = second
        post.put("After")
        until(lambda: said(town)[1:] == ["Before", "After"])
        at_work.end()


def test_tls_is_used_and_its_certificate_is_checked(
    post: Post, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.put("Yes")
    settings = replace(post.settings, imap_url=post.server.url(post.user, "imaps"))
    with pytest.raises(ssl.SSLCertVerificationError):
        imap.fetch_once(settings, town.house.store, town.clock)
    monkeypatch.setenv("SSL_CERT_FILE", str(post.server.certificate))
    assert imap.fetch_once(settings, town.house.store, town.clock) == 1


def test_no_password_is_sent_in_the_clear_beyond_this_machine(
    post: Post, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`elsewhere.example` stands for a server that offers STARTTLS, which nobody vouches for."""
    connect = imaplib.IMAP4._create_socket
    monkeypatch.setattr(
        imaplib.IMAP4,
        "_create_socket",
        lambda client, timeout: (setattr(client, "host", "127.0.0.1"), connect(client, timeout))[1],
    )
    url = post.server.url(post.user).replace("127.0.0.1", "elsewhere.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        imap.fetch_once(replace(post.settings, imap_url=url), town.house.store, town.clock)


def test_the_command_fetches_once_and_says_what_is_wrong_with_a_mailbox(
    post: Post, town: Town
) -> None:
    post.put("Yes")
    environ = {
        "EMERGENCE_DATA": str(town.house.settings.data),
        "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
    }

    def fetch(url: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "comments_service.cli", "mail", "fetch", "--once"]
        given = environ | {"EMERGENCE_IMAP_URL": url}
        return subprocess.run(command, env=given, capture_output=True, text=True, encoding="utf-8")

    done = fetch(post.settings.imap_url)
    assert (done.returncode, done.stdout) == (0, "1 fetched.\n"), done.stderr
    wrong = fetch(post.settings.imap_url.replace("s%C3", "wrong%C3"))
    assert (wrong.returncode, "EMERGENCE_IMAP_URL" in wrong.stderr) == (1, True)
    assert "wrong" not in wrong.stderr and post.user not in wrong.stderr
    assert "EMERGENCE_IMAP_URL=imaps://" in fetch("").stderr


def test_the_log_holds_neither_addresses_nor_words(
    post: Post, ada: Person, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    post.put("Between us")
    with caplog.at_level(logging.DEBUG):
        post.fetch()
        revoke_answers(town, ada)
        post.put("Between us two")
        post.fetch()
    for secret in ("ada@example.org", post.where.partition("@")[0], "Between", post.user):
        assert secret not in caplog.text
