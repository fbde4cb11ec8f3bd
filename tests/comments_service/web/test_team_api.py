"""The team by the API: the same rules as the pages, and documents as they are described."""

import pytest
from flask.testing import FlaskClient

from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import Auth

ROLES = "/api/v1/opportunities/farm/roles"


@pytest.fixture
def bob(circle: Circle, ada: Person) -> Person:
    circle.publish(entry("farm", phase="convergence"))
    return circle.bring_in("Bob")


def test_a_role_by_the_api_from_claim_to_laying_down(
    visitor: FlaskClient, auth: Auth, ada: Person, bob: Person, circle: Circle
) -> None:
    hers, his = auth.bearer(ada), auth.bearer(bob)
    claimed = visitor.post(ROLES, json={"title": "Wells", "words": "*Deep*."}, headers=hers)
    assert (claimed.status_code, claimed.json["role"]["html"]) == (201, "<p><em>Deep</em>.</p>")
    role = f"/api/v1/roles/{claimed.json['role']['id']}"
    assert visitor.put(f"{role}/support", json={}, headers=hers).status_code == 403
    found = visitor.put(f"{role}/support", json={"text": "She dug mine."}, headers=his).json["role"]
    assert found["supporters"] == [bob.id] and len(found["comments"]) == 1
    assert visitor.delete(f"{role}/support", headers=his).json["role"]["supporters"] == []
    found = visitor.put(f"{role}/support", json={"comment": found["comments"][0]}, headers=his)
    assert found.json["role"]["comments"]
    renamed = visitor.patch(role, json={"title": "Deep wells"}, headers=hers)
    assert renamed.json["role"]["title"] == "Deep wells"
    assert visitor.delete(role, headers=his).status_code == 403
    assert visitor.delete(role, headers=hers).json["role"]["laid_down"]
    assert circle.exported()["roles"] == []


def test_a_proposal_by_the_api_is_taken_by_whom_it_is_for(
    visitor: FlaskClient, auth: Auth, ada: Person, bob: Person
) -> None:
    document = {"title": "Wells", "person": bob.id}
    proposed = visitor.post(ROLES, json=document, headers=auth.bearer(ada)).json["role"]
    path = f"/api/v1/roles/{proposed['id']}/taking"
    assert (proposed["taken"], proposed["proposed_by"]) == (None, ada.id)
    assert visitor.post(path, headers=auth.bearer(ada)).status_code == 403
    assert visitor.post(path, headers=auth.bearer(bob)).json["role"]["taken"]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "title"),
        ({"title": 7}, "title"),
        ({"title": "x" * 5_000}, "title"),
        ({"title": "x", "words": ["w"]}, "words"),
        ({"title": "x", "words": "w" * 5_000}, "words"),
        ({"title": "x", "person": "nobody"}, "person"),
        ({"title": "x", "person": 7}, "person"),
    ],
)
def test_what_is_no_role_is_refused_by_field(
    visitor: FlaskClient, auth: Auth, bob: Person, document: dict[str, object], field: str
) -> None:
    answer = visitor.post(ROLES, json=document, headers=auth.bearer(bob))
    assert (answer.status_code, answer.json["error"]["field"]) == (400, field)


def test_nobody_in_particular_has_no_role(visitor: FlaskClient, bob: Person) -> None:
    assert visitor.post(ROLES, json={"title": "Wells"}).status_code == 401
    assert visitor.delete("/api/v1/roles/nothing").status_code == 401
    assert visitor.put("/api/v1/comments/nothing/keeping").status_code == 401


def test_a_comment_is_kept_and_let_go(
    visitor: FlaskClient, auth: Auth, circle: Circle, ada: Person, bob: Person
) -> None:
    path, token = f"/api/v1/comments/{circle.say(ada, 'Two metres.').id}/keeping", auth.bearer(bob)
    for _ in range(2):
        assert visitor.put(path, headers=token).json["kept"] is True
    assert visitor.delete(path, headers=token).json["kept"] is False
    assert visitor.put("/api/v1/comments/nothing/keeping", headers=token).status_code == 404
