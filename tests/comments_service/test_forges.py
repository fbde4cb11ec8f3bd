"""Each forge's signature is its own, and counts for the very bytes that it was made for."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from comments_service import forges
from comments_service.domain.pushes import Forge

from ..servers.forges import (
    COMMIT,
    NOTHING,
    SECRET,
    SENDERS,
    Sent,
    examples,
    forgejo,
    gitea,
    github,
    gitlab,
    gitlab_signed,
    hexadecimal,
    octokit_says,
    payload_of,
)

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
ALL = list(SENDERS)


def read(sent: Sent, secret: str = SECRET, now: datetime = NOW) -> forges.Delivery | None:
    headers, body = sent
    return forges.read_delivery(_field_of(headers), headers["Content-Type"], body, secret, now)


def _field_of(headers: Mapping[str, str]) -> forges.Said:
    lower = {name.lower(): value for name, value in headers.items()}
    return lambda name: lower.get(name.lower(), "")


def without(sent: Sent, word: str) -> Sent:
    return {k: v for k, v in sent[0].items() if word.lower() not in k.lower()}, sent[1]


def told(sent: Sent) -> forges.Told | None:
    delivery = read(sent)
    assert delivery
    return forges.push_told(delivery)


@pytest.mark.parametrize("forge", ALL)
def test_a_push_is_read_with_the_secret_and_with_no_other(forge: str) -> None:
    sent = SENDERS[forge](payload_of(forge))
    delivery = read(sent)
    assert delivery and delivery.forge is Forge(forge)
    assert forges.push_told(delivery) == forges.Told("main", COMMIT, False, "camille@example.org")
    for wrong in ("x" * 32, SECRET[:-1], ""):
        assert read(sent, wrong) is None


@pytest.mark.parametrize("forge", ["github", "gitea", "forgejo"])
@pytest.mark.parametrize("form", [False, True])
def test_a_form_is_signed_as_its_forge_signs_forms(forge: str, form: bool) -> None:
    found = told(SENDERS[forge](payload_of(forge), form=form))
    assert found and found.commit == COMMIT


@pytest.mark.parametrize("forge", ["gitea", "forgejo"])
def test_a_large_form_is_not_unpacked_for_somebody_who_may_be_nobody(forge: str) -> None:
    large = payload_of(forge) | {"compare_url": "x" * 300_000}
    assert read(SENDERS[forge](large, form=True)) is None
    assert read(SENDERS[forge](large)) is not None


@pytest.mark.parametrize("forge", ["github", "gitea", "forgejo"])
@pytest.mark.parametrize("form", [False, True])
def test_a_byte_more_or_less_breaks_it(forge: str, form: bool) -> None:
    headers, body = SENDERS[forge](payload_of(forge), form=form)
    for other in (body[:-1], body.replace(b"main", b"evil"), b"", b"payload=" + body):
        assert read((headers, other)) is None


@pytest.mark.parametrize("forge", ALL)
def test_unsigned_is_nobodys(forge: str) -> None:
    sent = SENDERS[forge](payload_of(forge))
    assert read(without(without(sent, "signature"), "token")) is None
    assert read(({"Content-Type": "application/json"}, sent[1])) is None
    emptied = {k: "" if "Signature" in k or "Token" in k else v for k, v in sent[0].items()}
    assert read((emptied, sent[1])) is None


@pytest.mark.parametrize("value", ["é", "sha256=é", "sha1=abc", "sha256=", "\x80" * 64])
def test_a_signature_of_odd_characters_is_wrong_and_no_fault(value: str) -> None:
    headers, body = github(payload_of("github"))
    assert read((headers | {"X-Hub-Signature-256": value}, body)) is None


def test_a_wrong_signature_is_not_made_good_by_another() -> None:
    headers, body = forgejo(payload_of("forgejo"))
    assert read((headers | {"X-Forgejo-Signature": "0" * 64}, body)) is None
    only_hub = without(without((headers, body), "Forgejo-Signature"), "Gitea-Signature")
    assert read(only_hub), "the first that is there counts"
    signed = gitlab_signed(payload_of("gitlab"), STAMP)
    wrong = {"webhook-signature": "v1,AAAA", "X-Gitlab-Token": SECRET}
    assert read((signed[0] | wrong, signed[1])) is None


def test_github_documents_this_very_signature() -> None:
    """docs.github.com, “Validating webhook deliveries”: its values to test with."""
    right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"Content-Type": "text/plain", "X-GitHub-Event": "x", "X-Hub-Signature-256": right}
    assert read((headers, b"Hello, World!"), "It's a Secret to Everybody")


def test_githubs_own_library_agrees_on_its_own_payloads() -> None:
    body = json.dumps(examples("push")[4])
    signature = octokit_says("sign", SECRET, body)
    headers = {"Content-Type": "application/json", "X-GitHub-Event": "push"}
    assert read((headers | {"X-Hub-Signature-256": signature}, body.encode()))
    ours, ours_body = github(examples("push")[4])
    assert octokit_says("verify", SECRET, ours_body.decode(), ours["X-Hub-Signature-256"])


@pytest.mark.parametrize("number", range(7))
def test_every_push_that_github_documents_is_understood(number: int) -> None:
    payload = examples("push")[number]
    found = told(github(payload))
    on_a_branch = payload["ref"] == "refs/heads/master"
    assert found == forges.Told(
        "master" if on_a_branch else "",
        payload["after"],
        payload["deleted"],
        payload["pusher"]["email"],
    )


def test_a_signing_token_of_gitlab_is_a_standard_webhook() -> None:
    headers, body = gitlab(payload_of("gitlab"), "")
    signature = Webhook(SECRET).sign("msg_1", NOW, body.decode())
    signed = {"webhook-id": "msg_1", "webhook-timestamp": str(STAMP)}
    sent = headers | signed | {"webhook-signature": f"v1,AAAA {signature}"}, body
    found = read(sent)
    assert found and found.forge is Forge.GITLAB
    assert read(sent, "whsec_" + "A" * 43 + "=") is None
    assert read(sent, "no such token, but long") is None
    assert read((sent[0] | {"webhook-id": "msg_2"}, body)) is None
    assert read((sent[0], body + b" ")) is None


@pytest.mark.parametrize("late", [-301, 301])
def test_a_signed_time_of_long_ago_or_to_come_does_not_count(late: int) -> None:
    sent = gitlab_signed(payload_of("gitlab"), STAMP)
    assert read(sent, now=NOW + timedelta(seconds=late)) is None
    for stamp in ("", "soon", "-1", "9" * 30, "٣"):
        assert read((sent[0] | {"webhook-timestamp": stamp}, sent[1])) is None


def test_the_same_delivery_has_one_digest_and_another_has_another() -> None:
    for forge in ("github", "gitea", "forgejo"):
        one, other = SENDERS[forge](payload_of(forge)), SENDERS[forge](payload_of(forge))
        assert digest(one) == digest(other), "a delivery's id is not signed"
        assert digest(one) != digest(SENDERS[forge](payload_of(forge, email="a@example.org")))
    assert digest(gitea(payload_of("gitea"))) == digest(gitea(payload_of("gitea"), form=True))
    assert digest(forgejo(payload_of("gitea"))) == digest(gitea(payload_of("gitea")))
    plain = gitlab(payload_of("gitlab"))
    assert digest(plain) == digest(plain) != digest(gitlab(payload_of("gitlab")))
    signed = gitlab_signed(payload_of("gitlab"), STAMP, id="msg_1")
    again = gitlab_signed(payload_of("gitlab"), STAMP + 60, id="msg_1")
    assert digest(signed) == digest(again)


def digest(sent: Sent) -> str:
    found = read(sent)
    assert found
    return found.digest


@pytest.mark.parametrize("forge", ALL)
def test_a_tag_is_no_branch_and_a_deletion_is_told(forge: str) -> None:
    if forge != "gitlab":  # whose event of a tag is another one
        tag = told(SENDERS[forge](payload_of(forge, ref="refs/tags/main")))
        assert tag and tag.branch == ""
    gone = told(SENDERS[forge](payload_of(forge, after=NOTHING)))
    assert gone and gone.deleted


@pytest.mark.parametrize(
    "payload",
    [
        {"ref": "refs/heads/main", "after": "../../etc/passwd"},
        {"ref": "refs/heads/main", "after": "--upload-pack=x"},
        {"ref": "refs/heads/main", "after": COMMIT + "\n"},
        {"ref": "refs/heads/main", "after": COMMIT.upper()},
        {"ref": "refs/heads/main"},
        {"ref": ["refs/heads/main"], "after": COMMIT},
        {},
        [],
        None,
    ],
)
def test_what_is_no_push_is_said_to_be_none(payload: dict[str, str]) -> None:
    with pytest.raises(forges.BadPayload):
        told(github(payload))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"ref": 1' + b"1" * 9000]
)
def test_a_signed_body_that_is_no_json_is_said_to_be_none(body: bytes) -> None:
    headers = {"Content-Type": "application/json", "X-GitHub-Event": "push"}
    headers["X-Hub-Signature-256"] = f"sha256={hexadecimal(body, SECRET)}"
    with pytest.raises(forges.BadPayload):
        told((headers, body))


def test_a_pusher_without_an_address_is_nobody() -> None:
    for pusher in (None, "camille", {"email": None}, {"email": ["x"]}, {}):
        found = told(github(payload_of("github") | {"pusher": pusher}))
        assert found and found.email == ""


def test_other_events_are_no_pushes() -> None:
    assert told(github(examples("ping")[0], event="ping")) is None
    system = gitlab({"event_name": "project_create"}, event="System Hook")
    assert told(system) is None
    assert told(gitlab(payload_of("gitlab"), event="System Hook"))
