"""The charts on pages that Pelican writes with the project's own theme and settings."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ..discussion.small_site import ROOT, Site
from ..discussion.standin import Service, comment, person
from ..resident.running import Builder, until
from .conversation import crowd

BRIEF = (
    "Title: {title}\nDate: 2026-11-01\nPhase: divergence\nFacilitator: Fay\n{more}\nThe object.\n"
)
UPDATE = "Title: What <they> told us\nDate: 2026-11-05\n\nThey told us a lot.\n"
SHEET = (ROOT / "theme/static/style.css").read_text(encoding="utf-8")
TEMPLATE = (ROOT / "theme/templates/parts/charts.html").read_text(encoding="utf-8")
COLOUR = r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch|\b(black|white|gr[ae]y|red|blue|green)\b(?!-)"


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.stop()


@pytest.fixture
def site(tmp_path: Path, service: Service) -> Site:
    """Two opportunities, one of them in French too; `water` is spoken of by 43 people."""
    made = Site(tmp_path, service.url)
    for folder in ("content", "theme"):
        shutil.rmtree(tmp_path / folder)
    shutil.copytree(ROOT / "theme", tmp_path / "theme")
    shutil.copytree(ROOT / "content/pages", tmp_path / "content/pages")
    shutil.copy(ROOT / "pelicanconf.py", tmp_path / "pelicanconf.py")
    made.configure(f'DISCUSSION_URL = "{service.url}"\nDISCUSSION_SNAPSHOT = "snapshot"')
    made.configure(f'CACHE_CONTENT = LOAD_CONTENT_CACHE = False\nPLUGIN_PATHS = ["{ROOT}"]')
    for slug, language in (("water", "en"), ("water", "fr"), ("wood", "en")):
        name = "brief.md" if language == "en" else f"brief.{language}.md"
        text = BRIEF.format(title=slug.title(), more=f"Lang: {language}\n")
        made.write(f"content/opportunities/{slug}/{name}", text)
    made.write("content/opportunities/water/updates/first.md", UPDATE)
    said, people = crowd()
    service.tell("water", *said, people=people)
    return made


def charts_in(page: str) -> str:
    found = re.search(
        r'<details class="fold charts">.*?</details>\n(?=<div class="threads")', page, re.S
    )
    return found[0] if found else ""


def parsed(charts: str) -> ElementTree.Element:
    return ElementTree.fromstring(charts.replace("&nbsp;", " "))  # noqa: S314 - our own page


def test_both_charts_are_closed_above_the_talk_each_with_its_table(site: Site) -> None:
    site.build()
    charts = parsed(charts_in(site.page("water")))
    assert "open" not in charts.attrib
    figures = charts.findall("figure")
    assert len(figures) == 2
    for figure in figures:
        drawing, table = figure.find("svg"), figure.find("details/table")
        assert drawing is not None
        assert table is not None
        assert drawing.get("role") == "img"
        ids = [drawing.find(part).get("id") for part in ("title", "desc")]  # type: ignore[union-attr]
        assert (drawing.get("aria-labelledby") or "").split() == ids
        assert table.findtext("caption")
        assert {cell.get("scope") for cell in table.iterfind("thead/tr/th")} == {"col"}
        assert {cell.get("scope") for cell in table.iterfind("tbody/tr/th")} == {"row"}
        assert all(each.findtext("title") for each in drawing.iterfind("g") if each.find("title"))


def test_the_table_covers_every_answer_with_its_row_headers(site: Site) -> None:
    site.build()
    table = parsed(charts_in(site.page("water"))).findall("figure/details/table")[1]
    rows = table.findall("tbody/tr")
    spans = [int(cell.get("rowspan") or 1) for cell in table.iterfind("tbody/tr/th")]
    assert sum(spans) == len(rows)
    assert all(len(row.findall("td")) == 2 for row in rows)


def test_words_and_dates_are_in_the_pages_language(site: Site) -> None:
    site.build()
    english, french = site.page("water"), site.read("fr/opportunities/water/index.html")
    assert "Who answers whom" in english
    assert ">3 November 2026</text>" in charts_in(english)
    assert "Qui répond à qui" in french
    assert ">3 novembre 2026</text>" in charts_in(french)


def test_two_builds_draw_the_same_bytes(site: Site) -> None:
    site.build()
    first = charts_in(site.page("water"))
    site.build()
    assert first
    assert charts_in(site.page("water")) == first


def test_names_and_titles_are_escaped_wherever_they_stand(site: Site, service: Service) -> None:
    people = [person("ada", '<script>"&'), person("bob", "<b>Bob</b>")]
    said = [comment("a", "ada"), comment("b", "bob", parent="a"), comment("c", "ada", parent="b")]
    service.tell("wood", *said, comment("d", "ada"), comment("e", "bob"), people=people)
    site.write("content/opportunities/wood/updates/first.md", UPDATE)
    site.build()
    charts = charts_in(site.page("wood"))
    assert "<script" not in charts
    assert "<b>" not in charts
    assert "<they>" not in charts
    assert charts.count("&lt;script&gt;&#34;&amp;") == 4
    parsed(charts)


def test_a_page_with_few_words_and_a_draft_have_none(site: Site, service: Service) -> None:
    said, people = crowd(3, 12)
    site.write(
        "content/opportunities/early/brief.md", BRIEF.format(title="Early", more="Status: draft\n")
    )
    service.tell("early", *said, people=people)
    service.tell("wood", *(comment(f"w{n}", "ada") for n in range(9)))
    site.build()
    assert charts_in(site.page("wood")) == ""
    assert 'class="fold charts"' not in site.read("drafts/early/index.html")


def test_a_site_without_the_plugin_has_pages_without_charts(site: Site) -> None:
    site.configure('PLUGINS.remove("plugins.charts")')
    site.build()
    assert 'class="thread"' in site.page("water")
    assert charts_in(site.page("water")) == ""


def test_the_resident_builder_draws_what_a_build_from_nothing_draws(
    site: Site, service: Service
) -> None:
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        before = charts_in(builder.page("water"))
        service.tell("water", comment("z", "p001", parent="c00000"), people=crowd()[1])
        until(lambda: charts_in(builder.page("water")) != before, "the charts")
        after = charts_in(builder.page("water"))
    finally:
        builder.end()
    site.build()
    assert before != charts_in(site.page("water")) == after


def test_no_colour_is_named_but_by_the_sheets_own_words() -> None:
    block = SHEET.partition("/* Seeing the conversation */")[2].partition("\n/*")[0]
    assert ".chart svg" in block
    assert not re.search(COLOUR, block, re.I)
    assert not re.search(rf"""(fill|stroke|color)=|{COLOUR}""", TEMPLATE, re.I)
