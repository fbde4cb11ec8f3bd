"""What GitHub, GitLab, Gitea and Forgejo send when something is pushed, each with its signature.

GitHub's payloads are its own (@octokit/webhooks-examples, from npm). Those of the others are
written after docs.gitlab.com “Webhook events” and docs.gitea.com “Webhooks”, by whose field names
Forgejo goes, too.
"""

import base64
import hashlib
import hmac
import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
COMMIT = "6113728f27ae82c7b1a177c8d03f9e96e0adf246"
BEFORE, NOTHING = "1" * 40, "0" * 40
NPM = Path(__file__).parents[2] / "var" / "npm-forges"
PACKAGES = {"@octokit/webhooks-examples": "7.6.1", "@octokit/webhooks-methods": "6.0.0"}

Payload = dict[str, Any]
Sent = tuple[dict[str, str], bytes]  # header fields and body


def hexadecimal(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _formed(body: bytes) -> bytes:
    return urlencode({"payload": body}).encode()


def _kind(form: bool) -> str:
    return "application/x-www-form-urlencoded" if form else "application/json"


def github(payload: Payload, secret: str = SECRET, event: str = "push", form: bool = False) -> Sent:
    body = json.dumps(payload).encode()
    body = _formed(body) if form else body
    headers = {
        "Content-Type": _kind(form),
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": str(uuid4()),
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": f"sha256={hexadecimal(body, secret)}",
    }
    return headers, body


def gitlab(payload: Payload, secret: str = SECRET, event: str = "Push Hook") -> Sent:
    """With the secret token, which signs nothing."""
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
        "X-Gitlab-Event": event,
        "X-Gitlab-Event-UUID": str(uuid4()),
        "X-Gitlab-Token": secret,
    }
    return headers, json.dumps(payload).encode()


def gitlab_signed(payload: Payload, stamp: int, secret: str = SECRET, id: str = "") -> Sent:
    """With a signing token."""
    headers, body = gitlab(payload, "")
    id = id or headers["Idempotency-Key"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    headers |= {
        "webhook-id": id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    return headers, body


def gitea(payload: Payload, secret: str = SECRET, event: str = "push", form: bool = False) -> Sent:
    """It signs the JSON, also in a form: services/webhook/deliver.go."""
    body = json.dumps(payload, indent=2).encode()
    signature = hexadecimal(body, secret)
    headers = {
        "Content-Type": _kind(form),
        "X-Gitea-Delivery": str(uuid4()),
        "X-Gitea-Event": event,
        "X-Gitea-Signature": signature,
        "X-Gogs-Event": event,
        "X-Gogs-Signature": signature,
        "X-Hub-Signature-256": f"sha256={signature}",
        "X-GitHub-Event": event,
    }
    return headers, _formed(body) if form else body


def forgejo(
    payload: Payload, secret: str = SECRET, event: str = "push", form: bool = False
) -> Sent:
    headers, body = gitea(payload, secret, event, form)
    named = {"X-Forgejo-Event": event, "X-Forgejo-Signature": headers["X-Gitea-Signature"]}
    return headers | named, body


SENDERS: dict[str, Callable[..., Sent]] = {
    "github": github,
    "gitlab": gitlab,
    "gitea": gitea,
    "forgejo": forgejo,
}


def payload_of(
    forge: str,
    ref: str = "refs/heads/main",
    after: str = COMMIT,
    email: str = "camille@example.org",
) -> Payload:
    """The payload of a push."""
    if forge == "github":
        told = next(one for one in examples("push") if one["ref"] == "refs/heads/master")
        pusher = {"pusher": {"name": "camille", "email": email}}
        return told | {"ref": ref, "after": after, "deleted": after == NOTHING} | pusher
    if forge == "gitlab":
        return _of_gitlab(ref, after, email)
    user = {"id": 1, "login": "camille", "full_name": "Camille", "email": email}
    return {
        "ref": ref,
        "before": BEFORE,
        "after": after,
        "compare_url": "https://git.example.org/camille/briefs/compare/1111...6113",
        "commits": [{"id": after, "message": "Words", "author": {"email": "x@example.org"}}],
        "repository": {
            "id": 140,
            "full_name": "camille/briefs",
            "clone_url": "https://git.example.org/camille/briefs.git",
            "default_branch": "main",
            "updated_at": "2026-11-03T10:00:00+01:00",
        },
        "pusher": user,
        "sender": user,
    }


def _of_gitlab(ref: str, after: str, email: str) -> Payload:
    kind = "tag_push" if ref.startswith("refs/tags/") else "push"
    return {
        "object_kind": kind,
        "event_name": kind,
        "before": BEFORE,
        "after": after,
        "ref": ref,
        "ref_protected": True,
        "checkout_sha": None if after == NOTHING else after,
        "user_id": 4,
        "user_name": "Camille Le Goff",
        "user_username": "camille",
        "user_email": email,
        "project_id": 15,
        "project": {
            "id": 15,
            "path_with_namespace": "camille/briefs",
            "git_http_url": "https://gitlab.example.org/camille/briefs.git",
            "default_branch": "main",
        },
        "commits": [{"id": after, "message": "Words", "author": {"email": "x@example.org"}}],
        "total_commits_count": 1,
    }


@cache
def octokit() -> Path:
    """The packages of GitHub's own payloads and signatures, fetched once into var/."""
    for name, version in PACKAGES.items():
        package = NPM / "node_modules" / name / "package.json"
        found = package.exists() and json.loads(package.read_text(encoding="utf-8"))["version"]
        if found != version:
            npm = shutil.which("npm")
            assert npm, "npm is missing: these tests need it to fetch GitHub's payloads"
            NPM.mkdir(parents=True, exist_ok=True)
            command = [npm, "install", "--prefix", str(NPM), "--no-audit", "--no-fund"]
            wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
            subprocess.run([*command, *wanted], check=True, capture_output=True)
            break
    return NPM / "node_modules" / "@octokit"


@cache
def examples(event: str) -> list[Payload]:
    """GitHub's payloads of an event."""
    index = octokit() / "webhooks-examples" / "api.github.com" / "index.json"
    kinds = json.loads(index.read_text(encoding="utf-8"))
    return [one for kind in kinds if kind["name"] == event for one in kind["examples"]]


def octokit_says(call: str, *arguments: str) -> Any:
    """What GitHub's own library answers: `sign` or `verify`."""
    node = shutil.which("node")
    assert node, "node is missing: it runs GitHub's own library"
    program = (
        f"import {{ {call} }} from 'file://{octokit()}/webhooks-methods/dist-node/index.js';"
        f"console.log(JSON.stringify(await {call}(...{json.dumps(arguments)})));"
    )
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout)
