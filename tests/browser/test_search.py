"""Searching an invented site with the real Pagefind: what is found leads to where it stands."""

import gzip
import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.journeys.conftest import BRIEF, House, house, until

from . import invented
from .conftest import HOUSE, _Discussions, _Files, build_site, serving
from .test_pages import violations

__all__ = ["house"]
pytestmark = pytest.mark.browser

NASTY = "quokka <img src=x onerror=document.title='broken'> <mark>marsupial</mark> & more"
SAID = {
    "dozen000003": "The wombats of the <em>valley</em> dig their own wells.",
    "dozen000005": "Les éléphants boivent l’eau des rivières, et l’éau sâlée jamais.",
    "dozen000007": NASTY.replace("&", "&amp;").replace("<", "&lt;"),
}
UNSEEN = """Title: Hidden things
Date: 2026-11-03
Phase: brief
Facilitator: Maëlle Le Goff
Status: {status}

A {word}.
"""


class _Told(_Discussions):
    """The service, with some words of our own in one discussion."""

    def do_GET(self) -> None:
        document = invented.document()
        for told in document["discussions"]:
            for comment in told["comments"]:
                if comment["id"] in SAID:
                    comment["html"] = f"<p>{SAID[comment['id']]}</p>"
        self.send_document(document)


@pytest.fixture(scope="session")
def searched_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the invented site, with some things in it to look for."""
    folder = tmp_path_factory.mktemp("searched")
    content, output = folder / "content", folder / "output"
    shutil.copytree(HOUSE / "content" / "pages", content / "pages")
    invented.write_content(content)
    for status, word in (("draft", "platypus"), ("hidden", "echidna")):
        (content / "opportunities" / status).mkdir()
        text = UNSEEN.format(status=status, word=word)
        (content / "opportunities" / status / "brief.md").write_text(text, encoding="utf-8")
    service = serving(_Told)
    build_site(content, output, next(service), folder / "var")
    service.close()  # type: ignore[attr-defined]
    return output


@pytest.fixture(scope="session")
def searched(searched_site: Path) -> Iterator[str]:
    """The address at which it is served; no service runs anywhere."""
    yield from serving(partial(_Files, directory=str(searched_site)))


def look(page: Page, site: str, words: str, path: str = "search/") -> None:
    """Type words into the field of a page, and wait for what is found."""
    page.goto(f"{site}/{path}")
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    answers = re.compile("result|résultat|nothing was found|n’a été trouvé", re.IGNORECASE)
    expect(page.get_by_role("status")).to_have_text(answers)


@pytest.mark.parametrize(
    ("path", "words", "title", "leads_to"),
    [
        ("search/", "data platform", "A data platform", "/opportunities/dozen/"),
        ("fr/search/", "plate-forme", "Une plate-forme", "/fr/opportunities/dozen/"),
        ("search/", "I spent Monday", "What the members told us", "/opportunities/dozen/#u-"),
        ("fr/search/", "Monday", "What the members told us", "/fr/opportunities/dozen/#u-"),
        ("search/", "wombat", "A data platform", "/opportunities/dozen/#c-dozen000003"),
        ("fr/search/", "wombats", "Une plate-forme", "/fr/opportunities/dozen/#c-dozen000003"),
        ("fr/search/", "elephant", "Une plate-forme", "/fr/opportunities/dozen/#c-dozen000005"),
        ("fr/search/", "salée", "Une plate-forme", "/fr/opportunities/dozen/#c-dozen000005"),
        ("search/", "Antoine Ferrand", "Antoine Ferrand", "/people/antoine/"),
        ("search/", "privacy", "Privacy", "/privacy/"),
        ("", "wombat", "A data platform", "/opportunities/dozen/#c-dozen000003"),
        ("fr/", "wombat", "Une plate-forme", "/fr/opportunities/dozen/#c-dozen000003"),
    ],
)
def test_what_is_found_leads_to_where_it_stands(
    page: Page, searched: str, path: str, words: str, title: str, leads_to: str
) -> None:
    look(page, searched, words, path)
    link = page.locator(f"#search-found a[href*='{leads_to}']").first
    assert title in link.inner_text()
    link.click()
    page.wait_for_url(f"**{leads_to}**")
    anchor = page.url.partition("#")[2]
    assert not anchor or page.locator(f"#{anchor}").is_visible()


def test_a_comment_is_found_as_itself_with_its_author_phase_and_day(
    page: Page, searched: str
) -> None:
    look(page, searched, "wombats")
    assert page.locator("#search-found li").count() == 1
    about = page.locator("#search-found .small").inner_text()
    assert re.search(r"Comment by \w.+ · Divergence · \d+ November 2026", about)
    assert page.locator("#search-found mark").inner_text() == "wombats"


def test_what_people_wrote_stays_text(page: Page, searched: str) -> None:
    look(page, searched, "quokka")
    words = page.locator("#search-found .words")
    assert words.inner_text() == NASTY
    assert page.locator("#search-found img").count() == 0
    assert page.locator("#search-found mark").all_inner_texts() == ["quokka"]
    assert "broken" not in page.title()
    look(page, searched, "<img onerror=alert(1)>")
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize("words", ["platypus", "echidna", "withdrawn", "xylophone"])
def test_drafts_and_what_is_hidden_are_not_found(page: Page, searched: str, words: str) -> None:
    look(page, searched, words)
    assert page.locator("#search-found a[href*='hidden'], a[href*='draft']").count() == 0


def test_no_address_and_no_page_of_the_chrome_is_in_the_index(searched_site: Path) -> None:
    said = [
        gzip.decompress(path.read_bytes()).decode()
        for path in (searched_site / "pagefind/fragment").iterdir()
    ]
    assert len(said) > 400  # comments, updates and pages, in two languages
    assert [each for each in said if re.search(r"[\w.+]@[\w.]", each)] == []
    of = {re.search(r'"url":"/(?:fr/)?([\w-]*)', each)[1] for each in said}  # type: ignore[index]
    assert of == {"opportunities", "people", "how-it-works", "privacy"}
    assert not any("platypus" in each or "echidna" in each for each in said)


def test_results_come_ten_at_a_time_and_the_keyboard_goes_on_where_they_begin(
    page: Page, searched: str
) -> None:
    look(page, searched, "members")
    found = page.locator("#search-found li")
    expect(found).to_have_count(10)
    page.locator("#search-more").focus()
    page.keyboard.press("Enter")
    expect(found).to_have_count(20)
    expect(found.nth(10).locator("a")).to_be_focused()


def test_a_phase_and_a_kind_narrow_what_is_found(page: Page, searched: str) -> None:
    page.goto(f"{searched}/search/?q=members&phase=closed&kind=update")
    expect(page.get_by_role("status")).to_have_text("One result")
    assert page.input_value("#phase") == "closed"
    assert "/opportunities/ended/#u-" in (
        page.locator("#search-found a").get_attribute("href") or ""
    )


def test_the_same_words_are_looked_for_in_the_other_language(page: Page, searched: str) -> None:
    look(page, searched, "wombats")
    page.locator(".search-elsewhere a").click()
    page.wait_for_url("**/fr/search/?q=wombats**")
    expect(page.get_by_role("status")).to_have_text("Un résultat")


def test_nothing_else_is_asked_and_other_pages_carry_none_of_it(page: Page, searched: str) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    for path in ("", "opportunities/dozen/", "people/antoine/"):
        page.goto(f"{searched}/{path}", wait_until="networkidle")
    assert not [each.url for each in asked if "search.js" in each.url or "pagefind" in each.url]
    look(page, searched, "members")
    assert {urlsplit(each.url).netloc for each in asked} == {urlsplit(searched).netloc}


def test_a_search_that_cannot_answer_says_so(page: Page, searched: str) -> None:
    page.route("**/pagefind/**", lambda route: route.abort())
    page.goto(f"{searched}/search/?q=wombat")
    expect(page.get_by_role("status")).to_contain_text("does not answer just now")
    assert page.get_by_role("link", name="All opportunities").first.is_visible()


@pytest.mark.parametrize("path", ["search/?q=members", "fr/search/?q=semis", "search/"])
def test_the_search_page_fits_a_phone_and_axe_finds_nothing(
    page: Page, searched: str, axe: str, path: str
) -> None:
    page.goto(f"{searched}/{path}")
    if "q=" in path:
        expect(page.locator("#search-found li").first).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_without_javascript_the_page_says_so_and_leads_on(chromium: Browser, searched: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{searched}/")
    page.fill("#q", "wombat")
    page.click("form button")
    page.wait_for_url("**/search/?q=wombat")
    assert "needs JavaScript" in page.locator("main").inner_text()
    assert not page.locator("#search").is_visible()
    page.get_by_role("link", name="Tags").click()
    page.wait_for_url("**/tags/")
    context.close()


def test_the_service_lets_the_search_page_alone_run_webassembly(house: House, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    policies: dict[str, str] = {}
    page.on(
        "response",
        lambda answer: policies.update(
            {urlsplit(answer.url).path: answer.headers.get("content-security-policy", "")}
        ),
    )
    house.write("opportunities/farm/brief.md", BRIEF)
    house.start()
    until((house.site / "pagefind/pagefind-entry.json").exists, "the index follows the build")
    for path in ("/", "/opportunities/farm/", "/tags/", "/-/signin"):
        page.goto(f"{house.url}{path}", wait_until="networkidle")
    look(page, house.url, "forty farms")
    expect(page.locator("#search-found a")).to_have_attribute("href", "/opportunities/farm/")
    allowed = {path for path, policy in policies.items() if "unsafe" in policy}
    assert allowed == {"/search/"}
    assert "'unsafe-eval'" not in policies["/search/"]
    assert "'unsafe-inline'" not in policies["/search/"]
    assert all("default-src 'self'" in policy for policy in policies.values())
    assert [each for each in said if "Content Security Policy" in each] == []


def test_below_a_prefix_and_away_from_the_service_it_works_too(
    page: Page, searched_site: Path, tmp_path: Path
) -> None:
    """The host knows the site as https://…/talk/, and no service answers there."""
    (tmp_path / "talk").mkdir()
    for path in searched_site.iterdir():
        if path.name != "search":
            (tmp_path / "talk" / path.name).symlink_to(path)
    (tmp_path / "talk/search").mkdir()
    address = next(served := serving(partial(_Files, directory=str(tmp_path))))
    text = (searched_site / "search/index.html").read_text(encoding="utf-8")
    text = re.sub(r'(href|src|action|data-index)="/', rf'\1="{address}/talk/', text)
    (tmp_path / "talk/search/index.html").write_text(text, encoding="utf-8")
    look(page, f"{address}/talk", "wombats")
    link = page.locator("#search-found a").get_attribute("href")
    assert link == "/talk/opportunities/dozen/#c-dozen000003"
    served.close()  # type: ignore[attr-defined]
