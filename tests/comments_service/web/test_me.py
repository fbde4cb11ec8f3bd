"""My data: all of it, and each button on the page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.following import Dose
from comments_service.domain.people import Person

from ..conftest import Circle
from .conftest import Auth, Page

ABOUT = {"do": "correct", "name": "Ada", "know_how": "", "language": "en", "status": "friend"}
ABOUT |= {"time_zone": ""}


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
    + [{"language": ""}, {"language": "x" * 13}]
    + [{"time_zone": zone} for zone in ("Paris", "UTC+1", "../etc", "localtime", "x" * 201)],
)
def test_a_bad_field_changes_nothing_and_comes_back(
    expert: FlaskClient, circle: Circle, change: dict[str, str]
) -> None:
    before = circle.exported()
    answer = expert.post("/-/me", data=ABOUT | {"name": "New"} | change)
    assert (answer.status_code, circle.exported()) == (400, before)
    fields = Page(answer).fields
    assert fields["name"] == change.get("name", "New")
    assert fields["time_zone"] == change.get("time_zone", "")


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


def test_a_time_zone_is_taken_in_any_case(expert: FlaskClient, circle: Circle, ada: Person) -> None:
    for typed, kept in (
        (" europe/PARIS ", "Europe/Paris"),
        ("America/New York", "America/New_York"),
    ):
        expert.post("/-/me", data=ABOUT | {"time_zone": typed})
        with circle.store.reading() as look:
            person = look.person(ada.id)
        assert person and person.time_zone == kept
    assert expert.get("/-/me.json").json["person"]["time_zone"] == "America/New_York"


def test_the_dose_is_chosen_for_each_opportunity(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    assert "Each comment is mailed to you" in expert.get("/-/me").text
    for dose, words in (("digest", "Once a day"), ("nothing", "Nothing of it"), ("each", "Each")):
        expert.post("/-/me", data={"do": "dose", "slug": "farm", "dose": dose})
        assert words in expert.get("/-/me").text
        [following] = expert.get("/-/me.json").json["following"]
        assert (following["opportunity"], following["dose"]) == ("farm", dose)
    for form in ({"slug": "farm", "dose": "all"}, {"slug": "nothing", "dose": "each"}):
        assert expert.post("/-/me", data={"do": "dose"} | form).status_code in (400, 404)


def test_what_one_only_follows_is_listed_until_one_stops(
    app: Flask, circle: Circle, auth: Auth
) -> None:
    browser = app.test_client()
    browser.post(auth.follow_link(), data={"dose": Dose.DIGEST.value})
    with circle.store.reading() as look:
        fay = look.person_by_email("fay@example.net")
    assert fay
    auth.open_link(browser, fay)
    page = browser.get("/-/me").text
    assert "What you follow by mail" in page and "Stop following" in page
    browser.post("/-/me", data={"do": "dose", "slug": "farm", "dose": "nothing"})
    assert "What you follow by mail" not in browser.get("/-/me").text


def test_further_addresses_are_listed(expert: FlaskClient, circle: Circle, ada: Person) -> None:
    with circle.store.transaction() as t:
        t.add_address("ada@home.example", ada.id)
    assert "ada@home.example" in expert.get("/-/me").text
    addresses = expert.get("/-/me.json").json["person"]["addresses"]
    assert addresses == ["ada@example.org", "ada@home.example"]


def test_old_answer_addresses_can_be_made_worthless(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    assert expert.post("/-/me", data={"do": "void"}).status_code == 303
    with circle.store.reading() as look:
        person = look.person(ada.id)
    assert person and person.answers_since == circle.now
    assert "Worthless are those mailed before 3 November 2026" in expert.get("/-/me").text
