"""The pages and documents that belong to all opportunities together."""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from pelican.plugins import signals
from pelican.writers import Writer

from plugins.opportunities.generator import OpportunitiesGenerator

from .site import Site, links

SCHEMA = Path(__file__).parents[3] / "docs" / "opportunities.schema.json"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def valid(manifest: Any) -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(manifest)
    return manifest


ORCHARD = "https://site.example/opportunities/orchard/"
FIRST = "*What* is mailed, with [a link]({filename}../brief.md) that leads to the page.\n\nAnd on."


def full_site(site: Site) -> None:
    site.brief(
        "orchard",
        "Modified: 2026-11-09 10:00\nPhase: divergence\nFacilitator: Ada\nClient: a school\n"
        "Closes: 2026-12-31\nTags: trees, school\nAliases: garden, old-garden\n"
        "Summary: Trees & bees.",
        title="An orchard",
    )
    site.brief("orchard", title="Un verger", name="brief.fr.md")
    site.update("orchard", "2026-11-04-first.md", "First", FIRST)
    site.brief("water", "Status: hidden", date="2026-10-01 09:30")


def test_the_manifest_holds_what_the_service_needs(site: Site) -> None:
    full_site(site)
    site.build(TIMEZONE="Europe/Paris")
    manifest = valid(site.manifest())
    assert manifest["format"] == "emergence-opportunities/1"
    assert manifest["site"] == {
        "url": "https://site.example",
        "title": "Emergence",
        "language": "en",
    }
    assert [entry["slug"] for entry in manifest["opportunities"]] == ["orchard", "water"]
    assert manifest["opportunities"][0] == {
        "slug": "orchard",
        "aliases": ["garden", "old-garden"],
        "language": "en",
        "title": "An orchard",
        "summary": "Trees & bees.",
        "phase": "divergence",
        "status": "published",
        "url": "https://site.example/opportunities/orchard/",
        "translations": [
            {
                "language": "fr",
                "title": "Un verger",
                "url": "https://site.example/fr/opportunities/orchard/",
            }
        ],
        "date": "2026-11-03T00:00:00+01:00",
        "modified": "2026-11-09T10:00:00+01:00",
        "closes": "2026-12-31",
        "facilitator": "Ada",
        "client": "a school",
        "tags": ["trees", "school"],
        "agreement": None,
        "changes": [],
        "updates": [
            {
                "slug": "first",
                "aliases": [],
                "renamed": [],
                "title": "First",
                "date": "2026-11-04T00:00:00+01:00",
                "url": f"{ORCHARD}#u-first",
                "text": FIRST.replace("{filename}../brief.md", ORCHARD),
            }
        ],
        "folder": "content/opportunities/orchard",
        "texts": [
            {
                "text": text,
                "language": language,
                "path": f"content/opportunities/orchard/{name}",
                "update": update,
            }
            for text, language, name, update in (
                ("brief", "fr", "brief.fr.md", None),
                ("brief", "en", "brief.md", None),
                ("update", "en", "updates/2026-11-04-first.md", "first"),
            )
        ],
    }


@pytest.mark.parametrize("siteurl", ["", "https://site.example/under"])
def test_the_manifest_is_valid_under_any_address(site: Site, siteurl: str) -> None:
    full_site(site)
    site.build(SITEURL=siteurl)
    valid(site.manifest())


def test_the_same_content_gives_the_same_bytes(site: Site) -> None:
    full_site(site)
    site.build()
    paths = ("opportunities.json", "sitemap.xml", "feeds/site.atom.xml", "index.html")
    before = [site.read(path) for path in paths]
    site.build(OUTPUT_PATH=str(site.output))
    assert [site.read(path) for path in paths] == before


def test_an_alias_leads_to_the_opportunity_in_each_language(site: Site) -> None:
    full_site(site)
    site.build()
    page = site.read("opportunities/old-garden/index.html")
    target = "https://site.example/opportunities/orchard/"
    assert f'<meta http-equiv="refresh" content="0; url={target}">' in page
    assert f'<link rel="canonical" href="{target}">' in page
    assert links(page) == [target]
    french = site.read("fr/opportunities/garden/index.html")
    assert links(french) == ["https://site.example/fr/opportunities/orchard/"]


def test_the_theme_may_have_its_own_redirect_page(site: Site, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "redirect.html").write_text("moved: {{ article.url }}", encoding="utf-8")
    full_site(site)
    site.build(THEME_TEMPLATES_OVERRIDES=[str(own)])
    page = site.read("opportunities/garden/index.html")
    assert page == "moved: opportunities/orchard/"


def headings(html: str) -> list[str]:
    return re.findall(r">(\w+)</a> (\d+)</h2>", html)


def test_home_lists_the_phases_in_their_order_and_leaves_out_the_empty_ones(site: Site) -> None:
    site.brief("a", "Phase: closed")
    site.brief("b", "Phase: brief")
    site.brief("c", "Phase: engagement")
    site.brief("d", "Phase: brief")
    site.build()
    assert headings(site.read("index.html")) == [
        ("brief", "2"),
        ("engagement", "1"),
        ("closed", "1"),
    ]


def listed(html: str) -> list[str]:
    return [
        link.rpartition("/opportunities/")[2].strip("/") for link in links(html) if "/opp" in link
    ]


def test_home_shows_the_latest_activity_first(site: Site) -> None:
    site.brief("old", date="2026-10-01")
    site.brief("updated", date="2026-10-01")
    site.update("updated", "2026-11-04-news.md", "News")
    site.brief("new", date="2026-11-01")
    site.brief("discussed", date="2026-09-01")

    def discuss(generators: list[Any]) -> None:
        for article in generators[0].context["articles"]:
            last = datetime(2026, 11, 20, tzinfo=UTC) if article.slug == "discussed" else None
            article.discussion = SimpleNamespace(last=last)

    signals.all_generators_finalized.connect(discuss)
    site.build()
    assert listed(site.read("index.html")) == ["discussed", "updated", "new", "old"]


def test_home_shows_twelve_of_a_phase_and_the_phase_all_by_fifty(site: Site) -> None:
    for number in range(120):
        site.brief(f"o-{number:03}", date=f"2026-01-01 00:{number // 60:02}:{number % 60:02}")
    site.build()
    home = site.read("index.html")
    assert listed(home) == [f"o-{number:03}" for number in range(119, 107, -1)]
    assert headings(home) == [("brief", "120")]
    first, last = site.read("phases/brief/index.html"), site.read("phases/brief/page/3/index.html")
    assert len(listed(first)) == 50
    assert listed(first)[0] == "o-119"
    assert 'rel="next" href="https://site.example/phases/brief/page/2/"' in first
    assert len(listed(last)) == 20
    assert 'rel="prev" href="https://site.example/phases/brief/page/2/"' in last
    assert "rel=next" not in last


def test_home_in_a_further_language_shows_translations_where_there_are_any(site: Site) -> None:
    full_site(site)
    site.brief("wood")
    site.build()
    french = site.read("fr/index.html")
    assert '<html lang="fr">' in french
    assert "Un verger" in french and "Wood" in french
    assert "https://site.example/fr/phases/divergence/" in links(french)
    assert 'hreflang="en" href="https://site.example/"' in french
    assert "Un verger" in site.read("fr/phases/divergence/index.html")


def test_home_alone_can_be_written_again(site: Site) -> None:
    full_site(site)
    generators: list[Any] = []
    signals.all_generators_finalized.connect(generators.extend, weak=False)
    pelican = site.pelican()
    pelican.run()
    generator = next(g for g in generators if isinstance(g, OpportunitiesGenerator))
    before = site.read("index.html")
    for path in site.output.rglob("*.html"):
        path.unlink()
    generator.write_home(Writer(str(site.output), settings=pelican.settings))
    found = sorted(str(path.relative_to(site.output)) for path in site.output.rglob("*.html"))
    assert found == ["fr/index.html", "index.html"]
    assert site.read("index.html") == before


def test_the_sitemap_lists_pages_with_their_translations(site: Site) -> None:
    full_site(site)
    site.brief("draft", "Status: draft")
    site.write("pages/about.md", "Title: About\n\nWords.\n")
    site.build()
    root = ElementTree.fromstring(site.read("sitemap.xml"))  # noqa: S314
    urls = {url.findtext(f"{SITEMAP}loc"): url for url in root}
    assert sorted(str(loc).removeprefix("https://site.example") for loc in urls) == [
        "/",
        "/about/",
        "/fr/",
        "/fr/opportunities/orchard/",
        "/fr/phases/divergence/",
        "/opportunities/orchard/",
        "/phases/divergence/",
        "/tags/school/",
        "/tags/trees/",
    ]
    orchard = urls["https://site.example/opportunities/orchard/"]
    assert orchard.findtext(f"{SITEMAP}lastmod") == "2026-11-04T00:00:00+00:00"
    assert {link.get("hreflang") for link in orchard.iter(f"{XHTML}link")} == {"en", "fr"}
