"""`opportunities.json`: what the service is told of the opportunities (docs/ has its schema)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .attach import Article

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator

FORMAT = "emergence-opportunities/1"
FILE = "opportunities.json"


def write(generator: OpportunitiesGenerator) -> None:
    """Write the manifest. The same content gives the same bytes."""
    path = Path(generator.output_path, FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest(generator), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def manifest(generator: OpportunitiesGenerator) -> dict[str, Any]:
    """The manifest as plain data: opportunities by slug, without drafts."""
    settings = generator.settings
    return {
        "format": FORMAT,
        "site": {
            "url": settings["SITEURL"],
            "title": settings["SITENAME"],
            "language": settings["DEFAULT_LANG"],
        },
        "opportunities": [
            _described([version for version in versions if version.status != "draft"])
            for versions in generator.versions.values()
            if versions[0].status != "draft"
        ],
    }


def _described(versions: Sequence[Article]) -> dict[str, Any]:
    brief, *others = versions
    opportunity = brief.opportunity
    return {
        "slug": opportunity.slug,
        "aliases": list(opportunity.aliases),
        "language": brief.lang,
        "title": brief.title,
        "summary": opportunity.summary_text,
        "phase": opportunity.phase,
        "status": brief.status,
        "url": _address(brief),
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
        "updates": [
            {
                "slug": update.slug,
                "title": update.title,
                "date": _moment(update.date),
                "url": f"{_address(brief)}#{update.anchor}",
            }
            for update in opportunity.updates
        ],
    }


def _address(brief: Article) -> str:
    return f"{brief.settings['SITEURL']}/{brief.url}"


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
