"""The texts of an opportunity on the desk, for a facilitator who knows no git."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.actions import marks, people
from comments_service.domain.people import Capacity, Person
from comments_service.domain.pushes import Forge, Push, PushState

from ..conftest import Circle, entry
from .conftest import Auth, Page

TEXTS = "/-/desk/o/farm/texts"
GITHUB = "https://github.com/us/site/edit/main/{path}"
GITLAB = "https://gitlab.com/us/site/-/edit/main/{path}"
FOLDER = "content/opportunities/farm"
Browse = Callable[..., FlaskClient]


def file(text: str, name: str, language: str = "en", update: str | None = None) -> dict[str, Any]:
    """A file as the manifest names it."""
    return {"text": text, "language": language, "path": f"{FOLDER}/{name}", "update": update}


def farm(*files: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = [file("brief", "brief.md"), *files]
    return entry("farm", summary="Wells for all.", folder=FOLDER, texts=told, **more)


@pytest.fixture
def desk(furnish: Callable[..., Flask], auth: Auth, circle: Circle) -> Browse:
    """The facilitator's browser, where the service has an environment."""

    def open_desk(**environ: str) -> FlaskClient:
        browser = furnish(**environ).test_client()
        auth.open_link(browser, circle.facilitator)
        return browser

    return open_desk


def links(browser: FlaskClient, address: str = TEXTS) -> list[str]:
    return [unescape(link) for link in Page(browser.get(address)).links()]


def copied(page: str, kind: str) -> str:
    """The words that stand in a field to be copied."""
    found = re.search(rf'<textarea id="words-{kind}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, kind
    return unescape(found[1])


def tell(data: Path, **status: Any) -> None:
    """What the builder says of the site."""
    folder = data / "site"
    folder.mkdir(parents=True, exist_ok=True)
    told = {"state": "ok", "at": "2026-11-03T09:00:00+00:00", "problems": []} | status
    (folder / "status.json").write_text(json.dumps(told), encoding="utf-8")


def test_only_who_facilitates_the_opportunity_sees_its_texts(
    app: Flask, auth: Auth, circle: Circle, facilitator: FlaskClient, ada: Person
) -> None:
    circle.publish(farm(), entry("mill"))
    outsiders = {
        None: 401,
        ada: 403,
        circle.bring_in("Cleo", capacity=Capacity.CLIENT): 403,
        circle.bring_in("Miles", "mill", capacity=Capacity.FACILITATOR): 403,
    }
    for person, status in outsiders.items():
        browser = app.test_client()
        if person:
            auth.open_link(browser, person)
        answer = browser.get(TEXTS)
        assert answer.status_code == status
        assert FOLDER not in answer.text
    assert facilitator.get(TEXTS).status_code == 200
    assert facilitator.get("/-/desk/o/nowhere/texts").status_code == 404
    assert facilitator.post(TEXTS).status_code == 405


def test_the_desk_of_an_opportunity_leads_there(facilitator: FlaskClient) -> None:
    assert TEXTS in links(facilitator, "/-/desk/o/farm")


def test_each_text_leads_to_its_editor_by_language(desk: Browse, circle: Circle) -> None:
    french = file("brief", "brief.fr.md", "fr")
    update = file("update", "updates/2026-11-01-first-day.md", "en", "first-day")
    circle.publish(farm(french, file("summary", "summary.md"), update))
    page = Page(desk(EMERGENCE_EDIT_URL=GITHUB).get(TEXTS))
    root = f"https://github.com/us/site/edit/main/{FOLDER}"
    for name in ("brief.md", "brief.fr.md", "summary.md", "updates/2026-11-01-first-day.md"):
        assert f"{root}/{name}" in page.links()
    assert f"{root}/agreement.md" not in page.links()
    for words in ("the brief (English)", "the brief (français)", "“First day” (English)"):
        assert f"Change {words}" in page.words
    assert f"https://github.com/us/site/delete/main/{FOLDER}/updates/2026-11-01-first-day.md" in (
        page.links()
    )


def test_the_page_is_in_the_readers_language(
    furnish: Callable[..., Flask], auth: Auth, circle: Circle
) -> None:
    circle.publish(farm())
    app = furnish(EMERGENCE_EDIT_URL=GITHUB)
    people.appoint_facilitators(circle.store, [("Zoé", "zoe@example.org")], "fr", circle.now)
    with circle.store.reading() as look:
        zoe = look.person_by_email("zoe@example.org")
    assert zoe
    said = {}
    for person in (circle.facilitator, zoe):
        browser = app.test_client()
        auth.open_link(browser, person)
        said[person.language] = Page(browser.get(TEXTS)).words
    assert "what the forge calls “Commit changes”: a commit is one saved change" in said["en"]
    assert "ce que la forge appelle «\u00a0Commit changes\u00a0»" in said["fr"]
    assert "Changer de phase" in said["fr"] and "Change the phase" not in said["fr"]
    assert "C’est la phase actuelle." in said["fr"]


def test_an_update_gets_its_name_from_the_day_and_its_title(desk: Browse, circle: Circle) -> None:
    circle.publish(farm())
    address = f"{TEXTS}?title=Ce+que+nous+savons+%26+la+suite"
    new = next(u for u in links(desk(EMERGENCE_EDIT_URL=GITHUB), address) if "updates" in u)
    told = parse_qs(urlsplit(new).query)
    name = "2026-11-03-ce-que-nous-savons-la-suite.md"
    assert told["filename"] == [f"{FOLDER}/updates/{name}"]
    assert told["value"][0].startswith("Title: Ce que nous savons & la suite\nDate: 2026-11-03 ")
    assert "What is new" in told["value"][0]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("First day", "2026-11-03-first-day-2.md"),  # the slug of an update that is there
        ("What we knew", "2026-11-03-what-we-knew-2.md"),  # one that it had before
        ("水", "2026-11-03.md"),
        ("<b>", "2026-11-03-b.md"),
    ],
)
def test_the_name_of_an_update_is_always_free_and_sound(
    desk: Browse, circle: Circle, title: str, name: str
) -> None:
    there = {"slug": "first-day", "title": "First day", "url": "/u", "aliases": ["what-we-knew"]}
    circle.publish(farm(updates=[there]))
    page = desk().get(TEXTS, query_string={"title": title}).text
    assert f"{FOLDER}/updates/{name}</code>" in page
    assert "<b>" not in page.partition('id="update"')[2].partition("<h2")[0]


def test_an_update_of_a_french_opportunity_begins_in_french(desk: Browse, circle: Circle) -> None:
    circle.publish(farm(language="fr"))
    assert "Ce qu’il y a de nouveau" in copied(desk().get(f"{TEXTS}?title=Oui").text, "update")


def test_a_summary_and_an_agreement_are_begun_with_what_a_command_would_write(
    desk: Browse, circle: Circle, ada: Person
) -> None:
    circle.publish(farm())
    comment = circle.say(ada, "The farm sees its figures first.")
    marks.keep(circle.store, ada, comment.id, circle.now)
    page = desk().get(TEXTS).text
    for kind in ("summary", "agreement"):
        text = copied(page, kind)
        assert f"The farm sees its figures first. {{comment}}{comment.id}" in text
        assert "Wells for all." in text
        assert "<!-- drafted: sha256:" in text
        assert f"emergence draft {kind} farm" in page


def test_what_is_there_is_not_begun_again(desk: Browse, circle: Circle) -> None:
    circle.publish(farm(file("summary", "summary.md"), file("agreement", "agreement.md")))
    page = desk().get(TEXTS).text
    assert "Begin the" not in page.partition('id="phase"')[0]


def test_long_drafts_are_copied_and_do_not_make_a_long_address(
    desk: Browse, circle: Circle, ada: Person
) -> None:
    circle.publish(farm())
    for number in range(40):
        comment = circle.say(ada, f"Point {number}: {'many words, ' * 20}")
        marks.keep(circle.store, ada, comment.id, circle.now)
    browser = desk(EMERGENCE_EDIT_URL=GITHUB)
    assert max(map(len, links(browser))) < 500
    assert copied(browser.get(TEXTS).text, "summary").count("{comment}") == 40


def test_gitlab_takes_the_name_and_the_words_are_copied(desk: Browse, circle: Circle) -> None:
    circle.publish(farm())
    browser = desk(EMERGENCE_EDIT_URL=GITLAB)
    address = f"{TEXTS}?title=Wells"
    name = f"{FOLDER}/updates/2026-11-03-wells.md"
    assert f"https://gitlab.com/us/site/-/new/main?file_name={name}" in links(browser, address)
    assert copied(browser.get(address).text, "update").startswith("Title: Wells\n")


def test_without_a_forge_paths_words_and_commands_are_shown(desk: Browse, circle: Circle) -> None:
    circle.publish(farm())
    page = desk().get(f"{TEXTS}?title=Wells+%26+pumps").text
    text = unescape(page)
    assert "emergence new update farm 'Wells & pumps'" in text
    assert f"git add {FOLDER}\n" in text
    assert f"{FOLDER}/brief.md" in text
    assert "github" not in text and "Commit changes" not in text


def test_a_brief_is_translated_in_a_file_beside_it(desk: Browse, circle: Circle) -> None:
    circle.publish(farm())
    browser = desk(EMERGENCE_EDIT_URL=GITHUB)
    new = f"https://github.com/us/site/new/main?filename={FOLDER}/brief.fr.md"
    assert new in links(browser)
    circle.publish(farm(file("brief", "brief.fr.md", "fr")))
    assert new not in links(browser)


def test_every_phase_shows_its_line_and_the_one_of_now_says_so(
    facilitator: FlaskClient, circle: Circle
) -> None:
    circle.publish(farm())
    page = facilitator.get(TEXTS).text
    for phase in ("brief", "divergence", "convergence", "engagement", "underway", "closed"):
        assert f"<code>Phase: {phase}</code>" in page
    assert page.count("It is in this phase now.") == 1


def test_what_the_build_found_in_its_own_files_stands_on_top(
    facilitator: FlaskClient, circle: Circle, tmp_path: Path
) -> None:
    circle.publish(farm())
    own = {"file": f"{FOLDER}/brief.md", "line": 4, "message": "unknown phase “on”"}
    other = {"file": "content/opportunities/farmer/brief.md", "line": 1, "message": "no title"}
    tell(tmp_path, state="failed", problems=[own, other])
    page = facilitator.get(TEXTS).text
    assert f"{FOLDER}/brief.md:4" in page and "unknown phase “on”" in page
    assert "no title" not in page
    tell(tmp_path, state="failed", problems=[other])
    page = facilitator.get(TEXTS).text
    assert "something outside the files" in page and "no title" not in page


def test_a_push_that_cannot_be_published_tells_its_problems_once(
    facilitator: FlaskClient, circle: Circle, tmp_path: Path
) -> None:
    circle.publish(farm())
    problem = {"file": f"{FOLDER}/brief.md", "line": 4, "message": "unknown phase “on”"}
    tell(tmp_path)
    told = {"state": "bad", "commit": "abc", "problems": [problem, problem]}
    (tmp_path / "publish.json").write_text(json.dumps(told), encoding="utf-8")
    page = facilitator.get(TEXTS).text
    assert page.count("unknown phase “on”") == 1
    assert "The site stays as it was" in page and "is live" not in page.partition('id="how"')[0]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"state": "ok"}, "All that has come in is live. The site was built last on 3 November"),
        ({"state": "building"}, "A change has come in."),
        ({"state": "ok", "at": "whenever"}, "All that has come in is live.</p>"),
    ],
)
def test_it_says_whether_the_last_change_is_live(
    facilitator: FlaskClient, circle: Circle, tmp_path: Path, status: dict[str, str], words: str
) -> None:
    circle.publish(farm())
    tell(tmp_path, **status)
    assert words in facilitator.get(TEXTS).text


def test_a_push_that_is_being_published_is_on_its_way(
    facilitator: FlaskClient, circle: Circle, tmp_path: Path
) -> None:
    circle.publish(farm())
    tell(tmp_path)
    push = Push("h1", "d", Forge.GITEA, "main", "abc", "", circle.now)
    with circle.store.transaction() as t:
        t.add_push(push)
    assert "A change has come in." in facilitator.get(TEXTS).text
    with circle.store.transaction() as t:
        t.change_push(replace(push, state=PushState.LIVE, settled=circle.now))
    assert "All that has come in is live." in facilitator.get(TEXTS).text


def test_a_site_that_another_host_builds_says_so(desk: Browse, circle: Circle) -> None:
    circle.publish(farm())
    browser = desk(EMERGENCE_MANIFEST="https://us.example.net/opportunities.json")
    assert "Another host builds the site." in browser.get(TEXTS).text


def test_a_site_that_does_not_tell_of_files_yet_is_said_to(facilitator: FlaskClient) -> None:
    page = facilitator.get(TEXTS).text
    assert "has not told yet where these texts are kept" in page
    assert "Change the brief" not in page
