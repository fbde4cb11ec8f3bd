"""The team on the page: who carries what in two minutes on a phone, threads by topic without a
script, introductions and marks where the talk is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from . import invented_team as team

pytestmark = pytest.mark.browser

RIVER = "opportunities/river/"
SCREEN = 740


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """A small phone that runs no script."""
    context = chromium.new_context(
        viewport={"width": 360, "height": SCREEN}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return box["y"]


@pytest.mark.parametrize("path", [RIVER, f"fr/{RIVER}"])
def test_what_matters_stands_above_the_brief_and_within_three_screens(
    phone: Page, site: str, path: str
) -> None:
    phone.goto(f"{site}/{path}")
    places = [
        "h1",
        ".stands",
        "nav.within",
        "#team",
        "#summary",
        "#people",
        "#brief",
        "#discussion",
    ]
    tops = [top(phone, each) for each in places]
    assert tops == sorted(tops)
    assert top(phone, ".stands") < SCREEN
    assert top(phone, "#summary li >> nth=-1") < 3 * SCREEN
    assert top(phone, "#brief") < 3.5 * SCREEN


def test_the_parts_of_the_page_are_a_touch_away(phone: Page, site: str) -> None:
    phone.goto(f"{site}/{RIVER}")
    links = phone.locator("nav.within a").all()
    places = [each.get_attribute("href") or "" for each in links]
    assert places == ["#team", "#summary", "#people", "#brief", "#discussion"]
    assert all(phone.locator(place).count() == 1 for place in places)


def test_a_role_names_its_person_and_who_would_work_with_them_and_counts_nothing(
    phone: Page, site: str
) -> None:
    phone.goto(f"{site}/{RIVER}")
    first = phone.locator("#role-role0")
    expect(first).to_contain_text("Antoine Ferrand")
    expect(first).to_contain_text("Baptiste Roux, Élise Quéméner, Tomasz Zieliński")
    said = re.sub(r"\d+ \w+ 2026", "", phone.locator("#team").inner_text())
    assert not re.search(r"\d", said)


def test_a_comment_that_speaks_for_a_role_is_a_touch_away(phone: Page, site: str) -> None:
    phone.goto(f"{site}/{RIVER}")
    link = phone.locator("#role-role0 a[href^='#c-']").first
    anchor = link.get_attribute("href") or ""
    link.click()
    expect(phone.locator(anchor)).to_be_in_viewport()
    back = phone.locator(anchor).locator("a[href='#role-role0']")
    expect(back).to_contain_text("– Antoine Ferrand")
    back.click()
    expect(phone.locator("#role-role0")).to_be_in_viewport()


def test_what_was_proposed_is_told_quietly_below_what_is_carried(phone: Page, site: str) -> None:
    phone.goto(f"{site}/{RIVER}")
    expect(phone.locator(".team > li")).to_have_count(3)
    waiting = phone.locator(".proposed li")
    expect(waiting).to_contain_text("proposed to Noor van den Berg by Maëlle Le Goff")
    assert waiting.locator("a").last.get_attribute("href") == "/-/o/river/roles/role3"
    assert phone.locator("#team .actions a").get_attribute("href") == "/-/o/river/roles"


def test_from_convergence_on_an_empty_team_and_summary_say_so(phone: Page, site: str) -> None:
    phone.goto(f"{site}/opportunities/long/")
    expect(phone.locator("#team")).to_contain_text("Nobody carries anything yet")
    phone.goto(f"{site}/opportunities/dozen/")
    expect(phone.locator("#team")).to_have_count(0)


def test_a_persons_page_tells_what_they_carry_and_where(phone: Page, site: str) -> None:
    phone.goto(f"{site}/people/antoine/")
    link = phone.get_by_role("link", name="the river’s figures")
    assert link.get_attribute("href") == "/opportunities/river/#role-role0"
    expect(phone.locator(".list")).to_contain_text("carries the project, says Claire Abgrall")


def test_an_introduction_says_who_introduces_whom_and_can_be_answered(
    phone: Page, site: str
) -> None:
    phone.goto(f"{site}/{RIVER}")
    entry = phone.locator("#c-river000001")
    expect(entry.locator("header")).to_contain_text("Maëlle Le Goff introduces Antoine Ferrand")
    links = [each.get_attribute("href") for each in entry.locator("header a.author").all()]
    assert links == ["/people/maelle/", "/people/antoine/"]
    assert "answer=river000001" in (entry.locator("a.answer").get_attribute("href") or "")


def test_what_the_client_recognised_says_so_beside_it(phone: Page, site: str) -> None:
    phone.goto(f"{site}/{RIVER}")
    marked = phone.locator(".entry .echo", has_text="thought so too")
    expect(marked).to_have_count(2)
    expect(marked.first).to_have_text("Claire Abgrall (client) thought so too")
    expect(phone.locator(".who .echo")).to_have_count(2)


def test_every_comment_of_an_open_discussion_can_be_marked_as_worth_keeping(
    phone: Page, site: str
) -> None:
    phone.goto(f"{site}/opportunities/dozen/")
    link = phone.locator("#c-dozen000000 footer a").last
    assert link.get_attribute("href") == "/-/c/dozen000000/keep"
    phone.goto(f"{site}/opportunities/ended/")
    expect(phone.locator("a[href$='/keep']")).to_have_count(0)


class TestTopics:
    """Readers choose without a script, by touch or by keyboard."""

    def choose(self, page: Page, name: str) -> None:
        page.get_by_role("radio", name=name).check(force=True)

    def test_a_choice_leaves_the_other_threads_out_and_the_first_brings_them_back(
        self, phone: Page, site: str
    ) -> None:
        phone.goto(f"{site}/{RIVER}")
        every = phone.locator(".thread:visible").count()
        self.choose(phone, "technical")
        labels = phone.locator(".thread:visible .topic").all_inner_texts()
        assert 0 < len(labels) < every
        assert set(labels) == {"technical"}
        assert phone.locator(".thread:visible").count() == len(labels)
        self.choose(phone, "all topics")
        assert phone.locator(".thread:visible").count() == every

    def test_arrow_keys_choose_and_the_focus_is_seen(self, phone: Page, site: str) -> None:
        phone.goto(f"{site}/{RIVER}")
        phone.get_by_role("radio", name="all topics").focus()
        phone.keyboard.press("ArrowDown")
        expect(phone.get_by_role("radio", name="business")).to_be_checked()
        expect(phone.get_by_role("group", name="Threads about")).to_be_visible()
        outline = phone.locator(".topics label:has(:checked)").evaluate(
            "label => parseFloat(getComputedStyle(label).outlineWidth)"
        )
        assert outline >= 2

    def test_a_permalink_to_a_thread_that_is_left_out_shows_it(
        self, phone: Page, site: str
    ) -> None:
        phone.goto(f"{site}/{RIVER}")
        self.choose(phone, "the mills")
        speaking = phone.locator("#role-role0 a[href^='#c-']").first
        anchor = speaking.get_attribute("href") or ""
        expect(phone.locator(anchor)).to_be_hidden()
        speaking.click()
        expect(phone.locator(anchor)).to_be_in_viewport()

    def test_beyond_eight_labels_the_rest_is_one_choice(self, phone: Page, site: str) -> None:
        phone.goto(f"{site}/opportunities/long/")
        assert phone.locator(".topics input").count() == 9
        self.choose(phone, "other topics")
        labels = set(phone.locator(".thread:visible .topic").all_inner_texts())
        assert labels == {"the mills", "x" * 60}

    def test_print_leaves_no_thread_out_by_its_topic(self, phone: Page, site: str) -> None:
        phone.goto(f"{site}/{RIVER}")
        self.choose(phone, "technical")
        phone.emulate_media(media="print")
        shown = "threads => threads.every(each => getComputedStyle(each).display !== 'none')"
        assert phone.locator(".thread").evaluate_all(shown)


def test_a_closed_opportunity_says_why(phone: Page, site: str) -> None:
    phone.goto(f"{site}/opportunities/ended/")
    expect(phone.locator(".stands")).to_contain_text("The co-operative has hired the two of them.")


@pytest.mark.parametrize("width", [320, 360])
def test_a_name_of_one_long_word_stays_in_its_line(phone: Page, site: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": SCREEN})
    phone.goto(f"{site}/{RIVER}")
    entry = phone.locator(".entry", has=phone.locator(".author", has_text=team.LONG_NAME)).first
    phone.goto(f"{site}/{RIVER}#{entry.get_attribute('id')}")
    box = entry.locator("header p").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
