import pytest

from comments_service.mail.parse import read_mail

OURS = "mx.example.org"
RECEIVED = "Received: from elsewhere by mx.example.org"


def result(*fields: str, sender: str = "ada@a.org", authserv_id: str = OURS) -> str:
    raw = "\r\n".join([*fields, f"From: {sender}", "", "x"]).encode()
    return read_mail(raw, authserv_id=authserv_id).dmarc


def says(result: str, who: str = OURS) -> str:
    told = f"spf=pass smtp.mailfrom=a.org; dmarc={result} header.from=a.org"
    return f"Authentication-Results: {who}; {told}"


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


@pytest.mark.parametrize(
    "above",
    [
        ["Received: from relay.elsewhere by 2002:a05:6402::1", RECEIVED],
        ["Received: from a by box.provider.example", "Received: from b by mta.provider.example"],
        [
            "Received: from a by mail.example.org",
            "Received: from a by localhost (amavis)",
            RECEIVED,
        ],
    ],
)
def test_our_own_servers_may_hand_a_mail_on_before_it_comes_here(above: list[str]) -> None:
    assert result(*above, says("pass")) == "pass"


@pytest.mark.parametrize(
    "hop",
    [
        "Received: from evil by relay.evil.org",
        "Received: from evil (by mx.example.org) by relay.evil.org",
        "Received: from evil by mx.example.org.evil.org",
        "Received: from evil",
    ],
)
def test_what_stands_below_a_foreign_hop_never_counts(hop: str) -> None:
    assert result(RECEIVED, hop, says("pass")) == ""


@pytest.mark.parametrize(
    ("sender", "told"),
    [
        ("ada@a.org", "header.from=A.Org"),
        ("ada@a.org", "(p=none) header.from = a.org."),
        ("ada@a.org", "header.from=ada@a.org"),
        ("ada@bücher.de", "header.from=xn--bcher-kva.de"),
        ("ada@xn--bcher-kva.de", "header.from=BÜCHER.de"),
        ("ada@a.org", "policy.p=none"),
    ],
)
def test_a_pass_counts_for_the_domain_of_the_sender(sender: str, told: str) -> None:
    assert result(f"Authentication-Results: {OURS}; dmarc=pass {told}", sender=sender) == "pass"


@pytest.mark.parametrize(
    ("sender", "told"),
    [
        ("ada@a.org", "header.from=evil.example"),
        ("ada@a.org", "header.from=a.org.evil.example"),
        ("ada@a.org", "header.from=a.org header.from=evil.example"),
        ("ada@a.org", 'header.from="a.org"'),
        ("ada@faß.de", "header.from=fass.de"),
        ("ada@a.org, eve@evil.example", "header.from=evil.example"),
        ("ada@a.org, eve@evil.example", "policy.p=none"),
    ],
)
def test_a_pass_for_another_domain_is_no_pass(sender: str, told: str) -> None:
    assert result(f"Authentication-Results: {OURS}; dmarc=pass {told}", sender=sender) == ""


@pytest.mark.parametrize("more", [["X: y"] * 1_000, ["X: " + "y" * 300_000]])
def test_nothing_passes_in_a_header_that_is_not_read_to_its_end(more: list[str]) -> None:
    assert result(says("pass"), "From: ada@a.org", *more) == ""
    assert result(says("fail"), "From: ada@a.org", *more) == "fail"


def test_a_name_in_endless_quotes_is_nobodys() -> None:
    assert result(*[f'Authentication-Results: "{"a" * 9_000}'] * 25) == ""


def test_without_a_name_of_our_own_nobody_is_believed() -> None:
    assert result(says("pass"), authserv_id="") == ""
    assert result("Authentication-Results: ; dmarc=pass", authserv_id="") == ""
