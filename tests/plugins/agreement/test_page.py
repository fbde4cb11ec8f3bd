"""Summary and agreement on pages that Pelican writes with the project's own theme and settings."""

import re

import pytest

from plugins.opportunities.versions import versions_of

from ..discussion.small_site import Site
from ..discussion.standin import comment, person
from .conftest import AGREEMENT, PEOPLE, SUMMARY, Told

SUMMARY_FILE = "content/opportunities/water/summary.md"
AGREEMENT_FILE = "content/opportunities/water/agreement.md"


def section(page: str, id: str) -> str:
    found = re.search(rf'<section class="section[^"]*" id="{id}".*?\n</section>\n(?=<)', page, re.S)
    return found[0] if found else ""


def test_a_citation_is_a_link_with_author_and_day_and_leads_back(site: Site) -> None:
    site.build()
    page, french = site.page("water"), site.read("fr/opportunities/water/index.html")
    assert '<a class="cite" href="#c-aa1">Ada &amp; Co, 5 November</a>' in page
    assert (
        '<a class="cite" href="#c-aa1" title="Ada &amp; Co, 5 November">these reasons</a>' in page
    )
    assert '<a class="cite" href="#c-aa1" title="Ada &amp; Co, 5 November">Ada said</a>' in page
    assert "Ada &amp; Co, 5 novembre" in french
    back = re.findall(r'<a href="#([\w-]+)">((?:settled|set aside|cited)[^<]*)</a>', page)
    assert back == [
        ("agreed-1", "settled in the summary"),
        ("aside-1", "set aside in the summary"),
        ("clause-1", "cited in the agreement, 1"),
        ("agreed-1", "settled in the summary"),
        ("clause-1", "cited in the agreement, 1"),
    ]
    assert {f'id="{anchor}"' in page for anchor, _ in back} == {True}
    assert "{comment}" not in page + french


def test_the_summary_is_three_groups_of_points(site: Site) -> None:
    site.build()
    shown = site.page("water")
    kinds = re.findall(r'<section class="points (\w+)">\n<h3>([^<]*?) ?<span', shown)
    assert kinds == [("agreed", "Agreed"), ("open", "Open"), ("aside", "Set aside")]
    assert re.findall(r'<li id="((?:agreed|open|aside)-\d)">', shown) == [
        "agreed-1", "agreed-2", "open-1", "aside-1",
    ]  # fmt: skip
    assert "… and nobody else does" in shown
    assert '<em class="standard">standard</em>' in shown


def test_french_headings_and_classes_say_of_what_kind_points_are(site: Site) -> None:
    text = "## Convenu\n\n- X {comment}aa1\n\n## Ce que nous verrons {.open}\n\n- Y\n\n"
    text += "## Écarté\n\n- Z\n"
    site.write(SUMMARY_FILE, f"Title: Résumé\nLang: fr\n\n{text}\n## Autre chose\n\n- W\n")
    site.build()
    page = site.read("fr/opportunities/water/index.html")
    assert re.findall(r'class="points (\w+)"', page) == ["agreed", "open", "aside"]
    assert "convenu dans la synthèse" in page
    assert re.findall(r'<li id="(\w+-\d)">', page) == ["agreed-1", "open-1", "aside-1"]


def test_the_agreement_says_between_whom_which_version_and_who_reread_it(
    site: Site, service: Told
) -> None:
    digest = versions_of(site.folder / "content", {"w": ["opportunities/water/agreement.md"]})["w"]
    service.more["rereadings"] = [
        {"person": "cleo", "version": digest.digest, "at": "2026-11-20T10:00:00Z"},
        {"person": "ada", "version": "0" * 40, "at": "2026-11-18T10:00:00Z"},
    ]
    site.build()
    for page in (site.page("water"), site.read("opportunities/water/agreement/index.html")):
        text = " ".join(re.sub(r"<[^>]*>", "", page).split())
        assert "Version not committed yet" in text
        assert "Ada &amp; Co · The data Cleo, client" in text
        assert "stood by: Cleo (20 November 2026)" in text
        assert "not this one yet: Ada &amp; Co (18 November 2026)" in text
        assert "Not reread yet: Fay" in text
        assert "no electronic signature" in text
        assert "/-/o/water/reread" in page


def test_the_page_to_print_has_numbered_notes_with_permalinks(site: Site) -> None:
    site.build()
    page = site.read("opportunities/water/agreement/index.html")
    assert 'Ada said<a class="note" href="#note-1">[1]</a>' in page
    notes = re.findall(r'<li id="note-(\d)">(.*?)</li>', page)
    assert [(number, re.sub(r"<[^>]*>", "", note)) for number, note in notes] == [
        ("1", "Ada &amp; Co, 5 November 2026, https://site.example/opportunities/water/#c-aa1"),
        ("2", "Bob, 6 November 2026, https://site.example/opportunities/water/#c-bb1"),
    ]
    assert (site.output / "fr/opportunities/water/agreement/index.html").exists()
    assert not (site.output / "opportunities/wood/agreement").exists()


def test_citations_with_relative_addresses_and_in_updates_lead_to_the_comment(site: Site) -> None:
    site.configure('SITEURL = ""\nRELATIVE_URLS = True')
    update = "Title: Told\nDate: 2026-11-05\n\nAs {comment}bb1 says, `{comment}aa1` is code.\n"
    site.write("content/opportunities/water/updates/told.md", update)
    text = AGREEMENT.replace("https://site.example/opportunities/water/", "")
    site.write(AGREEMENT_FILE, text)
    site.build()
    page = site.page("water")
    link = r'<a class="cite" href="([^"]*)#c-bb1">Bob, 6 November</a> says'
    found = re.search(link, page)
    assert "<code>{comment}aa1</code>" in page
    assert found
    assert found[1] in ("../../opportunities/water/", "./", "")
    assert "cited in the agreement, 1" in page


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("summary", SUMMARY.replace("{comment}bb1", "{comment}zz9"),
         "summary.md:7: the comment zz9 that is cited here does not exist"),
        ("summary", SUMMARY.replace("{comment}bb1", "{comment}ww1"),
         "summary.md:7: the comment ww1 that is cited here belongs to the discussion of “wood”"),
        ("agreement", AGREEMENT.replace("opportunities/water/#c-aa1", "opportunities/wood/#c-ww1"),
         "agreement.md:7: the comment ww1 that is cited here belongs to the discussion of “wood”"),
        ("summary", SUMMARY.replace(" {standard}", ""),
         "summary.md:8: the agreed point “Invoices are monthly” cites no comment"),
        ("agreement", AGREEMENT.replace(" *Standard.*", ""),
         "agreement.md:13: the clause 2 “Law” cites no comment"),
        ("agreement", AGREEMENT.replace("French law. *Standard.*", "This is not *standard*."),
         "agreement.md:13: the clause 2 “Law” cites no comment"),
        ("agreement", "Title: A\n\nWe agree.\n", "agreement.md:3: the text cites no comment"),
        ("agreement", "Title: A\n\n# Agreement\n\nHello.\n\n## 1. Price\n\nWe pay.\n\n"
         "## 2. Dates\n\n{comment}aa1\n",
         "agreement.md:7: the clause 1 “Price” cites no comment"),
        ("summary", SUMMARY.replace("## Open", "We pay 20 000 euros.\n\n## Open"),
         "summary.md:10: the text “We pay 20 000 euros.” below “Agreed”, in no list, cites no"),
        ("summary", SUMMARY.replace("## Open", "| a | b |\n|---|---|\n| pay | 20 |\n\n## Open"),
         "summary.md:10: the text “a b pay 20” below “Agreed”, in no list, cites no comment"),
    ],
    ids=["unknown", "foreign", "foreign permalink", "bare point", "bare clause", "not standard",
         "no headings", "a title above the clauses", "bare paragraph", "bare table"],
)  # fmt: skip
def test_a_text_that_rests_on_nothing_is_not_built(
    site: Site, file: str, text: str, told: str
) -> None:
    site.write(f"content/opportunities/water/{file}.md", text)
    assert told in site.build(expect=1)


def test_a_list_under_a_heading_of_no_kind_is_shown_and_warned_of(site: Site) -> None:
    site.write(SUMMARY_FILE, SUMMARY.replace("## Agreed", "## What we agreed"))
    warned = "summary.md:5: the list below “What we agreed” holds no points"
    assert warned in site.build()
    assert "Invoices are monthly" in site.page("water")
    site.write(SUMMARY_FILE, SUMMARY.replace("## Agreed", "## What we agreed {.other}"))
    assert "holds no points" not in site.build()


def test_a_summary_without_any_section_is_warned_of(site: Site) -> None:
    site.write(SUMMARY_FILE, "Title: Where it stands\n\nWe agreed on everything.\n")
    assert "summary.md:3: no heading of this summary means agreed, open or" in site.build()


@pytest.mark.parametrize("state", ["withdrawn", "hidden"])
def test_what_was_taken_back_carries_no_text(site: Site, service: Told, state: str) -> None:
    service.tell("water", comment("bb1", None, state=state) | {"html": ""}, people=PEOPLE)
    said = site.build(expect=1)
    word = "withdrawn by its author" if state == "withdrawn" else "hidden"
    assert f"{SUMMARY_FILE}:7: the comment bb1 that is cited here was {word}" in said
    assert f"{AGREEMENT_FILE}:7: the comment bb1" in said


def test_where_the_service_was_never_heard_a_warning_is_all(site: Site, service: Told) -> None:
    service.stop()
    said = site.build()
    assert "summary.md: not checked, for the service was never heard: 3 citations" in said
    assert 'href="#c-aa1">a comment</a>' in site.page("water")


def test_a_service_that_is_down_leaves_the_snapshot_to_check_against(
    site: Site, service: Told
) -> None:
    site.build()
    service.stop()
    assert "not checked" not in site.build()
    site.write(SUMMARY_FILE, SUMMARY.replace("{comment}bb1", "{comment}zz9"))
    assert "zz9 that is cited here does not exist" in site.build(expect=1)


def test_a_text_may_cite_in_words_if_it_says_so(site: Site) -> None:
    bare = re.sub(r"\(?\{comment\}\w+\)?", "", SUMMARY.replace("[these reasons]", "reasons"))
    site.write(SUMMARY_FILE, bare.replace("stands\n", "stands\nCitations: in words\n", 1))
    site.build()
    site.write(SUMMARY_FILE, SUMMARY.replace("stands\n", "stands\nCitations: never\n", 1))
    assert "summary.md:2: Citations “never” is unknown" in site.build(expect=1)


def test_words_of_people_are_escaped_in_citations(site: Site, service: Told) -> None:
    service.tell("water", people=[person("ada", '<script>"'), *PEOPLE[1:]])
    site.write(
        "content/opportunities/water/updates/a.md",
        "Title: A\nDate: 2026-11-05\n\n[x]({comment}aa1) {comment}aa1\n",
    )
    site.build()
    for page in ("opportunities/water/index.html", "opportunities/water/agreement/index.html"):
        assert '<script>"' not in site.read(page)
    assert "&lt;script&gt;" in site.page("water")
