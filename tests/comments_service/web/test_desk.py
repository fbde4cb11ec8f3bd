"""The desk: for facilitators alone, with all that waits and all that went wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.actions import rebuilding, suggesting
from comments_service.domain.hosts import read_target
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person
from comments_service.domain.rebuilding import Answer

from ..conftest import Circle, entry
from .conftest import Auth, Page

DESK, FARM = "/-/desk/", "/-/desk/o/farm"
BOB = {"name": "Bob", "email": "bob@example.org", "why": "Soil.", "as": "client"}


def test_nobody_but_a_facilitator_opens_the_desk_or_acts_there(
    app: Flask, auth: Auth, circle: Circle, facilitator: FlaskClient, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    circle.confirm(circle.drop_by("Zoe", "Zwischenzeitlich."))
    posts = [f"{FARM}/{verb}" for verb in ("invite", "introduce", "remind", "seen")]
    form = BOB | {"person": ada.id, "cursor": "1", "at": "2026-11-03T09:00:00Z"}
    outsiders = {
        None: 401,
        ada: 403,
        circle.bring_in("Cleo", capacity=Capacity.CLIENT): 403,
        circle.bring_in("Mia", "mill"): 403,
        circle.bring_in("Miles", "mill", capacity=Capacity.FACILITATOR): 403,
    }
    for person, status in outsiders.items():
        browser = app.test_client()
        if person:
            auth.open_link(browser, person)
        leads_another = person is not None and person.name == "Miles"
        answers = [browser.get(path) for path in ([FARM] if leads_another else [DESK, FARM])]
        answers += [browser.post(path, data=form) for path in posts]
        assert {answer.status_code for answer in answers} == {status}
        assert not any(word in a.text for a in answers for word in ("Zwischenzeit", "ada@", "Bob"))
    assert [facilitator.get(path).status_code for path in (DESK, FARM)] == [200, 200]


def test_the_desk_tells_how_each_opportunity_does_and_who_took_part_where(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill", phase="brief"))
    circle.bring_in("Ada", "mill")
    first = circle.say(ada, "How deep?")
    circle.wait(days=3)
    circle.say(circle.bring_in("Bob"), "Two metres.", answer=first.id)
    suggesting.suggest(circle.store, ada, "farm", circle.now, name="Eve", email="", why="Soil.")
    page = facilitator.get(DESK)
    for words in ("3 days", "1 suggestion", f'href="{FARM}#news"', 'action="/-/desk/search"'):
        assert words in page.text
    assert page.text.index("Farm</a>") < page.text.index("Mill</a>")
    links = Page(page).links()
    assert links.count(f"/-/desk/people/{ada.id}") == 1
    assert {f"{FARM}/suggestions", f"{FARM}#said", "/-/desk/o/mill#people"} <= set(links)


def test_opportunities_where_nothing_waits_can_be_left_out(
    facilitator: FlaskClient, circle: Circle
) -> None:
    circle.publish(*(entry(f"mill-{number:02}") for number in range(50)), entry("farm"))
    circle.confirm(circle.drop_by("Zoe", "Hello."))
    assert f"{DESK}?waits=yes#opportunities" in Page(facilitator.get(DESK)).links()
    table = facilitator.get(f"{DESK}?waits=yes").text.partition("<tbody>")[2].partition("</tbody>")
    assert "1 comment to read" in table[0] and "mill-" not in table[0]
    assert "46 more</a>" in table[2]  # in which Camille takes part


def test_a_facilitator_by_invitation_leads_where_he_takes_part(
    expert: FlaskClient, circle: Circle, visitor: FlaskClient, auth: Auth
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    bob = circle.bring_in("Bob", capacity=Capacity.FACILITATOR)
    auth.open_link(visitor, bob)
    desk = visitor.get(DESK).text
    assert ("/-/desk/o/farm" in desk, "/-/desk/o/mill" in desk) == (True, False)
    assert "The last letters" not in desk
    assert visitor.get("/-/desk/o/mill").status_code == 403


def test_held_comments_are_approved_or_hidden(
    facilitator: FlaskClient, expert: FlaskClient, circle: Circle
) -> None:
    first = circle.confirm(circle.drop_by("Zoe", "Hello."))
    circle.wait(seconds=1)
    second = circle.confirm(circle.drop_by("Yan", "Buy this."))
    assert "2 comments wait for you" in facilitator.get(DESK).text
    assert expert.post(f"/-/desk/comments/{first.id}", data={"do": "approve"}).status_code == 403
    facilitator.post(f"/-/desk/comments/{first.id}", data={"do": "approve"})
    facilitator.post(f"/-/desk/comments/{second.id}", data={"do": "hide"})
    assert "0 comments wait for you" in facilitator.get(DESK).text
    assert [c["id"] for c in circle.said()] == [first.id]
    assert facilitator.post(f"/-/desk/comments/{first.id}", data={}).status_code == 400
    assert facilitator.post("/-/desk/comments/x", data={"do": "hide"}).status_code == 404


def test_a_published_comment_can_be_taken_off_the_page_and_put_back(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    comment = circle.say(ada, "Hello.")
    form = {"do": "hide", "from": "said"}
    answer = facilitator.post(f"/-/desk/comments/{comment.id}", data=form)
    assert answer.headers["Location"] == f"{FARM}#said"
    assert circle.said()[0]["html"] == ""
    assert "Show again" in facilitator.get(FARM).text
    facilitator.post(f"/-/desk/comments/{comment.id}", data={"do": "approve"})
    assert circle.said()[0]["html"] == "<p>Hello.</p>"


def test_inviting_shows_what_becomes_of_it(facilitator: FlaskClient, circle: Circle) -> None:
    answer = facilitator.post(f"{FARM}/invite", data=BOB)
    bob = circle.letters(Kind.INVITATION)[0].person_id
    assert answer.headers["Location"] == f"{FARM}?invited={bob}#invitations"
    page = facilitator.get(answer.headers["Location"]).text
    assert "on its way to Bob, bob@example.org." in page
    assert "invited on 3 November 2026, no answer yet" in page
    assert "on its way" not in facilitator.get(f"{FARM}?invited=nobody").text
    assert "<td>Bob</td><td>an invitation</td>" in facilitator.get(DESK).text
    again = facilitator.post(f"{FARM}/invite", data=BOB)
    assert (again.status_code, "Bob has been invited" in again.text) == (409, True)


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"email": "bob"}, {"why": "x" * 2001}, {"know_how": "x" * 201}]
    + [{"introduction": "x" * 2001}, {"as": "king"}, {"status": "king"}],
)
def test_a_bad_guest_comes_back_as_typed(
    facilitator: FlaskClient, circle: Circle, change: dict[str, str]
) -> None:
    answer = facilitator.post(f"{FARM}/invite", data=BOB | change)
    assert answer.status_code == 400
    form = answer.text.partition('id="invite" open>')[2].partition("</form>")[0]
    for name, value in (BOB | change).items():
        assert name in ("as", "status") or (f'name="{name}"' in form and value in form)


def test_an_introduction_waits_until_the_person_agreed(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    part = circle.part_of(ada)
    assert part
    form = {"person": ada.id, "introduction": "She knows *rain*."}
    form["seen"] = part.introduction_edition
    assert facilitator.post(f"{FARM}/introduce", data=form).status_code == 303
    assert "public once the person has agreed" in facilitator.get(FARM).text
    [told] = [p["introduction"] for p in circle.exported()["people"] if p["name"] == "Ada"]
    assert told == part.introduction_html, "the old words stand until then"
    long = facilitator.post(f"{FARM}/introduce", data=form | {"introduction": "x" * 2001})
    assert (long.status_code, "x" * 2001 in long.text) == (400, True)
    nobody = facilitator.post(f"{FARM}/introduce", data=form | {"person": "nobody"})
    assert nobody.status_code == 404


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"state": "ok", "problems": []}, "The site is up to date"),
        ({"state": "building"}, "The site is being built"),
        (
            {"state": "ok", "problems": [{"file": "farm/summary.md", "line": 9, "message": "x"}]},
            "this wants mending:</p>\n<ul><li><code>farm/summary.md:9</code>",
        ),
        (
            {
                "state": "failed",
                "problems": [{"file": "farm/brief.md", "line": 3, "message": "<b>"}],
            },
            "farm/brief.md:3</code> &lt;b&gt;",
        ),
        ({"state": "failed", "problems": [{"message": "no file"}, "nonsense"]}, "no file"),
        ({"state": "failed", "problems": None}, "could not be built"),
        ([], "Your opportunities"),
        ({}, "Your opportunities"),
        ({"state": "ok", "problems": 3}, "Your opportunities"),
    ],
)
def test_the_desk_tells_how_the_site_fares(
    facilitator: FlaskClient, tmp_path: Path, status: object, words: str
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "status.json").write_text(json.dumps(status), encoding="utf-8")
    answer = facilitator.get(DESK)
    assert (answer.status_code, words in answer.text) == (200, True)


HOSTS = "https://api.netlify.com/build_hooks/1 https://api.github.com/repos/a/b/dispatches"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(None), ["was last asked to build the site on 3 November"]),
        (Answer("503"), ["does not build the site", "cannot do it now", "asked again on 3 Nov"]),
        (Answer("401"), ["put one in EMERGENCE_REBUILD_TOKEN", "401", "after the next change"]),
    ],
)
def test_the_desk_tells_how_the_hosts_fare_that_build_the_site(
    furnish: Callable[..., Flask], auth: Auth, circle: Circle, answer: Answer, words: list[str]
) -> None:
    app = furnish(EMERGENCE_REBUILD=HOSTS, EMERGENCE_REBUILD_TOKEN="t0ken")
    hosts = read_target(HOSTS.split()[0], ""), read_target(HOSTS.split()[1], "t0ken")
    [_, question] = rebuilding.at_once(circle.store, hosts)
    rebuilding.settle(circle.store, question, answer, circle.now)
    client = app.test_client()
    auth.open_link(client, circle.facilitator)
    page = client.get(DESK).text
    assert "api.netlify.com is asked to build the site after the next change" in page
    assert "github.com/a/b" in page and "t0ken" not in page and "build_hooks" not in page
    assert [one for one in words if one not in page] == []
    with circle.store.transaction() as t:
        t.change_person(replace(circle.facilitator, language="fr"))
    french = client.get(DESK).text
    assert "La construction du site sera demandée à api.netlify.com" in french


def test_a_broken_status_is_no_status(facilitator: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "status.json").write_bytes(b"{\xff")
    assert facilitator.get(DESK).status_code == 200


def test_what_was_said_is_read_without_marks_and_sheet_by_sheet(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    for number in range(21):
        circle.wait(minutes=1)
        circle.say(ada, f"**Number {number}** has [a link](https://example.org/x).\n\n- And <b>.")
    page = facilitator.get(FARM)
    assert "Number 20 has a link. And &lt;b&gt;." in page.text
    assert "Number 0 has" not in page.text and "?said=2#said" in Page(page).links()
    older = facilitator.get(f"{FARM}?said=2")
    assert "Number 0 has" in older.text and "?said=1#said" in Page(older).links()


@pytest.mark.parametrize("number", ["0", "-1", "3", "x", "٢", "9" * 40])
def test_a_sheet_that_is_not_there_is_the_first(facilitator: FlaskClient, number: str) -> None:
    assert facilitator.get(f"{FARM}?said={number}").status_code == 200


def test_a_letter_that_failed_says_why(facilitator: FlaskClient, circle: Circle) -> None:
    circle.invite("Bob")
    with circle.store.transaction() as t:
        [letter] = t.claim_letters(circle.now, circle.now, 1)
        t.letter_failed(letter.id, "550 no such user", None)
    page = facilitator.get(DESK).text
    assert "given up" in page and "550 no such user" in page
