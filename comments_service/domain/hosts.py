"""Other hosts that build the site: how each is named in the settings, and what it expects."""

import hashlib
import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, urlsplit, urlunsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
GITHUB = "https://api.github.com/repos/OWNER/REPO/dispatches"
GITLAB = "https://gitlab.com/api/v4/projects/ID/trigger/pipeline?ref=main"
_OF_GITHUB = re.compile(r"/repos/([\w.-]+/[\w.-]+)/dispatches")
_OF_GITLAB = re.compile(r"/api/v4/projects/([\w.%-]+)/trigger/pipeline")


class BadTarget(ValueError):
    """Nobody can be asked there; the message says what is taken, and repeats nothing secret."""


class HostKind(StrEnum):
    """What a host understands."""

    GITHUB = "github"  # a repository_dispatch
    GITLAB = "gitlab"  # a pipeline's trigger
    WEBHOOK = "webhook"  # a build hook of Netlify, or anything that takes a POST


@dataclass(frozen=True, slots=True)
class Target:
    """A host to ask. The address of a webhook is a secret, as a token is."""

    kind: HostKind
    name: str  # for people to read, without anything secret
    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    ref: str = ""  # GitLab's: the branch to build

    @property
    def key(self) -> str:
        """By which it is known again, and which gives nothing away."""
        return hashlib.sha256(f"{self.kind} {self.url} {self.ref}".encode()).hexdigest()[:16]


def read_target(text: str, token: str) -> Target:
    """The target that `text` names by its URL: GitHub's and GitLab's are known by their paths.

    A URL's user is its own token and comes before `token`. Raises BadTarget.
    """
    try:
        parts = urlsplit(text)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not safe or not parts.hostname or parts.port == 0 or parts.fragment:
            raise ValueError
    except ValueError:  # also of brackets that do not close, or a port beyond 65535
        raise BadTarget("takes URLs that begin with https://") from None
    token = parts.password or parts.username or token
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="")
    if found := re.search(rf"{_OF_GITHUB.pattern}/?$", parts.path):
        return _github(bare, found[1], token)
    if found := re.search(rf"{_OF_GITLAB.pattern}/?$", parts.path):
        return _gitlab(bare, found[1], token, parse_qs(parts.query))
    if parts.hostname in ("github.com", "api.github.com"):
        raise BadTarget(f"takes for GitHub {GITHUB}")
    if "/api/v4/" in parts.path:
        raise BadTarget(f"takes for GitLab {GITLAB}")
    if parts.username:
        raise BadTarget("takes no user and no password for a webhook")
    return Target(HostKind.WEBHOOK, _host(bare), text)


def _github(bare: SplitResult, repository: str, token: str) -> Target:
    if not token:
        raise BadTarget("needs EMERGENCE_REBUILD_TOKEN for GitHub")
    name = f"{_host(bare).removeprefix('api.')}/{repository}"
    return Target(HostKind.GITHUB, name, _written(bare), token)


def _gitlab(bare: SplitResult, project: str, token: str, query: dict[str, list[str]]) -> Target:
    token = query.get("token", [token])[0]
    if not token:
        raise BadTarget("needs EMERGENCE_REBUILD_TOKEN for GitLab")
    ref = query.get("ref", ["main"])[0]
    name = f"{_host(bare)}/{project.replace('%2F', '/')}"
    return Target(HostKind.GITLAB, name, _written(bare), token, ref)


def _host(parts: SplitResult) -> str:
    return parts.netloc.lower()


def _written(parts: SplitResult) -> str:
    return urlunsplit(parts._replace(path=parts.path.rstrip("/")))
