"""The search on the desk, whatever is typed."""

import pytest
from flask.testing import FlaskClient

from comments_service.domain.people import Person

from ..conftest import Circle
from ..storage.test_full_text import NASTY

SEARCH = "/-/desk/search"


def test_the_search_is_for_facilitators(
    visitor: FlaskClient, expert: FlaskClient, facilitator: FlaskClient
) -> None:
    for path in (SEARCH, f"{SEARCH}?q=river"):
        assert visitor.get(path).status_code == 401
        assert expert.get(path).status_code == 403
        assert facilitator.get(path).status_code == 200


def test_what_is_found_is_marked_and_leads_there(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    said = circle.say(ada, "The <b>river</b> & its banks.")
    held = circle.confirm(circle.drop_by("Zoe", "Another river."))
    page = facilitator.get(f"{SEARCH}?q=riv").text
    assert "&lt;b&gt;<mark>river</mark>&lt;/b&gt; &amp; its banks." in page
    assert f"/opportunities/farm/#c-{said.id}" in page
    assert f"/-/desk/#c-{held.id}" in page
    assert "waits for the facilitator" in page
    assert f"/-/desk/people/{ada.id}" in facilitator.get(f"{SEARCH}?q=ada").text


@pytest.mark.parametrize("typed", NASTY, ids=range(len(NASTY)))
def test_nothing_typed_is_a_fault(facilitator: FlaskClient, typed: str) -> None:
    query = {"q": typed.encode(errors="replace").decode()}
    assert facilitator.get(SEARCH, query_string=query).status_code == 200
    assert facilitator.get("/-/desk/people", query_string=query).status_code == 200
