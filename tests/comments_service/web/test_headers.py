"""What every answer says about itself, and what no log ever says."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.people import Person

from ..conftest import Circle
from .conftest import WRITE, Auth


@pytest.mark.parametrize(
    "path", ["/", WRITE, "/-/me", "/-/nothing", "/api/v1/discussions", "/api/v1/nothing"]
)
def test_no_answer_may_load_or_be_framed_from_elsewhere(visitor: FlaskClient, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/search/", True),
        ("/fr/search/", True),
        ("/", False),
        ("/opportunities/search/", False),
        ("/search/nothing", False),
        ("/-/search/", False),
        ("/api/search/", False),
    ],
)
def test_webassembly_may_run_where_the_site_searches_and_nowhere_else(
    visitor: FlaskClient, path: str, may: bool
) -> None:
    policy = visitor.get(path).headers["Content-Security-Policy"]
    assert ("'wasm-unsafe-eval'" in policy) is may
    assert "'unsafe-" not in policy and "script-src *" not in policy


def test_the_service_s_pages_carry_nothing_inline(expert: FlaskClient) -> None:
    for path in (WRITE, "/-/me"):
        page = expert.get(path).text
        assert "<script" not in page and "style=" not in page and "<style" not in page


def test_personal_pages_are_kept_nowhere_and_their_address_goes_nowhere(
    expert: FlaskClient, auth: Auth, ada: Person
) -> None:
    for path in (auth.link(ada), auth.invitation_link("Bob"), "/-/me", "/-/me.json", WRITE):
        headers = expert.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Robots-Tag"] == "noindex"


def test_reading_sets_no_cookie(visitor: FlaskClient, auth: Auth, ada: Person) -> None:
    for path in ("/", WRITE, "/-/signin", "/api/v1/discussions", auth.link(ada)):
        assert "Set-Cookie" not in visitor.get(path).headers


def test_no_log_names_an_address_a_token_or_a_word(
    app: Flask,
    visitor: FlaskClient,
    circle: Circle,
    auth: Auth,
    ada: Person,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    words = {"text": "private words", "name": "Zoe", "email": "zoe@example.net"}
    visitor.post(WRITE, data=words)
    visitor.post(WRITE, data=words | {"email": "zoe"})
    visitor.post("/-/signin", data={"email": "ada@example.org"})
    link = auth.link(ada)
    visitor.get(link)
    visitor.post(link)
    visitor.get(link)
    unused = auth.link(ada)
    monkeypatch.setattr(circle.store, "reading", lambda: 1 / 0)
    assert visitor.get(unused).status_code == 500  # the fault is told by its endpoint
    logged = caplog.text
    assert "coming_in.show_hello failed" in logged
    for secret in ("zoe@", "ada@", "private words", *(part[10:] for part in (link, unused))):
        assert secret not in logged
