"""What the values of settings have to be: each is read, or refused with what it takes."""

import base64
import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from email.utils import getaddresses
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from .domain.hosts import BadTarget, Target, read_target
from .domain.people import normal_email, one_line

Network = IPv4Network | IPv6Network
HOW_TO_WRITE_IT = (
    "in user and password, / is written %2F, @ is written %40, : is written %3A, "
    "? is written %3F, # is written %23 and % is written %25"
)


class BadSettings(ValueError):
    """A setting that cannot be used; the message names it and says what it takes."""


def make_folder(data: Path) -> None:
    """Have the folder there. Raises BadSettings."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadSettings(f"EMERGENCE_DATA takes a folder to write in: {problem}") from None


def read_number(environ: Mapping[str, str], name: str, default: int, most: int = 10**9) -> int:
    """A whole number from 1 to `most`."""
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise BadSettings(f"{name} takes a number from 1 to {most}")
    return int(text)


def read_url(environ: Mapping[str, str], name: str, default: str) -> str:
    """An absolute http(s) address, without a slash at its end."""
    url = environ.get(name, default).strip()
    if not _is_url(url, "http", "https") or "?" in url or "#" in url:
        raise BadSettings(f"{name} takes an absolute http(s) URL, such as https://example.org")
    return url.rstrip("/")


def read_smtp_url(url: str) -> str:
    """Where mail is handed over; empty: nowhere."""
    after_the_server = urlsplit(url).path.strip("/") if _is_url(url, "smtp", "smtps") else url
    if after_the_server or _cut_too_early(url):
        words = "EMERGENCE_SMTP_URL takes smtp://user:password@mail.example.org:587"
        raise BadSettings(f"{words}; {HOW_TO_WRITE_IT}")
    return url


def read_imap_url(url: str) -> str:
    """A mailbox to fetch from; empty: none."""
    if url and (not _is_url(url, "imap", "imaps") or _cut_too_early(url)):
        words = "EMERGENCE_IMAP_URL takes imaps://user:password@mail.example.org/INBOX"
        raise BadSettings(f"{words}; {HOW_TO_WRITE_IT}")
    return url


def _cut_too_early(url: str) -> bool:
    """Whether a URL's user and password reach beyond what is read as its server."""
    parts = urlsplit(url)
    return "@" in parts.path or bool(parts.query or parts.fragment)


def read_lmtp(text: str) -> tuple[str, int] | None:
    """Host and port to listen at; None for `off`."""
    if text.strip().lower() in ("off", "no", "0"):
        return None
    host, _, port = text.strip().rpartition(":")
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise BadSettings("EMERGENCE_LMTP takes an address and a port (127.0.0.1:8024), or off")
    return host.strip("[]") or "127.0.0.1", int(port)


def read_dkim_key(text: str) -> Path | None:
    """The file of a private key that can be read; None without one."""
    path = Path(text).absolute() if text else None
    if path and not path.is_file():
        raise BadSettings(f"EMERGENCE_DKIM_KEY takes the file of a private key: no file {path}")
    return path


def read_time_zone(name: str) -> str:
    """A name of the IANA database."""
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


def read_git_name(environ: Mapping[str, str], name: str, default: str) -> str:
    """A name of a remote or a branch."""
    text = environ.get(name, default).strip()
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./+-]*", text) or ".." in text:
        raise BadSettings(f"{name} takes a name in git, such as {default}")
    return text


def read_edit_url(url: str) -> str:
    """A forge's editor, with `{path}` in it; empty: none."""
    sound = _is_url(url, "https") and url.count("{path}") == 1 and not re.search(r"\s", url)
    if url and not (sound and "{path}" not in urlsplit(url).netloc):
        raise BadSettings(
            "EMERGENCE_EDIT_URL takes where the forge edits a file, with {path} for the file: "
            "https://github.com/OWNER/REPO/edit/main/{path}"
        )
    return url


def read_language(code: str) -> str:
    """A language's code."""
    if not re.fullmatch(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code):
        raise BadSettings("EMERGENCE_LANGUAGE takes a language's code, such as en or fr")
    return code


def read_domain(environ: Mapping[str, str], default: str) -> str:
    """A domain name, in lower case."""
    domain = environ.get("EMERGENCE_MAIL_DOMAIN", default).lower()
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", domain):
        raise BadSettings("EMERGENCE_MAIL_DOMAIN takes a domain name, such as mail.example.org")
    return domain


def read_facilitators(text: str) -> tuple[tuple[str, str], ...]:
    """Names and addresses."""
    found = []
    for name, address in getaddresses([text]) if text.strip() else []:
        email = normal_email(address)
        if email is None or not name.strip():
            raise BadSettings("EMERGENCE_FACILITATORS takes: Name <name@example.org>, …")
        found.append((one_line(name), email))
    return tuple(found)


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks, separated by commas."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as problem:
        raise BadSettings(f"EMERGENCE_TRUSTED_PROXIES takes networks: {problem}") from None


def read_targets(text: str, token: str) -> tuple[Target, ...]:
    """Hosts that build the site, each once."""
    targets: dict[str, Target] = {}
    for number, url in enumerate(text.split(), start=1):
        try:
            target = read_target(url, token)
        except BadTarget as problem:  # the address may be a secret, and is not repeated
            raise BadSettings(f"EMERGENCE_REBUILD, address {number}: it {problem}") from None
        targets[target.key] = target
    return tuple(targets.values())


def read_webhook_secret(text: str) -> bytes:
    """The bytes of a secret of Standard Webhooks; empty: none."""
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


def read_hook_secret(text: str) -> str:
    """What a forge proves itself with; empty: nobody may."""
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


def read_secret(given: str, path: Path) -> bytes:
    """The bytes that sign: given, or kept in the file at `path`, made if it is not there."""
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
