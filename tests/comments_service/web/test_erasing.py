"""Erasing one's data at the page: a fresh sign-in, a choice, one button."""

from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.people import Person

from ..conftest import Circle
from .conftest import OURS, Auth, Page

ERASE = "/-/me/erase"


def test_whoever_signed_in_lately_chooses_and_is_gone(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.say(ada, "Hello *all*.")
    assert ERASE in Page(expert.get("/-/me")).links()
    assert "Erase my data for good" in expert.get(ERASE).text
    answer = expert.post(ERASE, data={"words": "kept"})
    assert answer.headers["Location"] == "/-/erased"
    assert "Your data were erased" in expert.get("/-/erased").text
    assert expert.get("/-/me").status_code == 401
    [standing] = [c for c in circle.said() if c["state"] == "published"]
    assert (standing["author"], standing["html"]) == (None, "<p>Hello <em>all</em>.</p>")
    assert "ada" not in visitor.get("/api/v1/discussions/farm").text.lower()


def test_a_choice_has_to_be_made(expert: FlaskClient, circle: Circle) -> None:
    before = circle.exported()
    for words in ({}, {"words": "all"}):
        answer = expert.post(ERASE, data=words)
        assert (answer.status_code, circle.exported()) == (400, before)
        assert "Choose what becomes" in answer.text


def test_an_older_session_has_to_sign_in_again(
    app: Flask, expert: FlaskClient, circle: Circle, auth: Auth, ada: Person
) -> None:
    circle.wait(minutes=16)
    page = expert.get(ERASE)
    assert "Sign in once more" in page.text and "for good</button>" not in page.text
    assert Page(page).fields["email"] == "ada@example.org"
    assert expert.post(ERASE, data={"words": "kept"}).status_code == 403
    assert "Ada" in [p["name"] for p in circle.exported()["people"]]
    auth.open_link(expert, ada)
    assert expert.post(ERASE, data={"words": "withdrawn"}).status_code == 303


def test_an_invitations_link_is_not_proof_enough(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    visitor.post(auth.invitation_link("Bob"), data={"do": "accept"})
    assert visitor.post(ERASE, data={"words": "kept"}).status_code == 403
    assert "Bob" in [p["name"] for p in circle.exported()["people"]]


def test_strangers_other_sites_and_facilitators_erase_nobody(
    visitor: FlaskClient, expert: FlaskClient, facilitator: FlaskClient, circle: Circle
) -> None:
    before = circle.exported()
    form = {"words": "withdrawn"}
    assert visitor.get(ERASE).status_code == 401
    assert visitor.post(ERASE, data=form).status_code == 401
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert expert.post(ERASE, data=form, headers=elsewhere).status_code == 403
    assert "EMERGENCE_FACILITATORS" in facilitator.get(ERASE).text
    assert facilitator.post(ERASE, data=form).status_code == 409
    assert circle.exported() == before


def test_reading_the_project_from_the_invitation_is_noted_by_a_button_only(
    visitor: FlaskClient, circle: Circle, auth: Auth
) -> None:
    link = auth.invitation_link("Bob")
    visitor.get(link)
    visitor.head(link)
    with circle.store.reading() as look:
        opportunity = look.opportunity("farm")
        assert opportunity and look.invitations(opportunity.id)[0].looked is None
    answer = visitor.post(link, data={"do": "read"})
    assert answer.headers["Location"] == "/opportunities/farm/"
    with circle.store.reading() as look:
        assert look.invitations(opportunity.id)[0].looked == circle.now
    assert "Bob" not in str(circle.exported()["people"])


def test_the_facilitator_asks_for_the_one_reminder_and_nobody_else_does(
    facilitator: FlaskClient, expert: FlaskClient, circle: Circle
) -> None:
    bob = circle.invite("Bob").invitation.person
    remind, form = "/-/desk/o/farm/remind", {"person": bob.id}
    assert facilitator.post(remind, data=form).status_code == 409
    circle.wait(days=2)
    assert expert.post(remind, data=form).status_code == 403
    assert facilitator.post(remind, data=form).status_code == 303
    assert facilitator.post(remind, data=form).status_code == 409
    assert facilitator.post(remind, data={"person": "nobody"}).status_code == 404


def test_leaving_offers_to_take_ones_words_back_now_or_later(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    leave = "/-/o/farm/leave"
    assert "is withdrawn" not in expert.get(leave).text, "there is nothing yet"
    circle.say(ada, "Hello.")
    assert "is withdrawn" in expert.get(leave).text
    expert.post(leave, data={"words": "keep"})
    assert [c["state"] for c in circle.said()] == ["published"]
    assert "Withdraw what I wrote here" in expert.get(leave).text
    expert.post(leave, data={"words": "withdraw"})
    assert [c["state"] for c in circle.said()] == ["withdrawn"]
    assert "Withdraw what I wrote here" not in expert.get(leave).text
    expert.post("/-/o/farm/join")
    part = circle.part_of(ada)
    assert part and part.present


def test_links_are_web_addresses_and_five_at_most(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    form = {"do": "correct", "name": "Ada", "know_how": "", "language": "en"}
    form |= {"status": "friend", "time_zone": ""}
    good = "https://ada.example/\r\nhttp://rivers.example/ada?x=1"
    assert expert.post("/-/me", data=form | {"links": good}).status_code == 303
    with circle.store.reading() as look:
        kept = look.person(ada.id)
    assert kept and kept.links == ("https://ada.example/", "http://rivers.example/ada?x=1")
    many = "\n".join(f"https://{n}.example" for n in range(6))
    for bad in (
        "javascript:alert(1)",
        "ada.example",
        "ftp://x.example",
        "https://" + "x" * 300,
        many,
    ):
        answer = expert.post("/-/me", data=form | {"links": bad})
        assert (answer.status_code, Page(answer).fields["links"]) == (400, bad)
    assert expert.post("/-/me", data=form).status_code == 303
    with circle.store.reading() as look:
        assert look.person(ada.id) == kept, "a form without the field leaves them"


def test_another_address_becomes_the_first_or_is_forgotten(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    bob = circle.bring_in("Bob")
    with circle.store.transaction() as t:
        t.add_address("ada@home.example", ada.id)
        t.add_address("bob@home.example", bob.id)

    def post(do: str, address: str) -> int:
        return expert.post("/-/me", data={"do": do, "address": address}).status_code

    assert post("prefer-address", "ada@home.example") == 303
    with circle.store.reading() as look:
        kept = look.person(ada.id)
        assert kept and kept.email == "ada@home.example"
        assert look.addresses(ada.id) == ["ada@example.org", "ada@home.example"]
    for do in ("prefer-address", "forget-address"):
        for address in ("ada@home.example", "bob@home.example", "", "nobody@example.org"):
            assert post(do, address) == 404
    assert post("forget-address", "ada@example.org") == 303
    with circle.store.reading() as look:
        assert look.addresses(ada.id) == ["ada@home.example"]
        assert look.person_by_email("bob@home.example") == bob


def test_what_one_wrote_can_be_taken_along_as_mail(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle, ada: Person
) -> None:
    circle.say(ada, "Hello *all*.")
    circle.say(circle.facilitator, "Not hers.")
    mbox = expert.get("/-/me.mbox")
    assert mbox.mimetype == "application/mbox"
    assert b"Hello *all*." in mbox.data and b"Not hers." not in mbox.data
    assert visitor.get("/-/me.mbox", base_url=OURS).status_code == 401
