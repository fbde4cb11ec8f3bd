"""One opportunity on its facilitator's desk: figures with names, and what is done about them."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from comments_service.actions import invitations, people, roles, suggesting
from comments_service.domain.bounces import Bounce
from comments_service.domain.letters import Kind
from comments_service.domain.notes import Suggestion
from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import Page

FARM = "/-/desk/o/farm"


def row(page: str, name: str) -> str:
    """The words of the table's row with this id."""
    return page.partition(f'<tr id="{name}">')[2].partition("</tr>")[0]


def suggest(circle: Circle, by: Person) -> Suggestion:
    told = {"name": "Eve", "email": "eve@example.org", "why": "She knows soil."}
    return suggesting.suggest(circle.store, by, "farm", circle.now, **told)


def test_an_opportunity_without_anybody_says_so(facilitator: FlaskClient, circle: Circle) -> None:
    page = facilitator.get(FARM).text
    assert "Nothing waits for you." in page and "Nobody has been invited yet." in page
    assert "0 of 0 introduced" in row(page, "introduced") and "not yet" in row(page, "exchange")


def test_invitations_stand_by_their_fate(facilitator: FlaskClient, circle: Circle) -> None:
    circle.bring_in("Ada")
    invitations.decline(circle.store, circle.invite("Bob").invitation.id, circle.now)
    lost, looked = circle.invite("Cid").invitation, circle.invite("Dan").invitation
    circle.invite("Eve")
    with circle.store.transaction() as t:
        t.add_bounce(Bounce(lost.person.id, circle.now, True, "5.1.1"))
        t.change_invitation(replace(looked, looked=circle.now))
    circle.wait(days=3)
    circle.invite("Fay")
    page = facilitator.get(FARM).text
    assert "6 invitations" in page and "1 invitation came back" in page
    for fate, name in (
        ("accepted", "Ada"),
        ("declined", "Bob"),
        ("bounced", "Cid"),
        ("looked", "Dan"),
        ("silent", "Eve"),
        ("sent", "Fay"),
    ):
        assert f">{name}</a>" in row(page, fate)
    remindable = ["Remind" in row(page, fate) for fate in ("silent", "looked", "sent", "bounced")]
    assert remindable == [True, True, False, False]


def test_the_silent_are_reminded_once_and_a_refusal_stands_on_the_desk(
    facilitator: FlaskClient, circle: Circle
) -> None:
    bob = circle.invite("Bob").invitation.person
    early = facilitator.post(f"{FARM}/remind", data={"person": bob.id})
    assert (early.status_code, "less than two days ago" in early.text) == (409, True)
    assert "What was said" in early.text
    circle.wait(days=2)
    answer = facilitator.post(f"{FARM}/remind", data={"person": bob.id})
    assert answer.headers["Location"] == f"{FARM}?reminded={bob.id}#invitations"
    page = facilitator.get(answer.headers["Location"]).text
    assert "on its way to Bob" in page and "reminded on 5 November 2026" in page
    circle.wait(days=3)
    assert "Remind<" not in facilitator.get(FARM).text
    assert facilitator.post(f"{FARM}/remind", data={"person": bob.id}).status_code == 409
    assert facilitator.post(f"{FARM}/remind", data={}).status_code == 404
    assert len(circle.letters(Kind.REMINDER)) == 1


def test_nobody_is_reminded_of_what_is_closed(facilitator: FlaskClient, circle: Circle) -> None:
    bob = circle.invite("Bob").invitation.person
    circle.wait(days=3)
    circle.publish(entry("farm", phase="closed"))
    assert "Remind<" not in facilitator.get(FARM).text
    assert facilitator.post(f"{FARM}/remind", data={"person": bob.id}).status_code == 409


def test_the_checklist_names_who_is_not_introduced(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    bob = circle.bring_in("Bob")
    page = facilitator.get(FARM).text
    assert "1 of 2 introduced" in page and "1 person to introduce" in page
    link = f'href="#introduction-{bob.id}">Bob</a>'
    assert link in row(page, "introduced") and "Ada" not in row(page, "introduced")
    assert f'id="introduction-{bob.id}"' in page


def test_who_wrote_is_quiet_left_or_unheard_stands_there_by_name(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    bob, _, dan = circle.bring_in("Bob"), circle.bring_in("Cid"), circle.bring_in("Dan")
    question = circle.say(ada, "How deep?")
    circle.wait(days=1)
    circle.say(bob, "Two metres.", answer=question.id)
    lone = circle.say(bob, "Who has **been** there?")
    people.leave(circle.store, circle.house, dan, "farm", circle.now)
    circle.wait(days=4)
    page = facilitator.get(FARM).text
    for name, there, absent in (
        ("wrote", "Bob", "Cid"),
        ("quiet", "Cid", "Bob"),
        ("left", "Dan", "Ada"),
        ("unheard", "Bob", "Ada"),
    ):
        assert f">{there}</a>" in row(page, name) and absent not in row(page, name)
    assert "1 day after the first invitation" in row(page, "exchange")
    unanswered = page.partition('id="unanswered"')[2].partition("</ul>")[0]
    assert "Who has been there?" in unanswered and f"#c-{lone.id}" in unanswered
    assert "How deep?" not in unanswered


def test_held_comments_are_decided_where_they_stand(
    facilitator: FlaskClient, circle: Circle
) -> None:
    held = circle.confirm(circle.drop_by("Zoe", "Hello <b>you</b>."))
    page = facilitator.get(FARM)
    assert "1 comment to read" in page.text and "#held" in Page(page).links()
    form = {"do": "approve", "from": "held"}
    answer = facilitator.post(f"/-/desk/comments/{held.id}", data=form)
    assert answer.headers["Location"] == f"{FARM}#held"
    assert "comment to read" not in facilitator.get(FARM).text


def test_news_are_what_others_did_until_i_say_that_i_have_seen_it(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.publish(entry("farm", phase="convergence"))
    circle.say(ada, "After the rain.")
    circle.say(circle.facilitator, "My own words.")
    roles.claim_role(circle.store, ada, "farm", "Rivers", "", circle.now)
    suggest(circle, ada)
    page = facilitator.get(FARM)
    news = page.text.partition('id="news"')[2].partition("</form>")[0]
    for words in ("Came:", "After the rain.", "Rivers", "Suggested by Ada"):
        assert words in news
    assert "My own words." not in news and "Camille" not in news
    form = {name: Page(page).fields[name] for name in ("cursor", "at")}
    circle.wait(hours=1)
    circle.say(ada, "Later still.")
    assert facilitator.post(f"{FARM}/seen", data=form).headers["Location"] == FARM
    news = facilitator.get(FARM).text.partition('id="news"')[2].partition("</form>")[0]
    assert "since 3 November 2026" in news
    assert "Later still." in news and "After the rain." not in news
    form = {name: Page(facilitator.get(FARM)).fields[name] for name in ("cursor", "at")}
    facilitator.post(f"{FARM}/seen", data=form)
    assert "something new" not in facilitator.get(FARM).text
    assert "something new" not in facilitator.get("/-/desk/").text


@pytest.mark.parametrize(
    "change",
    [{"cursor": ""}, {"cursor": "x"}, {"cursor": "-1"}, {"cursor": "9" * 5_000}]
    + [{"at": ""}, {"at": "yesterday"}, {"at": "0001-01-01T00:00:00+23:59"}],
)
def test_what_was_seen_is_told_as_the_page_said_it(
    facilitator: FlaskClient, ada: Person, change: dict[str, str]
) -> None:
    form = {"cursor": "1", "at": "2026-11-03T09:00:00Z"} | change
    assert facilitator.post(f"{FARM}/seen", data=form).status_code == 400
    assert "What is new" in facilitator.get(FARM).text


def test_the_form_begins_with_somebody_known(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    page = facilitator.get(f"/-/desk/o/mill?person={ada.id}")
    assert Page(page).fields["email"] == "ada@example.org" and 'id="invite" open' in page.text
    assert page.text.index('id="invite"') < page.text.index('id="waiting"')
    nobody = facilitator.get("/-/desk/o/mill?person=nobody")
    assert (nobody.status_code, "There is no such person." in nobody.text) == (404, True)
    assert 'id="invite" open' not in facilitator.get("/-/desk/o/mill").text
    assert 'id="invite" open' in facilitator.get("/-/desk/o/mill?invite").text


def test_inviting_who_was_suggested_settles_the_suggestion(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    eve = suggest(circle, ada)
    page = facilitator.get(f"{FARM}?suggestion={eve.id}")
    fields = Page(page).fields
    assert (fields["name"], fields["suggestion"]) == ("Eve", eve.id)
    bad = facilitator.post(f"{FARM}/invite", data=fields | {"email": "eve"})
    assert Page(bad).fields["suggestion"] == eve.id
    assert facilitator.post(f"{FARM}/invite", data=fields).status_code == 303
    with circle.store.reading() as look:
        decided = look.suggestion(eve.id)
    assert decided and decided.invited
    again = facilitator.get(f"{FARM}?suggestion={eve.id}")
    assert (again.status_code, "decided about this suggestion" in again.text) == (409, True)


def test_a_suggestion_that_is_not_there_stops_no_invitation(
    facilitator: FlaskClient, circle: Circle
) -> None:
    form = {"name": "Bob", "email": "bob@example.org", "suggestion": "nothing"}
    assert facilitator.post(f"{FARM}/invite", data=form).status_code == 303
    assert len(circle.letters(Kind.INVITATION)) == 1


def test_the_desk_leads_to_every_page_of_the_opportunity(
    facilitator: FlaskClient, circle: Circle
) -> None:
    circle.publish(entry("farm", agreement={"version": "a1b2c3"}))
    links = Page(facilitator.get(FARM)).links()
    pages = [f"{FARM}/{name}" for name in ("threads", "client", "suggestions", "notes", "mail")]
    pages += ["/-/o/farm/roles", "/-/o/farm/marks", "/-/desk/people", "/-/desk/search"]
    for page in pages:
        assert page in links and facilitator.get(page).status_code == 200


def test_nobody_is_ordered_by_how_much_they_wrote(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.wait(minutes=1)
    bob = circle.bring_in("Bob")
    for number in range(5):
        circle.wait(minutes=1)
        circle.say(bob, f"Number {number}.")
    circle.say(ada, "Once.")
    wrote = row(facilitator.get(FARM).text, "wrote")
    assert wrote.index("Ada") < wrote.index("Bob")
    whole = facilitator.get("/-/desk/").text.partition("Who took part where")[2]
    assert whole.index("Ada") < whole.index("Bob")
