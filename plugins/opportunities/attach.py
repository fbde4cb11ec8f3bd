"""Puts briefs and the texts beside them together: articles of one slug are the language versions
of one opportunity."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from html import unescape
from typing import Any

from pelican import contents

from .header import list_of
from .model import Opportunity
from .parts import Text, Update
from .places import place_of

Article = Any  # Pelican's articles carry whatever their header says
_STATUS_ORDER = {"published": 0, "hidden": 1, "draft": 2}
_SHORT = 200
_TAG = re.compile(r"<[^>]*>?")


def name_from_path(content: Any) -> None:
    """Give a brief that Pelican has just read what its header need not say."""
    if not isinstance(content, contents.Article):
        return
    roots = content.settings.get("OPPORTUNITY_PATHS", ())
    place = place_of(content.relative_source_path or "", roots)
    if place is None or place.kind != "brief":
        return
    if "template" not in content.metadata:
        content.template = "opportunity"
    if "slug" not in content.metadata:
        content.slug = place.folder_name
    content.lang = str(content.metadata.get("lang") or place.language or content.lang).lower()
    content.in_default_lang = content.lang == content.settings["DEFAULT_LANG"]


def versions_by_slug(briefs: Iterable[Article]) -> dict[str, list[Article]]:
    """Briefs by slug, the one that speaks for the opportunity first: published before hidden
    before draft, then the site's language before others."""
    versions: dict[str, list[Article]] = defaultdict(list)
    for brief in briefs:
        versions[brief.slug].append(brief)
    for briefs_of_one in versions.values():
        briefs_of_one.sort(
            key=lambda b: (_STATUS_ORDER.get(b.status, 3), not b.in_default_lang, b.lang)
        )
    return dict(sorted(versions.items()))


def describe(brief: Article, first: Article, texts: Iterable[Text]) -> Opportunity:
    """The opportunity as `brief` shows it; what its header leaves out is taken from `first`."""
    own = {**first.metadata, **brief.metadata}
    closes = _line(own.get("closes"))
    phase = _line(own.get("phase")).lower() or "brief"
    summary = [text for text in texts if text.place.kind == "summary"]
    agreement = [text for text in texts if text.place.kind == "agreement"]
    updates = [text for text in texts if isinstance(text, Update)]
    return Opportunity(
        slug=brief.slug,
        url=brief.url,
        aliases=tuple(dict.fromkeys(list_of(_line(own.get("aliases"))))),
        language=brief.lang,
        phase=phase,
        facilitator=_line(own.get("facilitator")),
        client=_line(own.get("client")) or None,
        closes=date.fromisoformat(closes) if closes else None,
        status=brief.status,
        summary_text=_one_line(brief),
        date=brief.date,
        updates=tuple(sorted(_chosen(updates, brief, first), key=lambda u: (u.date, u.slug))),
        summary=next(iter(_chosen(summary, brief, first)), None),
        agreement=next(iter(_chosen(agreement, brief, first)), None),
        closed_because=_line(own.get("closed-because")) if phase == "closed" else "",
    )


def _chosen(texts: list[Any], brief: Article, first: Article) -> list[Any]:
    """Of each text, the version in the page's language, else in the opportunity's, else any."""
    best: dict[str, Any] = {}
    for text in sorted(texts, key=lambda t: (t.lang != brief.lang, t.lang != first.lang, t.lang)):
        if text.status == "published":
            best.setdefault(text.anchor, text)
    return list(best.values())


def _line(value: object) -> str:
    return " ".join(value).strip() if isinstance(value, list) else str(value or "").strip()


def _one_line(brief: Article) -> str:
    summary = _words(brief.metadata.get("summary") or "")
    if summary:
        return summary
    # Not brief.content: that would resolve links before everything that they lead to is known.
    words = _words(brief._content[: _SHORT * 10])
    return words if len(words) <= _SHORT else words[:_SHORT].rpartition(" ")[0] + "…"


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())
