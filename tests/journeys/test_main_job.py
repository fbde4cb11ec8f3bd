"""The main job, from end to end: a brief in git becomes a page, an invited expert comments on it,
the page shows it, and it stays."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from .conftest import BRIEF, House, until

pytestmark = pytest.mark.browser


def test_a_brief_becomes_a_page_and_an_experts_comment_stands_on_it(
    house: House, phone_without_script: BrowserContext, phone: BrowserContext
) -> None:
    house.write("opportunities/farm/brief.md", BRIEF)
    house.start()
    assert "What the <em>soil</em> tells them." in house.page("farm")

    told = house.json(
        *("invite", "farm", "ada@example.org", "--name", "Ada Marsh", "--json"),
        *("--why", "You measured the Odet.", "--introduction", "Ada measures rivers."),
    )
    assert told["opportunity"] == "farm" and told["person"]["name"] == "Ada Marsh"
    until(lambda: any(told["link"] in letter for letter in house.letters()), "the link is mailed")

    comment_without_script(house, phone_without_script, told["link"])
    comment_with_script(house, phone)

    house.stop()
    house.run("build", "--output", str(house.folder / "public"), "--settings", "pelicanconf.py")
    built = (house.folder / "public/opportunities/farm/index.html").read_text(encoding="utf-8")
    for words in (
        "How deep is the <em>river</em>?",
        "Two metres, in March.",
        "Ada measures rivers.",
    ):
        assert words in built
    assert "ada@example.org" not in built


def comment_without_script(house: House, context: BrowserContext, link: str) -> None:
    """Ada opens her link, accepts, writes in the page's own form, and is led back to her words."""
    page = context.new_page()
    page.goto(link)
    expect(page.locator("main")).to_contain_text("You measured the Odet.")
    assert "Ada measures rivers." not in house.page("farm"), "an introduction waits for consent"
    page.locator("button[name=do][value=accept]").click()
    until(lambda: "Ada measures rivers." in house.page("farm"), "the introduction is public")
    page.goto(f"{house.url}/opportunities/farm/")
    page.locator("main form textarea[name=text]").last.fill("How deep is the *river*?")
    page.locator("main form button[value=send]").last.click()
    expect(page).to_have_url(re.compile(rf"{house.url}/opportunities/farm/#c-[0-9a-z]{{18}}"))
    expect(page.locator("article:target, li:target, :target")).to_contain_text("How deep is the")
    assert "How deep is the <em>river</em>?" in house.page("farm")
    page.close()


def comment_with_script(house: House, context: BrowserContext) -> None:
    """Camille signs in by a mailed link and answers on the page; her words appear in place."""
    page = context.new_page()
    page.goto(f"{house.url}/-/signin")
    page.locator("input[name=email]").fill("camille@example.org")
    page.locator("main form button").last.click()
    links = re.compile(rf"{house.url}/-/hello/[0-9a-z]+")
    until(lambda: any(links.search(one) for one in house.letters()), "the sign-in link is mailed")
    link = next(found[0] for one in reversed(house.letters()) if (found := links.search(one)))
    page.goto(link)
    page.locator("main form button").first.click()
    page.goto(f"{house.url}/opportunities/farm/")
    page.locator("main form textarea[name=text]").last.fill("Two metres, in March.")
    page.locator("main form button[value=send]").last.click()
    expect(page.get_by_text("Two metres, in March.").first).to_be_visible()
    assert page.url.startswith(f"{house.url}/opportunities/farm/")
    until(lambda: "Two metres, in March." in house.page("farm"), "it stands in the static file")
    page.close()


def test_everything_survives_a_kill_of_the_whole_house(house: House) -> None:
    house.write("opportunities/farm/brief.md", BRIEF)
    house.start()
    told = house.json("invite", "farm", "ada@example.org", "--name", "Ada Marsh", "--json")
    house.kill()
    house.start()
    assert told["person"]["id"] in house.run("people").stdout
    assert house.get(told["link"].removeprefix(house.url))[0] == 200


def test_a_broken_brief_leaves_the_last_good_site_and_says_what_is_wrong(house: House) -> None:
    house.write("opportunities/farm/brief.md", BRIEF)
    house.start()
    house.write("opportunities/farm/brief.md", BRIEF.replace("divergence", "diversion"))
    status = house.folder / "var/site/status.json"
    until(
        lambda: '"failed"' in status.read_text(encoding="utf-8"), "the builder says that it failed"
    )
    assert "brief.md" in status.read_text(encoding="utf-8") and "diversion" in status.read_text(
        encoding="utf-8"
    )
    assert "What the <em>soil</em> tells them." in house.page("farm")
    house.write("opportunities/farm/brief.md", BRIEF.replace("*soil*", "*rain*"))
    until(lambda: "What the <em>rain</em> tells them." in house.page("farm"), "it is mended")
