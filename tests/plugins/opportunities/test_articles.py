"""Everything that Pelican does for articles works for briefs."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from .site import Site, links

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(site: Site, feed: str) -> list[str | None]:
    root = ElementTree.fromstring(site.read(feed))  # noqa: S314
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_a_folder_with_a_brief_is_a_page_under_the_name_of_the_folder(site: Site) -> None:
    site.brief("orchard", "Phase: divergence\nFacilitator: Ada\nSummary: Forty *trees*.")
    site.build()
    assert "orchard|divergence|Ada|None|None|Forty trees." in site.page("orchard")


def test_the_header_says_the_rest(site: Site) -> None:
    site.brief("folder", "Slug: water\nClient: a commune\nCloses: 2026-12-31\nPhase: Closed")
    site.build()
    assert "water|closed||a commune|2026-12-31|The object." in site.page("water")


@pytest.mark.parametrize(("phase", "said"), [("Closed", True), ("Underway", False)])
def test_a_closed_opportunity_says_why_and_only_while_it_is_closed(
    site: Site, phase: str, said: bool
) -> None:
    site.brief("orchard", f"Phase: {phase}\nClosed-because: They went on alone.")
    site.build()
    assert ("closed: They went on alone." in site.page("orchard")) is said


def test_without_a_phase_an_opportunity_is_a_brief(site: Site) -> None:
    site.brief("orchard")
    site.build()
    assert site.entry("orchard")["phase"] == "brief"


def test_updates_summary_and_agreement_stand_on_the_page_and_are_no_articles(site: Site) -> None:
    site.brief("orchard")
    site.update("orchard", "2026-11-05-second.md", "Second")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.write("opportunities/orchard/summary.md", "What is *agreed*.\n")
    site.write("opportunities/orchard/agreement.md", "Title: Agreement\n\nThe clauses.\n")
    site.build()
    page = site.page("orchard")
    assert page.index('id="u-first"') < page.index('id="u-second"')
    assert "2026-11-04" in page
    assert "What is <em>agreed</em>." in page
    assert "The clauses." in page
    assert sorted(path.name for path in (site.output / "opportunities").iterdir()) == ["orchard"]


def test_a_draft_has_a_page_and_is_listed_nowhere(site: Site) -> None:
    site.brief("orchard", "Status: draft\nTags: trees\nAliases: garden")
    site.write("opportunities/undated/brief.md", "Title: Undated\nStatus: draft\n\nText.\n")
    site.update("undated", "first.md", "First", more="Status: draft")
    site.build()
    assert "Orchard" in site.read("drafts/orchard/index.html")
    assert site.exists("drafts/undated/index.html")
    assert site.manifest()["opportunities"] == []
    for path in ("index.html", "sitemap.xml", "feeds/site.atom.xml"):
        assert "rchard" not in site.read(path)
    assert not site.exists("opportunities/garden/index.html")
    assert not site.exists("tags/trees/index.html")
    assert not site.exists("feeds/orchard.updates.atom.xml")


def test_a_hidden_brief_has_its_page_and_is_in_the_manifest_alone(site: Site) -> None:
    site.brief("orchard", "Status: hidden")
    site.build()
    assert "Orchard" in site.page("orchard")
    assert site.entry("orchard")["status"] == "hidden"
    for path in ("index.html", "sitemap.xml", "feeds/site.atom.xml"):
        assert "rchard" not in site.read(path)


def test_a_draft_update_is_not_shown(site: Site) -> None:
    site.brief("orchard")
    site.update("orchard", "2026-11-04-first.md", "First", more="Status: draft")
    site.build()
    assert "First" not in site.page("orchard")
    assert site.entry("orchard")["updates"] == []


def test_a_skipped_brief_is_not_there_at_all(site: Site) -> None:
    site.brief("orchard", "Status: skip\nPhase: no phase\n")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.brief("water")
    with pytest.raises(Exception, match="unknown phase"):
        site.build()
    site.brief("orchard", "Status: skip")
    site.build()
    assert [entry["slug"] for entry in site.manifest()["opportunities"]] == ["water"]


def test_tags_lead_to_the_opportunities_that_have_them(site: Site) -> None:
    site.brief("orchard", "Tags: trees, school")
    site.brief("forest", "Tags: trees")
    site.build()
    assert "https://site.example/tags/school/" in links(site.page("orchard"))
    assert "Orchard" in site.read("tags/trees/index.html")
    assert "Forest" in site.read("tags/trees/index.html")


def test_a_tag_that_only_a_translation_bears_has_its_page(site: Site) -> None:
    site.brief("orchard", "Tags: trees, data", title="Orchard")
    site.brief("orchard", "Tags: arbres, data", title="Verger", name="brief.fr.md")
    site.build()
    assert "Verger" in site.read("tags/arbres/index.html")
    both = site.read("tags/data/index.html")
    assert "Orchard" in both and "Verger" not in both, "one opportunity is listed once"
    assert "https://site.example/tags/arbres/" in site.read("sitemap.xml")


def test_a_translation_is_one_opportunity_in_two_languages(site: Site) -> None:
    site.brief("orchard", "Phase: convergence\nFacilitator: Ada", title="Orchard")
    site.brief("orchard", title="Verger", name="brief.fr.md")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.update("orchard", "2026-11-04-first.fr.md", "Premier")
    site.update("orchard", "2026-11-05-second.md", "Second")
    site.write("opportunities/orchard/summary.fr.md", "Convenu.\n")
    site.build()
    english, french = site.page("orchard"), site.page("orchard", "fr")
    assert '<html lang="fr">' in french
    assert "https://site.example/fr/opportunities/orchard/" in links(english)
    assert "https://site.example/opportunities/orchard/" in links(french)
    assert "orchard|convergence|Ada" in french, "a translation need not say it again"
    assert "Premier" in french and "First" not in french
    assert "First" in english and "Premier" not in english
    assert '<div id="u-second" lang="en">' in french, "untranslated, in the language it has"
    assert "Convenu" in french and "Convenu" in english
    assert site.entry("orchard")["translations"] == [
        {
            "language": "fr",
            "title": "Verger",
            "url": "https://site.example/fr/opportunities/orchard/",
        }
    ]


def test_an_opportunity_in_another_language_alone(site: Site) -> None:
    site.brief("verger", "Lang: fr")
    site.update("verger", "2026-11-04-premier.md", "Premier")
    site.build()
    assert '<div id="u-premier" lang="fr">' in site.page("verger", "fr")
    assert site.entry("verger")["language"] == "fr"
    assert "https://site.example/fr/opportunities/verger/" in links(site.read("index.html"))


def test_links_between_all_files_lead_to_their_place_on_the_page(site: Site) -> None:
    text = (
        "[u]({filename}updates/2026-11-04-first.md) [s]({filename}summary.md)"
        " [w]({filename}../water/brief.md) [v]({filename}/opportunities/water/updates/dated.md)"
    )
    site.brief("orchard", "Summary: See [w]({filename}../water/brief.md).", text)
    site.update("orchard", "2026-11-04-first.md", "First", "[b]({filename}../brief.md)")
    site.write("opportunities/orchard/summary.md", "[a]({filename}agreement.md)\n")
    site.write("opportunities/orchard/agreement.md", "[p]({filename}/pages/about.md)\n")
    site.brief("water")
    site.update("water", "dated.md", "Dated", more="Date: 2026-11-06")
    site.write(
        "pages/about.md", "Title: About\n\n[s]({filename}../opportunities/orchard/summary.md)"
    )
    site.build()
    assert links(site.page("orchard")) == [
        "https://site.example/opportunities/orchard/#u-first",
        "https://site.example/opportunities/orchard/#summary",
        "https://site.example/opportunities/water/",
        "https://site.example/opportunities/water/#u-dated",
        "https://site.example/opportunities/orchard/#agreement",
        "https://site.example/about/",
        "https://site.example/opportunities/orchard/",
    ]
    assert links(site.read("about/index.html")) == [
        "https://site.example/opportunities/orchard/#summary"
    ]


def test_images_beside_a_text_come_along(site: Site) -> None:
    site.brief("orchard", text="![a tree]({attach}tree.png) ![a map]({static}map.png)")
    site.update("orchard", "2026-11-04-first.md", "First", "![a bee]({attach}bee.png)")
    for path in ("tree.png", "map.png", "updates/bee.png", "unused.png"):
        site.write(f"opportunities/orchard/{path}", b"png")
    site.build()
    page = site.page("orchard")
    for name in ("tree.png", "map.png", "bee.png"):
        assert f'src="https://site.example/opportunities/orchard/{name}"' in page
        assert site.exists(f"opportunities/orchard/{name}")
    assert not site.exists("opportunities/orchard/unused.png")


def test_relative_urls_reach_everything_from_everywhere(site: Site) -> None:
    site.brief("orchard", "Tags: trees\nAliases: garden", "[w]({filename}../water/brief.md)")
    site.update("orchard", "2026-11-04-first.md", "First", "![bee]({attach}bee.png)")
    site.write("opportunities/orchard/updates/bee.png", b"png")
    site.brief("water", name="brief.md")
    site.brief("water", title="Eau", name="brief.fr.md")
    site.build(RELATIVE_URLS=True, SITEURL="")
    assert "../../opportunities/water/" in links(site.page("orchard"))
    assert 'src="../../opportunities/orchard/bee.png"' in site.page("orchard")
    assert links(site.page("water", "fr")) == ["../../../opportunities/water/"]
    assert "./opportunities/orchard/" in links(site.read("index.html"))
    assert "../opportunities/orchard/" in links(site.read("fr/index.html"))
    assert "../../opportunities/orchard/" in site.read("opportunities/garden/index.html")
    assert site.entry("orchard")["url"] == "/opportunities/orchard/"


def test_feeds_of_the_site_and_of_each_opportunity(site: Site) -> None:
    site.brief("orchard", "Facilitator: Ada")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.update("orchard", "2026-11-06-second.md", "Second")
    site.brief("water", date="2026-11-05")
    site.build()
    assert entries(site, "feeds/site.atom.xml") == [
        "Orchard: Second",
        "Water",
        "Orchard: First",
        "Orchard",
    ]
    assert entries(site, "feeds/orchard.updates.atom.xml") == ["Second", "First", "Orchard"]
    assert entries(site, "feeds/water.updates.atom.xml") == ["Water"]
    feed = site.read("feeds/orchard.updates.atom.xml")
    assert "<updated>2026-11-06T00:00:00+00:00</updated>" in feed
    assert "<author><name>Ada</name></author>" in feed
    assert 'href="https://site.example/opportunities/orchard/#u-second"' in feed


def test_a_feed_is_well_formed_whatever_a_text_holds(site: Site) -> None:
    site.brief("orchard", "Facilitator: A & <B>", "]]> \x0b \x01 &nbsp; \uffff", title="<T> & “U”")
    site.build()
    assert entries(site, "feeds/orchard.updates.atom.xml") == ["<T> & “U”"]


def test_a_second_run_reads_from_the_cache_and_writes_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = {"CACHE_CONTENT": True, "LOAD_CONTENT_CACHE": True}
    site.brief("orchard", "Tags: trees")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.build(**cached)
    before = site.page("orchard")
    converted = count_conversions(monkeypatch)
    site.build(**cached)
    assert site.page("orchard") == before
    assert converted == []
    site.update("orchard", "2026-11-04-first.md", "First, corrected")
    site.build(**cached)
    assert "First, corrected" in site.page("orchard")
    assert [Path(path).name for path in converted] == ["2026-11-04-first.md"]


def count_conversions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths of the files that Pelican converts from markdown from now on."""
    from pelican.readers import MarkdownReader

    converted: list[str] = []
    read = MarkdownReader.read

    def counted(self: Any, source_path: str) -> Any:
        converted.append(source_path)
        return read(self, source_path)

    monkeypatch.setattr(MarkdownReader, "read", counted)
    return converted


def test_a_cache_that_a_killed_build_left_empty_is_forgotten(site: Site) -> None:
    site.brief("orchard")
    cache = site.folder / "cache"
    cache.mkdir()
    for name in ("ArticlesGenerator-Readers", "OpportunitiesGenerator-Readers"):
        (cache / name).touch()
    site.build(CACHE_CONTENT=True, LOAD_CONTENT_CACHE=True, GZIP_CACHE=False)
    assert "orchard|" in site.page("orchard")
    assert (cache / "ArticlesGenerator-Readers").stat().st_size > 0


def test_the_cache_of_generators_works_too(site: Site) -> None:
    cached = {
        "CACHE_CONTENT": True,
        "LOAD_CONTENT_CACHE": True,
        "CONTENT_CACHING_LAYER": "generator",
    }
    site.brief("orchard", "Facilitator: Ada", "[u]({filename}updates/2026-11-04-first.md)")
    site.update("orchard", "2026-11-04-first.md", "First", "[b]({filename}../brief.md)")
    site.build(**cached)
    before = site.page("orchard")
    site.build(**cached)
    assert site.page("orchard") == before


def test_a_brief_added_later_is_found_by_the_same_instance(site: Site) -> None:
    site.brief("orchard")
    pelican = site.pelican()
    pelican.run()
    site.brief("water")
    site.update("orchard", "2026-11-04-first.md", "First")
    pelican.run()
    assert "Water" in site.page("water")
    assert "First" in site.page("orchard")
    assert [entry["slug"] for entry in site.manifest()["opportunities"]] == ["orchard", "water"]


@pytest.mark.parametrize("article_paths", [["blog", "opportunities"], ["blog"], [""]])
def test_a_blog_beside_stays_a_blog(site: Site, article_paths: list[str]) -> None:
    site.brief("orchard")
    site.update("orchard", "2026-11-04-first.md", "First")
    site.write("blog/hello.md", "Title: Hello\nDate: 2026-11-01\n\nWords.\n")
    site.build(ARTICLE_PATHS=article_paths)
    assert "False" in site.page("hello")
    assert "orchard|" in site.page("orchard")
    assert [entry["slug"] for entry in site.manifest()["opportunities"]] == ["orchard"]
    assert "Hello" not in site.read("index.html")
    assert "/opportunities/hello/" in site.read("sitemap.xml")


def test_a_site_without_any_opportunity_builds(site: Site) -> None:
    (site.content / "opportunities").rmdir()
    site.build()
    assert site.manifest()["opportunities"] == []
    assert "0 of 6" in site.read("index.html")
