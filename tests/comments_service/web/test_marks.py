"""The button for what is worth keeping, and the client's page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.discussion import Comment
from comments_service.domain.marks import MarkKind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle
from .conftest import Auth

MARKS = "/-/o/farm/marks"


@pytest.fixture
def comment(circle: Circle, ada: Person) -> Comment:
    return circle.say(ada, "Two *metres*.")


@pytest.fixture
def client(app: Flask, auth: Auth, circle: Circle) -> FlaskClient:
    """The client's browser, signed in."""
    browser = app.test_client()
    auth.open_link(browser, circle.bring_in("Clio", capacity=Capacity.CLIENT))
    return browser


def kept(circle: Circle) -> int:
    with circle.store.reading() as look:
        farm = look.opportunity("farm")
        assert farm
        return len(look.marks(farm.id, MarkKind.KEEP))


def test_a_button_keeps_and_another_takes_the_mark_away(
    expert: FlaskClient, circle: Circle, comment: Comment
) -> None:
    path = f"/-/c/{comment.id}/keep"
    assert "Two <em>metres</em>" in expert.get(path).text
    assert kept(circle) == 0
    for form in ({"do": "keep"}, {}):
        answer = expert.post(path, data=form)
        assert answer.headers["Location"] == f"/opportunities/farm/#c-{comment.id}"
        assert kept(circle) == 1
    assert "Take the mark away" in expert.get(path).text
    expert.post(path, data={"do": "drop"})
    assert kept(circle) == 0


def test_a_stranger_and_another_sites_page_keep_nothing(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, comment: Comment
) -> None:
    path = f"/-/c/{comment.id}/keep"
    assert (visitor.get(path).status_code, visitor.post(path).status_code) == (401, 401)
    assert expert.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert expert.get("/-/c/nothing/keep").status_code == 404
    assert kept(circle) == 0


def test_the_client_marks_people_and_words_and_whoever_is_concerned_learns_of_it(
    client: FlaskClient, expert: FlaskClient, circle: Circle, comment: Comment, ada: Person
) -> None:
    assert "says Clio" not in expert.get(MARKS).text
    carries = {"do": "carries", "person": ada.id}
    assert client.post(MARKS, data=carries).headers["Location"] == f"{MARKS}#people"
    recognised = {"do": "recognised", "comment": comment.id}
    assert client.post(MARKS, data=recognised).headers["Location"] == f"{MARKS}#c-{comment.id}"
    assert "carries the project, says you" in client.get(MARKS).text
    hers = expert.get(MARKS).text
    assert "carries the project, says Clio" in hers and "recognised by Clio" in hers
    client.post(MARKS, data=carries | {"off": "1"})
    client.post(MARKS, data=recognised | {"off": "1"})
    assert "Clio" not in expert.get(MARKS).text


def test_somebody_whom_it_does_not_concern_sees_nothing_until_everybody_may(
    client: FlaskClient,
    facilitator: FlaskClient,
    visitor: FlaskClient,
    auth: Auth,
    circle: Circle,
    comment: Comment,
) -> None:
    auth.open_link(visitor, circle.bring_in("Bob"))
    client.post(MARKS, data={"do": "recognised", "comment": comment.id})
    assert "Clio" not in visitor.get(MARKS).text
    assert "recognised by Clio" in facilitator.get(MARKS).text
    facilitator.post(MARKS, data={"do": "audience", "audience": "everybody"})
    assert "recognised by Clio" in visitor.get(MARKS).text
    facilitator.post(MARKS, data={"do": "audience", "audience": "facilitators"})
    assert "Clio" not in visitor.get(MARKS).text


def test_what_is_not_theirs_to_do_is_refused(
    client: FlaskClient,
    expert: FlaskClient,
    facilitator: FlaskClient,
    visitor: FlaskClient,
    comment: Comment,
    ada: Person,
) -> None:
    for browser in (expert, facilitator):
        for form in (
            {"do": "carries", "person": ada.id},
            {"do": "recognised", "comment": comment.id},
        ):
            assert browser.post(MARKS, data=form).status_code == 403
    for form, status in (
        ({"do": "audience", "audience": "everybody"}, 403),
        ({"do": "carries", "person": "nobody"}, 404),
        ({"do": "recognised", "comment": "x" * 5_000}, 404),
        ({"do": "crown"}, 400),
    ):
        assert client.post(MARKS, data=form).status_code == status
    bad = {"do": "audience", "audience": "the moon"}
    assert facilitator.post(MARKS, data=bad).status_code == 400
    assert visitor.get(MARKS).status_code == 401


def test_a_guest_of_another_opportunity_sees_no_marks(
    visitor: FlaskClient, auth: Auth, circle: Circle, comment: Comment
) -> None:
    from ..conftest import entry

    circle.publish(entry("farm"), entry("mill"))
    auth.open_link(visitor, circle.bring_in("Mia", "mill"))
    assert visitor.get(MARKS).status_code == 403
