"""The history on pages that Pelican writes with the project's own theme and settings."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ..discussion.small_site import ROOT, Site
from ..discussion.standin import Service, comment, person
from ..resident.running import Builder, until
from .story import BART, day, git

BRIEF = """Title: {title}
Date: 2026-11-01
Phase: {phase}
Facilitator: Camille
{more}
The drivers leave a slip of paper, and {text}.

A second paragraph that nobody has touched since it was written.
"""
OURS = ("opportunities", "languages", "discussion", "history", "charts")


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.stop()


def write(site: Site, text: str, phase: str = "divergence", more: str = "") -> None:
    """Write the brief of `water`."""
    brief = BRIEF.format(title="Water", phase=phase, text=text, more=more)
    site.write("content/opportunities/water/brief.md", brief)


def commit(site: Site, subject: str, on: int, by: str = "Camille <camille@example.org>") -> None:
    git(site.folder, "add", "--all", "content")
    git(site.folder, "commit", "--quiet", "-m", subject, by=by, date=day(on))


@pytest.fixture
def site(tmp_path: Path, service: Service) -> Site:
    """An opportunity with a history of three commits, in English and French."""
    made = Site(tmp_path, service.url)
    for folder in ("content", "theme"):
        shutil.rmtree(tmp_path / folder)
    shutil.copytree(ROOT / "theme", tmp_path / "theme")
    shutil.copytree(ROOT / "content/pages", tmp_path / "content/pages")
    shutil.copy(ROOT / "pelicanconf.py", tmp_path / "pelicanconf.py")
    made.configure(f'DISCUSSION_URL = "{service.url}"\nDISCUSSION_SNAPSHOT = "snapshot"')
    made.configure(f'CACHE_CONTENT = LOAD_CONTENT_CACHE = False\nPLUGIN_PATHS = ["{ROOT}"]')
    made.configure(f"PLUGINS = {[f'plugins.{name}' for name in OURS]}\nCACHE_PATH = 'cache'")
    git(tmp_path, "init", "--quiet")
    write(made, "nobody keeps it")
    french = "Title: L’eau\nDate: 2026-11-01\n\nRien.\n"
    made.write("content/opportunities/water/brief.fr.md", french)
    commit(made, "Begin", 1)
    write(made, "most of them lose it", "convergence")
    made.write(
        "content/opportunities/water/updates/2026-11-04-a.md",
        "Title: What <they> said\n\nThey said a lot.\n",
    )
    commit(made, "What the <drivers> told us", 4, BART)
    write(made, "most of them lose it <soon>", "convergence")
    commit(made, "More & more", 5)
    return made


def folded(page: str) -> str:
    found = re.search(r'<details class="fold history no-print">.*?</details>', page, re.S)
    return found[0] if found else ""


def test_the_foot_of_the_brief_says_when_it_changed_last_by_whom_and_why(site: Site) -> None:
    site.build()
    said = folded(site.page("water"))
    assert "Last changed 5 November 2026 by Camille: <bdi>More &amp; more</bdi>" in said
    assert "3 changes" in said
    assert "Phase: from Divergence to Convergence" in said
    assert 'href="/opportunities/water/history/#v-' in said
    assert "the update “What &lt;they&gt; said”, new" in said
    french = folded(site.read("fr/opportunities/water/index.html"))
    assert "Dernier changement le 5 novembre 2026, par Camille\u00a0: <bdi>" in french
    assert 'href="/fr/opportunities/water/history/"' in french


def test_the_page_of_the_history_has_a_place_for_each_version_with_its_words(site: Site) -> None:
    site.build()
    page = site.read("opportunities/water/history/index.html")
    short = git(site.folder, "log", "-1", "--format=%H")[:10]
    assert f'id="v-{short}"' in page
    assert page.count('<section class="change"') == 3
    assert re.search(r"<ins><span[^>]*>\[added: </span>it &lt;soon&gt;\.<span", page)
    assert "<drivers>" not in page
    assert "Phase: from Divergence to Convergence" in page
    assert "nobody has touched" not in page
    assert "@" not in re.sub(r"<head>.*?</head>", "", page, flags=re.S)
    assert '<a href="/fr/opportunities/water/history/" hreflang="fr"' in page


def test_every_link_into_a_history_leads_to_a_version(site: Site) -> None:
    site.configure("HISTORY_SHOWN = 1")
    site.build()
    page = site.read("opportunities/water/history/index.html")
    links = set(re.findall(r'history/#(v-\w+)"', folded(site.page("water"))))
    assert len(links) == 3
    assert links == set(re.findall(r'id="(v-\w+)"', page))


def test_a_site_without_the_plugin_says_what_the_header_says(site: Site) -> None:
    site.configure('PLUGINS.remove("plugins.history")')
    write(site, "nothing", more="Modified: 2026-11-09")
    site.build()
    assert "Last changed 9 November 2026." in site.page("water")
    assert folded(site.page("water")) == ""


def test_charts_are_given_the_days_on_which_phases_began(site: Site, service: Service) -> None:
    said = [comment(f"c{n}", "ada" if n % 2 else "bob") for n in range(6)]
    service.tell("water", *said, people=[person("ada", "Ada"), person("bob", "Bob")])
    site.build()
    charts = site.page("water").partition('class="fold charts"')[2]
    assert 'class="change p-convergence"' in charts


def test_a_comment_asks_git_nothing_and_a_changed_text_has_a_new_history(
    site: Site, service: Service
) -> None:
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        first = builder.build
        before = folded(builder.page("water"))
        log = (site.folder / "cache/history.log").stat().st_mtime_ns
        git(site.folder, "commit", "--quiet", "--allow-empty", "-m", "Nothing", date=day(6))
        service.tell("water", comment("a", "ada"), people=[person("ada", "Ada")])
        until(lambda: 'id="c-a"' in builder.page("water"), "the comment")
        assert folded(builder.page("water")) == before != ""
        assert (site.folder / "cache/history.log").stat().st_mtime_ns == log
        write(site, "all is told", "convergence")
        builder.wait_for("ok", not_build=first)
        assert "4 changes" in folded(builder.page("water"))
        assert "Not committed yet" in builder.read("opportunities/water/history/index.html")
    finally:
        builder.end()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_both_are_read_without_scrolling_sideways(
    site: Site, chromium: Browser, width: int
) -> None:
    write(site, "so" + "long" * 60)
    commit(site, "word" * 60, 7)
    site.configure("RELATIVE_URLS = True")
    site.build()
    page = chromium.new_page(viewport={"width": width, "height": 800})
    try:
        for name in ("index.html", "history/index.html"):
            page.goto((site.output / "opportunities/water" / name).as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width
    finally:
        page.close()


def test_the_manifest_tells_what_changed_but_for_phases_and_updates(site: Site) -> None:
    site.build()
    (entry,) = json.loads(site.read("opportunities.json"))["opportunities"]
    told = [(c["subject"], c["texts"][0]["words"]) for c in entry["changes"]]
    slip = "The drivers leave a slip of paper, and"
    assert told == [
        (
            "More & more",
            [[["same", f"{slip} most of them lose"], ["out", "it."], ["in", "it <soon>."]]],
        ),
        (
            "What the <drivers> told us",
            [
                [
                    ["same", slip],
                    ["out", "nobody keeps"],
                    ["in", "most of them lose"],
                    ["same", "it."],
                ]
            ],
        ),
        ("Begin", []),
    ]
    newest = entry["changes"][0]
    assert newest["authors"] == ["Camille"]
    assert newest["url"].endswith("/opportunities/water/history/#v-" + newest["url"][-10:])
    texts = [(t["text"], t["how"], t["language"]) for t in entry["changes"][-1]["texts"]]
    assert texts == [("brief", "added", "fr"), ("brief", "added", None)]


def test_a_rewritten_history_tells_the_same_changes(site: Site) -> None:
    def ids() -> list[str]:
        site.build()
        (entry,) = json.loads(site.read("opportunities.json"))["opportunities"]
        return [change["id"] for change in entry["changes"]]

    before = ids()
    git(site.folder, "commit", "--quiet", "--amend", "-m", "In other words", date=day(9))
    assert ids() == before


def test_an_update_is_known_by_the_name_that_its_file_had(site: Site) -> None:
    updates = site.folder / "content/opportunities/water/updates"
    (updates / "2026-11-04-a.md").rename(updates / "2026-11-04-what-they-said.md")
    commit(site, "A better name", 6)
    site.build()
    (entry,) = json.loads(site.read("opportunities.json"))["opportunities"]
    (update,) = entry["updates"]
    assert (update["slug"], update["renamed"]) == ("what-they-said", ["a"])
    assert '<span id="u-a"></span>' in site.page("water")
