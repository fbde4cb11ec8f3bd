"""Handing letters to a real SMTP server, one that hangs up, refuses, or speaks TLS."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from comments_service.mail import relay
from comments_service.mail.relay import NoServer, NotNow, SmtpRelay, Undeliverable

from .conftest import Server, free_port

RAW = b"Date: Tue, 03 Nov 2026 09:00:00 +0000\r\nSubject: Hello\r\n\r\nHello\r\n"
FROM, TO = "bounces+x@talk.example.org", "ada@example.org"


class Talkative(Server):
    """Counts who comes in, and answers recipients as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.came_in = 0
        self.to_recipients: list[str] = []

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: object, envelope: object, hostname: str, responses: list[str]
    ) -> list[str]:
        self.came_in += 1
        session.host_name = hostname  # type: ignore[attr-defined]
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: object, envelope: object, address: str, options: list[str]
    ) -> str:
        answer = self.to_recipients.pop(0) if self.to_recipients else "250 ok"
        if answer == "hang up":
            server.transport.close()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return answer


@contextmanager
def serving(**options: object) -> Iterator[tuple[Talkative, str]]:
    server, port = Talkative(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield server, f"127.0.0.1:{port}"
    finally:
        controller.stop()


def test_many_letters_go_over_one_connection() -> None:
    with serving() as (server, at), SmtpRelay(f"smtp://{at}") as out:
        for _ in range(5):
            out.send(RAW, FROM, TO)
        assert server.came_in == 1 and len(server.taken) == 5


@pytest.mark.parametrize("answer", ["hang up", "421 4.3.2 shutting down"])
def test_a_connection_that_ended_between_two_letters_is_no_letters_fault(answer: str) -> None:
    with serving() as (server, at), SmtpRelay(f"smtp://{at}") as out:
        out.send(RAW, FROM, TO)
        server.to_recipients = [answer]
        out.send(RAW, FROM, TO)
        assert server.came_in == 2 and len(server.taken) == 2


@pytest.mark.parametrize("answer", ["hang up", "421 4.3.2 shutting down"])
def test_a_server_that_ends_every_connection_is_left_alone(answer: str) -> None:
    with serving() as (server, at), SmtpRelay(f"smtp://{at}") as out:
        server.to_recipients = [answer] * 3
        with pytest.raises(NoServer):
            out.send(RAW, FROM, TO)
        assert server.came_in == 1


class Vanishing(Server):
    """Takes the message, and is gone before it says so."""

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: object, envelope: Any
    ) -> str:
        self.taken.append(envelope.content)
        server.transport.abort()
        return "250 ok"


def test_what_may_have_been_taken_is_not_sent_again_at_once() -> None:
    server, port = Vanishing(), free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with SmtpRelay(f"smtp://127.0.0.1:{port}") as out, pytest.raises(NoServer):
            out.send(RAW, FROM, TO)
    finally:
        controller.stop()
    assert len(server.taken) == 1


def test_a_refused_letter_leaves_the_connection_to_the_next() -> None:
    with serving() as (server, at), SmtpRelay(f"smtp://{at}") as out:
        server.to_recipients = ["550 5.1.1 no such user", "451 4.2.1 later"]
        with pytest.raises(Undeliverable, match="^550 5.1.1 no such user$"):
            out.send(RAW, FROM, TO)
        with pytest.raises(NotNow, match="^451"):
            out.send(RAW, FROM, TO)
        out.send(RAW, FROM, TO)
        assert server.came_in == 1 and len(server.taken) == 1


def test_no_server_is_nobodys_fault() -> None:
    with SmtpRelay(f"smtp://127.0.0.1:{free_port()}") as out, pytest.raises(NoServer):
        out.send(RAW, FROM, TO)


def test_an_address_beyond_ascii_needs_a_server_that_knows_it() -> None:
    with serving(enable_SMTPUTF8=False) as (server, at), SmtpRelay(f"smtp://{at}") as out:
        with pytest.raises(Undeliverable):
            out.send(RAW, FROM, "zoé@example.org")
        out.send(RAW, FROM, TO)
        assert len(server.taken) == 1
    with serving(enable_SMTPUTF8=True) as (server, at), SmtpRelay(f"smtp://{at}") as out:
        out.send(RAW, FROM, "zoé@example.org")
        assert len(server.taken) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One that the server made itself, for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    return cert, key


def of_server(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def let_ada_in(server: object, session: object, envelope: object, kind: str, data: Any) -> object:
    good = (data.login, data.password) == (b"ada", b"p@ss/word")
    return AuthResult(success=good, handled=good)


def test_a_certificate_that_the_server_made_itself_will_do_without_a_password(
    certificate: tuple[Path, Path],
) -> None:
    tls = of_server(certificate)
    with (
        serving(tls_context=tls, require_starttls=True) as (server, at),
        SmtpRelay(f"smtp://{at}") as out,
    ):
        out.send(RAW, FROM, TO)
        assert len(server.taken) == 1


def test_a_password_is_for_a_server_that_proves_its_name(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"tls_context": of_server(certificate), "authenticator": let_ada_in}
    with serving(**options) as (server, at):
        with SmtpRelay(f"smtp://ada:p%40ss%2Fword@{at}") as out, pytest.raises(NoServer):
            out.send(RAW, FROM, TO)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))  # now somebody vouches for it
        with SmtpRelay(f"smtp://ada:p%40ss%2Fword@{at}") as out:
            out.send(RAW, FROM, TO)
        with SmtpRelay(f"smtp://ada:wrong@{at}") as out, pytest.raises(NoServer, match="^535"):
            out.send(RAW, FROM, TO)
        assert len(server.taken) == 1


def test_a_password_is_not_sent_in_the_clear() -> None:
    with serving() as (_, at), SmtpRelay(f"smtp://ada:word@{at}") as out:
        with pytest.raises(NoServer, match="STARTTLS"):
            out.send(RAW, FROM, TO)
        with pytest.raises(NoServer, match="STARTTLS"):
            out.check()


@pytest.mark.parametrize("url", ["http://x", "smtp://", "nonsense"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="EMERGENCE_SMTP_URL"):
        relay.SmtpRelay(url)
