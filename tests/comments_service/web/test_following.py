"""Following by mail: asking, the button behind the link, and choosing how much."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.following import Dose, Following
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import Auth, Page

FOLLOW = "/-/o/farm/follow"
FAY = {"email": "fay@example.net", "name": "Fay"}


def followed(circle: Circle, email: str = FAY["email"]) -> Following | None:
    with circle.store.reading() as look:
        person, farm = look.person_by_email(email), look.opportunity("farm")
        return look.following(farm.id, person.id) if person and farm else None


def test_asking_mails_a_link_and_begins_nothing(visitor: FlaskClient, circle: Circle) -> None:
    assert 'name="email"' in visitor.get(FOLLOW).text
    answer = visitor.post(FOLLOW, data=FAY)
    assert answer.headers["Location"] == f"{FOLLOW}?sent=1"
    assert "look into your mail" in visitor.get(f"{FOLLOW}?sent=1").text
    assert len(circle.letters(Kind.FOLLOW)) == 1
    assert followed(circle) is None


def test_asking_never_tells_whom_we_know(visitor: FlaskClient, circle: Circle, ada: Person) -> None:
    answers = [
        visitor.post(FOLLOW, data={"email": email})
        for email in ("ada@example.org", "nobody@example.org")
    ]
    assert len({(a.status_code, a.text, a.headers["Location"]) for a in answers}) == 1


def test_a_filled_trap_gets_the_same_answer_and_no_mail(
    visitor: FlaskClient, circle: Circle, dump: Callable[[], list[str]]
) -> None:
    before = dump()
    answer = visitor.post(FOLLOW, data=FAY | {"website": "x"})
    assert answer.headers["Location"] == f"{FOLLOW}?sent=1"
    assert dump() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": ""}, "not an e-mail address"),
        ({"email": "fay"}, "not an e-mail address"),
        ({"email": "a@b.example, c@d.example"}, "not an e-mail address"),
        ({"name": "n" * 81}, "81 characters"),
    ],
)
def test_a_bad_field_comes_back(
    visitor: FlaskClient,
    dump: Callable[[], list[str]],
    change: dict[str, str],
    words: str,
) -> None:
    before = dump()
    answer = visitor.post(FOLLOW, data=FAY | change)
    assert (answer.status_code, words in answer.text, dump() == before) == (400, True, True)
    for name, value in (FAY | change).items():
        assert Page(answer).fields[name] == value


def test_asking_over_and_over_is_refused(visitor: FlaskClient, circle: Circle) -> None:
    for number in range(11):  # one network, whatever the address
        answer = visitor.post(FOLLOW, data={"email": f"fay{number}@example.net"})
    assert (answer.status_code, "Too many tries" in answer.text) == (429, True)
    assert len(circle.letters(Kind.FOLLOW)) == 10


def test_another_site_cannot_ask_in_somebodys_name(visitor: FlaskClient, circle: Circle) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    answer = visitor.post(FOLLOW, data=FAY, headers=elsewhere)
    assert (answer.status_code, Page(answer).fields["email"]) == (403, FAY["email"])
    assert visitor.post(FOLLOW, headers=elsewhere).status_code == 403
    assert circle.letters(Kind.FOLLOW) == []


def test_a_closed_opportunity_is_not_followed(visitor: FlaskClient, circle: Circle) -> None:
    circle.publish(entry("farm", phase="closed"))
    assert "is closed" in visitor.get(FOLLOW).text
    assert visitor.post(FOLLOW, data=FAY).status_code == 409
    assert visitor.get("/-/o/nothing/follow").status_code == 404


def test_only_the_button_behind_the_link_begins(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    link = auth.follow_link()
    page = visitor.get(link)
    assert "be mailed to fay@example.net" in page.text
    assert followed(circle) is None
    answer = visitor.post(link, data={"dose": "digest"})
    assert answer.headers["Location"] == link
    assert "Once a day" in visitor.get(link).text
    found = followed(circle)
    assert found and found.dose is Dose.DIGEST


def test_the_link_also_changes_ones_mind(visitor: FlaskClient, circle: Circle, auth: Auth) -> None:
    link = auth.follow_link()
    for dose in ("each", "digest", "nothing", "each"):
        assert visitor.post(link, data={"dose": dose}).status_code == 303
        found = followed(circle)
        assert found and found.dose == dose
    circle.wait(days=8)
    assert visitor.get(link).status_code == 403


@pytest.mark.parametrize("dose", ["", "all", "EACH", "each "])
def test_what_is_no_dose_is_refused(
    visitor: FlaskClient, circle: Circle, auth: Auth, dose: str
) -> None:
    assert visitor.post(auth.follow_link(), data={"dose": dose}).status_code == 400
    assert followed(circle) is None


def test_another_site_cannot_press_the_button(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    link, elsewhere = auth.follow_link(), {"Sec-Fetch-Site": "cross-site"}
    assert visitor.post(link, data={"dose": "each"}, headers=elsewhere).status_code == 403
    assert followed(circle) is None


def test_a_participant_sees_their_choice_and_changes_it(
    expert: FlaskClient, circle: Circle
) -> None:
    page = expert.get(FOLLOW).text
    assert "Each comment is mailed to you" in page and 'name="email"' not in page
    assert expert.post(FOLLOW, data={"dose": "digest"}).headers["Location"] == FOLLOW
    assert "Once a day" in expert.get(FOLLOW).text
    assert expert.post(FOLLOW, data={"dose": "all"}).status_code == 400
    found = followed(circle, "ada@example.org")
    assert found and found.dose is Dose.DIGEST


def test_who_is_signed_in_and_has_no_part_asks_like_everybody(
    app: Flask, auth: Auth, circle: Circle
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    browser = app.test_client()
    auth.open_link(browser, circle.bring_in("Bob", "mill"))
    page = browser.get(FOLLOW)
    assert Page(page).fields["email"] == "bob@example.org"
    assert browser.post(FOLLOW, data={"dose": "each"}).status_code == 404
    browser.post(FOLLOW, data={"email": "bob@example.org"})
    assert len(circle.letters(Kind.FOLLOW)) == 1


def test_the_pages_speak_french(visitor: FlaskClient, circle: Circle, auth: Auth) -> None:
    french = {"Accept-Language": "fr"}
    circle.publish(entry("farm", language="fr"))
    assert "Suivre par courriel" in visitor.get(FOLLOW, headers=french).text
    visitor.post(FOLLOW, data=FAY, headers=french)
    assert "Suivre par courriel" in visitor.get(auth.follow_link()).text  # Fay’s own language
