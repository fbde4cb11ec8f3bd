"""The page that asks who else should be here, and the desk's page that decides."""

import pytest
from flask.testing import FlaskClient

from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import Page
from .test_escaping import NASTY, check

ASK, DECIDE = "/-/o/farm/suggest", "/-/desk/o/farm/suggestions"
BOB = {"name": "Bob", "email": "bob@example.org", "why": "He knows soil."}


def only_one(circle: Circle) -> str:
    with circle.store.reading() as look:
        opportunity = look.opportunity("farm")
        [suggestion] = look.suggestions(opportunity.id if opportunity else "")
    return suggestion.id


def test_a_suggestion_reaches_the_facilitators_alone(
    visitor: FlaskClient, expert: FlaskClient, facilitator: FlaskClient, circle: Circle
) -> None:
    assert visitor.get(ASK).status_code == visitor.post(ASK, data=BOB).status_code == 401
    assert expert.get(ASK).status_code == 200
    sent = expert.post(ASK, data=BOB)
    assert "Thank you" in expert.get(sent.headers["Location"]).text
    page = facilitator.get(DECIDE).text
    for words in ("Bob", "bob@example.org", "He knows soil.", "Suggested by Ada"):
        assert words in page
    assert expert.get(DECIDE).status_code == 403
    assert "Bob" not in str(circle.exported())


@pytest.mark.parametrize("change", [{"name": ""}, {"why": "x" * 5_000}, {"email": "bob"}])
def test_what_is_refused_comes_back_as_typed(expert: FlaskClient, change: dict[str, str]) -> None:
    answer = expert.post(ASK, data=BOB | change)
    assert answer.status_code == 400
    assert BOB | change == {name: Page(answer).fields[name] for name in BOB}


def test_the_sixth_of_a_day_is_kept_on_the_form(expert: FlaskClient) -> None:
    for number in range(5):
        assert expert.post(ASK, data=BOB | {"name": f"Bob {number}"}).status_code == 303
    answer = expert.post(ASK, data=BOB)
    assert (answer.status_code, Page(answer).fields["why"]) == (429, BOB["why"])


def test_nobody_suggests_in_a_closed_opportunity(expert: FlaskClient, circle: Circle) -> None:
    circle.publish(entry("farm", phase="closed"))
    assert expert.get(ASK).status_code == expert.post(ASK, data=BOB).status_code == 409


def test_setting_aside_forgets_the_address_and_mails_nobody(
    expert: FlaskClient, facilitator: FlaskClient, circle: Circle
) -> None:
    expert.post(ASK, data=BOB)
    id = only_one(circle)
    assert facilitator.post(f"{DECIDE}/{id}", data={"do": "x"}).status_code == 400
    assert expert.post(f"{DECIDE}/{id}", data={"do": "aside"}).status_code == 403
    with circle.store.reading() as look:
        before = look.letters(100)
    assert facilitator.post(f"{DECIDE}/{id}", data={"do": "aside"}).status_code == 303
    page = facilitator.get(DECIDE).text
    assert ("set aside" in page, "bob@example.org" in page) == (True, False)
    with circle.store.reading() as look:
        assert look.letters(100) == before
    assert facilitator.post(f"{DECIDE}/{id}", data={"do": "invited"}).status_code == 409


def test_an_invitation_that_went_out_settles_a_suggestion(
    expert: FlaskClient, facilitator: FlaskClient, circle: Circle
) -> None:
    expert.post(ASK, data=BOB)
    id = only_one(circle)
    assert f"/-/desk/o/farm?suggestion={id}#invite" in facilitator.get(DECIDE).text
    circle.invite("Bob")
    assert "has been invited already" in facilitator.get(DECIDE).text
    facilitator.post(f"{DECIDE}/{id}", data={"do": "invited"})
    assert "No suggestion waits for you." in facilitator.get(DECIDE).text
    assert len(circle.letters(Kind.INVITATION)) == 2  # Ada's and Bob's


def test_what_somebody_typed_is_never_markup(
    expert: FlaskClient, facilitator: FlaskClient, ada: Person
) -> None:
    nasty = {"name": NASTY[:80], "email": "", "why": NASTY}
    assert expert.post(ASK, data=nasty).status_code == 303
    check(Page(facilitator.get(DECIDE)))
    check(Page(expert.post(ASK, data=dict.fromkeys(nasty, NASTY * 99))))
