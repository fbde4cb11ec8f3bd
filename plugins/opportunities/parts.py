"""The texts of an opportunity beside its brief, as Pelican contents: they stand on the brief's
page, so links to them lead there, and what they attach goes there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from pelican.contents import Content

from .header import list_of
from .places import Place, place_of
from .rules import date_in_name, update_slug
from .versions import Version


class Text(Content):  # type: ignore[misc]  # Pelican has no types
    """A summary or an agreement. Its address is a place on the page of `brief`."""

    allowed_statuses = ("published", "hidden", "draft", "skip")
    default_status = "published"
    default_template = None

    place: Place
    brief: Any  # the article that this text is shown with
    known_version: Version | None = None  # of an agreement

    def settle(self, place: Place, briefs: Sequence[Any]) -> None:
        """Take what the header need not say from the file's name and from the opportunity's
        briefs, the first of which speaks for it."""
        self.place = place
        said = self.metadata.get("lang") or place.language or briefs[0].lang
        self.lang = str(said).lower()
        self.in_default_lang = self.lang == self.settings["DEFAULT_LANG"]
        self.brief = next((brief for brief in briefs if brief.lang == self.lang), briefs[0])
        if not hasattr(self, "title"):
            self.title = ""

    @property
    def anchor(self) -> str:
        return self.place.kind

    @property
    def url(self) -> str:
        # Kept by the opportunity, because Pelican works an article's address out at each look.
        return f"{self.brief.opportunity.url}#{self.anchor}"

    @property
    def save_as(self) -> str:
        return str(self.brief.save_as)

    @property
    def version(self) -> str:
        """The digest of an agreement's words in all languages, which people stand by."""
        return self.known_version.digest if self.known_version else ""

    @property
    def commit(self) -> str:
        """The git commit since which an agreement is as it is; "" while it is not committed."""
        return self.known_version.commit if self.known_version else ""

    @property
    def short_version(self) -> str:
        """Enough of its commit, else of its digest, to tell versions apart by eye."""
        return self.known_version.short if self.known_version else ""

    @property
    def changed(self) -> datetime | None:
        """When an agreement was committed as it is; None while it is not."""
        return self.known_version.changed if self.known_version else None


class Update(Text):
    """A dated message by the facilitator: `slug`, `title`, `date`, `content` (HTML), `anchor`."""

    slug: str
    date: datetime

    def settle(self, place: Place, briefs: Sequence[Any]) -> None:
        super().settle(place, briefs)
        self.slug = str(self.metadata.get("slug") or update_slug(place.name))
        named = date_in_name(place.name)
        if not hasattr(self, "date") and named:
            self.date = datetime.fromisoformat(named).replace(tzinfo=self.timezone)
        if not hasattr(self, "date"):
            # Only a draft may lack its date; nobody sees where it sorts.
            self.date = datetime.max.replace(tzinfo=ZoneInfo("UTC"))

    @property
    def anchor(self) -> str:
        return f"u-{self.slug}"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Slugs that it had, by its header."""
        said = list_of(str(self.metadata.get("aliases", "")))
        return tuple(name for name in dict.fromkeys(said) if name != self.slug)

    @property
    def renamed(self) -> tuple[str, ...]:
        """The same by the names that git says its file had. Git guesses: two files that begin
        alike, of which one came when the other went, are one to it."""
        path = str(self.get_relative_source_path()).replace(os.sep, "/")
        changes = getattr(self.brief, "history", ())
        files = (f.former for c in changes for f in c.files if f.path == path and f.former)
        places = (place_of(f"folder/updates/{PurePath(name).name}", [""]) for name in files)
        named = dict.fromkeys(update_slug(place.name) for place in places if place)
        return tuple(name for name in named if name not in (self.slug, *self.aliases))
