import pytest

from comments_service.mail.parse import read_mail

OURS = "mx.example.org"
RECEIVED = "Received: from elsewhere by mx.example.org"


def result(*fields: str, authserv_id: str = OURS) -> str:
    return read_mail(("\r\n".join(fields) + "\r\n\r\nx").encode(), authserv_id=authserv_id).dmarc


def says(result: str, who: str = OURS) -> str:
    return (
        f"Authentication-Results: {who}; spf=pass smtp.mailfrom=a.org; dmarc={result} header.from=a"
    )


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ([says("pass")], "pass"),
        ([says("Fail", who="MX.Example.ORG 1")], "fail"),
        ([says("pass", who='"mx.example.org"')], "pass"),
        (["Authentication-Results: (of) mx.example.org (us);\r\n dmarc = none (p=none)"], "none"),
        (["Authentication-Results: mx.example.org; none"], ""),
        ([says("pass", who="mx.example.com")], ""),
        ([says("pass", who="mx.example.org.evil.com")], ""),
        (["ARC-" + says("pass")], ""),
        (["Authentication-Results: mx.example.org; dkim=pass", says("pass")], "pass"),
        ([says("pass"), says("fail")], "fail"),
        ([RECEIVED, says("pass"), RECEIVED, says("fail")], "pass"),
        ([says("fail", who="other"), says("pass"), RECEIVED], "pass"),
        ([], ""),
    ],
)
def test_only_our_own_server_is_believed(fields: list[str], found: str) -> None:
    assert result(*fields) == found


@pytest.mark.parametrize(
    "value",
    [
        'spf=pass smtp.mailfrom="; dmarc=pass;"@evil.org',
        "spf=pass (; dmarc=pass ;) smtp.mailfrom=x",
        "spf=pass (a (b) ; dmarc=pass ) smtp.mailfrom=x",
        r'spf=pass reason="\"; dmarc=pass;" ',
        "spf=pass (\\) ; dmarc=pass)",
        "x-dmarc=pass",
        "spf=pass dmarc=pass",
    ],
)
def test_what_a_sender_chose_inside_our_servers_words_is_no_result(value: str) -> None:
    assert result(f"Authentication-Results: {OURS}; {value}") == ""


def test_a_result_below_a_foreign_hop_may_be_forged() -> None:
    forged = says("pass")
    dkim = f"Authentication-Results: {OURS}; dkim=none"
    assert result(RECEIVED, dkim, "Received: from evil", forged) == ""


def test_without_a_name_of_our_own_nobody_is_believed() -> None:
    assert result(says("pass"), authserv_id="") == ""
    assert result("Authentication-Results: ; dmarc=pass", authserv_id="") == ""
