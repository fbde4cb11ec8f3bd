"""The house itself: its settings, disk, database, clock and site."""

import shutil
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

from .. import errors
from ..settings import Settings
from ..storage.sqlite import SqliteStore
from .findings import Finding

ENOUGH_DISK = 200 * 1024 * 1024
SOONEST_CLOCK = 1_700_000_000  # November 2023: a clock before it was never set


def examine(settings: Settings) -> Iterator[Finding]:
    """What must be well before anything else can be."""
    yield _settings(settings)
    yield _disk(settings)
    yield _database(settings)
    yield _clock()
    yield _site(settings)


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


def _clock() -> Finding:
    if time.time() < SOONEST_CLOCK:
        return Finding("clock", False, "the clock was never set: links would expire at random")
    return Finding("clock", True, time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))


def _site(settings: Settings) -> Finding:
    if settings.site_is_elsewhere:
        return _site_elsewhere(settings.manifest)
    if Path(settings.manifest).exists():
        return Finding("site", True, f"manifest {settings.manifest}")
    words = f"no manifest at {settings.manifest}: run `emergence serve` or `emergence build`"
    return Finding("site", False, words)


def _site_elsewhere(url: str) -> Finding:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - of the settings
            answer.read(1)
    except (OSError, HTTPException, ValueError) as trouble:
        words = f"no manifest at {url} ({trouble}): have the site built there, `emergence rebuild`"
        return Finding("site", False, words)
    return Finding("site", True, f"manifest {url}")
