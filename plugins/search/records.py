"""What is found by itself although it is no page: each comment and each update, by its anchor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from markupsafe import Markup

Record = dict[str, Any]


def published(articles: Iterable[Any]) -> Iterator[Any]:
    """The published articles among these and their translations."""
    for article in articles:
        for version in chain((article,), article.translations):
            if version.status == "published":
                yield version


def records_of(article: Any) -> Iterator[Record]:
    """The updates and the published comments on one article's page, in the page's language.

    Asks of an article nothing that a plain one would have to have.
    """
    opportunity = getattr(article, "opportunity", None)
    threads: Sequence[Any] = getattr(getattr(article, "discussion", None), "threads", ())
    for update in getattr(opportunity, "updates", ()):
        by = getattr(opportunity, "facilitator", "")
        about = {"title": plain(update.title), "by": by, "kind": "update"}
        yield _record(article, update.anchor, update.content, update.date, about)
    for thread in threads:
        for entry in thread.entries:
            if entry.state == "published":
                about = {"by": entry.author.name if entry.author else "", "kind": "comment"}
                yield _record(article, entry.anchor, entry.html, entry.written, about)


def _record(article: Any, anchor: str, html: str, moment: Any, about: dict[str, str]) -> Record:
    of, phase = plain(article.title), getattr(getattr(article, "opportunity", None), "phase", "")
    filters = {"tag": sorted(str(tag) for tag in getattr(article, "tags", ()))}
    filters |= {"phase": [phase] if phase else [], "kind": [about["kind"]]}
    meta = {"of": of, "date": f"{moment:%Y-%m-%d}", "phase": phase, **about}
    return {
        "url": f"/{article.url}#{anchor}",
        "content": plain(html),
        "language": article.lang,
        "meta": {name: value for name, value in meta.items() if value},
        "filters": {name: values for name, values in filters.items() if values},
    }


def plain(html: str) -> str:
    """The words of HTML; what stands in two elements are two words."""
    return Markup(str(html).replace("<", " <")).striptags()  # noqa: S704 - tags are taken out
