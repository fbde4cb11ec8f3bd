"""Every field that somebody can type, in every page that shows it: words, and never markup."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.actions import people
from comments_service.domain.incoming import Answering, Discussing, Incoming
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import WRITE, Auth, Page

NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'></textarea><b onclick=a>"
LINKS = "[a](javascript:alert(1)) <javascript:alert(1)> ![x](https://evil.example/pixel.gif)"


def check(page: Page) -> None:
    """Fail when anything that somebody typed became part of the page's own markup."""
    for tag, attributes in page.tags:
        assert tag not in ("script", "img", "iframe", "object", "style", "b"), page.words
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcdoc", "style")
            # Links in what somebody wrote may lead anywhere, and say so.
            if name in ("href", "action") and "nofollow" in attributes.get("rel", ""):
                assert value.startswith(("https://", "http://", "mailto:"))
            elif name in ("href", "action"):
                assert value.startswith(("https://example.org", "/", "#")), value


@pytest.fixture
def nasty_world(
    circle: Circle, auth: Auth, tmp_path: Path, deliver: Callable[..., Incoming]
) -> dict[str, str]:
    """Everything that can be typed is nasty, the site's manifest and the builder's status too."""
    updates = [{"slug": "first-day", "title": NASTY, "url": "javascript:alert(1)"}]
    circle.publish(
        entry("farm", title=NASTY, url="javascript:alert(1)", updates=updates, facilitator=NASTY)
    )
    name = NASTY[:75]
    guest = {"why": NASTY + LINKS, "introduction": NASTY + LINKS, "know_how": NASTY}
    link = auth.invitation_link("Bob", **guest)
    ada = circle.bring_in("Ada", **guest)
    about = {"name": name, "know_how": NASTY, "language": NASTY[:12], "status": "friend"}
    about |= {"time_zone": ""}
    people.correct_data(circle.store, ada, circle.now, **about)
    comment = circle.say(ada, NASTY + LINKS)
    held = circle.confirm(circle.drop_by(name, NASTY + LINKS, email="zoe@example.net"))
    circle.wait(seconds=1)
    circle.drop_by(name, NASTY, email="yan@example.net")
    confirm = auth.confirm_link()
    told = circle.say(circle.facilitator, NASTY)
    letters = [x for x in circle.letters(Kind.COMMENT) if x.subject == told.id]
    raw = f"Subject: {NASTY}\nFrom: {NASTY}\n\n".encode()
    mail = deliver(Answering(letters[0].id), '"<b>"@home.example', cut=NASTY, raw=raw)
    deliver(Discussing("farm"), "<b onclick=a>@x", automatic=NASTY)
    lost = deliver(Discussing(NASTY), "<b onclick=a>@x", cut=NASTY, raw=raw)
    with circle.store.transaction() as t:
        t.letter_failed(letters[0].id, NASTY, None)
        t.change_person(replace(t.person(ada.id) or ada, unreachable=circle.now))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("home", encoding="utf-8")
    return {
        "invitation": link,
        "confirm": confirm,
        "confirm_strange": auth.confirm_link(),
        "follow": auth.follow_link(),
        "stop": auth.stop_link(letters[0]),
        "mail": f"/-/desk/mails/{mail.id}",
        "lost": f"/-/desk/mails/{lost.id}",
        "comment": comment.id,
        "held": held.id,
        "ada": ada.id,
    }


def test_no_page_runs_what_somebody_typed(
    nasty_world: dict[str, str], app: Flask, auth: Auth, circle: Circle
) -> None:
    browsers = []
    with circle.store.reading() as look:
        ada = look.person(nasty_world["ada"])
    for person in (ada, circle.facilitator):
        assert person
        client = app.test_client()
        hello = auth.link(person)
        check(Page(client.get(hello)))
        client.post(hello)
        browsers.append(client)
    browsers.append(app.test_client())
    comment = nasty_world["comment"]
    paths = [
        nasty_world["invitation"],
        nasty_world["confirm"],
        nasty_world["confirm_strange"],
        nasty_world["follow"],
        nasty_world["stop"],
        nasty_world["mail"],
        nasty_world["lost"],
        "/-/o/farm/follow",
        "/-/o/farm/follow?sent=" + NASTY,
        "/-/desk/o/farm/mail",
        "/-/desk/mail",
        WRITE,
        f"{WRITE}?answer={comment}",
        f"{WRITE}?update=first-day",
        "/-/o/farm/join",
        "/-/o/farm/leave",
        "/-/me",
        "/-/desk/",
        "/-/desk/o/farm",
        f"/-/c/{comment}/edit",
        f"/-/c/{comment}/withdraw",
        "/-/o/farm/received?as=published&c=" + NASTY,
        "/-/o/" + NASTY.replace("/", "") + "/write",
        "/-/signin?sent=" + NASTY,
    ]
    seen = 0
    for browser in browsers:
        for path in paths:
            answer = browser.get(path)
            check(Page(answer))
            seen += "alert(1)" in answer.text
    assert seen > 20


def test_no_form_runs_what_it_gives_back(
    nasty_world: dict[str, str], app: Flask, auth: Auth, circle: Circle
) -> None:
    ada, camille, nobody = (app.test_client() for _ in range(3))
    with circle.store.reading() as look:
        person = look.person(nasty_world["ada"])
    assert person
    ada.post(auth.link(person))
    camille.post(auth.link(circle.facilitator))
    long = NASTY * 300
    fields = ("text", "name", "email", "why", "introduction", "know_how", "label", "do", "slug")
    fields += ("time_zone", "dose", "know_address")
    form = dict.fromkeys(fields, long) | {"answer": NASTY, "update": NASTY, "person": NASTY}
    edit = f"/-/c/{nasty_world['comment']}/edit"
    for browser, path, do in (
        (nobody, WRITE, "send"),
        (nobody, WRITE, "preview"),
        (ada, WRITE, "preview"),
        (ada, edit, "preview"),
        (ada, edit, "send"),
        (nobody, "/-/signin", ""),
        (nobody, "/-/o/farm/follow", ""),
        (ada, "/-/o/farm/follow", ""),
        (nobody, nasty_world["follow"], ""),
        (ada, "/-/me", "dose"),
        (nobody, nasty_world["invitation"], "accept"),
        (nobody, nasty_world["invitation"], NASTY),
        (ada, "/-/me", "correct"),
        (ada, "/-/me", "introduce"),
        (ada, "/-/me", "token"),
        (camille, "/-/desk/o/farm/invite", ""),
        (camille, "/-/desk/o/farm/introduce", ""),
    ):
        for text in (long, NASTY + LINKS):
            answer = browser.post(path, data=form | {"do": do, "text": text})
            check(Page(answer))
    circle.publish(entry("farm", phase="closed"))
    check(Page(ada.post(WRITE, data=form)))


def test_a_preview_shows_no_picture_from_elsewhere(
    visitor: FlaskClient, ada: Person, dump: Callable[[], list[str]]
) -> None:
    answer = visitor.post("/api/v1/preview", json={"text": NASTY + LINKS})
    for part in ("<script", "<img", 'javascript:alert(1)"', "<b "):
        assert part not in answer.json["html"]
