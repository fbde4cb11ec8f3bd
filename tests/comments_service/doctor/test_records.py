"""What the doctor makes of the DNS: one record spoilt at a time, and what it says then."""

import socket
from collections.abc import Callable

import pytest
from dns.resolver import NoResolverConfiguration, Resolver

from comments_service.doctor import records
from comments_service.doctor.findings import Finding
from comments_service.doctor.records import what_is_wrong_with_spf
from comments_service.settings import Settings
from tests.servers.name_server import NameServer

DOMAIN = "talk.example.org"


@pytest.fixture
def look(
    settings_with: Callable[..., Settings], name_server: NameServer
) -> Callable[[], dict[str, Finding]]:
    """Ask the doctor about the domain; its findings by what they are about."""

    def ask() -> dict[str, Finding]:
        found = records.examine(settings_with(), name_server.resolver())
        return {finding.what: finding for finding in found}

    return ask


Look = Callable[[], dict[str, Finding]]


def test_a_domain_with_all_its_records_is_well(look: Look) -> None:
    found = look()
    assert list(found) == ["mx", "spf", "dkim", "dmarc"]
    assert all(finding.well for finding in found.values())
    assert "mail.example.org" in found["mx"].words
    assert found["spf"].words == "v=spf1 mx -all"


@pytest.mark.parametrize(
    ("mx", "words"),
    [
        ([], "publish `talk.example.org. MX 10"),
        (["0 ."], "takes no mail"),
        (["10 mail.example.org.", "20 gone.example.org."], "gone.example.org has no address"),
    ],
)
def test_without_a_way_in_there_is_something_to_do(
    look: Look, name_server: NameServer, mx: list[str], words: str
) -> None:
    name_server.publish(DOMAIN, "MX", *mx)
    assert not look()["mx"].well
    assert words in look()["mx"].words


def test_a_mail_server_with_an_address_of_version_6_only_is_well(
    look: Look, name_server: NameServer
) -> None:
    name_server.publish("mail.example.org", "A")
    name_server.publish("mail.example.org", "AAAA", "2001:db8::10")
    assert look()["mx"].well


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "no SPF record"),
        (["v=spf10 mx -all"], "no SPF record"),
        (["v=spf1 mx -all", "V=SPF1 a -all"], "two SPF records"),
        (["v=spf1 +all"], "everybody"),
    ],
)
def test_an_spf_record_that_receivers_cannot_use_is_named(
    look: Look, name_server: NameServer, texts: list[str], words: str
) -> None:
    name_server.publish_text(DOMAIN, *texts)
    assert not look()["spf"].well
    assert words in look()["spf"].words


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 mx -all",
        "v=spf1 ip4:192.0.2.10 ip6:2001:db8::/32 ~all",
        "v=spf1 include:_spf.example.net include:%{d}.example.net -all",
        "v=spf1 a:mail.example.org/28 mx/24 ptr exists:%{i}.example.org ?all redirect=example.net",
        "v=spf1 redirect=_spf.example.net",
        "v=spf1 mx -all exp=explain.example.org unknown-modifier=x",
        "V=SPF1 MX -ALL",
    ],
)
def test_a_sane_spf_record_is_left_in_peace(record: str) -> None:
    assert what_is_wrong_with_spf(record) == ""


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=spf1", "says nothing"),
        ("v=spf1 mx", "says nothing"),
        ("v=spf1 mx ?all", "says nothing"),
        ("v=spf1 mx all", "everybody"),
        ("v=spf1 mx +ALL", "everybody"),
        ("v=spf1 ip4:192.0.2.300 -all", "cannot be read at “ip4:192.0.2.300”"),
        ("v=spf1 ip4:2001:db8::1 -all", "cannot be read"),
        ("v=spf1 ip6:192.0.2.1 -all", "cannot be read"),
        ("v=spf1 mail.example.org -all", "cannot be read at “mail.example.org”"),
        ("v=spf1 mx; -all", "cannot be read at “mx;”"),
        ("v=spf1 " + "include:a.example.net " * 11 + "-all", "more than 10 look-ups"),
    ],
)
def test_what_is_wrong_with_an_spf_record_is_said(record: str, words: str) -> None:
    assert words in what_is_wrong_with_spf(record)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([], "no DMARC record"),
        (["v=DMARC12; p=reject"], "no DMARC record"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "keep one"),
        (["v=DMARC1; rua=mailto:postmaster@example.org"], "has no p="),
        (["v=DMARC1; p=rejekt"], "has no p="),
    ],
)
def test_a_dmarc_record_that_protects_nobody_is_named(
    look: Look, name_server: NameServer, texts: list[str], words: str
) -> None:
    name_server.publish_text("_dmarc.talk.example.org", *texts)
    assert not look()["dmarc"].well
    assert words in look()["dmarc"].words


def test_who_has_no_policy_is_told_to_begin_with_one_that_watches(
    look: Look, name_server: NameServer
) -> None:
    name_server.publish_text("_dmarc.talk.example.org")
    words = look()["dmarc"].words
    assert "v=DMARC1; p=none" in words and "p=reject may follow" in words


def test_a_policy_that_only_watches_is_well_for_a_beginning(
    look: Look, name_server: NameServer
) -> None:
    name_server.publish_text("_dmarc.talk.example.org", "v=DMARC1;p=none; sp=reject")
    assert look()["dmarc"].well
    assert "only watches" in look()["dmarc"].words


def test_the_policy_of_the_domain_above_holds(look: Look, name_server: NameServer) -> None:
    name_server.publish_text("_dmarc.talk.example.org")
    name_server.publish_text("_dmarc.example.org", "v=DMARC1; p=quarantine")
    assert look()["dmarc"].well
    assert "at _dmarc.example.org" in look()["dmarc"].words


@pytest.mark.parametrize(
    "domain",
    ["emergence.localhost", "talk.example", "talk.test", "talk.invalid", "house.local", "house"],
)
def test_a_name_that_no_public_server_knows_is_not_asked_about(
    settings_with: Callable[..., Settings], domain: str
) -> None:
    [finding] = records.examine(settings_with(mail_domain=domain))
    assert finding.well
    assert f"{domain} is no public domain" in finding.words


def test_an_address_is_no_mail_domain(settings_with: Callable[..., Settings]) -> None:
    [finding] = records.examine(settings_with(mail_domain="192.0.2.1"))
    assert not finding.well
    assert "EMERGENCE_MAIL_DOMAIN" in finding.words


def test_without_a_network_the_doctor_says_so(settings_with: Callable[..., Settings]) -> None:
    resolver = Resolver(configure=False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver.nameservers, resolver.port = ["127.0.0.1"], silent.getsockname()[1]
        resolver.lifetime = 0.2
        [finding] = records.examine(settings_with(), resolver)
    assert not finding.well
    assert "is there a network?" in finding.words


def test_without_any_name_server_the_doctor_says_so(
    settings_with: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unconfigured() -> Resolver:
        raise NoResolverConfiguration

    monkeypatch.setattr(records, "Resolver", unconfigured)
    [finding] = records.examine(settings_with())
    assert not finding.well
    assert "NoResolverConfiguration" in finding.words
