"""The command as a mail server starts it: a process, its exit code, one line of words."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from comments_service.actions import receiving
from comments_service.domain.incoming import Fate
from comments_service.domain.people import Person
from comments_service.mail import pipe

from .conftest import Town
from .correspondence import answer, asked, came_in, revoke_answers, said

FARM = "discuss+farm@talk.example.org"


@pytest.fixture
def where(town: Town, ada: Person) -> str:
    """The address at which Ada answers; what she is asked was asked just now."""
    town.now = datetime.now(UTC) - timedelta(minutes=1)
    town.say(town.facilitator, "What do you think?")
    return asked(town, ada)


def deliver(town: Town, raw: bytes, *arguments: str, **environ: str) -> tuple[int, str]:
    """The exit code and what was said."""
    settings = {
        "EMERGENCE_DATA": str(town.house.settings.data),
        "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
    }
    done = subprocess.run(
        [sys.executable, "-m", "comments_service.cli", "mail", "deliver", *arguments],
        input=raw,
        env={"PATH": os.environ["PATH"]} | settings | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout.decode()


def test_a_mail_that_is_taken_ends_well_and_in_silence(town: Town, where: str) -> None:
    raw = answer("ada@example.org", "Yes")
    assert deliver(town, raw, where, "--sender", "ada@example.org") == (0, "")
    assert deliver(town, raw, where, "--sender", "ada@example.org") == (0, "")  # once more
    assert said(town)[1:] == ["Yes"]
    [kept] = came_in(town)
    assert (kept.door, kept.sender, kept.recipient) == ("pipe", "ada@example.org", where)


def test_postfix_may_name_both_in_the_environment(town: Town, where: str) -> None:
    raw = answer("ada@example.org", "Yes")
    assert deliver(town, raw, ORIGINAL_RECIPIENT=where, SENDER="ada@example.org")[0] == 0
    assert came_in(town)[0].sender == "ada@example.org"


@pytest.mark.parametrize(
    ("recipient", "text", "code", "status"),
    [
        ("nobody@example.com", "Hello", os.EX_NOUSER, "5.1.1 There is nobody at this address.\n"),
        ("discuss+none@talk.example.org", "Hello", os.EX_NOUSER, "5.1.1 "),
        (FARM, "", os.EX_DATAERR, "5.6.0 "),
    ],
)
def test_a_refusal_is_an_exit_code_and_one_line(
    town: Town, recipient: str, text: str, code: int, status: str
) -> None:
    exit_code, words = deliver(town, answer("ada@example.org", text), recipient)
    assert (exit_code, words.startswith(status), words.count("\n")) == (code, True, 1)


def test_an_address_that_was_revoked_is_not_permitted_any_more(
    town: Town, ada: Person, where: str
) -> None:
    revoke_answers(town, ada)
    code, words = deliver(town, answer("ada@example.org", "Yes"), where)
    assert (code, words[:6]) == (os.EX_NOPERM, "5.7.1 ")


def test_a_mail_of_more_than_25_megabytes_is_refused_and_not_kept(town: Town, where: str) -> None:
    raw = answer("ada@example.org", "Long") + b"word\r\n" * (25 * 1024 * 1024 // 6)
    code, words = deliver(town, raw, where)
    assert (code, "too large" in words) == (os.EX_DATAERR, True)
    assert came_in(town) == []


def test_a_newer_database_makes_the_mail_server_try_again(town: Town, where: str) -> None:
    town.house.store._writer["_sqlite_migrations"].insert(
        {"migration_set": "emergence", "name": "m9999_from_the_future", "applied_at": "2036"}
    )
    code, words = deliver(town, answer("ada@example.org", "Yes"), where)
    assert (code, words[:6]) == (os.EX_TEMPFAIL, "4.3.0 ")


@pytest.mark.parametrize(
    ("arguments", "environ", "code"),
    [
        ([FARM], {"EMERGENCE_LMTP": "nonsense"}, os.EX_CONFIG),
        ([], {}, os.EX_USAGE),
    ],
)
def test_what_only_the_operator_can_mend_is_tried_again(
    town: Town, arguments: list[str], environ: dict[str, str], code: int
) -> None:
    exit_code, words = deliver(town, answer("ada@example.org", "Yes"), *arguments, **environ)
    assert (exit_code, words[:6], words.count("\n")) == (code, "4.3.5 ", 1)


def test_an_input_that_cannot_be_read_is_said(town: Town) -> None:
    class Broken:
        def read(self, size: int) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        pipe.deliver(
            town.house.settings,
            town.house.store,
            sender="",
            recipient=FARM,
            file=Broken(),  # type: ignore[arg-type]
            now=town.now,
        )


def test_a_mail_that_could_not_be_read_yet_stays_with_the_mail_server_too(
    town: Town, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = answer("ada@example.org", "Yes")
    path = town.house.settings.data / "raw"
    path.write_bytes(raw)

    def told() -> int:
        with path.open("rb") as file:
            given = {"sender": "ada@example.org", "recipient": where, "file": file}
            settings, store = town.house.settings, town.house.store
            told = pipe.deliver(settings, store, **given, now=town.now)  # type: ignore[arg-type]
        return told.exit_code if told else 0

    with monkeypatch.context() as broken:
        broken.setattr(receiving, "settle", lambda *_: 1 / 0)
        assert told() == os.EX_TEMPFAIL
    assert [one.fate for one in came_in(town)] == [Fate.KEPT]
    assert told() == 0
    assert said(town)[1:] == ["Yes"]


@pytest.mark.parametrize(
    ("option", "environ", "sender"),
    [
        ("ada@example.org", {"SENDER": "bob@example.org"}, "ada@example.org"),
        (None, {"SENDER": "bob@example.org"}, "bob@example.org"),
        (None, {}, "?"),
        (None, {"SENDER": ""}, ""),
        ("", {"SENDER": "bob@example.org"}, ""),
        ("<>", {}, ""),
        ("MAILER-DAEMON", {}, ""),
    ],
)
def test_the_null_sender_is_told_from_one_that_nobody_names(
    option: str | None, environ: dict[str, str], sender: str
) -> None:
    assert pipe.envelope_sender(option, environ) == sender


def test_the_line_that_begins_a_mail_in_an_mbox_is_no_part_of_it(town: Town, where: str) -> None:
    raw = answer("ada@example.org", "Yes")
    first = b"From ada@example.org Tue Nov 24 22:00:00 2026\n"
    assert deliver(town, first + raw.replace(b"\r\n", b"\n"), where)[0] == 0
    assert said(town)[1:] == ["Yes"]
    [kept] = came_in(town)
    assert receiving.raw_mail(town.house.store, kept.id).startswith(b"From: ada@example.org\n")
