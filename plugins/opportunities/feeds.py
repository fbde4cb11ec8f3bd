"""The site's feed of briefs and updates, and a feed of each opportunity's updates."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import atom
from .attach import Article

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator

SITE_FEED = "feeds/site.atom.xml"
UPDATES_FEED = "feeds/{slug}.updates.atom.xml"


def write(generator: OpportunitiesGenerator) -> None:
    """Write all feeds. Every feed of updates ends with the brief itself, so that none is empty."""
    Path(generator.output_path, "feeds").mkdir(parents=True, exist_ok=True)
    _write_site_feed(generator)
    for slug, (brief, *_) in generator.versions.items():
        if brief.status != "draft":
            texts = [*reversed(brief.opportunity.updates), brief]
            entries = [_entry(brief, text, "") for text in texts]
            page = brief.opportunity.url
            _write(generator, UPDATES_FEED.format(slug=slug), brief.title, page, entries)


def _write_site_feed(generator: OpportunitiesGenerator) -> None:
    versions = generator.versions.values()
    listed = [first for first, *_ in versions if first.status == "published"]
    texts = ((brief, text) for brief in listed for text in (brief, *brief.opportunity.updates))
    latest = _newest(texts, generator.settings["FEED_MAX_ITEMS"])
    entries = [_entry(brief, text, f"{brief.title}: ") for brief, text in latest]
    _write(generator, SITE_FEED, "", "", entries)


def _newest(texts: Iterable[tuple[Article, Any]], most: int | None) -> list[tuple[Article, Any]]:
    def age(pair: tuple[Article, Any]) -> tuple[datetime, str, str]:
        return pair[1].date, pair[0].slug, pair[1].slug

    if most is None:
        return sorted(texts, key=age, reverse=True)
    return heapq.nlargest(most, texts, key=age)


def _entry(brief: Article, text: Any, before_updates: str) -> atom.Entry:
    """The entry of `text`: the brief itself, or one of its updates."""
    site = brief.settings["SITEURL"]
    name = brief.slug if text is brief else f"{brief.slug}/{text.slug}"
    return atom.Entry(
        id=f"tag:{urlsplit(site).hostname or 'localhost'},{text.date.date()}:{name}",
        title=text.title if text is brief else f"{before_updates}{text.title}",
        url=f"{site}/{brief.opportunity.url if text is brief else text.url}",
        published=text.date,
        updated=getattr(text, "modified", text.date),
        author=brief.opportunity.facilitator,
        summary=text.metadata.get("summary") or "",
        content=text.get_content(site),
        tags=[str(tag) for tag in getattr(text, "tags", ())],
    )


def _write(
    generator: OpportunitiesGenerator,
    path: str,
    title: str,
    page: str,
    entries: list[atom.Entry],
) -> None:
    site, name = generator.settings["SITEURL"], generator.settings["SITENAME"]
    full_title = f"{title} - {name}" if title else name
    text = atom.feed(full_title, f"{site}/{path}", f"{site}/{page}", name, entries)
    Path(generator.output_path, path).write_text(text, encoding="utf-8")
