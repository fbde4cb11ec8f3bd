"""What forges deliver at POST /hooks/git: taken once, if it is signed and of our branch."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.pushes import Push

from ...servers.forges import (
    COMMIT,
    NOTHING,
    SECRET,
    SENDERS,
    Sent,
    examples,
    forgejo,
    github,
    gitlab,
    gitlab_signed,
    hexadecimal,
    payload_of,
)
from ..conftest import Circle
from .conftest import Page


@pytest.fixture
def forge(furnish: Callable[..., Flask]) -> FlaskClient:
    """A program that delivers to a house which knows the secret."""
    return furnish(EMERGENCE_HOOK_SECRET=SECRET).test_client()


def deliver(client: FlaskClient, sent: Sent) -> TestResponse:
    headers, body = sent
    foreign = {"Sec-Fetch-Site": "", "Origin": ""}  # a forge is no browser
    return client.post("/hooks/git", data=body, headers=headers | foreign)


def waiting(circle: Circle) -> list[Push]:
    with circle.store.reading() as look:
        return look.pushes_waiting()


@pytest.mark.parametrize("name", list(SENDERS))
def test_a_push_to_our_branch_is_kept_and_answered_at_once(
    forge: FlaskClient, circle: Circle, name: str
) -> None:
    answer = deliver(forge, SENDERS[name](payload_of(name)))
    assert (answer.status_code, answer.json) == (202, {"state": "asked"})
    [push] = waiting(circle)
    assert (push.forge, push.branch, push.commit) == (name, "main", COMMIT)
    assert push.pusher == circle.facilitator.id


def test_a_signing_token_of_gitlab_opens_it_too(forge: FlaskClient, circle: Circle) -> None:
    sent = gitlab_signed(payload_of("gitlab"), int(circle.now.timestamp()))
    assert deliver(forge, sent).status_code == 202
    assert deliver(forge, sent).status_code == 409


def test_without_a_secret_there_is_no_door(visitor: FlaskClient, circle: Circle) -> None:
    for sent in (github(payload_of("github")), github(payload_of("github"), secret="")):
        assert deliver(visitor, sent).status_code == 404
    assert not waiting(circle)


@pytest.mark.parametrize("name", list(SENDERS))
def test_who_does_not_know_the_secret_hears_nothing(
    forge: FlaskClient, circle: Circle, name: str
) -> None:
    headers, body = SENDERS[name](payload_of(name), "another secret of some length")
    unsigned = {k: v for k, v in headers.items() if "ignature" not in k and "Token" not in k}
    for refused in ((headers, body), (unsigned, body), ({}, body), ({}, b"")):
        answer = deliver(forge, refused)
        assert (answer.status_code, answer.data) == (403, b"")
    assert not waiting(circle)


def test_a_tampered_body_is_refused(forge: FlaskClient, circle: Circle) -> None:
    headers, body = github(payload_of("github"))
    assert deliver(forge, (headers, body.replace(b"6113728f", b"deadbeef"))).status_code == 403
    assert not waiting(circle)


@pytest.mark.parametrize("name", list(SENDERS))
def test_a_delivery_that_comes_again_is_refused(
    forge: FlaskClient, circle: Circle, name: str
) -> None:
    headers, body = SENDERS[name](payload_of(name))
    assert deliver(forge, (headers, body)).status_code == 202
    again = {k: "another" if k.endswith("-Delivery") else v for k, v in headers.items()}
    answer = deliver(forge, (again, body))
    assert answer.status_code == 409
    assert answer.json and answer.json["error"]["code"] == "conflict"
    assert len(waiting(circle)) == 1


@pytest.mark.parametrize("name", list(SENDERS))
@pytest.mark.parametrize(
    ("ref", "after"),
    [
        ("refs/heads/draft", COMMIT),
        ("refs/heads/main/x", COMMIT),
        ("refs/heads/refs/heads/main", COMMIT),
        ("main", COMMIT),
        ("refs/tags/main", COMMIT),
        ("refs/heads/main", NOTHING),
    ],
)
def test_another_branch_a_tag_and_a_deletion_are_ignored(
    forge: FlaskClient, circle: Circle, name: str, ref: str, after: str
) -> None:
    answer = deliver(forge, SENDERS[name](payload_of(name, ref=ref, after=after)))
    assert (answer.status_code, answer.json) == (202, {"state": "ignored"})
    assert not waiting(circle)


def test_the_branch_is_the_one_of_the_settings(
    furnish: Callable[..., Flask], circle: Circle
) -> None:
    app = furnish(EMERGENCE_HOOK_SECRET=SECRET, EMERGENCE_GIT_BRANCH="master")
    told = [deliver(app.test_client(), github(one)).status_code for one in examples("push")]
    assert set(told) <= {202, 409}
    assert {push.commit for push in waiting(circle)} == {COMMIT}


@pytest.mark.parametrize("number", range(4))
def test_a_ping_is_answered(forge: FlaskClient, circle: Circle, number: int) -> None:
    answer = deliver(forge, github(examples("ping")[number], event="ping"))
    assert (answer.status_code, answer.json) == (200, {"state": "pong"})
    assert not waiting(circle)


def test_other_events_are_ignored(forge: FlaskClient, circle: Circle) -> None:
    for sent in (
        github(examples("issues")[0], event="issues"),
        github(examples("create")[0], event="create"),
        forgejo({"action": "opened"}, event="pull_request"),
        gitlab({"object_kind": "note"}, event="Note Hook"),
        gitlab(payload_of("gitlab", ref="refs/tags/main"), event="Tag Push Hook"),
        gitlab({"event_name": "user_create"}, event="System Hook"),
    ):
        answer = deliver(forge, sent)
        assert (answer.status_code, answer.json) == (202, {"state": "ignored"})
    assert not waiting(circle)


@pytest.mark.parametrize("name", ["github", "gitea", "forgejo"])
def test_a_form_is_taken_as_well(forge: FlaskClient, circle: Circle, name: str) -> None:
    assert deliver(forge, SENDERS[name](payload_of(name), form=True)).status_code == 202
    assert len(waiting(circle)) == 1


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"[]", 400),
        ("application/json", b'{"ref": "refs/heads/main", "after": "HEAD"}', 400),
        ("application/x-www-form-urlencoded", b"load=%7B%7D", 400),
        ("text/plain", b"{}", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
    ],
)
def test_what_is_signed_and_no_payload_is_refused_in_words(
    forge: FlaskClient, circle: Circle, kind: str, body: bytes, status: int
) -> None:
    headers = {"Content-Type": kind, "X-GitHub-Event": "push"}
    headers["X-Hub-Signature-256"] = f"sha256={hexadecimal(body, SECRET)}"
    answer = deliver(forge, (headers, body))
    assert answer.status_code == status
    assert answer.json and answer.json["error"]["message"]
    assert not waiting(circle)


def large(size: int) -> Sent:
    payload = payload_of("github")
    payload["commits"] = [{"message": "x" * (size - len(json.dumps(payload)) - 20)}]
    return github(payload)


def test_a_payload_may_be_larger_than_anything_else_here(
    forge: FlaskClient, circle: Circle
) -> None:
    sent = large(24 * 1024 * 1024)
    assert deliver(forge, sent).status_code == 202
    assert deliver(forge, (sent[0], sent[1] + b" ")).status_code == 403
    assert deliver(forge, large(25 * 1024 * 1024 + 1_000)).status_code == 413
    assert len(waiting(circle)) == 1


def test_elsewhere_nothing_grew(forge: FlaskClient) -> None:
    body = b"x" * (256 * 1024 + 2)
    headers = {"Content-Type": "application/json"}
    assert forge.post("/api/v1/preview", data=body, headers=headers).status_code == 413


def test_a_browser_of_another_site_changes_nothing_about_it(forge: FlaskClient) -> None:
    headers, body = github(payload_of("github"))
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert forge.post("/hooks/git", data=body, headers=headers | foreign).status_code == 202


def test_the_payload_is_kept_nowhere(forge: FlaskClient, dump: Callable[[], list[str]]) -> None:
    deliver(forge, forgejo(payload_of("forgejo", email="somebody@nowhere.example")))
    kept = "\n".join(dump())
    assert "somebody@nowhere.example" not in kept and "git.example.org" not in kept


BAD: dict[str, Any] = {
    "state": "bad",
    "commit": COMMIT,
    "at": "2026-11-03T09:00:00+00:00",
    "problems": [
        {"file": "content/x/brief.md", "line": 3, "message": "unknown phase <b>"},
        {"file": "", "line": None, "message": "git is away"},
    ],
}


def test_the_desk_tells_of_a_bad_push_until_a_good_one(
    facilitator: FlaskClient, tmp_path: Path
) -> None:
    assert 'id="push"' not in facilitator.get("/-/desk/").text
    record = tmp_path / "publish.json"
    for state in ("bad", "refused"):
        record.write_text(json.dumps(BAD | {"state": state}), encoding="utf-8")
        page = facilitator.get("/-/desk/")
        assert "content/x/brief.md:3</code> unknown phase &lt;b&gt;" in page.text
        assert "git is away" in Page(page).words
    for state in ("live", "waiting"):
        record.write_text(json.dumps(BAD | {"state": state}), encoding="utf-8")
        assert 'id="push"' not in facilitator.get("/-/desk/").text


@pytest.mark.parametrize("text", ["", "{", "[]", '"bad"', '{"state": "bad", "problems": [1]}'])
def test_a_broken_record_breaks_no_desk(
    facilitator: FlaskClient, tmp_path: Path, text: str
) -> None:
    (tmp_path / "publish.json").write_text(text, encoding="utf-8")
    assert facilitator.get("/-/desk/").status_code == 200


def test_what_the_builder_says_as_well_is_said_once(
    facilitator: FlaskClient, tmp_path: Path
) -> None:
    (tmp_path / "publish.json").write_text(json.dumps(BAD), encoding="utf-8")
    (tmp_path / "site").mkdir(exist_ok=True)
    failed = json.dumps(BAD | {"state": "failed"})
    (tmp_path / "site" / "status.json").write_text(failed, encoding="utf-8")
    assert facilitator.get("/-/desk/").text.count("git is away") == 1
