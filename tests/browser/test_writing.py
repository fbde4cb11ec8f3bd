"""What the script makes nicer, against the running service; what it may never do is lose words."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, house, until

__all__ = ["house"]
pytestmark = pytest.mark.browser

BRIEF = """\
Title: A ferry that runs on wind
Date: 2026-11-03 09:00
Phase: divergence
Facilitator: Camille Le Goff

It crosses twice an hour.
"""


@pytest.fixture
def ferry(house: House) -> House:
    """A running house with one opportunity, /opportunities/ferry/."""
    house.write("opportunities/ferry/brief.md", BRIEF)
    house.start()
    return house


def come_in(house: House, page: Page) -> None:
    """Ada accepts her invitation and stands on the opportunity's page, which knows her."""
    told = house.json("invite", "ferry", "ada@example.org", "--name", "Ada Marsh", "--json")
    page.goto(told["link"])
    page.locator("button[name=do][value=accept]").click()
    until(lambda: "Ada Marsh" in house.page("ferry"), "the page knows Ada")
    page.goto(f"{house.url}/opportunities/ferry/")


def test_words_appear_in_place_and_so_does_an_answer(ferry: House, page: Page) -> None:
    come_in(ferry, page)
    page.fill("#text", "How *strong* is the wind?")
    expect(page.locator("#write .stranger")).to_be_hidden()
    page.click("#write button[value=preview]")
    expect(page.locator("#write .letter em")).to_have_text("strong")
    page.click("#write button[value=send]")
    first = page.locator("article.fresh")
    expect(first).to_contain_text("How strong is the wind?")
    expect(first.locator(".author")).to_have_text("Ada Marsh")
    assert page.input_value("#text") == ""
    anchor = first.get_attribute("id")

    until(lambda: f'id="{anchor}"' in ferry.page("ferry"), "the page has it")
    page.reload()
    page.locator(f"#{anchor} a.answer").click()
    form = page.locator(f"#{anchor} form")
    form.locator("textarea").fill("Force four, mostly.")
    form.locator("button[value=send]").click()
    answer = page.locator(f"#{anchor} + article.fresh")
    expect(answer).to_contain_text("Force four, mostly.")
    expect(answer).to_have_class(re.compile(r"\bd1\b"))
    expect(page.locator(f"#{anchor} form")).to_have_count(0)
    edit = answer.locator("a.edit").get_attribute("href") or ""
    page.goto(edit)
    expect(page.locator("textarea")).to_have_value("Force four, mostly.")


def test_a_refusal_stands_by_the_form_and_the_words_stay(ferry: House, page: Page) -> None:
    come_in(ferry, page)
    page.locator("#text").evaluate("each => each.removeAttribute('maxlength')")
    page.fill("#text", "a" * 16_385)
    page.click("#write button[value=send]")
    expect(page.locator("#write .error")).to_contain_text(re.compile(r"\w+"))
    assert page.locator("#text").get_attribute("aria-invalid") == "true"
    assert len(page.input_value("#text")) == 16_385


def test_a_visitor_is_told_to_look_into_the_mail(ferry: House, page: Page) -> None:
    page.goto(f"{ferry.url}/opportunities/ferry/")
    page.fill("#text", "I sail there every week.")
    page.fill("#name", "Per Berg")
    page.fill("#email", "per@example.org")
    page.click("#write button[value=send]")
    expect(page.locator("#write .notice")).to_contain_text("mail")
    assert page.url.endswith("/opportunities/ferry/")
    assert page.input_value("#text") == ""
    until(lambda: any("per@example.org" in each for each in ferry.letters()), "a mail goes out")


def test_who_is_unknown_is_led_to_the_services_page_with_the_words(
    ferry: House, page: Page
) -> None:
    page.goto(f"{ferry.url}/opportunities/ferry/")
    page.fill("#text", "Who may board?")
    page.click("#write button[value=send]")
    page.wait_for_url("**/-/o/ferry/write")
    expect(page.locator("textarea[name=text]")).to_have_value("Who may board?")


def test_a_service_that_is_gone_costs_no_words(ferry: House, page: Page) -> None:
    page.goto(f"{ferry.url}/opportunities/ferry/")
    page.fill("#text", "Half past six, then.")
    ferry.stop()
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/write")):
        page.click("#write button[value=send]")
    ferry.start()
    page.goto(f"{ferry.url}/opportunities/ferry/")
    assert page.input_value("#text") == "Half past six, then."
