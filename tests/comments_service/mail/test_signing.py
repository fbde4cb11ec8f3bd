"""DKIM, by a key that openssl made and a DNS that the test answers for."""

import subprocess
from dataclasses import replace
from pathlib import Path

import dkim
import pytest

from comments_service.mail.signing import signed

from .conftest import Server, Town


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    subprocess.run(
        ["openssl", "genrsa", "-out", str(path), "2048"], check=True, capture_output=True
    )
    return path


def record(key: Path) -> bytes:
    """What the operator puts into DNS."""
    command = ["openssl", "rsa", "-in", str(key), "-pubout"]
    public = subprocess.run(
        command, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    return f"v=DKIM1; k=rsa; p={''.join(public.splitlines()[1:-1])}".encode()


def test_letters_are_signed_with_the_headers_that_stop_them(
    town: Town, smtp: tuple[Server, str], key: Path
) -> None:
    server, url = smtp
    town.invite("Zoé Nguyễn", "zoe@example.org", why="Vous chantiez en 1991. 🎻", language="fr")
    town.post(smtp_url=url, dkim_key=key, dkim_selector="sel")
    (raw,) = server.taken
    asked = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record(key)

    assert dkim.verify(raw, dnsfunc=dns)
    assert asked == [b"sel._domainkey.talk.example.org."]
    covered = dkim.DKIM(raw).headers[0][1].replace(b"\r\n", b"").replace(b" ", b"")
    assert b":list-unsubscribe:" in covered and b"list-unsubscribe-post" in covered
    assert b"c=relaxed/relaxed" in covered


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Never"),
        (b"/-/stop/", b"/-/evil/"),
        (b"Subject: Camille", b"Subject: Camilla"),
        (b"Nothing to sign", b"Much to sign"),
    ],
)
def test_a_letter_that_was_changed_on_the_way_does_not_verify(
    town: Town, smtp: tuple[Server, str], key: Path, old: bytes, new: bytes
) -> None:
    server, url = smtp
    town.invite("Ada", "ada@example.org")
    town.post(smtp_url=url, dkim_key=key)
    (raw,) = server.taken
    assert old in raw
    assert not dkim.verify(raw.replace(old, new), dnsfunc=lambda *_, **__: record(key))


def test_without_a_key_nothing_is_added(town: Town) -> None:
    raw = b"From: x@talk.example.org\r\n\r\nHello\r\n"
    assert signed(replace(town.house.settings, dkim_key=None), raw) == raw
