"""What `emergence doctor` looks at: each check says what it saw and, if need be, what to do."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import errors
from .mail.relay import NotNow, SmtpRelay, Undeliverable
from .settings import Settings
from .storage.sqlite import SqliteStore

ENOUGH_DISK = 200 * 1024 * 1024
SOONEST_CLOCK = 1_700_000_000  # November 2023: a clock before it was never set


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    what: str
    well: bool
    words: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which an operator would mend things."""
    checks: list[Callable[[Settings], Finding]] = [
        _settings,
        _disk,
        _database,
        _clock,
        _site,
        _mail,
    ]
    for check in checks:
        yield check(settings)


def _settings(settings: Settings) -> Finding:
    if not settings.facilitators:
        words = "nobody facilitates: set EMERGENCE_FACILITATORS='Name <name@example.org>'"
        return Finding("settings", False, words)
    if settings.secure and not settings.service_url.startswith("https://"):
        words = f"{settings.service_url} is not https: browsers will not keep anybody signed in"
        return Finding("settings", False, words)
    return Finding("settings", True, f"site {settings.site_url}, service {settings.service_url}")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data).free
    words = f"{free // 1024 // 1024} MB free in {settings.data}"
    if free < ENOUGH_DISK:
        return Finding("disk", False, f"{words}: make room, or set EMERGENCE_DATA elsewhere")
    return Finding("disk", True, words)


def _database(settings: Settings) -> Finding:
    try:
        store = SqliteStore(settings.database)
        try:
            store.check()
        finally:
            store.close()
    except errors.Refusal as refusal:
        return Finding("database", False, f"{settings.database}: {refusal}")
    size = settings.database.stat().st_size
    return Finding("database", True, f"{settings.database} can be written, {size // 1024} kB")


def _clock(settings: Settings) -> Finding:
    del settings
    if time.time() < SOONEST_CLOCK:
        return Finding("clock", False, "the clock was never set: links would expire at random")
    return Finding("clock", True, time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))


def _site(settings: Settings) -> Finding:
    if "://" in settings.manifest or Path(settings.manifest).exists():
        return Finding("site", True, f"manifest {settings.manifest}")
    words = f"no manifest at {settings.manifest}: run `emergence serve` or `emergence build`"
    return Finding("site", False, words)


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        words = f"no EMERGENCE_SMTP_URL: letters are kept in {settings.mailbox}, nobody gets them"
        return Finding("mail", settings.on_loopback and not settings.secure, words)
    try:
        SmtpRelay(settings.smtp_url).check()
    except (NotNow, Undeliverable, ValueError) as problem:
        return Finding("mail", False, f"the SMTP server does not take our mail: {problem}")
    return Finding("mail", True, "the SMTP server answers")
