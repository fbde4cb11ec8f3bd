"""`sitemap.xml`: every listed page, with its translations (sitemaps.org, hreflang)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from .home import by_phase, languages, localised

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator

FILE = "sitemap.xml"
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
# One page: when it last changed, if known, and its address in each language.
Listed = tuple[datetime | None, Sequence[tuple[str, str]]]


def write(generator: OpportunitiesGenerator) -> None:
    """Write the sitemap. Hidden pages and drafts are not in it."""
    site = generator.settings["SITEURL"]
    path = Path(generator.output_path, FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        for changed, addresses in _pages(generator):
            file.writelines(_entries(site, changed, addresses))
        file.write("</urlset>\n")


def _pages(generator: OpportunitiesGenerator) -> Iterator[Listed]:
    settings, context = generator.settings, generator.context
    grouped = by_phase(generator)
    for url in ("", *(f"phases/{phase}/" for phase in grouped)):
        yield None, [(lang, localised(settings, lang, url)) for lang in languages(settings)]
    for listed in grouped.values():
        for versions in listed:
            yield versions[0].opportunity.changed, _addresses(versions)
    for article in context["articles"]:
        if not hasattr(article, "opportunity"):
            yield article.date, _addresses([article, *article.translations])
    for page in context["pages"]:
        yield None, _addresses([page, *page.translations])
    if settings.get("TAG_SAVE_AS"):
        for tag, _ in sorted(context["tags"], key=lambda item: str(item[0].slug)):
            yield None, [(settings["DEFAULT_LANG"], tag.url)]


def _addresses(versions: Sequence[Any]) -> list[tuple[str, str]]:
    published = (version for version in versions if version.status == "published")
    return [(version.lang, _url(version)) for version in published]


def _url(content: Any) -> str:
    # An article works its address out at each look; its opportunity has it.
    return str(getattr(content, "opportunity", content).url)


def _entries(
    site: str, changed: datetime | None, addresses: Sequence[tuple[str, str]]
) -> Iterator[str]:
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(f"{site}/{url}")}/>'
        for lang, url in (addresses if len(addresses) > 1 else ())
    )
    lastmod = f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>" if changed else ""
    for _, url in addresses:
        yield f"<url><loc>{escape(f'{site}/{url}')}</loc>{lastmod}{alternates}</url>\n"
