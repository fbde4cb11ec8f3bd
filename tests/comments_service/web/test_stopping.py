"""Stopping: the page with a button, and the one click of mail programs (RFC 8058)."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.actions import access
from comments_service.domain.following import Dose
from comments_service.domain.letters import NO_LONGER_WANTED, Kind, Letter
from comments_service.domain.people import Answer, Person

from ..conftest import Circle
from .conftest import Auth

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def sent(circle: Circle, kind: Kind) -> Letter:
    """The letter of that kind, which its reader got."""
    [letter] = circle.letters(kind)
    with circle.store.transaction() as t:
        t.letter_sent(letter.id, circle.now)
    return letter


@pytest.fixture
def letter(circle: Circle, ada: Person) -> Letter:
    """One that told Ada of a comment."""
    circle.say(circle.facilitator, "Welcome.")
    return sent(circle, Kind.COMMENT)


def test_the_page_says_what_stops_and_its_button_does_it(
    visitor: FlaskClient, circle: Circle, auth: Auth, letter: Letter, ada: Person
) -> None:
    link = auth.stop_link(letter)
    page = visitor.get(link).text
    assert "Nothing more will be mailed to you, Ada, about “Farm”" in page
    assert "You also leave the discussion" in page
    answer = visitor.post(link)
    assert (answer.status_code, "The mails have stopped" in answer.text) == (200, True)
    assert "/-/o/farm/follow" in answer.text and "/-/o/farm/join" in answer.text
    part = circle.part_of(ada)
    assert part and part.left
    assert "The mails have stopped" in visitor.get(link).text


@pytest.mark.parametrize("multipart", [False, True])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_one_click_needs_no_cookie_and_no_page_of_ours(
    visitor: FlaskClient,
    circle: Circle,
    auth: Auth,
    letter: Letter,
    ada: Person,
    headers: dict[str, str],
    multipart: bool,
) -> None:
    kind = {"content_type": "multipart/form-data"} if multipart else {}
    answer = visitor.post(auth.stop_link(letter), data=ONE_CLICK, headers=headers, **kind)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    part = circle.part_of(ada)
    assert part and part.left


def test_twice_is_once(
    visitor: FlaskClient, auth: Auth, letter: Letter, circle: Circle, dump: Callable[[], list[str]]
) -> None:
    first = visitor.post(auth.stop_link(letter), data=ONE_CLICK)
    after = dump()
    circle.wait(days=1)
    second = visitor.post(auth.stop_link(letter), data=ONE_CLICK)
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert dump() == after


def test_an_upper_cased_token_works(visitor: FlaskClient, auth: Auth, letter: Letter) -> None:
    path, _, token = auth.stop_link(letter).rpartition("/")
    assert visitor.post(f"{path}/{token.upper()}").status_code == 200


def test_nothing_more_is_sent_after_it(
    visitor: FlaskClient, circle: Circle, auth: Auth, letter: Letter, ada: Person
) -> None:
    visitor.post(auth.stop_link(letter), data=ONE_CLICK)
    circle.say(circle.facilitator, "Are you there?")
    assert [x.id for x in circle.letters(Kind.COMMENT)] == [letter.id]


def test_a_letter_that_may_have_arrived_stops_twice_too(
    visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person
) -> None:
    circle.say(circle.facilitator, "Welcome.")
    with circle.store.transaction() as t:
        claimed = t.claim_letters(circle.now + circle.house.grace, circle.now, 10)
    [letter] = [x for x in claimed if x.kind is Kind.COMMENT]
    for _ in range(2):
        assert visitor.post(auth.stop_link(letter), data=ONE_CLICK).status_code == 200
    [kept] = circle.letters(Kind.COMMENT)
    assert (kept.due, kept.error) == (None, NO_LONGER_WANTED)


def test_an_invitation_that_is_stopped_is_declined(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    invited = circle.invite("Bob")
    link = auth.stop_link(sent(circle, Kind.INVITATION))
    assert "counts as declined" in visitor.get(link).text
    visitor.post(link, data=ONE_CLICK)
    with circle.store.reading() as look:
        kept = look.invitation(invited.invitation.id)
    assert kept and kept.answer is Answer.DECLINED
    assert "The mails have stopped" in visitor.get(link).text


def test_a_follower_follows_no_longer(visitor: FlaskClient, circle: Circle, auth: Auth) -> None:
    visitor.post(auth.follow_link(), data={"dose": "each"})
    link = auth.stop_link(sent(circle, Kind.FOLLOW))
    page = visitor.get(link).text
    assert "You follow it no longer" in page and "One digest a day" in page
    visitor.post(link, data=ONE_CLICK)
    circle.say(circle.facilitator, "News.")
    assert circle.letters(Kind.COMMENT) == []


def test_a_single_letter_has_nothing_to_stop(
    visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person
) -> None:
    access.ask_to_sign_in(circle.store, circle.house, ada.email, "", circle.now)
    link = auth.stop_link(circle.letters(Kind.SIGN_IN)[0])
    for answer in (visitor.get(link), visitor.post(link, data=ONE_CLICK)):
        assert (answer.status_code, "nothing to stop" in answer.text) == (200, True)
    part = circle.part_of(ada)
    assert part and part.present


def test_a_token_of_another_kind_stops_nothing(
    visitor: FlaskClient, circle: Circle, auth: Auth, letter: Letter, ada: Person
) -> None:
    invited = auth.invitation_link("Bob").rpartition("/")[2]
    for token in (letter.id, invited, auth.stop_link(letter)[:-1] + "x"):
        assert visitor.post(f"/-/stop/{token.rpartition('/')[2]}").status_code == 403
    part = circle.part_of(ada)
    assert part and part.present


def test_the_page_speaks_its_readers_language(app: Flask, circle: Circle, auth: Auth) -> None:
    bob = circle.bring_in("Bob", language="fr")
    circle.choose(bob, Dose.EACH)
    circle.say(circle.facilitator, "Welcome.")
    letter = sent(circle, Kind.COMMENT)
    browser, english = app.test_client(), {"Accept-Language": "en"}
    assert "Arrêter ces courriels" in browser.get(auth.stop_link(letter), headers=english).text
    answer = browser.post(auth.stop_link(letter), data=ONE_CLICK, headers=english)
    assert "Les courriels sont arrêtés" in answer.text
