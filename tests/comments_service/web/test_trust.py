"""How far a facilitator by invitation is trusted, and whose words introduce somebody."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service import errors
from comments_service.actions import directory, gathering, invitations, people, searching
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person, Status, edition_of

from ..conftest import Circle, entry
from .conftest import Auth, Page


@pytest.fixture
def eve(circle: Circle) -> Person:
    """Who facilitates `farm` by invitation, and has no part in `mill`."""
    circle.publish(entry("farm"), entry("mill", facilitator="Nobody"))
    return circle.bring_in("Eve", capacity=Capacity.FACILITATOR)


@pytest.fixture
def desk(app: Flask, auth: Auth, eve: Person) -> FlaskClient:
    client = app.test_client()
    auth.open_link(client, eve)
    return client


def code_page(desk: FlaskClient, email: str) -> str:
    """The page that a facilitator gets who invites the client with this address."""
    answer = desk.post("/-/desk/o/farm/client", data={"name": "x", "email": email})
    assert answer.status_code == 303
    return desk.get(answer.headers["Location"]).text


def describe(circle: Circle, by: Person, whom: Person, **said: object) -> Person:
    told = {
        "know_how": whom.know_how,
        "status": whom.status.value,
        "links": whom.links,
        "tags": whom.tags,
    } | said
    return directory.describe(circle.store, by, whom.id, circle.now, **told)  # type: ignore[arg-type]


def described(circle: Circle, whom: Person) -> Person:
    with circle.store.reading() as look:
        person = look.person(whom.id)
    assert person
    return person


# The link that opens somebody's own session.


@pytest.mark.parametrize("known", ["takes part", "invited", "signed in", "facilitates"])
def test_the_link_of_who_was_known_before_is_in_their_mail_alone(
    circle: Circle, desk: FlaskClient, auth: Auth, app: Flask, known: str
) -> None:
    if known == "facilitates":
        circle.appoint(("Camille Le Goff", "camille@example.org"), ("Max", "max@example.org"))
        email = "max@example.org"
    else:
        bring = circle.bring_in if known == "takes part" else circle.invite
        bring("Zoe", "mill")
        email = "zoe@example.org"
    if known == "signed in":
        with circle.store.reading() as look:
            zoe = look.person_by_email(email)
        assert zoe
        auth.open_link(app.test_client(), zoe)
    page = code_page(desk, email)
    assert "/-/invitation/" not in page and "<svg" not in page
    assert "in their mail" in page
    assert [x for x in circle.letters(Kind.INVITATION) if described_by(circle, x.person_id, email)]


def described_by(circle: Circle, id: str, email: str) -> bool:
    with circle.store.reading() as look:
        person = look.person(id)
    return person is not None and person.email == email


def test_the_link_of_somebody_new_is_shown_until_they_have_come_in(
    circle: Circle, desk: FlaskClient, app: Flask
) -> None:
    page = code_page(desk, "new@example.org")
    assert "<svg" in page
    with circle.store.reading() as look:
        new = look.person_by_email("new@example.org")
    assert new
    path = f"/-/desk/o/farm/client/{new.id}"
    [link] = {x for x in Page(desk.get(path)).links() if "/-/invitation/" in x}
    circle.tell_of_clients()
    accepted = app.test_client().post(
        link.removeprefix("https://example.org"), data={"do": "accept"}
    )
    assert accepted.status_code == 303
    after = desk.get(path).text
    assert "/-/invitation/" not in after and "takes part since" in after


def test_no_link_is_shown_any_more_of_who_was_invited_elsewhere_since(
    circle: Circle, desk: FlaskClient
) -> None:
    assert "<svg" in code_page(desk, "zoe@example.org")
    circle.invite("Zoe", "mill")
    with circle.store.reading() as look:
        zoe = look.person_by_email("zoe@example.org")
    assert zoe
    assert "/-/invitation/" not in desk.get(f"/-/desk/o/farm/client/{zoe.id}").text


def test_the_api_answers_no_link(circle: Circle, eve: Person, app: Flask, auth: Auth) -> None:
    circle.invite("Zoe", "mill")
    answer = app.test_client().post(
        "/api/v1/opportunities/farm/invitations",
        json={"name": "Zoe", "email": "zoe@example.org"},
        headers=auth.bearer(eve),
    )
    assert answer.status_code == 201 and "invitation/" not in answer.text


# Introductions.


def published(circle: Circle, person: Person) -> list[str]:
    return [c["html"] for c in circle.exported()["comments"] if c["introduces"] == person.id]


def introduce(circle: Circle, whom: Person, words: str) -> None:
    people.introduce(
        circle.store, circle.house, circle.facilitator, "farm", whom.id, words, circle.now
    )


def test_words_that_the_invited_were_not_shown_wait_for_their_consent(
    circle: Circle, auth: Auth, visitor: FlaskClient
) -> None:
    zed = circle.invite("Zed", introduction="Zed knows wood.").invitation.person
    introduce(circle, zed, "Zed is cheap.")
    circle.say(zed, "Hello!")
    assert published(circle, zed) == []
    auth.open_link(visitor, zed)
    assert "Nobody else has seen this yet" in visitor.get("/-/me").text
    people.mend_introduction(circle.store, circle.house, zed, "farm", "Zed is cheap.", circle.now)
    assert published(circle, zed) == ["<p>Zed is cheap.</p>"]


def test_words_that_the_invitation_showed_are_agreed_to_by_answering(circle: Circle) -> None:
    zed = circle.invite("Zed", introduction="Zed knows wood.").invitation.person
    circle.say(zed, "Hello!")
    assert published(circle, zed) == ["<p>Zed knows wood.</p>"]


def test_who_comes_back_agrees_to_nothing_that_was_changed_meanwhile(circle: Circle) -> None:
    bob = circle.bring_in("Bob", introduction="Bob knows roofs.")
    introduce(circle, bob, "Bob is cheap.")
    people.leave(circle.store, circle.house, bob, "farm", circle.now)
    circle.say(bob, "I am back.")
    assert published(circle, bob) == ["<p>Bob knows roofs.</p>"]
    people.leave(circle.store, circle.house, bob, "farm", circle.now)
    people.come_back(circle.store, circle.house, bob, "farm", circle.now)
    assert published(circle, bob) == ["<p>Bob knows roofs.</p>"]
    [told] = [p["introduction"] for p in circle.exported()["people"] if p["id"] == bob.id]
    assert told == "<p>Bob knows roofs.</p>", "the old words stand until he agrees"


def test_the_button_publishes_the_words_of_the_form_that_was_seen(
    circle: Circle, auth: Auth, visitor: FlaskClient
) -> None:
    link = auth.invitation_link("Zed", introduction="Zed knows wood.")
    fields = Page(visitor.get(link)).fields
    with circle.store.reading() as look:
        zed = look.person_by_email("zed@example.org")
    assert zed
    introduce(circle, zed, "Zed is cheap.")
    visitor.post(link, data=fields | {"do": "accept"})
    assert published(circle, zed) == ["<p>Zed knows wood.</p>"]


def test_the_invitation_page_asks_about_words_that_wait(
    circle: Circle, auth: Auth, visitor: FlaskClient
) -> None:
    link = auth.invitation_link("Zed", introduction="Zed knows wood.")
    visitor.post(link, data={"do": "accept"})
    with circle.store.reading() as look:
        zed = look.person_by_email("zed@example.org")
    assert zed
    introduce(circle, zed, "Zed knows oak.")
    visitor.post(link, data={"do": "accept"})
    assert published(circle, zed) == ["<p>Zed knows wood.</p>"]
    fields = Page(visitor.get(link)).fields
    assert fields["introduction"] == "Zed knows oak."
    visitor.post(link, data=fields | {"do": "accept"})
    assert published(circle, zed) == ["<p>Zed knows oak.</p>"]


def test_coming_in_once_more_agrees_to_nothing(circle: Circle) -> None:
    zed = circle.bring_in("Zed", introduction="Zed knows wood.")
    words = "Zed has failed."
    with circle.store.transaction() as t:
        [part] = t.participations(zed.id)
        seen = replace(part, introduction=words, introduction_public=False)
        t.change_participant(replace(seen, introduction_seen=edition_of(words)))
        invitation = t.invitation_of(part.opportunity_id, zed.id)
    assert invitation
    invitations.accept(circle.store, circle.house, invitation.id, circle.now)
    assert published(circle, zed) == ["<p>Zed knows wood.</p>"]


def test_a_client_who_waits_at_the_door_agrees_to_nothing_unseen(
    circle: Circle, auth: Auth, visitor: FlaskClient
) -> None:
    circle.say(circle.bring_in("Ada"), "The river is two metres deep.")
    link = auth.invitation_link("Zed", introduction="Zed owns it.", capacity=Capacity.CLIENT)
    with circle.store.reading() as look:
        zed = look.person_by_email("zed@example.org")
    assert zed
    introduce(circle, zed, "Zed is rich.")
    wait = visitor.post(link, data={"do": "accept"})
    assert wait.status_code == 409
    circle.wait(seconds=30)
    visitor.post(link, data=Page(wait).fields | {"do": "accept"})
    assert circle.part_of(zed).present and published(circle, zed) == []  # type: ignore[union-attr]


def test_a_stale_form_overwrites_no_introduction(circle: Circle, facilitator: FlaskClient) -> None:
    bob = circle.bring_in("Bob", introduction="First.")
    page = facilitator.get("/-/desk/o/farm")
    seen = [a["value"] for tag, a in Page(page).tags if tag == "input" and a.get("name") == "seen"]
    assert seen
    form = {"person": bob.id, "introduction": "From a stale form."}
    people.mend_introduction(circle.store, circle.house, bob, "farm", "My own words.", circle.now)
    for stale in (form, *(form | {"seen": one} for one in seen)):
        refused = facilitator.post("/-/desk/o/farm/introduce", data=stale)
        assert refused.status_code == 409
        assert "My own words." in refused.text and "From a stale form." in refused.text
    part = circle.part_of(bob)
    assert part and part.introduction == "My own words."
    fresh = form | {"seen": part.introduction_edition}
    assert facilitator.post("/-/desk/o/farm/introduce", data=fresh).status_code == 303
    assert published(circle, bob) == ["<p>My own words.</p>"]


# The directory.


def test_who_is_merely_invited_is_not_in_reach(circle: Circle, eve: Person) -> None:
    zoe = circle.bring_in("Zoe", "mill")
    circle.invite("Zoe")
    assert zoe.id not in {p.id for p in directory.people(circle.store, eve).people}
    with pytest.raises(errors.NotFound):
        directory.known_closely(circle.store, eve, zoe.id)
    with pytest.raises(errors.NotFound):
        describe(circle, eve, zoe, know_how="x")


def test_who_left_stays_in_reach(circle: Circle, eve: Person) -> None:
    bob = circle.bring_in("Bob")
    people.leave(circle.store, circle.house, bob, "farm", circle.now)
    assert directory.known_closely(circle.store, eve, bob.id).person.id == bob.id


def test_tags_are_for_named_facilitators(circle: Circle, eve: Person, desk: FlaskClient) -> None:
    bob = describe(circle, circle.facilitator, circle.bring_in("Bob"), tags=["difficult"])
    found = directory.people(circle.store, eve)
    assert found.tags == [] and {p.tags for p in found.people} == {()}
    assert directory.people(circle.store, eve, "difficult").people == []
    assert searching.search(circle.store, eve, "difficult").people == []
    assert bob.id in {p.id for p in directory.people(circle.store, eve, tag="difficult").people}
    assert directory.known_closely(circle.store, eve, bob.id).person.tags == ()
    assert {p.tags for p in gathering.given_out(circle.store, eve)} == {()}
    pages = (f"/-/desk/people/{bob.id}", "/-/desk/people", "/-/desk/people.csv")
    assert not [path for path in pages if "difficult" in desk.get(path).text]
    form = Page(desk.get(pages[0])).fields | {"tags": "mine", "status": "other", "know_how": "Soil"}
    form = {name: form[name] for name in ("seen", "tags", "status", "know_how", "links")}
    assert desk.post(pages[0], data=form).status_code == 303
    assert (described(circle, bob).tags, described(circle, bob).know_how) == (
        ("difficult",),
        "Soil",
    )


@pytest.mark.parametrize("own", ["session", "part elsewhere"])
@pytest.mark.parametrize(
    "said", [{"know_how": "DEFACED"}, {"status": "friend"}, {"links": ["https://b.example"]}]
)
def test_what_somebody_has_of_their_own_is_not_edited_by_a_facilitator_by_invitation(
    circle: Circle, eve: Person, app: Flask, auth: Auth, own: str, said: dict[str, object]
) -> None:
    bob = circle.bring_in("Bob", know_how="Soil", status=Status.FREELANCE)
    bob = describe(circle, circle.facilitator, bob, links=["https://a.example"])
    if own == "session":
        auth.open_link(app.test_client(), bob)
    else:
        circle.bring_in("Bob", "mill")
    with pytest.raises(errors.Invalid):
        describe(circle, eve, bob, **said)
    assert described(circle, bob) == bob
    assert describe(circle, eve, bob) == bob
    assert describe(circle, circle.facilitator, bob, know_how="Clay").know_how == "Clay"


def test_what_is_empty_of_somebody_a_facilitator_by_invitation_fills(
    circle: Circle, eve: Person, app: Flask, auth: Auth
) -> None:
    bob = circle.bring_in("Bob")
    auth.open_link(app.test_client(), bob)
    assert describe(circle, eve, bob, know_how="Soil").know_how == "Soil"


def test_inviting_somebody_known_changes_no_status_and_tells_their_other_pages(
    circle: Circle, eve: Person
) -> None:
    zoe = circle.bring_in("Zoe", "mill", status=Status.FREELANCE)
    cursor = circle.changes()["cursor"]
    guest = invitations.Guest("?", "zoe@example.org", status=Status.EMPLOYED, know_how="Wells")
    invitations.invite(circle.store, circle.house, eve, "farm", guest, circle.now)
    [shown] = [p for p in circle.exported("mill")["people"] if p["id"] == zoe.id]
    assert (shown["status"], shown["know_how"]) == ("freelance", "Wells")
    assert "mill" in {d["slug"] for d in circle.changes(cursor)["discussions"]}


# A closed opportunity.


def test_nobody_is_invited_into_a_closed_opportunity(
    circle: Circle, facilitator: FlaskClient
) -> None:
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        circle.invite("Late")
    form = {"name": "Late", "email": "late@example.org", "why": "Do come."}
    for path in ("/-/desk/o/farm/client", "/-/desk/o/farm/invite"):
        refused = facilitator.post(path, data=form)
        assert refused.status_code == 409 and "Do come." in refused.text
