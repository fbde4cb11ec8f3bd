"""What the operator decides, read from the environment once, at the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from . import values
from .domain.hosts import Target
from .domain.house import House, Visitors
from .domain.people import one_line
from .values import BadSettings, Network


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
    port = values.read_number(environ, "PORT", 8000, most=65535)
    site_url = values.read_url(environ, "EMERGENCE_SITE_URL", f"http://127.0.0.1:{port}")
    service_url = values.read_url(environ, "EMERGENCE_SERVICE_URL", site_url)
    host_name = urlsplit(service_url).hostname or "localhost"
    local = host_name in ("127.0.0.1", "::1", "localhost")
    site = Path(environ.get("EMERGENCE_SITE", data / "site" / "current")).absolute()
    try:
        comments = Visitors(environ.get("EMERGENCE_COMMENTS", "held"))
    except ValueError:
        raise BadSettings("EMERGENCE_COMMENTS takes open, held or invited") from None
    mail_domain = values.read_domain(environ, "emergence.localhost" if local else host_name)
    some_facilitator = "Facilitator <facilitator@emergence.localhost>" if local else ""
    values.make_folder(data)
    return Settings(
        data=data,
        host=environ.get("EMERGENCE_HOST", "127.0.0.1"),
        port=port,
        site_url=site_url,
        service_url=service_url,
        site_name=one_line(environ.get("EMERGENCE_SITE_NAME", "Emergence")),
        site=site,
        manifest=environ.get("EMERGENCE_MANIFEST", str(site / "opportunities.json")),
        facilitators=values.read_facilitators(
            environ.get("EMERGENCE_FACILITATORS", some_facilitator)
        ),
        comments=comments,
        posts_an_hour=values.read_number(environ, "EMERGENCE_POSTS_AN_HOUR", 60),
        mail_domain=mail_domain,
        mail_grace=values.read_number(environ, "EMERGENCE_MAIL_GRACE", 120),
        smtp_url=values.read_smtp_url(environ.get("EMERGENCE_SMTP_URL", "")),
        lmtp=values.read_lmtp(environ.get("EMERGENCE_LMTP", "127.0.0.1:8024")),
        imap_url=values.read_imap_url(environ.get("EMERGENCE_IMAP_URL", "")),
        authserv_id=environ.get("EMERGENCE_AUTHSERV_ID", "").strip().lower(),
        dkim_key=values.read_dkim_key(environ.get("EMERGENCE_DKIM_KEY", "")),
        dkim_selector=environ.get("EMERGENCE_DKIM_SELECTOR", "emergence").strip(),
        time_zone=values.read_time_zone(environ.get("EMERGENCE_TIME_ZONE", "UTC")),
        rebuild=values.read_targets(
            environ.get("EMERGENCE_REBUILD", ""), environ.get("EMERGENCE_REBUILD_TOKEN", "").strip()
        ),
        rebuild_secret=values.read_webhook_secret(
            environ.get("EMERGENCE_REBUILD_SECRET", "").strip()
        ),
        rebuild_quiet=values.read_number(environ, "EMERGENCE_REBUILD_QUIET", 20, most=300),
        git_remote=values.read_git_name(environ, "EMERGENCE_GIT_REMOTE", "origin"),
        git_branch=values.read_git_name(environ, "EMERGENCE_GIT_BRANCH", "main"),
        edit_url=values.read_edit_url(environ.get("EMERGENCE_EDIT_URL", "").strip()),
        hook_secret=values.read_hook_secret(environ.get("EMERGENCE_HOOK_SECRET", "").strip()),
        secret=values.read_secret(environ.get("EMERGENCE_SECRET", ""), data / "secret"),
        trusted_proxies=values.read_networks(environ.get("EMERGENCE_TRUSTED_PROXIES", "")),
        language=values.read_language(environ.get("EMERGENCE_LANGUAGE", "en")),
    )
