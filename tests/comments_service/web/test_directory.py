"""The directory on the desk: for facilitators alone, on a phone too."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service import errors
from comments_service.actions import directory, suggesting
from comments_service.domain.people import Capacity, Person
from comments_service.web import prefill

from ..conftest import Circle, entry
from .conftest import Auth, Page
from .test_escaping import NASTY, check

PEOPLE, FARM = "/-/desk/people", "/-/desk/o/farm"


def upload(client: FlaskClient, file: bytes, **more: Any) -> Any:
    data = {"list": (BytesIO(file), "people.csv")}
    return client.post(PEOPLE, data=data, content_type="multipart/form-data", **more)


def test_the_directory_is_for_facilitators(
    visitor: FlaskClient, expert: FlaskClient, facilitator: FlaskClient, ada: Person
) -> None:
    for path in (PEOPLE, f"{PEOPLE}.csv", f"{PEOPLE}.vcf", f"{PEOPLE}/{ada.id}"):
        assert visitor.get(path).status_code == 401
        assert expert.get(path).status_code == 403
        assert facilitator.get(path).status_code == 200
    for path in (PEOPLE, f"{PEOPLE}/{ada.id}", f"{PEOPLE}/{ada.id}/notes"):
        assert visitor.post(path).status_code == 401
        assert expert.post(path, data={"note": "x", "status": "other"}).status_code == 403
    assert facilitator.get(f"{PEOPLE}/nobody").status_code == 404


def test_another_site_cannot_bring_in_a_list(facilitator: FlaskClient, circle: Circle) -> None:
    answer = upload(
        facilitator, b"name,email\nBob,bob@example.org", headers={"Origin": "https://x"}
    )
    assert answer.status_code == 403
    assert "Bob" not in facilitator.get(PEOPLE).text


def test_a_row_tells_what_is_known_of_somebody(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    told = {"know_how": "Rain", "status": "founder", "links": [], "tags": ["water"]}
    directory.describe(circle.store, circle.facilitator, ada.id, circle.now, **told)  # type: ignore[arg-type]
    circle.say(ada, "Hello.")
    page = facilitator.get(f"{PEOPLE}?tag=water").text
    for words in (">Ada<", "Rain", "founder of a firm", "water", "Farm</a> (expert)", "1 person"):
        assert words in page
    assert "3 November 2026" in page
    assert "Nobody was found" in facilitator.get(f"{PEOPLE}?q=nothing").text


def test_there_are_fifty_on_a_page(facilitator: FlaskClient) -> None:
    lines = [f"P{n:03},p{n}@example.org,soil" for n in range(120)]
    upload(facilitator, "\n".join(["name,email,tags", *lines]).encode())
    first, last = (facilitator.get(f"{PEOPLE}?q=soil&tag=soil&page={n}").text for n in (1, 3))
    assert ("120 people" in first, first.count('scope="row"')) == (True, 50)
    assert "?q=soil&amp;tag=soil&amp;page=2#people" in first
    assert last.count('scope="row"') == 20


def test_a_list_is_brought_in_with_a_report(facilitator: FlaskClient, circle: Circle) -> None:
    file = "\ufeffname;email;tags\nZoé;zoe@example.org;eau\n<b>;nowhere;\n".encode()
    page = upload(facilitator, file)
    assert page.status_code == 200
    assert "New: 1. Completed: 0. Known already: 0. Passed over: 1." in page.text
    assert "Line 3, &lt;b&gt;: This is not an e-mail address." in page.text
    assert "Known already: 1." in upload(facilitator, file).text
    exported = facilitator.get(f"{PEOPLE}.csv")
    assert exported.headers["Content-Disposition"] == "attachment; filename=people.csv"
    assert "Known already: 2." in upload(facilitator, exported.data).text
    assert "Known already: 2." in upload(facilitator, facilitator.get(f"{PEOPLE}.vcf").data).text


@pytest.mark.parametrize("file", [b"", b"\xff", b"a\0", b"no,list\n", b"PK\x03\x04"])
def test_what_is_no_list_is_refused_on_the_page(facilitator: FlaskClient, file: bytes) -> None:
    answer = upload(facilitator, file)
    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert facilitator.post(PEOPLE).status_code == 400


def test_a_list_that_is_too_large_is_refused(facilitator: FlaskClient) -> None:
    assert upload(facilitator, b"name,email\n" + b"x" * 300_000).status_code == 413


def test_who_leads_by_invitation_brings_in_no_list(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    auth.open_link(visitor, circle.bring_in("Miles", capacity=Capacity.FACILITATOR))
    assert "multipart" not in visitor.get(PEOPLE).text
    assert upload(visitor, b"name,email\nBob,bob@example.org").status_code == 403


def test_a_facilitator_keeps_what_he_knows(facilitator: FlaskClient, ada: Person) -> None:
    page = Page(facilitator.get(f"{PEOPLE}/{ada.id}"))
    form = {"know_how": "Rain", "status": "friend", "tags": "Water, #north", "seen": ""}
    form |= {"links": "https://a.example\r\nhttps://b.example", "seen": page.fields["seen"]}
    assert facilitator.post(f"{PEOPLE}/{ada.id}", data=form).status_code == 303
    fields = Page(facilitator.get(f"{PEOPLE}/{ada.id}")).fields
    assert (fields["know_how"], fields["tags"]) == ("Rain", "water, north")
    assert fields["links"] == "https://a.example\nhttps://b.example"
    again = facilitator.post(f"{PEOPLE}/{ada.id}", data=form | {"know_how": "Snow"})
    assert (again.status_code, Page(again).fields["know_how"]) == (409, "Snow")


@pytest.mark.parametrize(
    "change",
    [{"know_how": "x" * 5_000}, {"links": "javascript:alert(1)"}, {"tags": "x" * 5_000}]
    + [{"status": "king"}],
)
def test_what_is_refused_comes_back_as_typed(
    facilitator: FlaskClient, ada: Person, change: dict[str, str]
) -> None:
    seen = Page(facilitator.get(f"{PEOPLE}/{ada.id}")).fields["seen"]
    form = {"know_how": "Rain", "status": "friend", "tags": "a", "links": "", "seen": seen}
    answer = facilitator.post(f"{PEOPLE}/{ada.id}", data=form | change)
    assert answer.status_code == 400
    for name, value in (form | change).items():
        assert name == "status" or Page(answer).fields[name] == value


def test_an_invitation_begins_with_who_is_meant(
    facilitator: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    page = facilitator.get(f"{PEOPLE}/{ada.id}").text
    assert '<option value="mill">Mill</option>\n</select>' in page
    way = facilitator.get(f"{PEOPLE}/{ada.id}/invite?to=mill")
    assert way.headers["Location"] == f"/-/desk/o/mill?person={ada.id}#invite"
    for to in ("farm", "nowhere", "//evil.example", ""):
        way = facilitator.get(f"{PEOPLE}/{ada.id}/invite", query_string={"to": to})
        assert way.headers["Location"] == f"{PEOPLE}/{ada.id}"


def test_the_form_that_invites_is_filled_by_id_and_within_reach(
    app: Flask, circle: Circle, ada: Person
) -> None:
    made = suggesting.suggest(
        circle.store, ada, "farm", circle.now, name="Eve", email="eve@example.org", why="Soil."
    )
    zoe = circle.confirm(circle.drop_by("Zoe", "Hello.")).author_id
    miles = circle.bring_in("Miles", capacity=Capacity.FACILITATOR)

    def filled(by: Person, query: str) -> dict[str, str]:
        with app.test_request_context(f"{FARM}?{query}"):
            return prefill.invite_form(by, "farm")

    assert filled(miles, "") == {}
    assert filled(miles, f"person={ada.id}")["email"] == "ada@example.org"
    suggested = filled(miles, f"suggestion={made.id}")
    assert (suggested["name"], suggested["email"]) == ("Eve", "eve@example.org")
    assert (suggested["why"], suggested["suggestion"]) == ("Soil.", made.id)
    assert filled(circle.facilitator, f"person={zoe}")["name"] == "Zoe"
    for by, query in ((miles, f"person={zoe}"), (ada, f"person={ada.id}"), (miles, "suggestion=x")):
        with pytest.raises((errors.NotFound, errors.NotAllowed)):
            filled(by, query)


def test_what_somebody_typed_is_never_markup(
    facilitator: FlaskClient, circle: Circle, app: Flask
) -> None:
    bob = circle.bring_in("Bob", know_how=NASTY)
    told = {"know_how": NASTY, "status": "friend", "tags": [NASTY[:40]]}
    told["links"] = ["https://evil.example/'onclick=a"]
    directory.describe(circle.store, circle.facilitator, bob.id, circle.now, **told)  # type: ignore[arg-type]
    circle.publish(entry("farm", title=NASTY), entry("mill", title=NASTY))
    circle.say(bob, NASTY)
    facilitator.post(f"{PEOPLE}/{bob.id}/notes", data={"note": NASTY, "slug": "farm"})
    facilitator.post(f"{FARM}/notes", data={"note": NASTY})
    nasty = {"q": NASTY, "tag": NASTY[:40], "to": NASTY}
    paths = (PEOPLE, f"{PEOPLE}/{bob.id}", f"{FARM}/notes", "/-/desk/search", f"{FARM}/suggestions")
    for path in paths:
        check(Page(facilitator.get(path, query_string=nasty)))
        check(Page(facilitator.get(path)))
    check(Page(upload(facilitator, f"name,email\n{NASTY!r},x\n".encode())))
    for path in (f"{PEOPLE}/{bob.id}", f"{PEOPLE}/{bob.id}/notes", f"{FARM}/notes"):
        form = dict.fromkeys(("know_how", "links", "tags", "status", "seen", "slug"), NASTY * 99)
        check(Page(facilitator.post(path, data=form | {"note": NASTY * 99})))
    check(Page(facilitator.get("/-/desk/search?q=script")))
