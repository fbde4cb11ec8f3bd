"""The page on which one says that one has reread the agreement and stands by it."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry
from .conftest import Auth, Page

HERE = "/-/o/farm/reread"
STAND_BY = {"do": "stand_by", "version": "4f1c2d0000aaaa"}


def write(circle: Circle, version: str = "4f1c2d0000aaaa", commit: str = "", **more: str) -> None:
    url = "https://example.org/opportunities/farm/#agreement"
    agreement = {"version": version, "commit": commit or None, "date": None, "url": url}
    circle.publish(entry("farm", agreement=agreement, **more))


@pytest.fixture(autouse=True)
def agreed(circle: Circle) -> None:
    write(circle)


def test_the_page_leads_to_the_agreement_and_says_what_it_is_not(expert: FlaskClient) -> None:
    answer = expert.get(HERE)
    page = Page(answer)
    assert answer.status_code == 200
    assert "/opportunities/farm/#agreement" in page.links()
    assert "no electronic signature" in page.words
    assert page.fields["version"] == "4f1c2d0000aaaa"


def test_one_button_is_enough_and_the_page_names_who_has_and_who_has_not(
    circle: Circle, expert: FlaskClient
) -> None:
    circle.bring_in("Jeanne", capacity=Capacity.CLIENT)
    answer = expert.post(HERE, data=STAND_BY)
    assert answer.status_code == 303 and answer.headers["Location"] == HERE
    words = Page(expert.get(HERE)).words
    has, _, has_not = words.partition("Who has not yet")
    assert "Ada" in has and "Jeanne" in has_not
    assert "You have reread this version" in words


def test_a_version_that_changed_since_the_page_was_opened_is_said_and_shown(
    circle: Circle, expert: FlaskClient
) -> None:
    expert.post(HERE, data=STAND_BY)
    write(circle, "beefbeefbeefbeef")
    assert "You stood by an earlier version" in Page(expert.get(HERE)).words
    answer = expert.post(HERE, data=STAND_BY)
    page = Page(answer)
    assert answer.status_code == 409 and "has changed meanwhile" in page.words
    assert page.fields["version"] == "beefbeefbeefbeef"
    assert "/opportunities/farm/#agreement" in page.links()


def test_the_page_names_the_commit_and_the_form_holds_the_digest(
    circle: Circle, expert: FlaskClient
) -> None:
    assert "a version that is not committed yet" in Page(expert.get(HERE)).words
    write(circle, commit="78e8f82c" + "0" * 32)
    page = Page(expert.get(HERE))
    assert "its version 78e8f82c." in page.words and "not committed" not in page.words
    assert page.fields["version"] == "4f1c2d0000aaaa"


def test_getting_the_page_changes_nothing(expert: FlaskClient, circle: Circle) -> None:
    cursor = circle.changes()["cursor"]
    expert.get(f"{HERE}?do=stand_by&version=4f1c2d0000aaaa")
    assert circle.changes()["cursor"] == cursor


def test_a_form_of_another_site_and_a_stranger_do_nothing(
    circle: Circle, expert: FlaskClient, visitor: FlaskClient, auth: Auth, app: Flask
) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert expert.post(HERE, data=STAND_BY, headers=foreign).status_code == 403
    assert visitor.get(HERE).status_code == visitor.post(HERE, data=STAND_BY).status_code == 401
    invited = app.test_client()
    auth.open_link(invited, circle.invite("Bea").invitation.person)
    assert invited.get(HERE).status_code == invited.post(HERE, data=STAND_BY).status_code == 403
    assert circle.exported()["rereadings"] == []


def test_the_facilitator_asks_all_parties_once(circle: Circle, facilitator: FlaskClient) -> None:
    circle.bring_in("Jeanne", capacity=Capacity.CLIENT)
    assert "Ask them by mail" in facilitator.get(HERE).text
    ask = STAND_BY | {"do": "ask"}
    assert facilitator.post(HERE, data=ask).status_code == 303
    page = facilitator.get(HERE).text
    assert "asked by mail" in page and "Ask them by mail" not in page
    facilitator.post(HERE, data=ask)
    assert len(circle.letters(Kind.REREAD)) == 1


def test_an_expert_sees_no_button_to_ask_and_cannot(circle: Circle, expert: FlaskClient) -> None:
    circle.bring_in("Jeanne", capacity=Capacity.CLIENT)
    page = expert.get(HERE).text
    assert "Ask them by mail" not in page
    assert expert.post(HERE, data=STAND_BY | {"do": "ask"}).status_code == 403
    assert circle.letters(Kind.REREAD) == []


def test_what_is_closed_shows_no_button(circle: Circle, expert: FlaskClient) -> None:
    write(circle, phase="closed")
    answer = expert.get(HERE)
    assert answer.status_code == 200 and "<form" not in answer.text
    assert expert.post(HERE, data=STAND_BY).status_code == 409


def test_without_an_agreement_there_is_no_page(circle: Circle, expert: FlaskClient) -> None:
    circle.publish(entry("farm"))
    assert expert.get(HERE).status_code == 404


def test_a_link_to_another_site_is_never_shown(circle: Circle, expert: FlaskClient) -> None:
    url = "https://evil.example/#agreement"
    circle.publish(entry("farm", agreement={"version": "x", "url": url}))
    assert not any("evil" in link for link in Page(expert.get(HERE)).links())


@pytest.mark.parametrize("do", ["", "sign", "x" * 5_000])
def test_an_unknown_choice_is_refused_on_the_page(expert: FlaskClient, do: str) -> None:
    assert expert.post(HERE, data=STAND_BY | {"do": do}).status_code == 400


def test_it_speaks_french(circle: Circle, ada: Person, expert: FlaskClient) -> None:
    answer = expert.get(HERE, headers={"Accept-Language": "fr"})
    assert "J’ai relu" not in answer.text  # Ada reads English
    with circle.store.transaction() as t:
        t.change_person(replace(ada, language="fr"))
    assert "J’ai relu cette version et je m’y tiens" in expert.get(HERE).text
