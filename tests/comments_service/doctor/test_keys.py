"""The DKIM record beside the key: OpenSSL makes the keys, a name server publishes them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from comments_service.doctor import keys
from comments_service.doctor.findings import Finding
from comments_service.doctor.records import Names
from comments_service.settings import Settings
from tests.servers.name_server import NameServer

RECORD = "emergence._domainkey.talk.example.org"


def openssl(*arguments: str) -> str:
    command = ["openssl", *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def public_half(key: Path, wrapping: str = "-pubout") -> str:
    """As an operator gets it for a record: PEM without its first and last line."""
    return "".join(openssl("rsa", "-in", str(key), wrapping).splitlines()[1:-1])


@pytest.fixture
def key(tmp_path: Path) -> Path:
    openssl("genrsa", "-out", str(tmp_path / "dkim.key"), "2048")
    return tmp_path / "dkim.key"


@pytest.fixture
def look(
    settings_with: Callable[..., Settings], name_server: NameServer, key: Path
) -> Callable[..., Finding]:
    def ask(**changed: object) -> Finding:
        names = Names(name_server.resolver())
        return keys.examine(settings_with(**{"dkim_key": key} | changed), names.texts)

    return ask


Look = Callable[..., Finding]


@pytest.mark.parametrize("wrapping", ["-pubout", "-RSAPublicKey_out"])
def test_the_record_of_our_key_is_well(
    look: Look, name_server: NameServer, key: Path, wrapping: str
) -> None:
    name_server.publish_text(RECORD, f"v=DKIM1; k=rsa; p={public_half(key, wrapping)}")
    assert look() == Finding("dkim", True, f"the record at {RECORD} belongs to our key")


def test_a_key_in_the_older_wrapping_is_read_too(
    look: Look, name_server: NameServer, key: Path
) -> None:
    older = key.with_name("older.key")
    openssl("rsa", "-in", str(key), "-traditional", "-out", str(older))
    assert "BEGIN RSA" in older.read_text(encoding="utf-8")
    name_server.publish_text(RECORD, f"v=DKIM1; p={public_half(key)}")
    assert look(dkim_key=older).well


def test_a_key_that_is_not_published_comes_with_its_record(look: Look, key: Path) -> None:
    finding = look()
    assert not finding.well
    assert f'publish `{RECORD}. TXT "v=DKIM1; k=rsa; p={public_half(key)}"`' in finding.words


def test_the_record_of_another_key_is_found_out(
    look: Look, name_server: NameServer, tmp_path: Path
) -> None:
    openssl("genrsa", "-out", str(tmp_path / "other.key"), "2048")
    name_server.publish_text(RECORD, f"v=DKIM1; p={public_half(tmp_path / 'other.key')}")
    assert not look().well
    assert "of another key" in look().words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["v=DKIM1; p="], "revoked"),
        (["v=DKIM1; p=!!!"], "of another key"),
        (["v=DKIM1; t=y:s; p=OURS"], "a test (t=y)"),
        (["v=DKIM1; p=OURS", "v=DKIM1; p=OTHER"], "2 records"),
    ],
)
def test_a_record_that_receivers_do_not_count_is_named(
    look: Look, name_server: NameServer, key: Path, more: list[str], words: str
) -> None:
    ours = public_half(key)
    name_server.publish_text(RECORD, *(record.replace("OURS", ours) for record in more))
    assert not look().well
    assert words in look().words


@pytest.mark.parametrize(
    "content", ["", "words", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_without_a_key_is_no_reason_to_fall_over(
    look: Look, tmp_path: Path, content: str
) -> None:
    (tmp_path / "bad.key").write_text(content, encoding="utf-8")
    finding = look(dkim_key=tmp_path / "bad.key")
    assert not finding.well
    assert "openssl genrsa" in finding.words


def test_a_key_of_another_kind_is_no_reason_to_fall_over(look: Look, tmp_path: Path) -> None:
    openssl("genpkey", "-algorithm", "ed25519", "-out", str(tmp_path / "ed.key"))
    assert "no RSA key" in look(dkim_key=tmp_path / "ed.key").words


def test_a_short_key_does_not_count(look: Look, tmp_path: Path) -> None:
    openssl("genrsa", "-out", str(tmp_path / "short.key"), "768")
    assert "too short" in look(dkim_key=tmp_path / "short.key").words


def test_who_signs_at_the_mail_server_is_not_told_to_publish(
    look: Look, name_server: NameServer, key: Path
) -> None:
    assert "your mail server has to sign" in look(dkim_key="").words
    name_server.publish_text(RECORD, f"v=DKIM1; p={public_half(key)}")
    assert look(dkim_key="") == Finding(
        "dkim", True, f"a key at {RECORD}; your mail server has to sign with it"
    )
