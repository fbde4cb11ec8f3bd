"""Where a request comes from, and who can lie about it."""

from collections.abc import Callable
from ipaddress import ip_network

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.web.network import client_address

from .conftest import WRITE

TRUSTED = tuple(ip_network(n) for n in ("10.0.0.0/8", "fd00::/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # whoever asks can write this header
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "198.51.100.1,", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "[2001:db8::5]", "2001:db8::5"),
        ("", "198.51.100.1", "None"),
        ("@", "", "None"),
    ],
)
def test_the_right_most_address_that_no_proxy_of_ours_wrote_counts(
    remote: str, forwarded: str, client: str
) -> None:
    assert str(client_address(remote, forwarded, TRUSTED)) == client


def _ask_often(browser: FlaskClient, times: int, **sent: str) -> list[int]:
    statuses = []
    for number in range(times):
        given = {name: value.format(number) for name, value in sent.items()}
        remote = given.pop("remote")
        answer = browser.post(
            WRITE,
            data={"text": f"Hi from {given}.", "name": "Zoe", "email": f"zoe{number}@example.net"},
            headers={"X-Forwarded-For": given.get("forwarded", "")},
            environ_overrides={"REMOTE_ADDR": remote},
        )
        statuses.append(answer.status_code)
    return statuses


def test_a_forged_header_does_not_evade_the_limit(visitor: FlaskClient) -> None:
    statuses = _ask_often(visitor, 12, remote="203.0.113.5", forwarded="198.51.100.{}")
    assert statuses == [303] * 10 + [429] * 2


def test_a_network_of_ipv6_is_one_client(visitor: FlaskClient) -> None:
    assert _ask_often(visitor, 11, remote="2001:db8::{}")[-1] == 429


def test_behind_a_trusted_proxy_each_client_has_its_own_limit(
    furnish: Callable[..., Flask],
) -> None:
    browser = furnish(EMERGENCE_TRUSTED_PROXIES="10.0.0.0/8").test_client()
    statuses = _ask_often(browser, 12, remote="10.0.0.1", forwarded="198.51.100.{}")
    assert statuses == [303] * 12
    forged = _ask_often(browser, 12, remote="10.0.0.1", forwarded="192.0.2.{}, 198.51.100.77")
    assert forged[-1] == 429
