import pytest

from comments_service.mail.parse import read_mail


def read(*fields: str, sender: str = "Bob <bob@example.org>", subject: str = "Re: x") -> str:
    """Why a mail with these headers counts as written by a machine."""
    head = [f"From: {sender}", f"Subject: {subject}", *fields]
    return read_mail(("\r\n".join(head) + "\r\n\r\nHello").encode()).automatic


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "AUTO-SUBMITTED: (really) Auto-Notified",
        "Precedence: bulk",
        "Precedence: Junk",
        "Precedence: auto_reply",
        "Precedence: list",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "List-Id: A list <list.example.org>",
        "List-Unsubscribe: <mailto:x@example.org>",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ],
)
def test_a_machine_says_so_in_a_header(field: str) -> None:
    assert read(field)


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: No (I am here)",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Autoreply: no",
        "Return-Path: <bob@example.org>",
        "In-Reply-To: <auto@example.org>",
    ],
)
def test_a_person_is_not_taken_for_a_machine(field: str) -> None:
    assert read(field) == ""


@pytest.mark.parametrize(
    "sender",
    ["MAILER-DAEMON@example.org", "postmaster@x.org", "no-reply@x.org", "noreply+7@x.org"],
)
def test_nobody_reads_the_answers_of_some_senders(sender: str) -> None:
    assert read(sender=sender)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: A data platform",
        "Out of Office: back on Monday",
        "Out of office",
        "=?utf-8?Q?R=C3=A9ponse_automatique_: Re: x?=",
        "Absence du bureau : Re: [A data platform]",
        "Abwesenheitsnotiz: x",
        "Auto Response: x",
    ],
)
def test_a_vacation_program_that_does_not_say_so_is_known_by_its_subject(subject: str) -> None:
    assert read(subject=subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Out of office: how do we reach you?",
        "Out of office furniture we make boats",
        "Automatic replies are a nuisance",
        "Absence du bureau de poste",
        "Vacation plans",
    ],
)
def test_people_write_of_vacations_too(subject: str) -> None:
    assert read(subject=subject) == ""
