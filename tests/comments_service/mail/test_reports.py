import pytest

from comments_service.domain.incoming import DeliveryReport
from comments_service.mail.parse import read_mail

DAEMON = "From: MAILER-DAEMON@example.org (Mail Delivery System)"


def standard(fields: str, kind: str = "message/delivery-status") -> DeliveryReport | None:
    lines = [
        DAEMON,
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "",
        "--b",
        "",
        "I'm sorry to have to inform you",
        "--b",
        f"Content-Type: {kind}",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        fields,
        "--b",
        "Content-Type: message/rfc822",
        "",
        "From: us",
        "",
        "--b--",
    ]
    return read_mail("\r\n".join(lines).encode()).report


@pytest.mark.parametrize(
    ("fields", "action", "status"),
    [
        ("Final-Recipient: rfc822; a@b.org\r\nAction: failed\r\nStatus: 5.1.1", "failed", "5.1.1"),
        ("Action: Failed (really)\r\nStatus: 5.1.1 (no such user)", "failed", "5.1.1"),
        ("action:delayed\r\nstatus:4.4.1", "delayed", "4.4.1"),
        ("Action: failed\r\nDiagnostic-Code: smtp; 550 5.2.2 full", "failed", "5.2.2"),
        ("Action: failed\r\nDiagnostic-Code: smtp; 452 too much", "failed", "4.0.0"),
        (
            "Action: delivered\r\nStatus: 2.0.0\r\n\r\nAction: failed\r\nStatus: 5.0.0",
            "failed",
            "5.0.0",
        ),
        ("Status: 5.4.4", "", "5.4.4"),
        ("nothing of use", "", ""),
    ],
)
def test_a_report_by_the_standard(fields: str, action: str, status: str) -> None:
    assert standard(fields) == DeliveryReport(action, status)


def test_a_report_of_an_address_in_another_script() -> None:
    report = standard("Action: failed\r\nStatus: 5.6.7", kind="message/global-delivery-status")
    assert report == DeliveryReport("failed", "5.6.7")


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (
            [DAEMON, "Subject: failure notice"],
            "Hi. This is the qmail-send program at example.org.\nI'm afraid I wasn't able to "
            "deliver your message.\nThis is a permanent error; I've given up. Sorry.\n\n"
            "<a@b.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 unknown\n",
            DeliveryReport("failed", "5.1.1"),
        ),
        (
            ["From: Mail Delivery System <Mailer-Daemon@x.org>", "X-Failed-Recipients: a@b.org"],
            "A message that you sent could not be delivered:\n  SMTP error: 550-No such user\n",
            DeliveryReport("failed", "5.0.0"),
        ),
        (
            ["From: postmaster@x.org", "Subject: Undeliverable: [A data platform] How deep"],
            "Your message couldn't be delivered. Remote Server returned '550 5.4.1 denied'",
            DeliveryReport("failed", "5.4.1"),
        ),
        (
            [DAEMON, "Subject: Warning: message delayed 24 hours"],
            "No action is required on your part. 451 4.7.1 greylisted",
            DeliveryReport("delayed", "4.7.1"),
        ),
        (["From: bob@example.org", "Subject: failure notice"], "We failed, 550 5.1.1", None),
        (["From: bob@example.org", "Subject: Re: x"], "Hello", None),
        ([DAEMON, "Subject: Your quota"], "It is full", None),
    ],
)
def test_reports_in_a_servers_own_words(
    head: list[str], body: str, expected: DeliveryReport | None
) -> None:
    assert read_mail(("\r\n".join(head) + "\r\n\r\n" + body).encode()).report == expected
