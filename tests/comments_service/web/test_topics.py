"""The facilitator's table of threads: labels, and moving what stands in the wrong place."""

import pytest
from flask.testing import FlaskClient

from comments_service.domain.discussion import Comment
from comments_service.domain.people import Person

from ..conftest import Circle, entry

THREADS = "/-/desk/o/farm/threads"


@pytest.fixture
def said(circle: Circle, ada: Person) -> list[Comment]:
    """A thread of two, and another of one."""
    first = circle.say(ada, "How deep is it?")
    circle.wait(seconds=1)
    second = circle.say(ada, "Two metres.", answer=first.id)
    circle.wait(seconds=1)
    return [first, second, circle.say(ada, "What does it cost?")]


def places(circle: Circle) -> list[tuple[str | None, str | None]]:
    """Where comments stand, introductions apart."""
    found = circle.exported()["comments"]
    return [(one["parent"], one["update"]) for one in found if not one["introduces"]]


def test_the_table_is_for_facilitators(
    facilitator: FlaskClient, expert: FlaskClient, visitor: FlaskClient, said: list[Comment]
) -> None:
    assert (expert.get(THREADS).status_code, visitor.get(THREADS).status_code) == (403, 401)
    page = facilitator.get(THREADS)
    assert "What does it cost?" in page.text and "Update: First day" in page.text
    form = {"do": "label", "thread": said[0].id, "label": "technical"}
    assert (expert.post(THREADS, data=form).status_code) == 403
    foreign = facilitator.post(THREADS, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


def test_an_empty_discussion_says_so(facilitator: FlaskClient, circle: Circle) -> None:
    circle.publish(entry("farm", updates=[]))
    assert "Nothing yet." in facilitator.get(THREADS).text


def test_a_thread_is_labelled_with_a_known_word_or_an_own_one(
    facilitator: FlaskClient, circle: Circle, said: list[Comment]
) -> None:
    form = {"do": "label", "thread": said[0].id, "label": "technical"}
    assert facilitator.post(THREADS, data=form).headers["Location"] == f"{THREADS}#threads"
    own = {"do": "label", "thread": said[2].id, "label": "own", "own": "Money & time"}
    facilitator.post(THREADS, data=own)
    assert circle.exported()["topics"] == {said[0].id: "technical", said[2].id: "Money & time"}
    assert "Money &amp; time" in facilitator.get(THREADS).text
    answer = facilitator.post(THREADS, data=own | {"own": "x" * 5_000})
    assert (answer.status_code, "x" * 5_000 in answer.text) == (400, True)
    facilitator.post(THREADS, data=form | {"label": ""})
    assert list(circle.exported()["topics"]) == [said[2].id]


def test_ticked_comments_move_together(
    facilitator: FlaskClient, circle: Circle, said: list[Comment]
) -> None:
    form = {"do": "move", "comment": [said[1].id, said[0].id], "to": f"c:{said[2].id}"}
    answer = facilitator.post(THREADS, data=form, content_type="multipart/form-data")
    assert answer.headers["Location"] == f"{THREADS}#c-{said[0].id}"
    assert places(circle) == [(said[2].id, None), (said[0].id, None), (None, None)]
    facilitator.post(THREADS, data={"do": "move", "comment": said[1].id, "to": "u:first-day"})
    facilitator.post(THREADS, data={"do": "move", "comment": said[0].id, "to": "new", "alone": "1"})
    assert places(circle) == [(None, None), (None, "first-day"), (None, None)]


def test_a_hundred_and_eighty_six_comments_move_at_once(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    ids = []
    for number in range(186):
        circle.wait(minutes=2)
        ids.append(circle.say(ada, f"Word {number}.").id)
    page = facilitator.get(THREADS)
    assert page.text.count('name="comment"') >= 186
    form = {"do": "move", "comment": ids, "to": "u:first-day"}
    answer = facilitator.post(THREADS, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert set(places(circle)) == {(None, "first-day")}


@pytest.mark.parametrize(
    "change",
    [{"comment": []}, {"to": ""}, {"to": "c:nothing"}, {"to": "moon:x"}, {"to": "u:nothing"}]
    + [{"comment": ["nothing"]}, {"do": "burn"}],
)
def test_a_bad_move_moves_nothing_and_keeps_the_ticks(
    facilitator: FlaskClient, circle: Circle, said: list[Comment], change: dict[str, str]
) -> None:
    before = circle.exported()
    form = {"do": "move", "comment": [said[1].id], "to": "new"} | change
    answer = facilitator.post(THREADS, data=form, content_type="multipart/form-data")
    assert (answer.status_code, circle.exported()) == (400, before)
    if "comment" not in change and "do" not in change:
        assert f'value="{said[1].id}" checked' in answer.text


def test_a_closed_opportunity_shows_its_threads_and_no_form(
    facilitator: FlaskClient, circle: Circle, said: list[Comment]
) -> None:
    circle.publish(entry("farm", phase="closed"))
    page = facilitator.get(THREADS)
    assert "How deep is it?" in page.text and "<form" not in page.text
    form = {"do": "move", "comment": said[1].id, "to": "new"}
    assert facilitator.post(THREADS, data=form).status_code == 409
