"""`emergence export` and `emergence import`, as an operator runs them."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli_archive import export_discussion, import_discussion
from comments_service.storage.sqlite import SqliteStore

from .conftest import Circle, entry

THREAD = b"""\
From bob@example.net Tue Nov  3 12:00:00 2026
Message-ID: <one@example.net>
Date: Wed, 5 Aug 2026 12:00:00 +0200
From: Bob Stone <bob@example.net>
To: Ada <ada@example.net>
Subject: Water for the hills

Where does the water come from?

From bob@example.net Tue Nov  3 12:05:00 2026
Message-ID: <two@example.net>
Date: Wed, 5 Aug 2026 13:00:00 +0200
From: Ada <ada@example.net>
Subject: Re: Water for the hills
In-Reply-To: <one@example.net>

From the north.

From bob@example.net Tue Nov  3 12:06:00 2026
Message-ID: <three@example.net>
Date: Wed, 5 Aug 2026 13:00:01 +0200
Auto-Submitted: auto-replied
From: Ada <ada@example.net>
In-Reply-To: <one@example.net>

I am away.
"""


class Operator:
    """Runs commands in the folder of one house."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._environ = {
            "EMERGENCE_DATA": str(folder),
            "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
            "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
        }
        self.circle = Circle(SqliteStore(folder / "emergence.db"))
        self.circle.publish(entry("farm"))

    def export(self, *arguments: str) -> Result:
        return CliRunner().invoke(export_discussion, ["farm", *arguments], env=self._environ)

    def take(self, path: Path, *arguments: str, into: str = "farm") -> Result:
        command = [str(path), "--into", into, *arguments]
        return CliRunner().invoke(import_discussion, command, env=self._environ)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    operator = Operator(tmp_path / "data")
    yield operator
    operator.circle.store.close()


@pytest.fixture
def thread(tmp_path: Path) -> Path:
    path = tmp_path / "thread.mbox"
    path.write_bytes(THREAD)
    return path


def test_a_thread_of_mail_becomes_a_discussion_and_leaves_as_an_archive(
    operator: Operator, thread: Path, tmp_path: Path
) -> None:
    told = operator.take(thread)
    assert told.exit_code == 0, told.output
    assert "Taken: 2 (authors: 2, new here: 2)." in told.output
    assert "message 3: written by a machine" in told.output
    archive = tmp_path / "farm.mbox"
    assert operator.export("--output", str(archive)).exit_code == 0
    assert archive.read_bytes() == operator.export().stdout_bytes
    text = archive.read_text(encoding="utf-8")
    assert "example.net>" in text  # Message-IDs stay
    assert "bob@" not in text and "ada@example" not in text
    assert "From: Bob Stone <bob-stone@farm.invalid>" in text

    elsewhere = Operator(tmp_path / "elsewhere")
    try:
        assert elsewhere.take(archive).exit_code == 0
        assert elsewhere.export().stdout_bytes == archive.read_bytes()
    finally:
        elsewhere.circle.store.close()


def test_doing_it_again_says_that_all_is_here(operator: Operator, thread: Path) -> None:
    operator.take(thread)
    told = operator.take(thread)
    assert told.exit_code == 0
    assert "Taken: 0" in told.output
    assert "here already: 2, written by a machine: 1" in told.output


def test_a_dry_run_keeps_nothing(operator: Operator, thread: Path) -> None:
    assert "To take: 2" in operator.take(thread, "--dry-run").output
    assert operator.circle.exported()["comments"] == []


def test_json_is_the_public_document(operator: Operator, thread: Path) -> None:
    operator.take(thread)
    document = json.loads(operator.export("--format", "json").stdout)
    assert document["discussion"] == operator.circle.exported()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (gzip.compress(THREAD), "Unpack it"),
        (bytes(1_000), "no mbox"),
        (b"From x\nSubject: headers only\n", "no sender: 1"),
        (THREAD.partition(b"\n\n")[0] + b"\n\n", "no words: 1"),
    ],
)
def test_a_file_with_nothing_in_it_ends_in_words_and_not_well(
    operator: Operator, thread: Path, data: bytes, words: str
) -> None:
    thread.write_bytes(data)
    told = operator.take(thread)
    assert told.exit_code == 1
    assert words in told.output
    assert "Nothing was taken." in told.output
    assert operator.circle.exported()["comments"] == []


def test_an_unknown_opportunity_makes_no_file(
    operator: Operator, thread: Path, tmp_path: Path
) -> None:
    assert "no opportunity" in operator.take(thread, into="nowhere").output
    with operator.circle.store.transaction() as t:
        t.change_opportunity(replace(t.opportunities()[0], slug="mill"))
    told = operator.export("--output", str(tmp_path / "farm.mbox"))
    assert (told.exit_code, "no opportunity" in told.output) == (1, True)
    assert not (tmp_path / "farm.mbox").exists()


def test_what_cannot_be_written_leaves_the_file_that_was_there(
    operator: Operator, thread: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.take(thread)
    (tmp_path / "farm.mbox").write_text("the last backup", encoding="utf-8")
    monkeypatch.setattr("comments_service.mail.archive.entry", lambda *_: 1 / 0)
    assert operator.export("--output", str(tmp_path / "farm.mbox")).exit_code != 0
    assert (tmp_path / "farm.mbox").read_text(encoding="utf-8") == "the last backup"
    assert [path.name for path in tmp_path.glob("*farm*")] == ["farm.mbox"]
