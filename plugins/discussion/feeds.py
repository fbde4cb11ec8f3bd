"""The Atom feed of one discussion (RFC 4287): its newest comments, in full."""

import io
import os
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from pelican.plugins import signals

from .files import replace
from .model import Entry

NEWEST = 50
# What XML cannot carry, even escaped; the feed library refuses it, and one word would stop a build.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class _Feed(Atom1Feed):  # type: ignore[misc]
    """An Atom feed that was last updated when it says so, and not when it was built."""

    def latest_post_date(self) -> datetime:
        latest: datetime = self.feed["latest"]
        return latest


def write_feed(article: Any, context: dict[str, Any], writer: Any) -> None:
    """Write the feed of the article's discussion; a reader never sees half of it."""
    path = article.discussion.feed_url
    feed = discussion_feed(article, context.get("FEED_DOMAIN") or context["SITEURL"], context)
    signals.feed_generated.send(context, feed=feed)
    text = io.StringIO()
    feed.write(text, "utf-8")
    complete = os.path.join(writer.output_path, path)
    replace(complete, text.getvalue().encode())
    signals.feed_written.send(complete, context=context, feed=feed)


def discussion_feed(article: Any, site: str, context: dict[str, Any]) -> Any:
    """The feed of what was published in the article's discussion."""
    discussion, page = article.discussion, f"{site}/{article.url}"
    said = [entry for entry in discussion.entries if entry.state == "published"]
    said.sort(key=lambda entry: entry.id, reverse=True)
    changes = [entry.edited or entry.written for entry in said]
    feed = _Feed(
        title=discussion.links.title,
        link=page,
        description="",
        language=article.lang,
        author_name=context.get("SITENAME"),
        feed_url=f"{site}/{discussion.feed_url}",
        feed_guid=f"{site}/{discussion.feed_url}",
        latest=max(changes, default=article.date),
    )
    for entry in said[:NEWEST]:
        name = _CONTROLS.sub("", entry.author.name) if entry.author else None
        feed.add_item(
            title=name or discussion.links.title,
            link=f"{page}#{entry.anchor}",
            description=None,
            content=_CONTROLS.sub("", entry.html),
            author_name=name,
            unique_id=_tag(entry, page),
            pubdate=entry.written,
            updateddate=entry.edited,
        )
    return feed


def _tag(entry: Entry, page: str) -> str:
    """A tag URI (RFC 4151) that stays when the page moves or the opportunity is renamed."""
    domain = entry.message_id.strip("<>").rpartition("@")[2] or urlsplit(page).hostname or ""
    return f"tag:{domain},{entry.written:%Y-%m-%d}:{entry.anchor}"
