"""What the doctor sees at the doors of mail: real servers on loopback, and faults in them."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.lmtp import LMTP

from comments_service.doctor import doors
from comments_service.doctor.findings import Finding
from comments_service.settings import Settings
from tests.servers.dovecot import Dovecot, running_dovecot

With = Callable[..., Settings]


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in doors.examine(settings)}


class LmtpController(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler)


@contextlib.contextmanager
def running(kind: type[Controller]) -> Iterator[int]:
    controller = kind(Sink(), hostname="127.0.0.1", port=a_free_port())
    controller.start()
    yield controller.port
    controller.stop()


def a_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextlib.contextmanager
def a_port_that_says(words: bytes) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as caller:
                caller.sendall(words)

        worker = threading.Thread(target=greet)
        worker.start()
        yield listening.getsockname()[1]
        worker.join()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


def test_an_smtp_server_that_answers_is_well(settings_with: With) -> None:
    with running(Controller) as port:
        found = findings(settings_with(smtp_url=f"smtp://127.0.0.1:{port}"))
    assert found["mail"] == Finding("mail", True, "the SMTP server answers")


def test_an_smtp_server_that_is_not_there_is_something_to_do(settings_with: With) -> None:
    found = findings(settings_with(smtp_url=f"smtp://127.0.0.1:{a_free_port()}"))
    assert not found["mail"].well
    assert "EMERGENCE_SMTP_URL" in found["mail"].words


def test_a_house_that_tries_things_out_needs_no_smtp_server(settings_with: With) -> None:
    assert findings(settings_with())["mail"].well
    public = settings_with(site_url="https://talk.example.org")
    assert not findings(public)["mail"].well


def test_an_lmtp_door_that_greets_is_well(settings_with: With) -> None:
    with running(LmtpController) as port:
        found = findings(settings_with(lmtp=f"127.0.0.1:{port}"))
    assert found["lmtp"].well
    assert f"127.0.0.1:{port} takes answers" in found["lmtp"].words


def test_another_server_at_the_lmtp_door_is_found_out(settings_with: With) -> None:
    with running(Controller) as port:  # SMTP knows no LHLO
        found = findings(settings_with(lmtp=f"127.0.0.1:{port}"))
    assert not found["lmtp"].well
    assert "does not speak LMTP" in found["lmtp"].words


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"421 later\r\n"])
def test_whatever_answers_at_the_lmtp_door_is_no_reason_to_fall_over(
    settings_with: With, words: bytes
) -> None:
    with a_port_that_says(words) as port:
        assert not findings(settings_with(lmtp=f"127.0.0.1:{port}"))["lmtp"].well


def test_before_the_service_is_started_there_is_no_lmtp_door(settings_with: With) -> None:
    settings = settings_with(lmtp=f"127.0.0.1:{a_free_port()}", port=a_free_port())
    assert findings(settings)["lmtp"].well
    assert "start `emergence serve`" in findings(settings)["lmtp"].words


def test_a_service_without_its_lmtp_door_is_something_to_do(settings_with: With) -> None:
    with a_port_that_says(b"") as web:
        found = findings(settings_with(lmtp=f"127.0.0.1:{a_free_port()}", port=web))
    assert not found["lmtp"].well
    assert "the service runs" in found["lmtp"].words


def test_a_house_without_a_door_for_answers_is_told_of_the_pipe(settings_with: With) -> None:
    assert "`emergence mail deliver`" in findings(settings_with())["answers"].words


def test_whose_word_is_believed_is_explained(settings_with: With) -> None:
    settings = settings_with(site_url="https://talk.example.org", authserv_id="mx.example.org")
    assert "only what mx.example.org says" in findings(settings)["authserv"].words
    nobody = settings_with(site_url="https://talk.example.org")
    assert "nobody's word" in findings(nobody)["authserv"].words


def mail(judges: str) -> bytes:
    """A mail with Authentication-Results by these servers, the last one on top."""
    fields = [f"Authentication-Results: {name}; dmarc=pass\r\n" for name in judges.split()]
    return "".join([*fields, "From: ada@example.net\r\n", "\r\nHello\r\n"]).encode()


def test_a_mailbox_that_opens_is_well_and_stays_unread(
    settings_with: With, dovecot: Dovecot
) -> None:
    dovecot.put("well", mail("talk.example.org elsewhere.example.net"))
    settings = settings_with(imap_url=dovecot.url("well"), authserv_id="talk.example.org")
    found = findings(settings)
    assert found["imap"] == Finding("imap", True, "the mailbox opens")
    assert found["authserv"].well
    assert "judged by talk.example.org" in found["authserv"].words
    assert dovecot.unread("well") == 1


def test_a_provider_that_signs_with_another_name_is_named(
    settings_with: With, dovecot: Dovecot
) -> None:
    for judges in ("mx.provider.example talk.example.org", "mx.provider.example", "spam.example"):
        dovecot.put("another", mail(judges))
    found = findings(settings_with(imap_url=dovecot.url("another")))
    assert not found["authserv"].well
    assert "EMERGENCE_AUTHSERV_ID=mx.provider.example" in found["authserv"].words


@pytest.mark.parametrize("count", [0, 1])
def test_a_provider_that_judges_nobody_is_told_of(
    settings_with: With, dovecot: Dovecot, count: int
) -> None:
    for _ in range(count):
        dovecot.put(f"nobody-{count}", mail(""))
    found = findings(settings_with(imap_url=dovecot.url(f"nobody-{count}")))
    assert found["authserv"].well
    assert "waits to be confirmed" in found["authserv"].words


def test_a_wrong_password_and_a_missing_folder_are_told_apart(
    settings_with: With, dovecot: Dovecot
) -> None:
    wrong = dovecot.url("ada").replace("s%C3%A9same", "guessed")
    assert "user and password" in findings(settings_with(imap_url=wrong))["imap"].words
    missing = dovecot.url("ada", folder="Nowhere")
    assert "no such folder" in findings(settings_with(imap_url=missing))["imap"].words


def test_a_certificate_that_nobody_vouches_for_is_no_reason_to_fall_over(
    settings_with: With, dovecot: Dovecot
) -> None:
    found = findings(settings_with(imap_url=dovecot.url("ada", scheme="imaps")))
    assert not found["imap"].well
    assert "SSLCertVerificationError" in found["imap"].words


def test_no_imap_server_is_something_to_do(settings_with: With) -> None:
    found = findings(settings_with(imap_url=f"imap://ada:x@127.0.0.1:{a_free_port()}"))
    assert not found["imap"].well
    assert "ada" not in found["imap"].words
