"""What every page keeps: it fits a phone, anybody can read it, and it asks no other host."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

pytestmark = pytest.mark.browser

OPPORTUNITIES = [
    f"{lang}opportunities/{slug}/"
    for lang in ("", "fr/")
    for slug in ("quiet", "begun", "dozen", "long", "river", "nasty", "ended")
]
OTHERS = [
    "",
    "fr/",
    "phases/divergence/",
    "people/maelle/",
    "people/antoine/",
    "tags/",
    "tags/agriculture/",
    "how-it-works/",
    "fr/privacy/",
    "nowhere/",
]
UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.mark.parametrize("path", OPPORTUNITIES + OTHERS)
def test_no_page_is_wider_than_the_screen(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/{path}")
    page.evaluate(UNFOLD)
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def violations(page: Page) -> list[tuple[str, str]]:
    """Each rule of axe-core that the page breaks, with the first element that breaks it."""
    found = page.evaluate(
        "axe.run({rules: {'target-size': {enabled: true}}}).then(found => found.violations)"
    )
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


@pytest.mark.parametrize(
    "path", ["opportunities/river/", "fr/opportunities/long/", "opportunities/ended/", *OTHERS]
)
def test_axe_finds_nothing_wide_and_light_nor_narrow_and_dark(
    page: Page, site: str, axe: str, path: str
) -> None:
    page.goto(f"{site}/{path}")
    page.evaluate(UNFOLD)
    page.evaluate(axe)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    assert violations(page) == []


def test_axe_finds_nothing_in_a_form_that_was_opened_in_place(
    page: Page, site: str, axe: str
) -> None:
    page.goto(f"{site}/opportunities/dozen/")
    page.locator("a.answer").first.click()
    page.evaluate(axe)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["", "opportunities/long/", "people/maelle/", "nowhere/"])
def test_a_page_asks_no_other_host_and_keeps_no_cookie(page: Page, site: str, path: str) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(f"{site}/{path}", wait_until="networkidle")
    assert {urlsplit(each.url).netloc for each in asked} == {urlsplit(site).netloc}
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["", "opportunities/nasty/", "how-it-works/"])
def test_a_page_says_nothing_on_the_console(page: Page, site: str, path: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site}/{path}", wait_until="networkidle")
    assert said == []


def test_a_strict_content_security_policy_breaks_nothing(page: Page, site: str) -> None:
    policy = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.route(
        "**/opportunities/dozen/",
        lambda route: route.fulfill(
            response=(found := route.fetch()),
            headers={
                **found.headers,
                "content-security-policy": f"{policy} img-src 'self'; connect-src 'self'",
            },
        ),
    )
    page.goto(f"{site}/opportunities/dozen/")
    page.locator("a.answer").first.click()
    assert page.evaluate("document.activeElement.name") == "text"
    assert [each for each in said if "Content Security Policy" in each] == []


def test_the_form_is_reached_and_filled_by_keyboard_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/dozen/")
    reached = []
    for _ in range(200):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.value"))
        if reached[-1] == "preview":
            break
    assert [each for each in reached if each in ("text", "name", "email", "send", "preview")] == [
        "text",
        "name",
        "email",
        "send",
        "preview",
    ]
    assert "website" not in reached


def test_what_has_the_focus_is_outlined(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/dozen/")
    for _ in range(4):
        page.keyboard.press("Tab")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert width >= 2


@pytest.mark.parametrize("path", ["opportunities/long/", "fr/opportunities/long/"])
def test_an_anchor_into_a_folded_thread_opens_it(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/{path}")
    anchor = page.evaluate(
        "document.querySelector('details.thread:not([open]) .entry:last-of-type').id"
    )
    page.goto("about:blank")
    page.goto(f"{site}/{path}#{anchor}")
    assert page.locator(f"#{anchor}").is_visible()


class TestWithoutJavaScript:
    @pytest.fixture
    def page(self, chromium: Any) -> Any:
        context = chromium.new_context(java_script_enabled=False)
        yield context.new_page()
        context.close()

    def test_every_comment_is_in_the_html(self, page: Page, site: str) -> None:
        page.goto(f"{site}/opportunities/long/")
        assert page.locator("article.entry:not(.update)").count() == 186

    def test_reply_leads_to_the_services_page(self, page: Page, site: str) -> None:
        page.goto(f"{site}/opportunities/dozen/")
        link = page.locator("#c-dozen000000 a.answer")
        assert link.get_attribute("href") == "/-/o/dozen/write?answer=dozen000000"

    def test_the_form_posts_to_the_services_page(self, page: Page, site: str) -> None:
        page.goto(f"{site}/opportunities/dozen/")
        with page.expect_request("**/-/o/dozen/write") as posted:
            page.fill("#text", "Would the members come?")
            page.click("button[value=send]")
        assert posted.value.method == "POST"
        assert "text=Would+the+members+come%3F" in (posted.value.post_data or "")
        assert "do=send" in (posted.value.post_data or "")

    def test_an_anchor_into_a_folded_thread_opens_it(self, page: Page, site: str) -> None:
        page.goto(f"{site}/opportunities/long/")
        anchor = page.locator("details.thread:not([open]) .entry").last.get_attribute("id")
        page.goto("about:blank")
        page.goto(f"{site}/opportunities/long/#{anchor}")
        assert page.locator(f"#{anchor}").is_visible()


def test_a_withdrawn_comment_keeps_its_place(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/dozen/#c-dozen000009")
    entry = page.locator("#c-dozen000009")
    assert "withdrawn by its author" in entry.inner_text()
    assert entry.locator(".text").count() == 0


def test_beyond_four_levels_an_answer_names_whom_it_answers(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/long/")
    page.evaluate(UNFOLD)
    deep = page.locator(".entry:has(> .to)").first
    assert "d4" in (deep.get_attribute("class") or "")
    assert (deep.locator(".to a").get_attribute("href") or "").startswith("#c-long")


def test_a_closed_opportunity_has_no_form(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/ended/")
    assert page.locator("form").count() == 0
    assert page.locator("a.answer").count() == 0


def test_a_draft_outlives_leaving_the_page(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/dozen/")
    page.fill("#text", "Half a thou")
    page.goto(f"{site}/")
    page.goto(f"{site}/opportunities/dozen/")
    assert page.input_value("#text") == "Half a thou"


def test_print_leaves_the_chrome_out_and_names_the_address(page: Page, site: str) -> None:
    page.goto(f"{site}/opportunities/dozen/")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".top nav").is_visible()
    assert not page.locator("#write").is_visible()
    assert page.locator("#brief").is_visible()
    assert "/opportunities/dozen/" in page.locator(".printed").inner_text()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
