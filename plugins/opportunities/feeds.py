"""Atom feeds: one of the site's briefs and updates, and one of each opportunity's updates."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .attach import Article

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator

SITE_FEED = "feeds/site.atom.xml"
UPDATES_FEED = "feeds/{slug}.updates.atom.xml"


class FeedItem:
    """A brief or an update as Pelican's feed writer wants it: with the facilitator as author."""

    def __init__(self, content: Any, author: str, title: str) -> None:
        self._content = content
        self.author = author
        self.title = title

    @property
    def summary(self) -> str | None:
        # Content.summary would cut one out of the text, which the feed holds whole.
        summary: str | None = self._content.metadata.get("summary")
        return summary

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


def write(generator: OpportunitiesGenerator, writer: Any) -> None:
    """Write all feeds. Every feed of updates ends with the brief itself, so that none is empty."""
    context = generator.context
    _write_site_feed(generator, writer)
    for slug, (first, *_) in generator.versions.items():
        if first.status != "draft":
            path = UPDATES_FEED.format(slug=slug)
            writer.write_feed(_items(first), context, path, path, feed_title=first.title)


def _write_site_feed(generator: OpportunitiesGenerator, writer: Any) -> None:
    listed = (
        versions[0] for versions in generator.versions.values() if versions[0].status == "published"
    )
    items = (item for brief in listed for item in _items(brief, in_context=True))
    most = generator.settings["FEED_MAX_ITEMS"]
    latest = _newest(items, most)
    writer.write_feed(latest, generator.context, SITE_FEED, SITE_FEED)


def _items(brief: Article, in_context: bool = False) -> list[FeedItem]:
    """The updates of an opportunity, newest first, then its brief."""
    author = brief.opportunity.facilitator
    updates = [
        FeedItem(update, author, f"{brief.title}: {update.title}" if in_context else update.title)
        for update in reversed(brief.opportunity.updates)
    ]
    return [*updates, FeedItem(brief, author, brief.title)]


def _newest(items: Iterable[FeedItem], most: int | None) -> list[FeedItem]:
    def newest_first(item: FeedItem) -> Any:
        return item.date, item.url

    if most is None:
        return sorted(items, key=newest_first, reverse=True)
    return heapq.nlargest(most, items, key=newest_first)
