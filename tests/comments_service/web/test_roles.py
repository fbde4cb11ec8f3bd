"""The pages of the team: each button, who sees which, and what comes back of bad input."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from comments_service.actions import roles
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.domain.team import Role

from ..conftest import Circle, entry
from .conftest import Auth, Page
from .test_escaping import LINKS, NASTY, check

TEAM = "/-/o/farm/roles"
CLAIM = {"do": "claim", "title": "Wells", "words": "I *dig*."}
HOME = "/opportunities/farm/"


@pytest.fixture(autouse=True)
def convergence(circle: Circle, ada: Person) -> None:
    circle.publish(entry("farm", phase="convergence"))


@pytest.fixture
def role(circle: Circle, ada: Person) -> Role:
    return roles.claim_role(circle.store, ada, "farm", "Wells", "I *dig*.", circle.now)


@pytest.fixture
def bob(circle: Circle) -> Person:
    return circle.bring_in("Bob")


@pytest.fixture
def other(app: object, visitor: FlaskClient, auth: Auth, bob: Person) -> FlaskClient:
    """Bob's browser, signed in."""
    client: FlaskClient = app.test_client()  # type: ignore[attr-defined]
    auth.open_link(client, bob)
    return client


def page_of(role: Role) -> str:
    return f"{TEAM}/{role.id}"


def test_one_claims_a_role_and_is_led_to_the_team(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle
) -> None:
    answer = expert.post(TEAM, data=CLAIM)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HOME}#team")
    page = visitor.get(TEAM)
    assert "I <em>dig</em>." in page.text
    assert "Sign in to name a role" in page.text
    assert Page(page).fields == {}
    assert "Change its words" in expert.get(TEAM).text


@pytest.mark.parametrize("do", ["claim", "propose"])
def test_what_is_too_long_comes_back_as_it_was_typed(
    expert: FlaskClient, circle: Circle, bob: Person, do: str
) -> None:
    form = {"do": do, "title": "Wells", "words": "w" * 5_000, "person": bob.id}
    answer = expert.post(TEAM, data=form)
    assert (answer.status_code, "5000 characters; 1000 fit" in answer.text) == (400, True)
    assert "w" * 5_000 in answer.text and 'value="Wells"' in answer.text
    assert circle.exported()["roles"] == []


@pytest.mark.parametrize(
    "form", [{"do": "claim", "title": ""}, {"do": "crown"}, {}, {"do": "propose", "title": "x"}]
)
def test_a_form_that_says_nothing_does_nothing(
    expert: FlaskClient, circle: Circle, bob: Person, form: dict[str, str]
) -> None:
    assert expert.post(TEAM, data=form).status_code == 400
    assert circle.exported()["roles"] == []


def test_a_role_is_proposed_mailed_and_taken_by_whom_it_is_for_alone(
    expert: FlaskClient, other: FlaskClient, circle: Circle, bob: Person, ada: Person
) -> None:
    form = CLAIM | {"do": "propose", "person": bob.id}
    assert expert.post(TEAM, data=form).status_code == 303
    [letter] = circle.letters(Kind.ROLE)
    path = f"{TEAM}/{letter.subject}"
    assert ("Take it" in other.get(path).text, "Take it" in expert.get(path).text) == (True, False)
    assert expert.post(path, data={"do": "take"}).status_code == 403
    assert other.post(path, data={"do": "take"}).headers["Location"] == f"{HOME}#team"
    assert circle.exported()["roles"][0]["taken"]
    other.post(path, data={"do": "lay_down"})
    assert circle.exported()["roles"] == []
    assert "laid down on 3 November 2026" in other.get(path).text


def test_before_the_convergence_the_page_says_so_and_keeps_what_was_typed(
    expert: FlaskClient, circle: Circle
) -> None:
    circle.publish(entry("farm", phase="divergence"))
    page = expert.get(TEAM)
    assert "Roles open with the convergence" in page.text
    assert expert.post(TEAM, data=CLAIM).status_code == 409


def test_a_closed_opportunity_can_be_read(
    expert: FlaskClient, other: FlaskClient, circle: Circle, role: Role
) -> None:
    circle.publish(entry("farm", phase="closed"))
    for browser in (expert, other):
        for path in (TEAM, page_of(role)):
            page = browser.get(path)
            assert (page.status_code, "Wells" in page.text) == (200, True)
            assert "<form" not in page.text
        assert browser.post(page_of(role), data={"do": "lay_down"}).status_code in (403, 409)


def test_one_stands_by_a_role_with_words_or_without_and_takes_it_back(
    other: FlaskClient, circle: Circle, role: Role, bob: Person
) -> None:
    path = page_of(role)
    other.post(path, data={"do": "support"})
    assert circle.exported()["roles"][0]["supporters"] == [bob.id]
    answer = other.post(path, data={"do": "say", "text": "She dug *mine*."})
    [comment] = [c for c in circle.exported()["comments"] if not c["introduces"]]
    assert answer.headers["Location"].endswith(f"received?as=published&c={comment['id']}")
    assert f'href="{HOME}#c-{comment["id"]}"' in other.get(path).text
    other.post(path, data={"do": "unsupport"})
    assert circle.exported()["roles"][0]["supporters"] == []
    other.post(path, data={"do": "support", "comment": comment["id"]})
    assert circle.exported()["roles"][0]["comments"] == [comment["id"]]


def test_a_refused_word_of_support_comes_back(
    other: FlaskClient, circle: Circle, role: Role, ada: Person
) -> None:
    hers = circle.say(ada, "I am good.")
    answer = other.post(page_of(role), data={"do": "say", "text": "é" * 16_385})
    assert (answer.status_code, Page(answer).fields["text"]) == (400, "é" * 16_385)
    for comment in (hers.id, "nothing", "<b>"):
        form = {"do": "support", "comment": comment}
        assert other.post(page_of(role), data=form).status_code in (403, 404)
    assert circle.exported()["roles"][0]["supporters"] == []


def test_its_words_are_changed_by_its_holder(
    expert: FlaskClient, other: FlaskClient, circle: Circle, role: Role
) -> None:
    form = {"do": "reword", "title": "Deep wells", "words": ""}
    assert other.post(page_of(role), data=form).status_code == 403
    answer = expert.post(page_of(role), data=form | {"title": "x" * 5_000})
    assert (answer.status_code, "x" * 5_000 in answer.text) == (400, True)
    expert.post(page_of(role), data=form)
    assert circle.exported()["roles"][0]["title"] == "Deep wells"


def test_the_pages_show_no_number_of_supporters(
    other: FlaskClient, facilitator: FlaskClient, visitor: FlaskClient, role: Role
) -> None:
    for browser in (other, facilitator):
        browser.post(page_of(role), data={"do": "support"})
    for path in (TEAM, page_of(role)):
        words = Page(visitor.get(path)).words
        assert "Bob" in words and "Camille" in words
        assert "2" not in words.replace("2026", "")


def test_no_cookie_of_another_site_and_no_stranger_acts(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, role: Role
) -> None:
    for path, form in ((TEAM, CLAIM | {"title": "New"}), (page_of(role), {"do": "lay_down"})):
        foreign = expert.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert (foreign.status_code, visitor.post(path, data=form).status_code) == (403, 401)
    assert [one["title"] for one in circle.exported()["roles"]] == ["Wells"]


def test_a_role_of_another_opportunity_is_not_there(
    expert: FlaskClient, circle: Circle, role: Role
) -> None:
    circle.publish(entry("farm", phase="convergence"), entry("mill", phase="convergence"))
    for path in (f"/-/o/mill/roles/{role.id}", f"{TEAM}/nothing", "/-/o/nothing/roles"):
        assert expert.get(path).status_code == 404
        assert expert.post(path, data={"do": "lay_down"}).status_code == 404


def test_no_page_of_the_team_runs_what_somebody_typed(
    expert: FlaskClient, facilitator: FlaskClient, circle: Circle, ada: Person, bob: Person
) -> None:
    said = circle.say(ada, NASTY + LINKS)
    form = {"title": NASTY, "words": NASTY + LINKS, "person": bob.id}
    for do in ("claim", "propose"):
        expert.post(TEAM, data=form | {"do": do})
    own, proposed = circle.exported()["roles"]
    own = f"{TEAM}/{own['id']}"
    facilitator.post(own, data={"do": "say", "text": NASTY + LINKS})
    threads, label = "/-/desk/o/farm/threads", {"do": "label", "thread": said.id, "label": "own"}
    facilitator.post(threads, data=label | {"own": NASTY[:40]})
    for path in (TEAM, own, f"{TEAM}/{proposed['id']}", f"/-/c/{said.id}/keep", threads):
        for browser in (expert, facilitator):
            check(Page(browser.get(path)))
    long = form | {"title": NASTY * 90, "words": NASTY * 90}
    for path in (TEAM, own, threads):
        for do in ("claim", "propose", "reword", "say", "label", "move", NASTY):
            for browser in (expert, facilitator):
                check(Page(browser.post(path, data=long | label | {"do": do, "own": NASTY * 90})))


def test_one_comes_back_when_the_static_page_shows_it(
    expert: FlaskClient, tmp_path: Path, circle: Circle
) -> None:
    page = tmp_path / "site" / "opportunities" / "farm" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("no team", encoding="utf-8")
    assert expert.post(TEAM, data=CLAIM).headers["Location"] == f"{HOME}#team"
