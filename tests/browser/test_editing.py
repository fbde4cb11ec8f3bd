"""A facilitator who knows no git, in front of the desk: from "The texts" to the forge, on a phone
and on a desk, in light and dark; and the same links on the page of the opportunity."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import House, house
from tests.journeys.test_story import at_the_desk

from .test_pages import violations

__all__ = ["house"]
pytestmark = pytest.mark.browser

FORGE = "https://forge.example/us/site/_edit/main/"
FOLDER = "content/opportunities/ferry"
TEXTS = "/-/desk/o/ferry/texts"
BRIEF = """\
Title: A ferry that runs on wind, between two islands that nobody visits in winter
Date: 2026-11-03 09:00
Phase: divergence
Facilitator: Camille Le Goff
Summary: It crosses twice an hour, with nothing but wind.

It crosses twice an hour.
"""
WORDS = "Title: Words\nCitations: in words\n\n## Agreed\n\n- It is made of wood.\n"
NAME = "2026-11-05-what-the-sailors-of-both-islands-told-us-of-the-winter-storms.md"


@pytest.fixture
def ferry(house: House) -> House:
    """A running house that knows its forge, with one opportunity that has texts to edit."""
    house.environ["EMERGENCE_EDIT_URL"] = FORGE + "{path}"
    house.write("opportunities/ferry/brief.md", BRIEF)
    house.write("opportunities/ferry/summary.md", WORDS)
    house.write(
        f"opportunities/ferry/updates/{NAME}", "Title: What the sailors told us\n\nStorms.\n"
    )
    house.start("/opportunities/ferry/")
    return house


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(reduced_motion="reduce")
    yield context
    context.close()


def looks_right(page: Page, axe: str, name: str) -> None:
    """Axe finds nothing and nothing is wider than the screen, in four looks, which are kept in
    EMERGENCE_PICTURES when that is a folder."""
    page.evaluate(axe)
    for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if pictures := os.environ.get("EMERGENCE_PICTURES"):
            path = Path(pictures, f"{name}-{width}-{scheme}.png")
            page.screenshot(path=path, full_page=True)


def test_from_the_desk_to_the_forge_with_the_first_words_of_an_update(
    ferry: House, context: BrowserContext, axe: str
) -> None:
    page = at_the_desk(ferry, context)
    page.goto(f"{ferry.url}/-/desk/o/ferry")
    page.get_by_role("link", name="The texts").click()
    expect(page.locator("#standing")).to_contain_text("All that has come in is live.")
    brief = page.get_by_role("link", name="Change the brief (English)")
    assert brief.get_attribute("href") == f"{FORGE}{FOLDER}/brief.md"
    page.get_by_label("What is it called?").fill("What is new")
    page.get_by_role("button", name="Prepare the update").click()
    begun = page.get_by_role("link", name="Write “What is new”").get_attribute("href") or ""
    assert begun.startswith("https://forge.example/us/site/_new/main/?filename=" + FOLDER)
    assert "&value=Title%3A%20What%20is%20new%0ADate%3A%20" in begun
    expect(page.get_by_label("The words to copy")).to_have_count(0)  # the agreement's fit as well
    names = page.get_by_role("link").evaluate_all("all => all.map(each => each.textContent.trim())")
    assert names.count("Change the brief (English)") == 1
    looks_right(page, axe, "texts")


def test_without_a_forge_the_words_are_there_to_be_copied(
    ferry: House, context: BrowserContext, axe: str
) -> None:
    ferry.stop()
    del ferry.environ["EMERGENCE_EDIT_URL"]
    ferry.start("/opportunities/ferry/")
    page = at_the_desk(ferry, context)
    page.goto(f"{ferry.url}{TEXTS}?title=What+is+new")
    words = page.get_by_label("The words to copy: content/opportunities/ferry/agreement.md")
    assert words.input_value().startswith("Title: Agreement, first draft\n")
    expect(page.get_by_text("emergence new update ferry 'What is new'")).to_be_visible()
    assert page.locator("main a[href^='https:']").count() == 0
    looks_right(page, axe, "texts-without-a-forge")


def test_the_page_of_an_opportunity_leads_to_each_editor_quietly(
    ferry: House, context: BrowserContext, axe: str
) -> None:
    page = context.new_page()
    page.goto(f"{ferry.url}/opportunities/ferry/")
    links = page.locator("a.editor")
    names = [each.inner_text().replace("\n", " ") for each in links.all()]
    assert len(names) == len(set(names)) == 3
    page.get_by_role("link", name=re.compile("Edit this update.*the sailors")).focus()
    expect(page.locator("a.editor:focus")).to_have_attribute(
        "href", f"{FORGE}{FOLDER}/updates/{NAME}"
    )
    looks_right(page, axe, "opportunity")
    page.emulate_media(media="print")
    for link in links.all():
        expect(link).to_be_hidden()
