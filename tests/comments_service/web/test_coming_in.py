"""Personal links, asking for one, confirming, going out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from comments_service.domain.discussion import State
from comments_service.domain.incoming import Answering, Incoming
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry
from .conftest import Auth, Page

SIGN_IN = "/-/signin"


def test_a_link_shows_who_you_are_and_only_its_button_lets_you_in(
    visitor: FlaskClient, auth: Auth, ada: Person
) -> None:
    link = auth.link(ada)
    for _ in range(2):  # a mail scanner opens it as often as it likes
        page = visitor.get(link)
        assert "Good to see you, Ada" in page.text
        assert "Set-Cookie" not in page.headers
    assert visitor.get("/-/me").status_code == 401
    assert visitor.post(link).headers["Location"] == "/-/me"
    assert visitor.get("/-/me").status_code == 200


def test_a_link_works_once_and_for_a_day(
    visitor: FlaskClient, auth: Auth, circle: Circle, ada: Person
) -> None:
    used, old = auth.link(ada), auth.link(ada)
    visitor.post(used)
    assert visitor.post(used).status_code == 403
    circle.wait(days=1)
    answer = visitor.get(old)
    assert (answer.status_code, 'action="/-/signin"' in answer.text) == (403, True)


def test_a_facilitator_comes_to_the_desk(visitor: FlaskClient, auth: Auth, circle: Circle) -> None:
    assert auth.open_link(visitor, circle.facilitator).headers["Location"] == "/-/desk/"


def test_a_facilitator_by_invitation_comes_to_the_desk_and_finds_it_from_every_page(
    visitor: FlaskClient, auth: Auth, circle: Circle
) -> None:
    bob = circle.bring_in("Bob", capacity=Capacity.FACILITATOR)
    assert auth.open_link(visitor, bob).headers["Location"] == "/-/desk/"
    assert "/-/desk/" in Page(visitor.get("/-/me")).links()
    visitor.post("/-/o/farm/leave")
    assert "/-/desk/" not in Page(visitor.get("/-/me")).links()
    assert auth.open_link(visitor, bob).headers["Location"] == "/-/me"


def test_an_expert_is_shown_no_desk(expert: FlaskClient) -> None:
    assert "/-/desk/" not in Page(expert.get("/-/me")).links()


def test_the_foot_leads_to_the_pages_in_the_readers_language(
    visitor: FlaskClient, tmp_path: Path
) -> None:
    foot = ["/", "/how-it-works/", "/privacy/"]
    french = {"Accept-Language": "fr"}
    for page in foot:
        assert f"/fr{page}" in Page(visitor.get(SIGN_IN, headers=french)).links()
    for page in ("how-it-works", "privacy", "fr/how-it-works"):
        (tmp_path / "site" / page).mkdir(parents=True)
    links = Page(visitor.get(SIGN_IN, headers=french)).links()
    assert "/fr/how-it-works/" in links  # and what was not translated is there all the same
    assert "/privacy/" in links and "/fr/privacy/" not in links
    assert set(foot) <= set(Page(visitor.get(SIGN_IN)).links())


def test_a_link_speaks_its_persons_language(
    visitor: FlaskClient, auth: Auth, circle: Circle
) -> None:
    link = auth.invitation_link("Bob", language="fr")
    page = visitor.get(link, headers={"Accept-Language": "en"})
    assert "Camille Le Goff vous invite" in page.text


def test_asking_for_a_link_never_tells_whom_we_know(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    known = visitor.post(SIGN_IN, data={"email": " ADA@example.org "})
    unknown = visitor.post(SIGN_IN, data={"email": "nobody@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"] == f"{SIGN_IN}?sent=1"
    assert "a link is on its way" in visitor.get(f"{SIGN_IN}?sent=1").text
    assert [letter.person_id for letter in circle.letters(Kind.SIGN_IN)] == [ada.id]


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a@b, c@d", "a" * 300 + "@example.org"])
def test_what_is_no_address_comes_back(visitor: FlaskClient, email: str) -> None:
    answer = visitor.post(SIGN_IN, data={"email": email})
    assert (answer.status_code, f'value="{email}"' in answer.text) == (400, True)
    assert "This is not an e-mail address" in answer.text


def test_asking_over_and_over_is_refused(visitor: FlaskClient) -> None:
    for _ in range(11):
        answer = visitor.post(SIGN_IN, data={"email": "ada@example.org"})
    assert (answer.status_code, "Too many tries" in answer.text) == (429, True)


def test_confirming_lets_the_author_mend_what_they_wrote(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    comment = circle.drop_by("Zoe", "Helo.")
    visitor.post(auth.confirm_link())
    assert visitor.post(f"/-/c/{comment.id}/edit", data={"text": "Hello."}).status_code == 303
    with circle.store.reading() as look:
        kept = look.comment(comment.id)
    assert kept and (kept.text, kept.state) == ("Hello.", State.HELD)


def test_confirming_twice_is_confirming_once(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    circle.drop_by("Zoe", "Hello.")
    link = auth.confirm_link()
    first, second = visitor.post(link), visitor.post(link)
    assert first.headers["Location"] == second.headers["Location"]
    assert "This is confirmed already" in visitor.get(link).text
    assert len(circle.letters(Kind.HELD)) == 1


@pytest.mark.parametrize("mine_too", [True, False])
def test_words_from_a_strange_address_say_so_and_offer_to_know_it(
    visitor: FlaskClient,
    circle: Circle,
    auth: Auth,
    ada: Person,
    deliver: Callable[..., Incoming],
    mine_too: bool,
) -> None:
    circle.say(circle.facilitator, "Welcome.")
    letter = Answering(circle.letters(Kind.COMMENT)[0].id)
    first = deliver(letter, "ada@home.example", "From home.")
    link = auth.confirm_link()
    page = visitor.get(link).text
    assert "from ada@home.example, which we do not know as yours" in page
    assert "From home." in page and 'name="know_address"' in page
    visitor.post(link, data={"know_address": "yes"} if mine_too else {})
    circle.wait(minutes=1)
    second = deliver(letter, "ada@home.example", "From home again.")
    with circle.store.reading() as look:
        states = [look.comment(m.comment_id or "") for m in (first, second)]
        addresses = look.addresses(ada.id)
    assert ("ada@home.example" in addresses) is mine_too
    expected = State.PUBLISHED if mine_too else State.UNCONFIRMED
    assert [c.state for c in states if c] == [State.PUBLISHED, expected]


def test_an_address_that_is_somebody_elses_is_not_offered(
    visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person, deliver: Callable[..., Incoming]
) -> None:
    bob = circle.bring_in("Bob")
    circle.say(circle.facilitator, "Welcome.")
    [letter] = [x for x in circle.letters(Kind.COMMENT) if x.person_id == ada.id]
    deliver(Answering(letter.id), bob.email, "I am Ada.")
    link = auth.confirm_link()
    page = visitor.get(link).text
    assert "bob@example.org" in page and "know_address" not in page
    visitor.post(link, data={"know_address": "yes"})
    with circle.store.reading() as look:
        assert look.addresses(ada.id) == [ada.email]


def test_an_invited_person_who_writes_as_a_stranger_is_published_once_confirmed(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    circle.invite("Bob")
    words = {"text": "Hi.", "name": "Bob", "email": "bob@example.org"}
    visitor.post("/-/o/farm/write", data=words)
    visitor.post(auth.confirm_link())
    assert len(circle.exported()["comments"]) == 1


def test_an_invitation_is_answered_by_its_buttons(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    link = auth.invitation_link("Bob", why="You know soil.", introduction="He knows <soil>.")
    page = visitor.get(link).text
    for words in ("You know soil.", "He knows &lt;soil&gt;.", "Camille Le Goff", "Divergence"):
        assert words in page
    assert "Nothing to sign, nothing to promise" in page
    assert visitor.post(link, data={}).status_code == 200  # neither button: nothing happens
    answer = visitor.post(link, data={"do": "accept", "introduction": "I like soil."})
    assert answer.headers["Location"] == "/opportunities/farm/#welcome"
    bob = next(p for p in circle.exported()["people"] if p["name"] == "Bob")
    assert bob["introduction"] == "<p>I like soil.</p>"
    assert "You take part since" in visitor.get(link).text
    assert visitor.get("/-/me").status_code == 200


def test_declining_is_kindly_taken_and_can_be_undone(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    link = auth.invitation_link("Bob")
    page = visitor.post(link, data={"do": "decline"}, follow_redirects=True)
    assert "Thank you for saying so" in page.text
    form = page.text.index("How you are introduced")
    assert "<details" in page.text[:form] and "</details>" in page.text[form:]  # folded away
    assert visitor.get("/-/me").status_code == 401
    visitor.post(link, data={"do": "accept"})
    assert "Bob" in [person["name"] for person in circle.exported()["people"]]


def test_an_introduction_that_is_too_long_comes_back(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    long = "x" * 2001
    data = {"do": "accept", "introduction": long}
    answer = visitor.post(auth.invitation_link("Bob"), data=data)
    assert (answer.status_code, long in answer.text) == (400, True)
    assert "Bob" not in [person["name"] for person in circle.exported()["people"]]


def test_leaving_and_coming_back_are_one_button_each(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    assert "You may go as you came" in expert.get("/-/o/farm/leave").text
    left = expert.post("/-/o/farm/leave", follow_redirects=True)
    assert "Thank you for having been there" in left.text
    part = circle.part_of(ada)
    assert part and part.left
    assert "You may come back" in expert.get("/-/o/farm/join").text
    expert.post("/-/o/farm/join")
    part = circle.part_of(ada)
    assert part and part.present


@pytest.mark.parametrize("path", ["/-/o/farm/leave", "/-/me", "/-/me.json", "/-/desk/"])
def test_who_is_not_signed_in_is_asked_who_they_are(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, 'action="/-/signin"' in answer.text) == (401, True)


def test_joining_leads_to_the_right_door(
    visitor: FlaskClient, expert: FlaskClient, facilitator: FlaskClient, circle: Circle
) -> None:
    assert expert.get("/-/o/farm/join").headers["Location"] == "/-/o/farm/write"
    assert "You were not invited" in visitor.get("/-/o/farm/join").text
    circle.publish(entry("farm", phase="closed"))
    assert "is closed" in visitor.get("/-/o/farm/join").text
    assert visitor.get("/-/o/nothing/join").status_code == 404


def test_one_mends_and_withdraws_ones_own_comment(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    comment = circle.say(ada, "Helo.")
    edit, withdraw = f"/-/c/{comment.id}/edit", f"/-/c/{comment.id}/withdraw"
    assert "Helo." in expert.get(edit).text
    assert "<em>all</em>" in expert.post(edit, data={"text": "*all*", "do": "preview"}).text
    answer = expert.post(edit, data={"text": "Hello."})
    assert answer.headers["Location"] == f"/opportunities/farm/#c-{comment.id}"
    assert circle.said()[0]["html"] == "<p>Hello.</p>"
    empty = expert.post(edit, data={"text": " "})
    assert (empty.status_code, "There are no words in it yet" in empty.text) == (400, True)
    circle.wait(minutes=15)
    late = expert.post(edit, data={"text": "Too late."})
    assert (late.status_code, "Too late." in late.text) == (409, True)
    assert expert.get(edit).status_code == 409
    expert.get(withdraw)
    expert.post(withdraw)
    assert circle.said()[0]["state"] == "withdrawn"
    assert "You have withdrawn this comment" in expert.get(withdraw).text


def test_nobody_mends_or_withdraws_anothers_comment(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, dump: Callable[[], list[str]]
) -> None:
    comment = circle.say(circle.bring_in("Bob"), "Mine.")
    before = dump()
    for verb in ("edit", "withdraw"):
        for browser, status in ((expert, 403), (visitor, 401)):
            assert browser.get(f"/-/c/{comment.id}/{verb}").status_code == status
            data = {"text": "Ha."}
            assert browser.post(f"/-/c/{comment.id}/{verb}", data=data).status_code == status
    assert dump() == before
