"""A page on a host of its own, and the service elsewhere: what was said after the build."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from comments_service.actions import comments, moderation
from comments_service.domain.discussion import Comment
from comments_service.domain.people import Person
from comments_service.storage.sqlite import SqliteStore
from tests.comments_service.conftest import Circle
from tests.conftest import FLAGS
from tests.journeys.conftest import House, house, until

from .conftest import _Files, serving
from .test_pages import violations

__all__ = ["house"]
pytestmark = pytest.mark.browser

BRIEF = """\
Title: {title}
Date: 2026-11-03 09:00
Phase: divergence
Facilitator: Camille Le Goff

It crosses twice an hour.
"""
MOVED = """() => new Promise((told) => {
  const within = ({ node }) => document.querySelector("#discussion").contains(node);
  const moved = (list) => list.getEntries().filter((one) => one.sources.some(within)).length;
  const watcher = new PerformanceObserver((list) => told(moved(list)));
  watcher.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => told(0), 300);
})"""


@dataclass
class Elsewhere:
    """A static host under a name of its own, and a service that it pulls the discussion from."""

    house: House
    circle: Circle
    url: str
    output: Path

    @property
    def page(self) -> str:
        return f"{self.url}/opportunities/ferry/"

    def say(self, who: Person, text: str, **place: str) -> Comment:
        self.circle.now = datetime.now(UTC)
        return self.circle.say(who, text, "ferry", **place)

    def build(self) -> None:
        """Publish the site anew, as a workflow would."""
        command = [sys.executable, "-m", "pelican", "content", "-s", "publishconf.py"]
        done = subprocess.run(
            [*command, "-o", str(self.output), "--fatal", "errors"],
            cwd=self.house.folder,
            env={**self.house.environ, "EMERGENCE_DATA": str(self.house.folder / "build")},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def elsewhere(house: House) -> Iterator[Elsewhere]:
    """The service runs, and nothing is built yet."""
    output = house.folder / "elsewhere"
    output.mkdir()
    host = serving(partial(_Files, directory=str(output)))
    url = next(host).replace("127.0.0.1", "localhost")  # another site, not only another port
    house.environ |= {"EMERGENCE_SITE_URL": url, "EMERGENCE_SERVICE_URL": house.url}
    ferry = "A ferry that runs on wind"
    house.write("opportunities/ferry/brief.md", BRIEF.format(title=ferry))
    french = BRIEF.format(title="Un bac qui marche au vent")
    house.write("opportunities/ferry/brief.fr.md", french)
    house.start()
    known = "/api/v1/opportunities/ferry/newer"
    until(lambda: house.get(known)[0] == 200, "the service knows of the ferry")
    store = SqliteStore(house.folder / "var" / "emergence.db")
    yield Elsewhere(house, Circle(store, now=datetime.now(UTC)), url, output)
    store.close()
    host.close()  # type: ignore[attr-defined]


@pytest.fixture
def ada(elsewhere: Elsewhere) -> Person:
    """An expert who takes part."""
    return elsewhere.circle.bring_in("Ada", "ferry")


def questions(page: Page) -> list[str]:
    """What the page asks of the service from here on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else 0)
    return asked


def test_what_was_said_after_the_build_stands_on_the_page(
    elsewhere: Elsewhere, ada: Person, page: Page, axe: str
) -> None:
    circle, camille = elsewhere.circle, elsewhere.circle.facilitator
    first = elsewhere.say(ada, "How strong is teh wind?")
    gone = elsewhere.say(ada, "private words")
    rude = elsewhere.say(ada, "rude words")
    elsewhere.build()
    before = (elsewhere.output / "opportunities/ferry/index.html").read_text(encoding="utf-8")
    circle.edit(ada, first.id, "How strong is *the* wind?")
    comments.withdraw(circle.store, ada, gone.id, circle.now)
    moderation.hide(circle.store, circle.house, camille, rude.id, circle.now)
    answer = elsewhere.say(camille, "Force **four**, mostly.", answer=first.id)
    alone = elsewhere.say(ada, "And at night?")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    asked = questions(page)
    page.goto(elsewhere.page)

    line = page.locator("#newer")
    expect(line).to_contain_text("2 newer comments were added.")
    expect(line).to_contain_text("Some were changed or taken back since.")
    assert line.get_attribute("role") == "status"
    there = page.locator(f"#c-{first.id} + #c-{answer.id}.d1")
    expect(there.locator(".text strong")).to_have_text("four")
    expect(there.locator(".author")).to_have_text("Camille Le Goff")
    expect(there.locator(".face")).to_have_text("CG")
    today = page.locator(f"#c-{first.id} time").inner_text()
    expect(there.locator("time")).to_have_text(today)  # as the page itself writes this day
    expect(page.locator(f".threads > .thread > #c-{alone.id}.d0")).to_contain_text("at night")
    expect(page.locator(f"#c-{first.id} .text em")).to_have_text("the")
    expect(page.locator(f"#c-{first.id} .meta")).to_contain_text("changed")
    expect(page.locator(f"#c-{gone.id} .gone")).to_contain_text("withdrawn by its author")
    expect(page.locator(f"#c-{rude.id} .gone")).to_contain_text("set aside")
    assert "private words" not in page.content()
    count = len([each for each in circle.exported("ferry")["comments"] if each["html"]])
    expect(page.locator("#spoken")).to_contain_text(f"{count} comments")
    assert "private words" in before and page.evaluate("scrollY") == 0
    assert len(asked) == 1 and "/api/v1/opportunities/ferry/newer?than=2" in asked[0]
    assert problems == []

    page.evaluate(axe)
    assert violations(page) == []
    page.click("#newer a")
    expect(page.locator(f"#c-{answer.id}")).to_be_in_viewport()
    there.locator("a.answer").click()
    expect(there.locator("form textarea")).to_be_focused()
    assert there.locator("form [name=answer]").input_value() == answer.id
    assert len(asked) < 3  # the form asks who writes, when it is used


def test_a_page_that_is_whole_says_so_and_its_french_twin_speaks_french(
    elsewhere: Elsewhere, ada: Person, page: Page
) -> None:
    first = elsewhere.say(ada, "How strong is the wind?")
    elsewhere.build()
    page.goto(elsewhere.page)
    expect(page.locator("#newer")).to_have_text("Nothing newer was written.")
    answer = elsewhere.say(elsewhere.circle.facilitator, "Force four.", answer=first.id)
    page.goto(f"{elsewhere.url}/fr/opportunities/ferry/")
    expect(page.locator("#newer")).to_have_text("1 commentaire plus récent ajouté. Lire le premier")
    there = page.locator(f"#c-{first.id} + #c-{answer.id}")
    shown = page.locator(f"#c-{first.id} time").inner_text()
    expect(there.locator("time")).to_have_text(shown)  # as the page itself writes this day
    expect(there.locator("footer")).to_contain_text("Répondre")


def test_an_anchor_to_a_newer_answer_opens_its_folded_thread_and_is_scrolled_to(
    elsewhere: Elsewhere, ada: Person, page: Page
) -> None:
    camille = elsewhere.circle.facilitator
    threads = []
    for number in range(7):
        threads.append(elsewhere.say((ada, camille)[number % 2], f"Thread {number}"))
        for reply in range(6):
            elsewhere.say((camille, ada)[number % 2], f"Reply {reply}", answer=threads[-1].id)
    elsewhere.build()
    answer = elsewhere.say(camille, "The newest of all.", answer=threads[0].id)
    page.goto(elsewhere.page)
    expect(page.locator("#newer")).to_contain_text("1 newer comment was added.")
    folded = page.locator("details.thread:not([open])", has=page.locator(f"#c-{answer.id}"))
    expect(folded.locator("summary .many")).to_contain_text("8 comments")
    expect(page.locator(f"#c-{answer.id}")).to_be_hidden()
    page.goto("about:blank")
    page.goto(f"{elsewhere.page}#c-{answer.id}")
    expect(page.locator(f"#c-{answer.id}:target")).to_be_in_viewport()
    page.go_back()
    assert page.url == "about:blank"


def test_without_a_script_a_link_leads_to_what_is_newer(
    elsewhere: Elsewhere, ada: Person, chromium: Browser
) -> None:
    elsewhere.say(ada, "How strong is the wind?")
    elsewhere.build()
    elsewhere.say(ada, "And at night?")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(elsewhere.page)
    expect(page.locator("noscript a")).to_contain_text("Newer comments may exist")
    page.click("noscript a")
    assert page.url.startswith(f"{elsewhere.house.url}/-/o/ferry/newer?than=2")
    expect(page.locator("article.entry")).to_have_count(1)
    expect(page.locator("article.entry")).to_contain_text("And at night?")
    page.click("text=Back to the page")
    assert page.url == elsewhere.page
    context.close()


def test_with_the_service_stopped_the_page_reads_whole_and_nothing_moves(
    elsewhere: Elsewhere, ada: Person, chromium: Browser
) -> None:
    first = elsewhere.say(ada, "How strong is the wind?")
    elsewhere.build()
    elsewhere.house.stop()
    for width in (360, 1280):
        context = chromium.new_context(
            viewport={"width": width, "height": 740}, color_scheme="dark"
        )
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda message, told=problems: told.append(message.text))
        page.on("pageerror", lambda error, told=problems: told.append(str(error)))
        page.goto(f"{elsewhere.page}#discussion")
        expect(page.locator("#newer")).to_contain_text("Newer comments could not be fetched.")
        link = page.locator("#newer a").get_attribute("href") or ""
        assert link.startswith(f"{elsewhere.house.url}/-/o/ferry/newer?than=2")
        expect(page.locator(f"#c-{first.id}")).to_contain_text("How strong is the wind?")
        assert [each for each in problems if "ERR_CONNECTION_REFUSED" not in each] == []
        assert len(problems) == 1
        assert page.evaluate(MOVED) == 0
        if folder := os.environ.get("EMERGENCE_SCREENSHOTS"):
            page.screenshot(path=f"{folder}/newer-{width}.png")
        context.close()


def mute_server(port: int) -> socket.socket:
    """Somebody who listens and says nothing, once whoever had the port is gone for good."""
    found: list[socket.socket] = []

    def listens() -> bool:
        with suppress(OSError):
            found.append(socket.create_server(("127.0.0.1", port)))
        return bool(found)

    until(listens, f"port {port} is free")
    return found[0]


def test_a_service_that_never_answers_is_given_up(
    elsewhere: Elsewhere, ada: Person, page: Page
) -> None:
    first = elsewhere.say(ada, "How strong is the wind?")
    elsewhere.build()
    elsewhere.house.stop()
    with mute_server(elsewhere.house.port):
        page.goto(elsewhere.page)
        expect(page.locator("#newer")).to_have_text("")
        expect(page.locator(f"#c-{first.id}")).to_contain_text("How strong is the wind?")
        expect(page.locator("#newer")).to_contain_text("could not be fetched", timeout=30_000)


def test_on_a_host_without_headers_nothing_in_somebody_s_words_would_run(
    elsewhere: Elsewhere, ada: Person, page: Page
) -> None:
    elsewhere.say(ada, "How strong is the wind?")
    elsewhere.build()
    page.goto(elsewhere.page)
    refused = page.evaluate(
        """() => new Promise((told) => {
          addEventListener("securitypolicyviolation", (event) => told(event.violatedDirective));
          const text = document.querySelector(".entry .text");
          text.innerHTML = '<img src="x" onerror="window.ran = 1">';
        })"""
    )
    assert refused == "script-src-attr"
    assert page.evaluate("window.ran") is None


def test_people_can_still_write_where_third_party_cookies_are_blocked(
    elsewhere: Elsewhere, chromium: Browser
) -> None:
    elsewhere.build()
    blocking = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=[*FLAGS, "--test-third-party-cookie-phaseout"],
    )
    page = blocking.new_page()
    page.goto(elsewhere.page)
    page.fill("#text", "I sail there every week.")
    page.fill("#name", "Per Berg")
    page.fill("#email", "per@example.org")
    page.click("#write button[value=send]")
    expect(page.locator("#write .notice")).to_contain_text("mail")  # a visitor needs no cookie

    told = elsewhere.house.json("invite", "ferry", "bob@example.org", "--name", "Bob", "--json")
    page.goto(told["link"])
    page.locator("button[name=do][value=accept]").click()
    page.goto(elsewhere.page)
    page.fill("#text", "Who may board?")
    page.click("#write button[value=send]")
    page.wait_for_url(f"{elsewhere.house.url}/-/o/ferry/write")
    expect(page.locator("main")).to_contain_text("If you are signed in, press “Send” once more")
    expect(page.locator("textarea[name=text]")).to_have_value("Who may board?")
    page.click("button[value=send]")
    page.wait_for_url(f"{elsewhere.page}#c-*")
    expect(page.locator(".threads")).to_contain_text("Who may board?")
    blocking.close()


def test_a_page_on_the_service_s_own_host_asks_for_nothing(invented_site: Path) -> None:
    page = (invented_site / "opportunities" / "dozen" / "index.html").read_text(encoding="utf-8")
    assert 'data-changed="' in page
    for trace in ("newer.js", 'id="newer"', "<noscript", "Content-Security-Policy"):
        assert trace not in page
