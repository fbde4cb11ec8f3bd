"""The hosts that are asked to build the site: what each said when it was last asked."""

from collections.abc import Iterator

from .. import errors
from ..actions import rebuilding
from ..settings import Settings
from ..storage.sqlite import SqliteStore
from .findings import Finding


def examine(settings: Settings) -> Iterator[Finding]:
    """A finding for each; nothing when nobody is asked, or the database cannot be read."""
    if not settings.rebuild:
        return
    try:
        store = SqliteStore(settings.database)
    except errors.Refusal:
        return  # the house says so
    try:
        hosts = rebuilding.hosts(store, settings.rebuild)
    finally:
        store.close()
    for host in hosts:
        yield Finding("rebuild", not host.trouble, f"{host.name} {_words(host)}")


def _words(host: rebuilding.Host) -> str:
    if host.asked is None:
        return "is asked after the next change; `emergence rebuild` asks now"
    status = f" ({host.status})" if host.status else ""
    when = f"{host.asked:%Y-%m-%d %H:%M} UTC"
    return f"was asked on {when}{': ' * bool(host.trouble)}{host.trouble}{status}"
