"""The cookie, the requests for which it counts, and what no request may do."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.access import Scope
from comments_service.domain.incoming import Discussing, Incoming
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle
from .conftest import OURS, WRITE, Auth

SITE = "https://www.example.org"
COUNTS = [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-origin", "Origin": OURS}, True),
    ({"Sec-Fetch-Site": "same-site", "Origin": SITE}, True),
    ({"Origin": SITE}, True),
    ({"Origin": OURS}, True),
    ({"Sec-Fetch-Site": ""}, True),  # no browser: neither header
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "https://example.org.evil.example"}, False),
    ({"Origin": "http://example.org"}, False),
    ({"Origin": "https://example.org:444"}, False),
]


@pytest.mark.parametrize(("headers", "counts"), COUNTS, ids=str)
def test_a_cookie_counts_only_for_what_our_own_pages_send(
    furnish: Callable[..., Flask],
    circle: Circle,
    ada: Person,
    headers: dict[str, str],
    counts: bool,
) -> None:
    app = furnish(EMERGENCE_SITE_URL=SITE, EMERGENCE_SERVICE_URL=OURS)
    browser = app.test_client()
    Auth(app.extensions["emergence"].settings, circle).open_link(browser, ada)
    answer = browser.post("/-/o/farm/leave", headers=headers)
    part = circle.part_of(ada)
    assert part and (answer.status_code, part.left is not None) == (
        (303, True) if counts else (403, False)
    )
    wrote = browser.post(
        "/api/v1/opportunities/farm/comments", json={"text": "Hello."}, headers=headers
    )
    assert wrote.status_code == (201 if counts else 401)


def test_another_site_cannot_make_a_browser_come_in(
    visitor: FlaskClient, auth: Auth, ada: Person
) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for link in (auth.link(ada), auth.invitation_link("Bob")):
        answer = visitor.post(link, data={"do": "accept"}, headers=elsewhere)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
        assert link in answer.text  # our own page with the button


def test_the_cookie_is_out_of_reach_and_ends_when_the_session_does(
    app: Flask, auth: Auth, circle: Circle, ada: Person
) -> None:
    browser = app.test_client()
    cookie = auth.open_link(browser, ada).headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=7776000"):
        assert part in cookie
    circle.wait(days=89)
    assert browser.get("/-/me").status_code == 200
    circle.wait(days=1)
    assert browser.get("/-/me").status_code == 401


def test_on_loopback_the_cookie_travels_without_tls(
    furnish: Callable[..., Flask], circle: Circle, ada: Person
) -> None:
    here = "http://127.0.0.1:8000"
    app = furnish(EMERGENCE_SITE_URL=here)
    link = Auth(app.extensions["emergence"].settings, circle).link(ada)
    assert "Secure" not in app.test_client().post(link, base_url=here).headers["Set-Cookie"]


def test_signing_out_ends_the_session_on_the_server(
    visitor: FlaskClient, auth: Auth, ada: Person
) -> None:
    auth.open_link(visitor, ada)
    stolen = visitor.get_cookie("emergence", "example.org")
    assert stolen and visitor.get("/-/me").status_code == 200
    assert visitor.post("/-/signout").headers["Location"] == "/"
    assert visitor.get_cookie("emergence", "example.org") is None
    visitor.set_cookie("emergence", stolen.value, domain="example.org")
    assert visitor.get("/-/me").status_code == 401


def test_a_token_for_one_thing_is_worthless_for_another(
    visitor: FlaskClient, auth: Auth, circle: Circle, ada: Person
) -> None:
    invited = circle.invite("Bob")
    circle.drop_by("Zoe", "Hello.")
    confirm = circle.letters(Kind.CONFIRM)[0].subject or ""
    for door, right in (("hello", Scope.SIGN_IN), ("invitation", Scope.INVITATION)):
        for grant in (invited.grant.id, confirm):
            for scope in Scope:
                if scope is right and grant == invited.grant.id and door == "invitation":
                    continue
                link = f"/-/{door}/{auth.token(grant, scope)}"
                assert visitor.get(link).status_code == 403
                assert visitor.post(link, data={"do": "accept"}).status_code == 403
    for scope in Scope:
        visitor.set_cookie("emergence", auth.token(invited.grant, scope), domain="example.org")
        assert visitor.get("/-/me").status_code == 401


@pytest.mark.parametrize("token", ["x", "0" * 42, "é" * 42, "%00", "a/../b", "0" * 3000])
def test_a_foreign_token_opens_nothing(visitor: FlaskClient, token: str) -> None:
    for door in ("hello", "invitation", "confirm", "follow", "stop"):
        assert visitor.get(f"/-/{door}/{token}").status_code in (403, 404)
        assert visitor.post(f"/-/{door}/{token}").status_code in (403, 404, 405)
    visitor.set_cookie("emergence", token, domain="example.org")
    assert visitor.get("/-/me").status_code == 401


def test_a_program_uses_its_own_token_until_it_is_revoked(
    app: Flask, visitor: FlaskClient, expert: FlaskClient, auth: Auth, ada: Person
) -> None:
    page = expert.post("/-/me", data={"do": "token", "label": "my script"}).text
    token = page.partition('<code class="token">')[2].partition("<")[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert visitor.get("/api/v1/me", headers=bearer).json["person"]["name"] == "Ada"
    assert token not in expert.get("/-/me").text
    grant = token[:18]
    expert.post("/-/me", data={"do": "revoke", "grant": grant})
    assert visitor.get("/api/v1/me", headers=bearer).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic YTpi", "bearer " + "0" * 42])
def test_a_void_token_is_refused_even_beside_a_good_cookie(
    expert: FlaskClient, header: str
) -> None:
    answer = expert.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_nobody_ends_somebody_elses_session(expert: FlaskClient, facilitator: FlaskClient) -> None:
    cookie = facilitator.get_cookie("emergence", "example.org")
    assert cookie
    answer = expert.post("/-/me", data={"do": "revoke", "grant": cookie.value[:18]})
    assert answer.status_code == 404
    assert facilitator.get("/-/me").status_code == 200


@pytest.fixture
def every_page(
    app: Flask, auth: Auth, circle: Circle, ada: Person, deliver: Callable[..., Incoming]
) -> list[str]:
    """A real address for every route that answers GET."""
    comment = circle.say(ada, "Hello.")
    circle.drop_by("Zoe", "Hello.")
    circle.say(circle.facilitator, "Welcome.")
    mail = deliver(Discussing("farm"), "yan@example.net", cut="> Hello.")
    tokens = {
        "coming_in.show_hello": auth.link(ada),
        "coming_in.show_confirm": auth.confirm_link(),
        "invitation.show": auth.invitation_link("Bob"),
        "following.ask": auth.follow_link(),
        "stopping.show": auth.stop_link(circle.letters(Kind.COMMENT)[0]),
        "clients.show_code": f"/-/desk/o/farm/client/{ada.id}",
        "correspondence.show_mail": f"/-/desk/mails/{mail.id}",
        "correspondence.as_it_came": f"/-/desk/mails/{mail.id}/raw",
    }
    addresses = ["/", "/theme/style.css", f"{WRITE}?answer={comment.id}"]
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith("site."):
            address = tokens.get(rule.endpoint, rule.rule)
            names = {"slug": "farm", "id": comment.id, "key": "a", "person_id": ada.id}
            for name, value in names.items():
                address = address.replace(f"<{name}>", value)
            assert "<" not in address
            addresses.append(address)
    return addresses


def test_no_get_or_head_changes_anything(
    every_page: list[str],
    visitor: FlaskClient,
    expert: FlaskClient,
    facilitator: FlaskClient,
    dump: Callable[[], list[str]],
) -> None:
    before = dump()
    assert len(every_page) > 20
    for browser in (visitor, expert, facilitator):
        for address in every_page:
            assert browser.get(address).status_code < 504
            assert browser.head(address).status_code < 504
            assert dump() == before, address


def test_a_claimed_host_is_never_repeated(
    every_page: list[str], visitor: FlaskClient, facilitator: FlaskClient, auth: Auth, ada: Person
) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Sec-Fetch-Site": ""}
    for browser in (visitor, facilitator):
        for address in [*every_page, "/-/desk", "//-/desk", "/-//desk/", "/theme"]:
            answer = browser.get(address, headers=evil)
            assert "evil.example" not in answer.text + str(answer.headers), address
    answer = visitor.post(auth.link(ada), headers=evil)
    assert answer.status_code == 303
    assert "evil.example" not in answer.text + str(answer.headers)


def test_no_field_of_a_form_leads_to_another_site(
    visitor: FlaskClient, expert: FlaskClient, auth: Auth, ada: Person
) -> None:
    lure = {"next": "https://evil.example/", "from": "//evil.example", "url": "//evil.example"}
    answers = [
        visitor.post(auth.link(ada) + "?next=https://evil.example/", data=lure),
        expert.post(WRITE + "?next=//evil.example", data=lure | {"text": "Hello."}),
        expert.get("/-/o/farm/received?as=published&c=//evil.example"),
        visitor.post("/-/signin", data=lure | {"email": "ada@example.org"}),
    ]
    for answer in answers:
        assert answer.status_code in (200, 303)
        assert "evil.example" not in answer.text + answer.headers.get("Location", "")
