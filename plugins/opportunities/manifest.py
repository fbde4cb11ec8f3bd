"""`opportunities.json`: what the service is told of the opportunities (docs/ has its schema)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .attach import Article
from .changes import described_changes
from .editing import described
from .header import body_of

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator
    from .model import Opportunity
    from .parts import Update

FORMAT = "emergence-opportunities/1"
FILE = "opportunities.json"
NEWEST = 3  # updates of an opportunity that carry their text: they may not have been mailed yet
LONGEST = 16_384  # characters of it
_COMMENT = re.compile(r"(?<!\[)\]\([{|]comment[}|]([\w-]+)\)", re.ASCII)
_BARE_COMMENT = re.compile(r"(\[\]\()?[{|]comment[}|]([\w-]+)(?(1)\))", re.ASCII)
_WITHIN = re.compile(r"\]\([{|][a-z]+[}|][^)]*\)")


def write(generator: OpportunitiesGenerator) -> None:
    """Write the manifest, one opportunity a line. The same content gives the same bytes."""
    whole = manifest(generator)
    lines = ",\n".join(map(_json, whole.pop("opportunities")))
    text = f'{_json(whole)[:-1]}, "opportunities": [\n{lines}\n]}}\n'
    path = Path(generator.output_path, FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def manifest(generator: OpportunitiesGenerator) -> dict[str, Any]:
    """The manifest as plain data: opportunities by slug, without drafts."""
    settings, texts = generator.settings, generator.texts_by_slug
    return {
        "format": FORMAT,
        "site": {
            "url": settings["SITEURL"],
            "title": settings["SITENAME"],
            "language": settings["DEFAULT_LANG"],
        },
        "opportunities": [
            _described([version for version in versions if version.status != "draft"])
            | described([v for v in versions if v.status != "draft"], texts.get(slug, ()))
            for slug, versions in generator.versions.items()
            if versions[0].status != "draft"
        ],
    }


def _described(versions: Sequence[Article]) -> dict[str, Any]:
    brief, *others = versions
    opportunity = brief.opportunity
    url = _address(brief)
    return {
        "slug": opportunity.slug,
        "aliases": list(opportunity.aliases),
        "language": brief.lang,
        "title": brief.title,
        "summary": opportunity.summary_text,
        "phase": opportunity.phase,
        "status": brief.status,
        "url": url,
        "translations": [
            {"language": other.lang, "title": other.title, "url": _address(other)}
            for other in sorted(others, key=lambda other: str(other.lang))
        ],
        "date": _moment(brief.date),
        "modified": _moment(brief.modified) if hasattr(brief, "modified") else None,
        "closes": opportunity.closes.isoformat() if opportunity.closes else None,
        "facilitator": opportunity.facilitator,
        "client": opportunity.client,
        "tags": [str(tag) for tag in getattr(brief, "tags", ())],
        "agreement": _agreement(opportunity, url),
        "changes": described_changes(brief, url),
        "updates": [
            _update(update, url, with_text=update in opportunity.updates[-NEWEST:])
            for update in opportunity.updates
        ],
    }


def _agreement(opportunity: Opportunity, url: str) -> dict[str, str | None] | None:
    text = opportunity.agreement
    if text is None:
        return None
    return {
        "version": text.version,
        "commit": text.commit or None,
        "date": _moment(text.changed) if text.changed else None,
        "url": f"{url}#{text.anchor}",
    }


def _update(update: Update, url: str, *, with_text: bool) -> dict[str, Any]:
    told = {
        "slug": update.slug,
        "title": update.title,
        "date": _moment(update.date),
        "url": f"{url}#{update.anchor}",
        "aliases": list(update.aliases),
        "renamed": list(update.renamed),
    }
    return told | ({"text": _text(update, url)} if with_text else {})


def _text(update: Update, url: str) -> str:
    """The markdown of an update, to be mailed: a link within the site leads to the page."""
    source = Path(update.source_path).read_text(encoding="utf-8-sig")
    body = _COMMENT.sub(rf"]({url}#c-\1)", body_of(source))
    body = _BARE_COMMENT.sub(rf"{url}#c-\2", body)
    return _WITHIN.sub(f"]({url})", body)[:LONGEST]


def _address(brief: Article) -> str:
    return f"{brief.settings['SITEURL']}/{brief.opportunity.url}"


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
