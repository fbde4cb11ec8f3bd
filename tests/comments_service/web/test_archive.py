"""A discussion as an mbox over HTTP."""

import gzip

import pytest
from flask.testing import FlaskClient

from comments_service.actions import archive
from comments_service.domain.people import Person
from comments_service.mail.archive import write

from ..conftest import Circle, entry

MBOX = "/api/v1/discussions/farm.mbox"


def test_anybody_may_take_the_discussion_along(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.say(ada, "Où est la rivière ?")
    answer = visitor.get(MBOX, buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "application/mbox"
    assert answer.headers["Content-Disposition"] == "attachment; filename=farm.mbox"
    assert answer.data == b"".join(
        write("Farm", archive.messages(circle.store, circle.house, "farm"))
    )
    assert "Où est la rivière ?".encode() in answer.data
    packed = visitor.get(MBOX, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(packed.data) == answer.data
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_large_archive_is_whole(visitor: FlaskClient, circle: Circle, ada: Person) -> None:
    for number in range(50):
        circle.say(ada, f"{number} " + "word " * 3_000)
    written = visitor.get(MBOX, buffered=True).data.count(b"\nMessage-ID: ")
    assert written == 51, "fifty by her, and one that introduces her"


def test_asking_again_costs_nothing_until_something_changes(
    visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    again = {"If-None-Match": visitor.get(MBOX, buffered=True).headers["ETag"]}
    unchanged = visitor.get(MBOX, headers=again)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    circle.publish(entry("farm", title="Another title"))
    assert visitor.get(MBOX, headers=again, buffered=True).status_code == 200
    again = {"If-None-Match": visitor.get(MBOX, buffered=True).headers["ETag"]}
    circle.say(ada, "Hello.")
    assert visitor.get(MBOX, headers=again, buffered=True).status_code == 200


def test_an_archive_that_nobody_wrote_in_is_empty(visitor: FlaskClient) -> None:
    answer = visitor.get(MBOX, buffered=True)
    assert (answer.status_code, answer.data) == (200, b"")


def test_an_old_name_leads_to_it_and_an_unknown_one_nowhere(
    visitor: FlaskClient, circle: Circle
) -> None:
    circle.publish(entry("orchard", "farm"))
    assert (
        "filename=orchard.mbox" in visitor.get(MBOX, buffered=True).headers["Content-Disposition"]
    )
    answer = visitor.get("/api/v1/discussions/nothing.mbox")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", [MBOX, "/api/v1/discussions/nothing.mbox"])
def test_it_can_only_be_read(visitor: FlaskClient, path: str) -> None:
    assert visitor.post(path).status_code == 405
