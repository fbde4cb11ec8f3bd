"""Opening the house: the store, the facilitators whom the settings name, the site's manifest."""

from dataclasses import dataclass
from datetime import UTC, datetime

from .actions.erasing import apply_erasures
from .actions.people import appoint_facilitators
from .domain.people import Person
from .manifest import ManifestSource
from .settings import Settings
from .storage.sqlite import SqliteStore


@dataclass(frozen=True, slots=True)
class OpenHouse:
    """What a process of the service works with."""

    settings: Settings
    store: SqliteStore
    facilitators: list[Person]
    manifest: ManifestSource


def open_house(settings: Settings) -> OpenHouse:
    """The house as the settings describe it; the database is made or migrated if need be.

    Whoever was erased stays so, though an older backup may have been put back.

    Raises errors.Unavailable when the database cannot be used.
    """
    now = datetime.now(UTC)
    store = SqliteStore(settings.database)
    apply_erasures(store, now)
    facilitators = appoint_facilitators(store, settings.facilitators, settings.language, now)
    manifest = ManifestSource(settings.manifest, settings.house)
    manifest.refresh(store, now)
    return OpenHouse(settings, store, facilitators, manifest)
