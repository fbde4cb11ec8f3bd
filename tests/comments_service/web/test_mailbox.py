"""The letters of a house without a mail server: for this very machine, and for nobody else."""

import mailbox
import os
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from .conftest import Page

HERE = "http://127.0.0.1:8000"
BOX = "/-/mailbox/"


@pytest.fixture
def letter(tmp_path: Path) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Come <in>"
    message["To"] = "Ada <ada@example.org>"
    message["Reply-To"] = "reply+abc@talk.example.org"
    message["Date"] = "Tue, 03 Nov 2026 09:00:00 +0000"
    text = f"Dear <Ada>,\n\nOpen {HERE}/-/hello/abc or {HERE}.evil.example/x or https://evil.example/<b>"
    message.set_content(text)
    message.add_alternative("<p>Open <b>it</b><script>alert(1)</script>", subtype="html")
    return message


@pytest.fixture
def maildir(tmp_path: Path, letter: EmailMessage) -> Path:
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    box.add(letter)
    return tmp_path / "mail"


@pytest.fixture
def local(furnish: Callable[..., Flask]) -> FlaskClient:
    return furnish(EMERGENCE_SITE_URL=HERE).test_client()


def test_letters_are_shown_with_our_own_links_to_click(local: FlaskClient, maildir: Path) -> None:
    page = local.get(BOX, base_url=HERE)
    assert page.status_code == 200
    assert "Come &lt;in&gt;" in page.text
    assert "Dear &lt;Ada&gt;,<br>\n<br>\nOpen" in page.text
    assert f'<a href="{HERE}/-/hello/abc">' in page.text
    assert "<code>reply+abc@talk.example.org</code>" in page.text
    assert "evil.example" in page.text
    assert 'href="https://evil' not in page.text and f'href="{HERE}.evil' not in page.text


def test_a_letters_html_is_shut_off(local: FlaskClient, maildir: Path) -> None:
    [path] = (maildir / "new").iterdir()
    answer = local.get(f"{BOX}{path.name}/html", base_url=HERE)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox") and "default-src 'none'" in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy


@pytest.mark.parametrize("key", ["nothing", "..%2f..%2fsecret", "..", "%00", "."])
def test_only_letters_are_shown(local: FlaskClient, maildir: Path, key: str) -> None:
    assert local.get(f"{BOX}{key}/html", base_url=HERE).status_code == 404


def test_a_strange_letter_does_not_hide_the_others(local: FlaskClient, maildir: Path) -> None:
    (maildir / "new" / "1.strange").write_bytes(b"\xff\xfe no header\n\n\xff")
    (maildir / "new" / "2.empty").write_bytes(b"")
    page = local.get(BOX, base_url=HERE)
    assert (page.status_code, "Come &lt;in&gt;" in page.text) == (200, True)


def test_letters_are_dated_in_words_in_whatever_zone_they_were_written(
    local: FlaskClient, maildir: Path
) -> None:
    assert "3 November 2026, 09:00 UTC" in local.get(BOX, base_url=HERE).text


def test_many_letters_come_in_sheets_and_by_reader(
    local: FlaskClient, tmp_path: Path, letter: EmailMessage
) -> None:
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    for number in range(52):
        del letter["Subject"], letter["To"]
        letter["Subject"] = f"Letter {number:02}"
        letter["To"] = "Ada <ada@example.org>" if number else "Zoé <zoe@example.org>"
        path = tmp_path / "mail" / "new" / box.add(letter)
        os.utime(path, (number, number))
    first = local.get(BOX, base_url=HERE)
    assert "Letter 51" in first.text and "Letter 01" not in first.text
    assert "?page=2" in Page(first).links()
    second = local.get(f"{BOX}?page=2", base_url=HERE)
    assert "Letter 01" in second.text and "Letter 51" not in second.text
    assert "<option>Zoé &lt;zoe@example.org&gt;</option>" in first.text
    hers = local.get(BOX, base_url=HERE, query_string={"to": "Zoé <zoe@example.org>"})
    assert "Letter 00" in hers.text and "Letter 51" not in hers.text
    theirs = local.get(BOX, base_url=HERE, query_string={"to": "Ada <ada@example.org>"})
    assert "?to=Ada+%3Cada%40example.org%3E&page=2" in Page(theirs).links()


def test_without_letters_the_page_says_so(local: FlaskClient) -> None:
    assert "No letter yet" in local.get(BOX, base_url=HERE).text


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, {"environ_overrides": {"REMOTE_ADDR": "203.0.113.5"}}),
        ({}, {"headers": {"X-Forwarded-For": "203.0.113.5"}}),
        ({}, {"headers": {"Forwarded": "for=203.0.113.5"}}),
        # A name that another site points at this machine.
        ({}, {"base_url": "http://evil.example:8000"}),
        ({}, {"base_url": "http://127.0.0.1.evil.example"}),
        ({"EMERGENCE_SMTP_URL": "smtp://localhost"}, {}),
        ({"EMERGENCE_HOST": "0.0.0.0"}, {}),  # noqa: S104
        ({"EMERGENCE_SITE_URL": "https://example.org"}, {}),
    ],
    ids=str,
)
def test_nobody_else_reads_them(
    furnish: Callable[..., Flask],
    maildir: Path,
    environ: dict[str, str],
    asked: dict[str, object],
) -> None:
    client = furnish(**{"EMERGENCE_SITE_URL": HERE} | environ).test_client()
    [path] = (maildir / "new").iterdir()
    for page in (BOX, f"{BOX}{path.name}/html"):
        assert client.get(page, **{"base_url": HERE} | asked).status_code == 404
