"""What the operator decides, read from the environment once, at the start."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from .domain.house import House, Visitors
from .domain.people import normal_email, one_line

Network = IPv4Network | IPv6Network


class BadSettings(ValueError):
    """A setting that cannot be used; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting. Its name in the environment is `EMERGENCE_` and the field's."""

    data: Path
    host: str
    port: int
    site_url: str
    service_url: str
    site_name: str
    site: Path
    manifest: str
    facilitators: tuple[tuple[str, str], ...]  # (name, e-mail)
    comments: Visitors
    posts_an_hour: int
    mail_domain: str
    smtp_url: str
    secret: bytes
    trusted_proxies: tuple[Network, ...]
    language: str

    @property
    def database(self) -> Path:
        """The one file to back up."""
        return self.data / "emergence.db"

    @property
    def mailbox(self) -> Path:
        """The Maildir that takes outgoing mail when no SMTP server is configured."""
        return self.data / "mail"

    @property
    def house(self) -> House:
        """The rules that the actions need."""
        return House(
            mail_domain=self.mail_domain,
            visitors=self.comments,
            posts_an_hour=self.posts_an_hour,
        )

    @property
    def on_loopback(self) -> bool:
        """Whether the service is reachable from this machine only."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def secure(self) -> bool:
        """Whether the session's cookie must travel over TLS: anywhere but on loopback."""
        return urlsplit(self.service_url).hostname not in ("127.0.0.1", "::1", "localhost")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environ` describes.

    Raises BadSettings for one that makes no sense. Creates the data folder and, when
    EMERGENCE_SECRET is not set, a secret in it that only its owner can read.
    """
    data = Path(environ.get("EMERGENCE_DATA", "var")).absolute()
    port = _number(environ, "PORT", 8000, most=65535)
    site_url = _url(environ, "EMERGENCE_SITE_URL", f"http://127.0.0.1:{port}")
    service_url = _url(environ, "EMERGENCE_SERVICE_URL", site_url)
    host_name = urlsplit(service_url).hostname or "localhost"
    local = host_name in ("127.0.0.1", "::1", "localhost")
    site = Path(environ.get("EMERGENCE_SITE", data / "site" / "current")).absolute()
    try:
        comments = Visitors(environ.get("EMERGENCE_COMMENTS", "held"))
    except ValueError:
        raise BadSettings("EMERGENCE_COMMENTS takes open, held or invited") from None
    some_facilitator = "Facilitator <facilitator@emergence.localhost>" if local else ""
    data.mkdir(parents=True, exist_ok=True)
    return Settings(
        data=data,
        host=environ.get("EMERGENCE_HOST", "127.0.0.1"),
        port=port,
        site_url=site_url,
        service_url=service_url,
        site_name=one_line(environ.get("EMERGENCE_SITE_NAME", "Emergence")),
        site=site,
        manifest=environ.get("EMERGENCE_MANIFEST", str(site / "opportunities.json")),
        facilitators=_facilitators(environ.get("EMERGENCE_FACILITATORS", some_facilitator)),
        comments=comments,
        posts_an_hour=_number(environ, "EMERGENCE_POSTS_AN_HOUR", 60),
        mail_domain=_domain(environ, "emergence.localhost" if local else host_name),
        smtp_url=environ.get("EMERGENCE_SMTP_URL", ""),
        secret=_secret(environ.get("EMERGENCE_SECRET", ""), data / "secret"),
        trusted_proxies=_networks(environ.get("EMERGENCE_TRUSTED_PROXIES", "")),
        language=environ.get("EMERGENCE_LANGUAGE", "en"),
    )


def _number(environ: Mapping[str, str], name: str, default: int, most: int = 10**9) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise BadSettings(f"{name} takes a number from 1 to {most}")
    return int(text)


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    url = environ.get(name) or default
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadSettings(f"{name} takes an absolute http(s) URL, such as https://example.org")
    return url.rstrip("/")


def _domain(environ: Mapping[str, str], default: str) -> str:
    domain = environ.get("EMERGENCE_MAIL_DOMAIN", default).lower()
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", domain):
        raise BadSettings("EMERGENCE_MAIL_DOMAIN takes a domain name, such as mail.example.org")
    return domain


def _facilitators(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for name, address in getaddresses([text]) if text.strip() else []:
        email = normal_email(address)
        if email is None or not name.strip():
            raise BadSettings("EMERGENCE_FACILITATORS takes: Name <name@example.org>, …")
        found.append((one_line(name), email))
    return tuple(found)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as problem:
        raise BadSettings(f"EMERGENCE_TRUSTED_PROXIES takes networks: {problem}") from None


def _secret(given: str, path: Path) -> bytes:
    if given:
        if len(given) < 32:
            raise BadSettings("EMERGENCE_SECRET takes at least 32 characters")
        return given.encode()
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().encode()
