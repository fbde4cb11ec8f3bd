"""The client on the spot: a form on the facilitator's phone, a code to scan, one button."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry
from .conftest import WRITE, Page

FORM = "/-/desk/o/farm/client"
JEANNE = {"name": "Jeanne Kerbrat", "email": "jeanne@example.org"}


def invite(facilitator: FlaskClient) -> str:
    """Send the form; the path of the link that the code holds."""
    shown = facilitator.post(FORM, data=JEANNE)
    assert shown.status_code == 303
    page = facilitator.get(shown.headers["Location"])
    [link] = {link for link in Page(page).links() if "/-/invitation/" in link}
    assert link.startswith("https://example.org/")
    return link.removeprefix("https://example.org")


def test_from_the_form_to_the_first_words_it_is_four_requests(
    circle: Circle, app: Flask, facilitator: FlaskClient, ada: Person
) -> None:
    circle.say(ada, "The river is two metres deep.")
    link = invite(facilitator)
    circle.tell_of_clients()
    phone = app.test_client()
    assert phone.get(link).status_code == 200
    accepted = phone.post(link, data={"do": "accept"})
    assert accepted.status_code == 303
    assert accepted.headers["Location"].startswith("/opportunities/farm/")
    said = phone.post(WRITE, data={"text": "We had thought of the mill ourselves.", "do": "send"})
    assert said.status_code == 303
    [jeanne] = [p for p in circle.exported()["people"] if p["name"].startswith("Jeanne")]
    assert jeanne["as"] == "client"
    assert [c["author"] for c in circle.said() if "mill" in c["html"]] == [jeanne["id"]]
    assert "takes part since" in facilitator.get(f"{FORM}/{circle_client(circle).id}").text


def circle_client(circle: Circle) -> Person:
    with circle.store.reading() as look:
        found = look.person_by_email(JEANNE["email"])
    assert found
    return found


def test_the_code_is_the_link_dark_on_light_whatever_the_colours(
    circle: Circle, facilitator: FlaskClient
) -> None:
    link = f"https://example.org{invite(facilitator)}"
    page = facilitator.get(f"{FORM}/{circle_client(circle).id}")
    [svg] = re.findall(r"<svg .*?</svg>", page.text, re.DOTALL)
    assert 'stroke="#000"' in svg and 'fill="#fff"' in svg
    assert "style" not in svg and "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert link in page.text


def test_a_client_who_is_too_quick_waits_kindly_and_loses_nothing(
    circle: Circle, app: Flask, facilitator: FlaskClient, ada: Person
) -> None:
    circle.say(ada, "The river is two metres deep.")
    link, phone = invite(facilitator), app.test_client()
    early = phone.post(link, data={"do": "accept"})
    assert early.status_code == 409 and "In a few seconds" in Page(early).words
    assert f'http-equiv="refresh" content="3; url={link}"' in early.text
    typed = phone.post(link, data={"do": "accept", "introduction": "I keep the *mill*."})
    assert "refresh" not in typed.text
    assert Page(typed).fields["introduction"] == "I keep the *mill*."
    circle.wait(seconds=30)
    fields = Page(typed).fields | {"do": "accept"}
    assert phone.post(link, data=fields).status_code == 303
    [jeanne] = [p for p in circle.exported()["people"] if p["name"].startswith("Jeanne")]
    assert "<em>mill</em>" in jeanne["introduction"]


def test_the_authors_are_told_at_once_and_the_client_by_mail_after(
    circle: Circle, facilitator: FlaskClient, ada: Person
) -> None:
    circle.say(ada, "The river is two metres deep.")
    invite(facilitator)
    [joins] = [x for x in circle.letters(Kind.CLIENT_JOINS) if x.person_id == ada.id]
    [invitation] = [
        x for x in circle.letters(Kind.INVITATION) if x.person_id == circle_client(circle).id
    ]
    assert joins.due and invitation.due
    assert joins.due == circle.now < invitation.due


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x" * 5_000), ("email", "jeanne"), ("why", "x" * 5_000)],
)
def test_what_cannot_be_taken_is_said_beside_what_was_typed(
    circle: Circle, facilitator: FlaskClient, field: str, value: str
) -> None:
    answer = facilitator.post(FORM, data=JEANNE | {"why": "Do come."} | {field: value})
    page = Page(answer)
    assert answer.status_code == 400 and 'aria-invalid="true"' in answer.text
    assert page.fields[field] == value
    assert all(page.fields[name] == JEANNE[name] for name in JEANNE if name != field)
    assert circle.letters(Kind.INVITATION) == []


def test_inviting_the_same_client_twice_says_so_and_leads_to_the_code(
    circle: Circle, facilitator: FlaskClient
) -> None:
    invite(facilitator)
    answer = facilitator.post(FORM, data=JEANNE)
    assert answer.status_code == 409 and "invited to this opportunity already" in answer.text
    assert f"{FORM}/{circle_client(circle).id}" in Page(answer).links()


def test_nobody_else_sees_or_uses_the_form(
    circle: Circle, expert: FlaskClient, visitor: FlaskClient, facilitator: FlaskClient, ada: Person
) -> None:
    invite(facilitator)
    code = f"{FORM}/{circle_client(circle).id}"
    for client, status in ((expert, 403), (visitor, 401)):
        assert client.get(FORM).status_code == status
        assert client.get(code).status_code == status
        refused = client.post(FORM, data=JEANNE | {"email": "eve@example.net"})
        assert refused.status_code == status
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert facilitator.post(FORM, data=JEANNE, headers=foreign).status_code == 403
    assert facilitator.get(f"{FORM}/{ada.id}").status_code == 404  # an expert's is nobody else's
    assert len(circle.letters(Kind.INVITATION)) == 2


def test_a_revoked_or_old_link_is_not_shown(circle: Circle, facilitator: FlaskClient) -> None:
    invite(facilitator)
    client = circle_client(circle)
    with circle.store.transaction() as t:
        t.end_grants([grant.id for grant in t.grants_of(client.id)], circle.now)
    page = facilitator.get(f"{FORM}/{client.id}")
    assert "<svg" not in page.text and "does not open anything any more" in page.text


def test_markup_in_a_name_stays_words(circle: Circle, facilitator: FlaskClient) -> None:
    circle.publish(entry("farm", title="<b onclick=x>Farm</b>"))
    name = "<script>alert(1)</script>"
    shown = facilitator.post(FORM, data=JEANNE | {"name": name})
    for path in (FORM, shown.headers["Location"]):
        tags = {tag for tag, _ in Page(facilitator.get(path)).tags}
        assert not {"script", "b"} & tags


def test_a_client_brought_in_by_the_ordinary_invitation_stands_in_the_list(
    circle: Circle, facilitator: FlaskClient
) -> None:
    circle.bring_in("Paul", capacity=Capacity.CLIENT)
    assert "Paul" in Page(facilitator.get(FORM)).words
