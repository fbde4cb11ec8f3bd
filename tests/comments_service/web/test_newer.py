"""What is newer than a page: told to anybody's page, and only what everybody may read."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.actions import erasing, moderation, newer
from comments_service.domain.discussion import State
from comments_service.domain.erasures import Words
from comments_service.domain.people import Person
from comments_service.domain.times import from_text

from ..conftest import Circle, entry

NEWER = "/api/v1/opportunities/farm/newer"
PAGE = "/-/o/farm/newer"
TALK = "https://talk.example.org"


def ids(told: Any) -> list[str]:
    return [comment["id"] for comment in told["comments"]]


@pytest.fixture
def built(circle: Circle, ada: Person) -> str:
    """When the page was built: after a comment, as the export told it."""
    circle.say(ada, "Hello.")
    changed: str = circle.exported()["changed"]
    return changed


def test_only_what_was_said_after_the_page_was_built_is_told(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    assert visitor.get(f"{NEWER}?than={built}").json == {
        "changed": built,
        "more": False,
        "comments": [],
    }
    circle.wait(minutes=1)
    first = circle.say(ada, "How *deep* is it?")
    answer = circle.say(circle.facilitator, "Ten metres.", answer=first.id)
    told = visitor.get(f"{NEWER}?than={built}").json
    assert ids(told) == [first.id, answer.id]
    assert told["comments"][0] == {
        "id": first.id,
        "parent": None,
        "update": None,
        "author": {"id": ada.id, "name": "Ada", "initials": "A"},
        "introduces": None,
        "state": "published",
        "written": "2026-11-03T09:01:00.000Z",
        "edited": None,
        "html": "<p>How <em>deep</em> is it?</p>",
    }
    assert told["comments"][1]["parent"] == first.id
    assert told["changed"] == circle.exported()["changed"] > built


def test_an_edited_and_a_withdrawn_comment_are_told_again(
    visitor: FlaskClient, expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    mended, gone = circle.say(ada, "Ten meters."), circle.say(ada, "private words")
    built = circle.exported()["changed"]
    circle.wait(minutes=1)
    circle.edit(ada, mended.id, "Ten metres.")
    assert expert.delete(f"/api/v1/comments/{gone.id}").status_code == 200
    first, second = visitor.get(f"{NEWER}?than={built}").json["comments"]
    assert (first["id"], first["html"]) == (mended.id, "<p>Ten metres.</p>")
    assert first["edited"] == "2026-11-03T09:01:00.000Z"
    assert (second["state"], second["html"], second["author"]) == ("withdrawn", "", None)


def test_two_changes_of_one_millisecond_are_told_apart_and_so_is_one_under_a_clock_set_back(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    later = circle.say(ada, "At the same moment.")
    then = circle.exported()["changed"]
    assert then > built
    circle.wait(hours=-3)
    last = circle.say(ada, "In winter time.")
    assert ids(visitor.get(f"{NEWER}?than={built}").json) == [later.id, last.id]
    assert ids(visitor.get(f"{NEWER}?than={then}").json) == [last.id]


def test_a_page_that_got_a_part_of_a_long_export_is_told_the_rest(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    said = [circle.say(ada, f"Number {number}.") for number in range(4)]
    part = circle.changes(limit=circle.changes()["cursor"] - 2)
    assert part["more"]
    [discussion] = part["discussions"]
    assert ids(visitor.get(f"{NEWER}?than={discussion['changed']}").json) == [
        comment.id for comment in said[-2:]
    ]


def test_what_waits_for_the_facilitator_and_addresses_are_not_told(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    held = circle.drop_by("Zoe", "private words")
    circle.confirm(held)
    hidden = circle.say(ada, "private words too")
    moderation.hide(circle.store, circle.house, circle.facilitator, hidden.id, circle.now)
    answer = visitor.get(f"{NEWER}?than={built}")
    assert ids(answer.json) == [hidden.id]
    page = visitor.get(f"{PAGE}?than={built}").text
    for secret in ("private", "@example"):
        assert secret not in answer.text and secret not in page


def test_whoever_was_erased_is_named_no_more(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    circle.wait(minutes=1)
    erasing.erase(circle.store, ada, Words.KEPT, circle.now)
    told = visitor.get(f"{NEWER}?than={built}")
    assert "Ada" not in told.text
    assert all(comment["author"] is None for comment in told.json["comments"])
    page = visitor.get(f"{PAGE}?than={built}").text
    assert "Hello." in page and "Ada" not in page
    assert "somebody whose data were erased" in page


def test_what_does_not_fit_comes_next(circle: Circle, ada: Person, built: str) -> None:
    said = [circle.say(ada, f"Number {number}.").id for number in range(5)]
    than = from_text(built)
    first = newer.newer(circle.store, "farm", than, limit=3)
    assert first.more and [one.comment.id for one in first.comments] == said[:3]
    rest = newer.newer(circle.store, "farm", first.until, limit=3)
    assert not rest.more and [one.comment.id for one in rest.comments] == said[3:]


def test_more_than_a_hundred_are_told_by_the_hundred(
    visitor: FlaskClient, circle: Circle, built: str
) -> None:
    writers = [circle.bring_in(f"Person{number}") for number in range(6)]
    for number in range(102):
        circle.say(writers[number % 6], f"Number {number}.")
        circle.wait(minutes=2)
    told = visitor.get(f"{NEWER}?than={built}").json
    assert told["more"] and len(told["comments"]) == 100
    page = visitor.get(f"{PAGE}?than={built}").text
    assert "Number 101." not in page
    further = page.split('rel="next" href="', 1)[1].split('"', 1)[0]
    assert "Number 101." in visitor.get(further).text


def test_an_earlier_name_of_the_opportunity_is_as_good_and_an_unknown_one_is_refused(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    circle.publish(entry("barn", "farm"))
    later = circle.say(ada, "Renamed.", slug="barn")
    for slug in ("farm", "barn"):
        told = visitor.get(f"/api/v1/opportunities/{slug}/newer?than={built}").json
        assert ids(told) == [later.id]
        assert "Renamed." in visitor.get(f"/-/o/{slug}/newer?than={built}").text
    for path in ("/api/v1/opportunities/mill/newer", "/-/o/mill/newer"):
        assert visitor.get(f"{path}?than={built}").status_code == 404


@pytest.mark.parametrize(
    "time",
    ["yesterday", "2026-11-03T09:00:00", "0001-01-01T00:00:00+14:00", "2026-13-03T09:00Z", "%00"],
)
def test_what_is_no_time_is_refused(visitor: FlaskClient, time: str) -> None:
    refused = visitor.get(f"{NEWER}?than={time.replace('+', '%2B')}")
    assert refused.status_code == 400
    assert refused.json["error"]["field"] == "than"
    assert visitor.get(f"{PAGE}?than={time.replace('+', '%2B')}").status_code == 400


def test_before_any_time_is_everything_and_after_the_last_nothing(
    visitor: FlaskClient, circle: Circle, built: str
) -> None:
    everything = [comment["id"] for comment in circle.exported()["comments"]]
    assert sorted(ids(visitor.get(NEWER).json)) == everything
    assert sorted(ids(visitor.get(f"{NEWER}?than=").json)) == everything
    ahead = visitor.get(f"{NEWER}?than=2099-01-01T00:00:00.000Z")
    assert ids(ahead.json) == []
    assert "Nothing newer" in visitor.get(f"{PAGE}?than=2099-01-01T00:00:00.000Z").text


def test_asking_again_costs_nothing_until_something_changes(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    first = visitor.get(f"{NEWER}?than={built}")
    assert first.headers["Cache-Control"] == "public, max-age=5"
    again = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get(f"{NEWER}?than={built}", headers=again).status_code == 304
    circle.say(ada, "Hello again.")
    assert visitor.get(f"{NEWER}?than={built}", headers=again).status_code == 200


def test_any_page_may_ask_for_it_without_credentials_and_for_nothing_else(
    furnish: Callable[..., Flask], circle: Circle, built: str
) -> None:
    browser = furnish(EMERGENCE_SERVICE_URL=TALK).test_client()
    preview = {"Origin": "https://preview-12.example.net"}
    for path in (f"{NEWER}?than={built}", f"{NEWER}?than=never"):
        headers = browser.get(path, headers=preview).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers
    other = browser.get("/api/v1/discussions/farm", headers=preview).headers
    assert "Access-Control-Allow-Origin" not in other


def test_the_page_shows_it_in_the_discussion_s_language_and_leads_back_and_on(
    furnish: Callable[..., Flask], circle: Circle, ada: Person, built: str
) -> None:
    browser = furnish(EMERGENCE_SERVICE_URL=TALK).test_client()
    circle.publish(entry("farm", language="fr"))
    first = circle.say(ada, "Combien de *mètres*\u202f?")
    circle.say(circle.facilitator, "Dix.", answer=first.id)
    page = browser.get(f"{PAGE}?than={built}", headers={"Accept-Language": ""}).text
    assert "<em>mètres</em>" in page and "Commentaires plus récents" in page
    assert page.index("Combien") < page.index("Dix.")
    assert "répond à Ada" in page
    assert 'href="https://example.org/opportunities/farm/"' in page
    assert f'href="/-/o/farm/write?answer={first.id}"' in page
    assert 'href="/-/o/farm/write"' in page
    circle.publish(entry("farm", phase="closed"))
    assert "/write" not in browser.get(f"{PAGE}?than={built}").text


def test_the_state_of_what_was_set_aside_is_said(
    visitor: FlaskClient, circle: Circle, ada: Person, built: str
) -> None:
    hidden = circle.say(ada, "Rude words.")
    moderation.hide(circle.store, circle.house, circle.facilitator, hidden.id, circle.now)
    told = visitor.get(f"{NEWER}?than={built}").json["comments"]
    assert [comment["state"] for comment in told] == [State.HIDDEN]
    assert "set aside by the facilitator" in visitor.get(f"{PAGE}?than={built}").text
