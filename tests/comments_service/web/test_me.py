"""My data: all of it, and each button on the page."""

import pytest
from flask.testing import FlaskClient

from comments_service.domain.people import Person

from ..conftest import Circle
from .conftest import Page

ABOUT = {"do": "correct", "name": "Ada", "know_how": "", "language": "en", "status": "friend"}


def test_everything_that_is_kept_can_be_seen_and_taken_along(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.say(ada, "Hello *all*.")
    page = expert.get("/-/me").text
    for words in ("ada@example.org", "She knows *rivers*.", "Hello *all*.", "This browser"):
        assert words in page
    document = expert.get("/-/me.json")
    assert "attachment" in document.headers["Content-Disposition"]
    assert document.json["person"]["email"] == "ada@example.org"
    assert document.json["comments"][0]["text"] == "Hello *all*."
    assert document.json["participations"][0]["introduction"] == "She knows *rivers*."


def test_what_is_put_right_is_right_everywhere(expert: FlaskClient, circle: Circle) -> None:
    expert.post("/-/me", data=ABOUT | {"name": " Ada  L. ", "language": "fr"})
    assert '<html lang="fr"' in expert.get("/-/me").text
    assert "Ada L." in [person["name"] for person in circle.exported()["people"]]


@pytest.mark.parametrize(
    "change",
    [{"name": ""}, {"name": "n" * 81}, {"know_how": "k" * 201}, {"status": "king"}]
    + [{"language": ""}, {"language": "x" * 13}],
)
def test_a_bad_field_changes_nothing_and_comes_back(
    expert: FlaskClient, circle: Circle, change: dict[str, str]
) -> None:
    before = circle.exported()
    answer = expert.post("/-/me", data=ABOUT | {"name": "New"} | change)
    assert (answer.status_code, circle.exported()) == (400, before)
    assert Page(answer).fields["name"] == change.get("name", "New")


def test_ones_introduction_is_ones_own(expert: FlaskClient, circle: Circle, ada: Person) -> None:
    form = {"do": "introduce", "slug": "farm", "introduction": "I know *rain*."}
    expert.post("/-/me", data=form)
    part = circle.part_of(ada)
    assert part and part.introduction_html == "<p>I know <em>rain</em>.</p>"
    answer = expert.post("/-/me", data=form | {"introduction": "x" * 2001})
    assert (answer.status_code, "x" * 2001 in answer.text) == (400, True)


def test_leaving_and_coming_back(expert: FlaskClient, circle: Circle, ada: Person) -> None:
    for do, present in (("leave", False), ("return", True)):
        expert.post("/-/me", data={"do": do, "slug": "farm"})
        part = circle.part_of(ada)
        assert part and part.present is present


def test_a_token_needs_a_name(expert: FlaskClient) -> None:
    assert expert.post("/-/me", data={"do": "token", "label": ""}).status_code == 400


def test_an_unknown_button_does_nothing(expert: FlaskClient) -> None:
    assert expert.post("/-/me", data={"do": "anything"}).status_code == 303


def test_ending_this_session_signs_out(expert: FlaskClient) -> None:
    cookie = expert.get_cookie("emergence", "example.org")
    assert cookie
    expert.post("/-/me", data={"do": "revoke", "grant": cookie.value[:18]})
    assert expert.get("/-/me").status_code == 401
