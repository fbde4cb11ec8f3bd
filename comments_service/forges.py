"""Push events of GitHub, GitLab, Gitea and Forgejo: whether one is signed, and what it tells.

Nothing but bytes and header fields goes in. What a payload tells is somebody's word: no path, URL
or remote is taken from it.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from .domain.pushes import Forge

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 256 * 1024  # that is unpacked before its signature can be looked at
FRESH = 300  # seconds by which a signed time may differ from ours (Standard Webhooks)
Said = Callable[[str], str]  # the value of a header field; empty when there is none

# Forgejo also sends what Gitea sends, and both what GitHub sends: the first that is there counts.
_EVENT_FIELDS = {
    Forge.FORGEJO: "X-Forgejo-Event",
    Forge.GITEA: "X-Gitea-Event",
    Forge.GITLAB: "X-Gitlab-Event",
    Forge.GITHUB: "X-GitHub-Event",
}
_SIGNATURE_FIELDS = {
    Forge.FORGEJO: ("X-Forgejo-Signature", "X-Gitea-Signature", "X-Hub-Signature-256"),
    Forge.GITEA: ("X-Gitea-Signature", "X-Hub-Signature-256"),
    Forge.GITHUB: ("X-Hub-Signature-256",),
}
_PUSHES = {"push", "Push Hook", "System Hook"}
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = "refs/heads/"


class BadPayload(ValueError):
    """It is signed, and is no payload."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one of the forges vouches for."""

    forge: Forge
    event: str
    payload: bytes  # the JSON
    digest: str  # of what is signed: the same for the same delivery, whoever repeats it


@dataclass(frozen=True, slots=True)
class Told:
    """What a push event tells."""

    branch: str  # empty: it was a tag
    commit: str
    deleted: bool
    email: str  # of whoever pushed; empty when the forge does not say


def read_delivery(
    said: Said, mimetype: str, body: bytes, secret: str, now: datetime
) -> Delivery | None:
    """What was delivered, if a forge that knows `secret` sent it; None says no more than that."""
    forge = next((one for one, field in _EVENT_FIELDS.items() if said(field)), None)
    if forge is None or not secret:
        return None
    in_form = mimetype == FORM
    if forge is Forge.GITLAB:
        digest, payload = _by_gitlab(said, body, secret, now), body
    elif forge is Forge.GITHUB:  # it signs what travels: nothing is unpacked for a stranger
        digest = _by_hmac(said, _SIGNATURE_FIELDS[forge], body, secret)
        payload = _payload(body) if digest and in_form else body
    elif in_form and len(body) > LARGEST_FORM:
        return None
    else:  # Gitea and Forgejo sign the JSON, also where it travels in a form
        payload = _payload(body) if in_form else body
        digest = _by_hmac(said, _SIGNATURE_FIELDS[forge], payload, secret)
    return Delivery(forge, said(_EVENT_FIELDS[forge]), payload, digest) if digest else None


def push_told(delivery: Delivery) -> Told | None:
    """What a push event tells; None for any other event. Raises BadPayload."""
    document = _document(delivery.payload)
    if delivery.event not in _PUSHES:
        return None
    if delivery.forge is Forge.GITLAB and document.get("event_name") != "push":
        return None  # a system hook tells of everything
    ref, commit = document.get("ref"), document.get("after")
    if not isinstance(ref, str) or not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise BadPayload
    return Told(
        branch=ref.removeprefix(_BRANCH) if ref.startswith(_BRANCH) else "",
        commit=commit,
        deleted=document.get("deleted") is True or not commit.strip("0"),
        email=_email(delivery.forge, document),
    )


def _by_hmac(said: Said, fields: tuple[str, ...], signed: bytes, secret: str) -> str:
    """HMAC-SHA256 in hex: docs.github.com “Validating webhook deliveries”, with `sha256=` before
    it; services/webhook/shared/payloader.go of Gitea and of Forgejo, bare in fields of their own.

    The first field that is there decides: a wrong one is not made good by another.
    """
    field = next((one for one in fields if said(one)), "")
    prefix = "sha256=" if field == "X-Hub-Signature-256" else ""
    right = prefix + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return _digest(signed) if field and _same(said(field), right) else ""


def _by_gitlab(said: Said, body: bytes, secret: str, now: datetime) -> str:
    """docs.gitlab.com “Webhooks”: a signature with a signing token, or else the secret token.

    The token comes in plain and signs nothing; what tells two like deliveries apart is unsigned,
    too, and is sent by whoever knows the token.
    """
    if said("webhook-signature"):
        return _by_standard_webhooks(said, body, secret, now)
    told_apart = said("Idempotency-Key") or said("X-Gitlab-Event-UUID")
    alike = _same(said("X-Gitlab-Token"), secret)
    return _digest(told_apart.encode() + b"." + body) if alike else ""


def _by_standard_webhooks(said: Said, body: bytes, secret: str, now: datetime) -> str:
    """standardwebhooks.com: HMAC-SHA256 in base64 over id, time and body."""
    id, stamp = said("webhook-id"), said("webhook-timestamp")
    try:
        kind, key = secret[:6], base64.b64decode(secret[6:], validate=True)
    except ValueError:
        return ""
    if kind != "whsec_" or not id or not re.fullmatch("[0-9]{1,15}", stamp):
        return ""
    signed = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    right = "v1," + base64.b64encode(signed).decode()
    fresh = abs(now.timestamp() - int(stamp)) <= FRESH
    alike = [_same(one, right) for one in said("webhook-signature").split()]
    return _digest(f"{id}.".encode() + body) if fresh and any(alike) else ""


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())


def _digest(signed: bytes) -> str:
    return hashlib.sha256(signed).hexdigest()


def _payload(body: bytes) -> bytes:
    """The field of a form in which GitHub, Gitea and Forgejo put the JSON, if they are asked to."""
    try:
        fields = dict(parse_qsl(body, errors="strict", max_num_fields=10))
    except ValueError:
        return b""
    return fields.get(b"payload", b"")


def _document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload.decode())
    except (ValueError, RecursionError):
        raise BadPayload from None
    if not isinstance(document, dict):
        raise BadPayload
    return document


def _email(forge: Forge, document: dict[str, Any]) -> str:
    pusher = document.get("pusher")
    told = pusher.get("email") if isinstance(pusher, dict) else None
    if forge is Forge.GITLAB:
        told = document.get("user_email")
    return told if isinstance(told, str) else ""
