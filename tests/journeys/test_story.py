"""The whole story, from a brief to the next opportunity, in English and in French: a network that
diverges, a team that converges, a client on a phone, an agreement written from the talk."""

import csv
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .at_the_page import Reader, path_in
from .conftest import BRIEF, House, until

pytestmark = pytest.mark.browser

NAMES = [
    *("Ada Marsh", "Bob Stone", "Chloé Renn", "Dora Quist", "Emil Faber", "Fanny Le Bris"),
    *("Gil Moreau", "Hana Sato", "Ivo Lind", "Jo Park", "Kim Berg", "Lou Aubry"),
]
OPENING = ("What it is about", "What is known", "Where the data sits", "What may be spent")


@dataclass(frozen=True)
class Words:
    """What readers of one language see at the turns of the story."""

    page: str
    introduces: str
    team: str
    agreed: str
    no_signature: str
    stand_by: str
    phase: str
    client: str


SPOKEN = {
    "en": Words(
        page="/opportunities/farm/",
        introduces="introduces",
        team="The team taking shape",
        agreed="What is agreed",
        no_signature="no electronic signature",
        stand_by="I have reread",
        phase="Where it stands",
        client="The client is invited",
    ),
    "fr": Words(
        page="/fr/opportunities/farm/",
        introduces="présente",
        team="L’équipe qui se forme",
        agreed="Ce qui est convenu",
        no_signature="signature électronique",
        stand_by="J’ai relu",
        phase="Où l’on en est",
        client="Le client est invité",
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_whole_story(
    house: House,
    phone: BrowserContext,
    phone_without_script: BrowserContext,
    language: str,
    tmp_path: Path,
) -> None:
    words = SPOKEN[language]
    house.environ |= {"EMERGENCE_MAIL_GRACE": "1", "EMERGENCE_LANGUAGE": language}
    write_brief(house, language, "divergence")
    for number, title in enumerate(OPENING, 3):
        text = f"Title: {title}\nDate: 2026-11-0{number} 10:00\n\n{title}, in short.\n"
        house.write(f"opportunities/farm/updates/2026-11-0{number}-day-{number}.md", text)
    house.start()
    camille = at_the_desk(house, phone)

    people = twelve_are_invited(house, language, tmp_path)
    come_in = {name: comes_in(house, people[name]) for name in NAMES[:6]}
    comes_in(house, people[NAMES[6]], do="decline")
    until(lambda: f"{words.introduces} <" in house.page("farm"), "an introduction stands there")

    ada, bob, chloe, dora, emil, fanny = come_in.values()
    deep = ada.say("How deep is the river? It decides where the sensors go.")
    two = bob.say("Two metres in March; I measured it.", deep["id"])
    chloe.say("Then the price holds: 18,000 for forty farms.", two["id"])
    from_a_phone_without_script(house, phone_without_script, people[NAMES[7]], words.page)

    dora.send("/-/o/farm/leave", words="keep")
    answers_by_mail(house, NAMES[4], "stop")

    write_brief(house, language, "convergence")
    until(lambda: 'class="p-convergence"' in house.page("farm"), "the phase is told on the page")
    until(lambda: len(mailed(house, words.phase)) >= 5, "and mailed")

    ada.send("/-/o/farm/roles", do="claim", title="Sensors and water", words="I know this river.")
    until(lambda: "Sensors and water" in house.page("farm"), "the role stands on the page")
    role = re.search(r"/roles/([0-9a-z]+)", house.page("farm"))
    assert role
    bob.send(f"/-/o/farm/roles/{role[1]}", do="support")
    chloe.send("/-/o/farm/roles", do="claim", title="The money", words="")
    until(lambda: "The money" in house.page("farm"), "so does the second one")
    assert words.team in house.page("farm")

    for keeper, comment in ((ada, two), (bob, deep)):
        keeper.send(f"/-/c/{comment['id']}/keep", do="keep")
    draft(house, "summary")
    settled = lambda: section(house.page("farm"), "summary")  # noqa: E731
    until(lambda: f"#c-{two['id']}" in settled(), "the summary cites what was kept")
    assert words.agreed in settled()

    write_brief(house, language, "engagement")
    until(lambda: 'class="p-engagement"' in house.page("farm"), "the next phase")
    client = the_client_joins_on_the_spot(house, camille, phone, words.page)
    assert mailed(house, words.client), "the authors were told"

    draft(house, "agreement")
    until(lambda: "#c-" in section(house.page("farm"), "agreement"), "the agreement cites the talk")
    until(lambda: 'name="version"' in ada.get("/-/o/farm/reread"), "and can be reread")
    for reader in (ada, chloe):
        stands_by(reader)
    stands_by_on_a_phone(house, client, words)
    until(lambda: "Jeanne Kerbrat" in section(house.page("farm"), "agreement"), "who reread")
    printed = pdf_of(house, tmp_path)
    assert all(name in printed for name in ("Ada Marsh", "Jeanne Kerbrat", "Chloé Renn"))
    assert words.no_signature in " ".join(printed.split())

    write_brief(house, language, "underway")
    until(lambda: 'class="p-underway"' in house.page("farm"), "the work begins")
    ada.say("First sensors are in.")
    until(lambda: "First sensors are in." in house.page("farm"), "the thread is alive")

    guests = house.folder / "next.csv"
    house.run("new", "opportunity", "Next farm", "--from", "farm", "--invite-list", str(guests))
    assert "Ada Marsh" in guests.read_text(encoding="utf-8")
    assert (house.folder / "content/opportunities/next-farm/brief.md").exists()
    after = [one for one in house.letters() if f"<{address(NAMES[4])}>" in one]
    assert not any("First sensors" in one for one in after), "nothing after stop"


def write_brief(house: House, language: str, phase: str) -> None:
    brief = BRIEF.replace("Phase: divergence", f"Phase: {phase}\nLang: {language}")
    house.write("opportunities/farm/brief.md", brief)


def address(name: str) -> str:
    return f"{name.split()[0].lower().replace('é', 'e')}@example.org"


def twelve_are_invited(house: House, language: str, folder: Path) -> dict[str, str]:
    """The path of each one's personal link, by name."""
    table = folder / "guests.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("email", "name", "why", "introduction", "language"))
        for name in NAMES:
            known = f"{name} has worked with farms."
            lines.writerow((address(name), name, "You know farms.", known, language))
    told = house.json("invite", "farm", "--csv", str(table), "--json")
    assert len(told) == 12
    until(lambda: len(house.letters()) >= 12, "all are mailed")
    return {one["person"]["name"]: one["link"].removeprefix(house.url) for one in told}


def comes_in(house: House, path: str, do: str = "accept") -> Reader:
    reader = Reader(house)
    shown = reader.house.get(path)[1]
    introduction = re.search(r"<textarea[^>]*name=\"introduction\"[^>]*>([^<]*)", shown)
    assert introduction
    reader.send(path, do=do, introduction=introduction[1].strip())
    return reader


def at_the_desk(house: House, context: BrowserContext) -> Page:
    """Camille's phone, after the link that `serve` printed."""
    page = context.new_page()
    log = (house.folder / "serve.log").read_text(encoding="utf-8")
    page.goto(house.url + path_in(house, log, "hello"))
    page.locator("main form button").first.click()
    expect(page).to_have_url(f"{house.url}/-/desk/")
    return page


def from_a_phone_without_script(
    house: House, context: BrowserContext, path: str, where: str
) -> None:
    page = context.new_page()
    page.goto(house.url + path)
    page.locator("button[name=do][value=accept]").click()
    page.goto(house.url + where)
    page.locator("main form textarea[name=text]").last.fill("Forty farms need forty batteries.")
    page.locator("main form button[value=send]").last.click()
    expect(page.locator(":target")).to_contain_text("forty batteries")
    page.close()


def answers_by_mail(house: House, name: str, text: str) -> None:
    """Answer the newest letter to somebody, through the pipe."""
    letters = [message_from_string(one, policy=default) for one in reversed(house.letters())]
    mine = (one for one in letters if address(name) in one["To"] and one["Reply-To"])
    to = next(mine)["Reply-To"].addresses[0].addr_spec
    mail = f"From: {address(name)}\nTo: {to}\nSubject: Re:\nMessage-ID: <1@x.example>\n\n{text}\n"
    command = [sys.executable, "-m", "comments_service.cli", "mail", "deliver", to]
    subprocess.run(command, input=mail.encode(), env=house.environ, cwd=house.folder, check=True)


def mailed(house: House, words: str) -> list[str]:
    """The subjects with these words of all letters."""
    letters = [message_from_string(one, policy=default) for one in house.letters()]
    return [one["Subject"] for one in letters if words in one["Subject"]]


def draft(house: House, what: str) -> None:
    house.run("draft", what, "farm")
    house.git("add", "content")
    house.git("commit", "-m", f"Draft the {what} from the talk")


def section(page: str, id: str) -> str:
    """The HTML of one section of the page."""
    return page.partition(f'id="{id}"')[2].partition("</section>")[0]


def the_client_joins_on_the_spot(
    house: House, camille: Page, phone: BrowserContext, where: str
) -> Page:
    """Camille's phone shows a code; the client's own opens it, and writes within a minute."""
    begun = time.monotonic()
    camille.goto(f"{house.url}/-/desk/o/farm/client")
    camille.locator("input[name=name]").fill("Jeanne Kerbrat")
    camille.locator("input[name=email]").fill("jeanne@coop.example")
    camille.locator("main form button").click()
    expect(camille.locator("main svg")).to_be_visible()
    link = camille.locator("main a.long").get_attribute("href")
    browser = phone.browser
    assert link and browser
    theirs = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True)
    page = theirs.new_page()
    page.goto(link)
    page.locator("button[name=do][value=accept]").click()
    until(lambda: came_in(page, house.url + where), "the others were told, and the client is in")
    page.goto(house.url + where)
    page.locator("main form textarea[name=text]").last.fill("That was my own remark, years ago.")
    page.locator("main form button[value=send]").last.click()
    until(lambda: "my own remark" in house.page("farm"), "the client's words stand there")
    assert time.monotonic() - begun < 60, "the story promises a minute"
    return page


def came_in(page: Page, where: str) -> bool:
    if page.url.startswith(where):
        return True
    again = page.locator("button[name=do][value=accept]")
    if again.count():
        again.click()
    return False


def stands_by(reader: Reader) -> None:
    shown = reader.get("/-/o/farm/reread")
    version = re.search(r'name="version" value="([^"]+)"', shown)
    assert version
    reader.send("/-/o/farm/reread", do="stand_by", version=version[1])


def stands_by_on_a_phone(house: House, page: Page, words: Words) -> None:
    page.goto(f"{house.url}/-/o/farm/reread")
    expect(page.locator("main")).to_contain_text(words.no_signature)
    button = page.locator("button[value=stand_by]")
    expect(button).to_contain_text(words.stand_by)
    button.click()
    page.context.close()


def pdf_of(house: House, folder: Path) -> str:
    """The text of the agreement's PDF."""
    file = folder / "agreement.pdf"
    command = [sys.executable, "-m", "plugins.agreement", "farm", "--output", str(file)]
    subprocess.run(command, cwd=house.folder, env=house.environ, check=True)
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(file).pages)
