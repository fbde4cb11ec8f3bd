"""docs/mail.md is true: its settings exist, Postfix takes its lines, and mail gets through them."""

import inspect
import re
import shutil
import subprocess
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service import settings, values
from comments_service.domain.discussion import State
from comments_service.domain.incoming import Fate
from comments_service.mail.addresses import answer_address

from .journeys.conftest import MAIL_DOMAIN, until
from .journeys.post_office import PostOffice, found_post_office
from .servers.postfix import Postfix, running_postfix

PAGE = (Path(__file__).parents[1] / "docs" / "mail.md").read_text(encoding="utf-8")
POSTCONF = shutil.which("postconf") or "/usr/sbin/postconf"


def block(after: str) -> str:
    """The indented lines that the page shows after these words."""
    found = re.search(rf"{re.escape(after)}[^\n]*:\n\n```\w*\n(.*?)^```", PAGE, re.DOTALL | re.M)
    assert found, f"docs/mail.md shows nothing after {after!r}"
    return found[1]


MAIN = block("In `/etc/postfix/main.cf`")
CLAIMS = block("In `/etc/postfix/claims`")
PIPE = block("in `/etc/postfix/master.cf`")
MAIN_FOR_PIPE = block("and in `main.cf`")


def test_the_page_names_only_settings_that_exist_and_all_of_mail() -> None:
    known = set(
        re.findall(
            r'"(EMERGENCE_[A-Z_]+)"', inspect.getsource(settings) + inspect.getsource(values)
        )
    )
    named = set(re.findall(r"EMERGENCE_[A-Z_]+", PAGE))
    assert named <= known
    of_mail = {name for name in known if re.search("MAIL|SMTP|LMTP|IMAP|DKIM|AUTHSERV", name)}
    assert of_mail <= named


@pytest.mark.parametrize("fate", Fate)
def test_the_page_explains_every_fate_of_a_mail(fate: Fate) -> None:
    assert f"\n| {fate} | " in PAGE


@pytest.mark.parametrize(
    ("main", "master"), [(MAIN, ""), (MAIN_FOR_PIPE, PIPE)], ids=["lmtp", "pipe"]
)
def test_postfix_takes_every_line_without_a_warning(tmp_path: Path, main: str, master: str) -> None:
    (tmp_path / "main.cf").write_text(f"compatibility_level = 3.6\n{main}", encoding="utf-8")
    (tmp_path / "master.cf").write_text(f"smtp inet n - y - - smtpd\n{master}", encoding="utf-8")
    for what in ("-n", "-M", "-P"):
        command = [POSTCONF, "-c", str(tmp_path), what]
        looked = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        assert (looked.returncode, looked.stderr) == (0, "")


@pytest.fixture
def post_office(tmp_path: Path) -> Iterator[PostOffice]:
    post_office = found_post_office(tmp_path, "")
    yield post_office
    post_office.close()


@pytest.fixture
def postfix(tmp_path: Path, post_office: PostOffice) -> Iterator[Postfix]:
    """Postfix with the lines of the page; what filters are for is not here to be tried."""
    (tmp_path / "claims").write_text(CLAIMS, encoding="utf-8")
    lines = MAIN.replace("127.0.0.1:8024", f"127.0.0.1:{post_office.port}")
    lines = lines.replace("/etc/postfix/claims", str(tmp_path / "claims"))
    lines = re.sub("smtpd_milters = .*", "smtpd_milters =", lines)
    people = ["you@example.org"]
    with running_postfix(MAIL_DOMAIN, post_office.port, people, lines) as server:
        yield server


def a_mail(**headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Ada <ada@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Good morning, what would the fields need?\n")
    return message.as_bytes()


@pytest.mark.postfix
def test_a_mail_comes_through_and_what_its_sender_claims_is_taken_out(
    postfix: Postfix, post_office: PostOffice
) -> None:
    post_office.bring_in("Ada")
    post_office.start("lmtp")
    until(post_office.is_open, "mail can come in")
    claim = f"{MAIL_DOMAIN}; dmarc=pass header.from=example.org"
    mail = a_mail(Authentication_Results=claim, Message_ID="<1@example.org>")
    postfix.send(mail, "ada@example.org", f"discuss+farm@{MAIL_DOMAIN}")
    post_office.wait_for_mail(1)
    assert [one.fate for one in post_office.mail()] == [Fate.HELD]


@pytest.mark.postfix
def test_an_answer_to_a_letter_is_published(postfix: Postfix, post_office: PostOffice) -> None:
    ada, camille = post_office.bring_in("Ada"), post_office.house.facilitators[0]
    post_office.say(camille, "What do you think?")
    post_office.start("lmtp")
    until(post_office.is_open, "mail can come in")
    to = answer_address(post_office.settings, post_office.letters_to(ada)[0])
    postfix.send(a_mail(), "ada@example.org", to)
    post_office.wait_for_mail(1)
    assert [one.state for one in post_office.comments()] == [State.PUBLISHED] * 2


@pytest.mark.postfix
def test_a_wrong_address_is_refused_before_the_mail_is_taken(
    postfix: Postfix, post_office: PostOffice
) -> None:
    post_office.start("lmtp")
    until(post_office.is_open, "mail can come in")
    with pytest.raises(AssertionError, match="There is nobody at this address"):
        postfix.send(a_mail(), "ada@example.org", f"nobody@{MAIL_DOMAIN}")
    assert postfix.waiting() == 0


@pytest.mark.postfix
def test_while_the_service_is_down_senders_are_asked_to_try_again(postfix: Postfix) -> None:
    with pytest.raises(AssertionError, match=r"450 4\.1\.1"):
        postfix.send(a_mail(), "ada@example.org", f"discuss+farm@{MAIL_DOMAIN}")


@pytest.mark.postfix
def test_somebody_reads_the_postmaster_s_mail(postfix: Postfix) -> None:
    postfix.send(a_mail(), "ada@example.net", f"postmaster@{MAIL_DOMAIN}")
    until(lambda: bool(postfix.received("you@example.org")), "it is there")
