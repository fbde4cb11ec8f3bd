"""The JSON API: who gets which answer, and a clear no to everything that is no request."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import Auth

COMMENTS = "/api/v1/opportunities/farm/comments"
INVITATIONS = "/api/v1/opportunities/farm/invitations"
FOLLOWING = "/api/v1/opportunities/farm/following"
ZOE = {"text": "Hello.", "name": "Zoe", "email": "zoe@example.net"}


def test_a_participants_comment_comes_back_as_the_export_shows_it(
    visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person
) -> None:
    answer = visitor.post(COMMENTS, json={"text": "A *well*."}, headers=auth.bearer(ada))
    assert answer.status_code == 201
    assert [answer.json["comment"]] == circle.said()
    where = f"https://example.org/opportunities/farm/#c-{answer.json['comment']['id']}"
    assert answer.json["html_url"] == where


def test_answers_find_their_place(expert: FlaskClient, circle: Circle, ada: Person) -> None:
    first = circle.say(ada, "Hello.")
    answer = expert.post(COMMENTS, json={"text": "Yes.", "answer": first.id, "update": None})
    assert answer.json["comment"]["parent"] == first.id
    answer = expert.post(COMMENTS, json={"text": "Good.", "update": "first-day"})
    assert answer.json["comment"]["update"] == "first-day"


def test_a_visitor_is_told_to_look_into_the_mail(visitor: FlaskClient, circle: Circle) -> None:
    answer = visitor.post(COMMENTS, json=ZOE, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json["state"]) == (202, "unconfirmed")
    circle.publish(entry("farm", language="fr"))
    answer = visitor.post(COMMENTS, json=ZOE)
    assert answer.json["message"].startswith("Regardez vos courriels")


def test_a_known_person_without_a_part_waits_for_the_facilitator(
    visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    answer = visitor.post(
        "/api/v1/opportunities/mill/comments", json={"text": "Hi."}, headers=auth.bearer(ada)
    )
    assert (answer.status_code, answer.json["state"]) == (202, "held")


def test_a_filled_trap_gets_the_same_answer_and_nothing_is_kept(
    visitor: FlaskClient, circle: Circle
) -> None:
    trapped = visitor.post(COMMENTS, json=ZOE | {"website": "x"})
    assert circle.letters(Kind.CONFIRM) == []
    assert (trapped.status_code, trapped.json) == (202, visitor.post(COMMENTS, json=ZOE).json)


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"text": None}, 400, "text"),
        ({"text": 12}, 400, "text"),
        ({"text": ["a"]}, 400, "text"),
        ({"text": ""}, 400, "text"),
        ({"text": "x" * 16_385}, 400, "text"),
        ({"answer": 12}, 400, "answer"),
        ({"answer": {}}, 400, "answer"),
        ({"answer": "x" * 5000}, 400, "answer"),
        ({"update": False}, 400, "update"),
        ({"update": "nothing"}, 400, "update"),
        ({"name": 12}, 400, "name"),
        ({"name": ["Zoe"]}, 400, "name"),
        ({"name": "n" * 81}, 400, "name"),
        ({"email": 12}, 400, "email"),
        ({"email": "zoe"}, 400, "email"),
        ({"email": "a@b.example, c@d.example"}, 400, "email"),
        ({"name": "", "email": ""}, 401, "name"),
    ],
)
def test_a_bad_field_is_refused_by_name(
    visitor: FlaskClient, circle: Circle, change: dict[str, Any], status: int, field: str
) -> None:
    answer = visitor.post(COMMENTS, json=ZOE | change)
    assert (answer.status_code, answer.json["error"].get("field")) == (status, field)
    assert circle.letters(Kind.CONFIRM) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"text": "caf\xe9"}', "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b'{"text": "a", "name": "\\udfff"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"text": "a"}', "text/plain", 415),
        (b"text=a", "application/x-www-form-urlencoded", 415),
        (b'{"text": "' + b"x" * 300_000 + b'"}', "application/json", 413),
    ],
)
def test_a_bad_body_is_refused(visitor: FlaskClient, body: bytes, kind: str, status: int) -> None:
    answer = visitor.post(COMMENTS, data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.json["error"]["message"]


def test_unknown_fields_are_left_alone(expert: FlaskClient) -> None:
    answer = expert.post(COMMENTS, json={"text": "Hi.", "author": "me", "state": "published"})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v1/opportunities/nothing/comments", 404),
        ("PATCH", "/api/v1/comments/nothing", 404),
        ("DELETE", "/api/v1/comments/nothing", 404),
        ("POST", "/api/v1/comments/nothing/approval", 404),
        ("DELETE", "/api/v1/me", 405),
        ("PUT", COMMENTS, 405),
    ],
)
def test_what_is_not_there_is_told_as_a_document(
    expert: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = expert.open(path, method=method, json={"text": "Hi."})
    assert (answer.status_code, bool(answer.json["error"]["message"])) == (status, True)


def test_a_closed_opportunity_is_a_conflict(expert: FlaskClient, circle: Circle) -> None:
    circle.publish(entry("farm", phase="closed"))
    answer = expert.post(COMMENTS, json={"text": "Hi."})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "closed")


def test_authors_mend_and_withdraw_and_nobody_else_does(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person
) -> None:
    path = f"/api/v1/comments/{circle.say(ada, 'Hello.').id}"
    assert expert.patch(path, json={"text": "Hello *all*."}).json["comment"]["edited"]
    other = auth.bearer(circle.bring_in("Bob"))
    assert visitor.patch(path, json={"text": "Ha."}, headers=other).status_code == 403
    assert visitor.delete(path, headers=other).status_code == 403
    assert visitor.delete(path).status_code == 401
    circle.wait(minutes=16)
    late = expert.patch(path, json={"text": "Hello you."})
    assert (late.status_code, late.json["error"]["code"]) == (409, "too_late")
    assert expert.delete(path).json["comment"]["state"] == "withdrawn"


def test_a_facilitator_decides_and_nobody_else_does(
    expert: FlaskClient, facilitator: FlaskClient, circle: Circle
) -> None:
    held = circle.confirm(circle.drop_by("Zoe", "Hello."))
    waiting = facilitator.get("/api/v1/held").json["held"]
    assert [(w["id"], w["author"]["name"]) for w in waiting] == [(held.id, "Zoe")]
    assert expert.get("/api/v1/held").json["held"] == []
    for verb in ("approval", "hiding"):
        assert expert.post(f"/api/v1/comments/{held.id}/{verb}").status_code == 403
    approved = facilitator.post(f"/api/v1/comments/{held.id}/approval")
    assert approved.json["comment"]["state"] == "published"
    hidden = facilitator.post(f"/api/v1/comments/{held.id}/hiding")
    assert hidden.json["comment"] | {"html": ""} == hidden.json["comment"]


def test_a_facilitator_invites_and_the_link_goes_to_the_invited_alone(
    facilitator: FlaskClient, expert: FlaskClient, circle: Circle
) -> None:
    guest = {"name": "Bob", "email": "bob@example.org", "why": "Soil.", "as": "client"}
    assert expert.post(INVITATIONS, json=guest).status_code == 403
    answer = facilitator.post(INVITATIONS, json=guest)
    assert (answer.status_code, answer.json["person"]["name"]) == (201, "Bob")
    invited = answer.json["person"]["id"]
    [letter] = [x for x in circle.letters(Kind.INVITATION) if x.person_id == invited]
    assert letter.subject and letter.subject not in answer.text
    again = facilitator.post(INVITATIONS, json=guest)
    assert (again.status_code, again.json["error"]["code"]) == (409, "already_invited")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": 3}, "name"),
        ({"email": None}, "email"),
        ({"why": "x" * 2001}, "why"),
        ({"introduction": "x" * 2001}, "introduction"),
        ({"introduction": 1}, "introduction"),
        ({"know_how": "x" * 201}, "know_how"),
        ({"as": "king"}, "as"),
        ({"as": 1}, "as"),
        ({"status": "king"}, "status"),
        ({"language": 1}, "language"),
    ],
)
def test_a_bad_guest_is_refused_by_field(
    facilitator: FlaskClient, change: dict[str, Any], field: str
) -> None:
    answer = facilitator.post(INVITATIONS, json={"name": "B", "email": "b@example.org"} | change)
    assert (answer.status_code, answer.json["error"].get("field")) == (400, field)


def test_a_preview_keeps_nothing_and_needs_nobody(visitor: FlaskClient) -> None:
    answer = visitor.post("/api/v1/preview", json={"text": "*Hi* <script>alert(1)</script>"})
    assert "<em>Hi</em>" in answer.json["html"]
    assert "<script" not in answer.json["html"]
    assert visitor.post("/api/v1/preview", json={"text": 1}).status_code == 400


def test_me_is_who_asks(expert: FlaskClient, visitor: FlaskClient) -> None:
    me = expert.get("/api/v1/me").json
    assert (me["person"]["name"], me["participations"][0]["opportunity"]) == ("Ada", "farm")
    assert visitor.get("/api/v1/me").status_code == 401


def test_a_person_writes_no_more_than_the_house_allows(expert: FlaskClient, circle: Circle) -> None:
    for number in range(circle.house.posts_an_hour):
        circle.wait(seconds=1)
        assert expert.post(COMMENTS, json={"text": f"Hi {number}."}).status_code == 201
    answer = expert.post(COMMENTS, json={"text": "And more."})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")


def test_documents_are_json_whatever_is_in_them(expert: FlaskClient) -> None:
    answer = expert.post(COMMENTS, json={"text": "</script>\u2028é"})
    assert answer.content_type == "application/json"
    assert json.loads(answer.data)["comment"]["html"]


def test_the_dose_is_put(visitor: FlaskClient, circle: Circle, auth: Auth, ada: Person) -> None:
    bearer = auth.bearer(ada)
    for dose in ("digest", "digest", "nothing", "each"):
        answer = visitor.put(FOLLOWING, json={"dose": dose}, headers=bearer)
        assert (answer.status_code, answer.json) == (200, {"opportunity": "farm", "dose": dose})
    with circle.store.reading() as look:
        [kept] = look.followings(ada.id)
    assert kept.dose == "each"
    for bad in ({"dose": "all"}, {"dose": None}, {"dose": ["each"]}, {}):
        answer = visitor.put(FOLLOWING, json=bad, headers=bearer)
        assert (answer.status_code, answer.json["error"]["field"]) == (400, "dose")
    assert visitor.put(FOLLOWING, json={"dose": "each"}).status_code == 401
    circle.publish(entry("farm"), entry("mill"))
    stranger = auth.bearer(circle.bring_in("Bob", "mill"))
    assert visitor.put(FOLLOWING, json={"dose": "each"}, headers=stranger).status_code == 404
