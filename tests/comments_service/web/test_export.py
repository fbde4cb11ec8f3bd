"""The export over HTTP: asking again, waiting, and what cannot be asked."""

import gzip
import json
import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.people import Person
from comments_service.web import export

from ..conftest import Circle, entry

CHANGES = "/api/v1/discussions"


def test_what_changed_after_a_cursor_is_told_once(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    first = visitor.get(CHANGES).json
    comment = circle.say(ada, "Hello.")
    news = visitor.get(f"{CHANGES}?since={first['cursor']}").json
    assert [c["id"] for c in news["discussions"][0]["comments"]] == [comment.id]
    assert news["since"] == first["cursor"] < news["cursor"]
    assert visitor.get(f"{CHANGES}?since={news['cursor']}").json["discussions"] == []


@pytest.mark.parametrize("path", [CHANGES, f"{CHANGES}?since=1", f"{CHANGES}/farm"])
def test_asking_again_costs_nothing_until_something_changes(
    visitor: FlaskClient, circle: Circle, ada: Person, path: str
) -> None:
    first = visitor.get(path)
    again = {"If-None-Match": first.headers["ETag"]}
    unchanged = visitor.get(path, headers=again)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["ETag"] == first.headers["ETag"]
    circle.say(ada, "Hello.")
    changed = visitor.get(path, headers=again)
    assert (changed.status_code, changed.headers["Cache-Control"]) == (200, "no-cache")


def test_another_discussions_news_leave_this_one_unchanged(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    again = {"If-None-Match": visitor.get(f"{CHANGES}/mill").headers["ETag"]}
    circle.say(ada, "Hello.")
    assert visitor.get(f"{CHANGES}/mill", headers=again).status_code == 304


def test_a_question_that_waits_is_answered_as_soon_as_something_changes(
    app: Flask, circle: Circle, ada: Person
) -> None:
    cursor = app.test_client().get(CHANGES).json["cursor"]
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(app.test_client().get(f"{CHANGES}?since={cursor}&wait=30"))
    )
    begun = time.monotonic()
    asking.start()
    comment = circle.say(ada, "Hello.")
    asking.join(20)
    assert time.monotonic() - begun < 10
    assert comment.id in answers[0].text


def test_only_so_many_wait_and_the_others_are_answered_at_once(
    app: Flask, circle: Circle, ada: Person
) -> None:
    cursor = app.test_client().get(CHANGES).json["cursor"]
    for _ in range(export.WAITERS):
        assert export._waiting.acquire(timeout=10)
    try:
        begun = time.monotonic()
        answer = app.test_client().get(f"{CHANGES}?since={cursor}&wait=30")
        assert (answer.status_code, time.monotonic() - begun < 5) == (200, True)
    finally:
        export._waiting.release(export.WAITERS)


@pytest.mark.parametrize(
    "query",
    ["since=-1", "since=x", "since=1.5", "since=", "since=9" * 1, "wait=-1", "wait=nan", "wait=."]
    + ["since=" + "9" * 19, "since=" + "9" * 5000, "since=%C2%B2", "wait=1e3"],
)
def test_what_is_no_number_is_refused_by_name(visitor: FlaskClient, query: str) -> None:
    answer = visitor.get(f"{CHANGES}?{query}")
    if query == "since=9":
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json["error"]["field"]) == (400, query.partition("=")[0])


def test_an_unknown_discussion_is_not_found(visitor: FlaskClient) -> None:
    answer = visitor.get(f"{CHANGES}/nothing", headers={"Accept-Language": "fr"})
    assert answer.status_code == 404
    assert (
        answer.json["error"]["message"]
        == "Il n’y a pas ici d’opportunité nommée «\xa0nothing\xa0»."
    )


def test_an_old_name_leads_to_the_discussion(visitor: FlaskClient, circle: Circle) -> None:
    circle.publish(entry("orchard", "farm"))
    assert visitor.get(f"{CHANGES}/farm").json["discussion"]["slug"] == "orchard"


def test_a_large_document_is_packed_for_those_who_ask(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.say(ada, "word " * 3000)
    answer = visitor.get(CHANGES, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data)) == visitor.get(CHANGES).json
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_export_names_no_address_and_no_words_that_were_taken_back(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    comment = circle.say(ada, "Taken back.")
    circle.drop_by("Zoe", "Never confirmed.")
    expert.delete(f"/api/v1/comments/{comment.id}")
    for path in (CHANGES, f"{CHANGES}/farm"):
        text = visitor.get(path).text
        for word in ("ada@", "camille@", "zoe@", "Taken back", "Never confirmed", "Zoe"):
            assert word not in text


def test_a_site_elsewhere_may_read_with_its_script_and_no_other_may(
    furnish: Callable[..., Flask],
) -> None:
    talk = furnish(EMERGENCE_SERVICE_URL="https://talk.example.com").test_client()
    write = "/api/v1/opportunities/farm/comments"
    ours = talk.options(write, headers={"Origin": "https://example.org"})
    assert ours.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert "Content-Type" in ours.headers["Access-Control-Allow-Headers"]
    theirs = talk.options(write, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in theirs.headers
    assert "Origin" in theirs.headers["Vary"]


def test_a_shared_origin_shares_with_nobody(visitor: FlaskClient) -> None:
    answer = visitor.get(CHANGES, headers={"Origin": "https://evil.example"})
    assert not any(name.startswith("Access-Control") for name, _ in answer.headers)
