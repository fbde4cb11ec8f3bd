"""What the operator decides, read from the environment once, at the start."""

import base64
import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import getaddresses
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from .domain.hosts import BadTarget, Target, read_target
from .domain.house import House, Visitors
from .domain.people import normal_email, one_line

Network = IPv4Network | IPv6Network
HOW_TO_WRITE_IT = (
    "in user and password, / is written %2F, @ is written %40, : is written %3A, "
    "? is written %3F, # is written %23 and % is written %25"
)


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
    mail_grace: int  # seconds before a comment is mailed
    smtp_url: str
    lmtp: tuple[str, int] | None  # where mail for the discussions comes in; None: nowhere
    imap_url: str
    authserv_id: str  # whose Authentication-Results count (RFC 8601); empty: nobody's
    dkim_key: Path | None
    dkim_selector: str
    time_zone: str
    rebuild: tuple[Target, ...]  # hosts that are asked to build the site anew
    rebuild_secret: bytes  # signs what webhooks are told; empty: nothing is signed
    rebuild_quiet: int  # seconds without a change before they are asked
    git_remote: str  # where the served tree fetches from
    git_branch: str  # what is published
    edit_url: str  # where the forge has the file {path} edited; empty: nobody knows
    hook_secret: str  # by which forges prove that they tell of a push; empty: nobody may
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
            grace=timedelta(seconds=self.mail_grace),
            posts_an_hour=self.posts_an_hour,
            time_zone=self.time_zone,
        )

    @property
    def on_loopback(self) -> bool:
        """Whether the service is reachable from this machine only."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def site_is_elsewhere(self) -> bool:
        """Whether another host builds and serves the site, which is known by its manifest's URL."""
        return urlsplit(self.manifest).scheme in ("http", "https")

    @property
    def secure(self) -> bool:
        """Whether the session's cookie must travel over TLS: anywhere but on loopback."""
        return urlsplit(self.service_url).hostname not in ("127.0.0.1", "::1", "localhost")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environ` describes.

    Raises BadSettings for one that makes no sense. Creates the data folder and, when
    EMERGENCE_SECRET is not set, a secret in it that only its owner can read.
    """
    environ = {name: value for name, value in environ.items() if value.strip()}  # empty: not set
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
    mail_domain = _domain(environ, "emergence.localhost" if local else host_name)
    some_facilitator = "Facilitator <facilitator@emergence.localhost>" if local else ""
    _make_folder(data)
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
        mail_domain=mail_domain,
        mail_grace=_number(environ, "EMERGENCE_MAIL_GRACE", 120),
        smtp_url=_smtp_url(environ.get("EMERGENCE_SMTP_URL", "")),
        lmtp=_lmtp(environ.get("EMERGENCE_LMTP", "127.0.0.1:8024")),
        imap_url=_imap_url(environ.get("EMERGENCE_IMAP_URL", "")),
        authserv_id=environ.get("EMERGENCE_AUTHSERV_ID", "").strip().lower(),
        dkim_key=_dkim_key(environ.get("EMERGENCE_DKIM_KEY", "")),
        dkim_selector=environ.get("EMERGENCE_DKIM_SELECTOR", "emergence").strip(),
        time_zone=_time_zone(environ.get("EMERGENCE_TIME_ZONE", "UTC")),
        rebuild=_targets(
            environ.get("EMERGENCE_REBUILD", ""), environ.get("EMERGENCE_REBUILD_TOKEN", "").strip()
        ),
        rebuild_secret=_webhook_secret(environ.get("EMERGENCE_REBUILD_SECRET", "").strip()),
        rebuild_quiet=_number(environ, "EMERGENCE_REBUILD_QUIET", 20, most=300),
        git_remote=_git_name(environ, "EMERGENCE_GIT_REMOTE", "origin"),
        git_branch=_git_name(environ, "EMERGENCE_GIT_BRANCH", "main"),
        edit_url=_edit_url(environ.get("EMERGENCE_EDIT_URL", "").strip()),
        hook_secret=_hook_secret(environ.get("EMERGENCE_HOOK_SECRET", "").strip()),
        secret=_secret(environ.get("EMERGENCE_SECRET", ""), data / "secret"),
        trusted_proxies=_networks(environ.get("EMERGENCE_TRUSTED_PROXIES", "")),
        language=_language(environ.get("EMERGENCE_LANGUAGE", "en")),
    )


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSettings(f"EMERGENCE_DATA takes a folder to write in: {problem}") from None


def _number(environ: Mapping[str, str], name: str, default: int, most: int = 10**9) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise BadSettings(f"{name} takes a number from 1 to {most}")
    return int(text)


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    url = environ.get(name, default).strip()
    if not _is_url(url, "http", "https") or "?" in url or "#" in url:
        raise BadSettings(f"{name} takes an absolute http(s) URL, such as https://example.org")
    return url.rstrip("/")


def _smtp_url(url: str) -> str:
    after_the_server = urlsplit(url).path.strip("/") if _is_url(url, "smtp", "smtps") else url
    if after_the_server or _cut_too_early(url):
        words = "EMERGENCE_SMTP_URL takes smtp://user:password@mail.example.org:587"
        raise BadSettings(f"{words}; {HOW_TO_WRITE_IT}")
    return url


def _imap_url(url: str) -> str:
    if url and (not _is_url(url, "imap", "imaps") or _cut_too_early(url)):
        words = "EMERGENCE_IMAP_URL takes imaps://user:password@mail.example.org/INBOX"
        raise BadSettings(f"{words}; {HOW_TO_WRITE_IT}")
    return url


def _cut_too_early(url: str) -> bool:
    """Whether a URL's user and password reach beyond what is read as its server."""
    parts = urlsplit(url)
    return "@" in parts.path or bool(parts.query or parts.fragment)


def _lmtp(text: str) -> tuple[str, int] | None:
    if text.strip().lower() in ("off", "no", "0"):
        return None
    host, _, port = text.strip().rpartition(":")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise BadSettings("EMERGENCE_LMTP takes an address and a port (127.0.0.1:8024), or off")
    return host.strip("[]") or "127.0.0.1", int(port)


def _dkim_key(text: str) -> Path | None:
    path = Path(text).absolute() if text else None
    if path and not path.is_file():
        raise BadSettings(f"EMERGENCE_DKIM_KEY takes the file of a private key: no file {path}")
    return path


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise BadSettings("EMERGENCE_TIME_ZONE takes a name such as Europe/Paris")
    return name


def _is_url(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in schemes and parts.port != 0 and bool(re.fullmatch(r"\S+", host))
    except ValueError:  # brackets that do not close, a port beyond 65535
        return False


def _git_name(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name, default).strip()
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*", text) or ".." in text:
        raise BadSettings(f"{name} takes a name in git, such as {default}")
    return text


def _edit_url(url: str) -> str:
    sound = _is_url(url, "https") and url.count("{path}") == 1 and not re.search(r"\s", url)
    if url and not (sound and "{path}" not in urlsplit(url).netloc):
        raise BadSettings(
            "EMERGENCE_EDIT_URL takes where the forge edits a file, with {path} for the file: "
            "https://github.com/OWNER/REPO/edit/main/{path}"
        )
    return url


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code):
        raise BadSettings("EMERGENCE_LANGUAGE takes a language's code, such as en or fr")
    return code


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


def _targets(text: str, token: str) -> tuple[Target, ...]:
    targets: dict[str, Target] = {}
    for number, url in enumerate(text.split(), start=1):
        try:
            target = read_target(url, token)
        except BadTarget as problem:  # the address may be a secret, and is not repeated
            raise BadSettings(f"EMERGENCE_REBUILD, address {number}: it {problem}") from None
        targets[target.key] = target
    return tuple(targets.values())


def _webhook_secret(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        secret = b"?"
    if text and not 24 <= len(secret) <= 64:
        raise BadSettings(
            "EMERGENCE_REBUILD_SECRET takes whsec_ and 24 to 64 bytes in base64: "
            "`echo whsec_$(openssl rand -base64 32)` makes one"
        )
    return secret


def _hook_secret(text: str) -> str:
    sound = len(text) >= 16 and text.isascii() and text.isprintable()
    try:
        base64.b64decode(text[6:] if text.startswith("whsec_") else "", validate=True)
    except ValueError:
        sound = False
    if text and not sound:
        raise BadSettings(
            "EMERGENCE_HOOK_SECRET takes at least 16 ASCII characters, the same as at the forge: "
            "`echo whsec_$(openssl rand -base64 32)` makes some for any of them"
        )
    return text


def _secret(given: str, path: Path) -> bytes:
    if given:
        if len(given) < 32:
            raise BadSettings("EMERGENCE_SECRET takes at least 32 characters")
        return given.encode()
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(48))
        kept = path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise BadSettings(f"EMERGENCE_DATA holds a secret that cannot be read: {problem}") from None
    if len(kept) < 32:
        raise BadSettings(f"{path} holds no secret of 32 characters; remove it for a new one")
    return kept.encode()


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and only the first of two processes that start at once."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with os.fdopen(
            os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
