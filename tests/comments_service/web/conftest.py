"""The service's web door on a real SQLite file, and browsers for those who come to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service import create_app, errors
from comments_service.actions import access, following, receiving
from comments_service.domain.access import Grant, Scope
from comments_service.domain.house import Visitors
from comments_service.domain.incoming import Addressed, Fate, Incoming, Mail
from comments_service.domain.letters import Kind, Letter
from comments_service.domain.people import Person
from comments_service.domain.tokens import sign
from comments_service.settings import Settings, from_environment
from comments_service.web import openapi

from ..conftest import Circle

OURS = "https://example.org"
WRITE = "/-/o/farm/write"


class Browser(FlaskClient):
    """Sends what browsers send with a POST from a page of the same origin."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", OURS)
        kwargs.setdefault("buffered", True)  # an answer is read to its end, and closed
        headers = dict(kwargs.pop("headers", {}))
        if kwargs.get("method") != "GET" and not {"Sec-Fetch-Site", "Origin"} & set(headers):
            headers["Sec-Fetch-Site"] = "same-origin"
        kwargs["headers"] = {name: value for name, value in headers.items() if value}
        return super().open(*args, **kwargs)


@dataclass
class Auth:
    """Personal links, and what people do with them."""

    settings: Settings
    circle: Circle

    def token(self, grant: Grant | str, scope: Scope) -> str:
        return sign(self.settings.secret, scope, grant if isinstance(grant, str) else grant.id)

    def link(self, person: Person) -> str:
        grant = access.make_sign_in_link(self.circle.store, person, self.circle.now)
        return f"/-/hello/{self.token(grant, Scope.SIGN_IN)}"

    def open_link(self, client: FlaskClient, person: Person) -> TestResponse:
        link = self.link(person)
        assert client.get(link).status_code == 200
        return client.post(link)

    def invitation_link(self, name: str, **more: Any) -> str:
        invited = self.circle.invite(name, **more)
        return f"/-/invitation/{self.token(invited.grant, Scope.INVITATION)}"

    def confirm_link(self) -> str:
        """The one in the newest letter that asks to confirm a comment."""
        grant_id = self.circle.letters(Kind.CONFIRM)[0].subject
        assert grant_id
        return f"/-/confirm/{self.token(grant_id, Scope.CONFIRM)}"

    def follow_link(self, email: str = "fay@example.net") -> str:
        """The one that a stranger gets who asked to follow `farm`."""
        circle = self.circle
        following.ask_to_follow(
            circle.store, circle.house, "farm", email, "Fay", "en", "", circle.now
        )
        grant_id = circle.letters(Kind.FOLLOW)[0].subject
        assert grant_id
        return f"/-/follow/{self.token(grant_id, Scope.FOLLOW)}"

    def stop_link(self, letter: Letter) -> str:
        return f"/-/stop/{sign(self.settings.secret, 'stop', letter.id)}"

    def bearer(self, person: Person) -> dict[str, str]:
        grant = access.make_api_token(self.circle.store, person, "a program", self.circle.now)
        return {"Authorization": f"Bearer {self.token(grant, Scope.API)}"}


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Settings]:
    """Settings as an operator's environment makes them."""

    def make(**environ: str) -> Settings:
        return from_environment(
            {
                "EMERGENCE_DATA": str(tmp_path),
                "EMERGENCE_SITE": str(tmp_path / "site"),
                "EMERGENCE_SITE_URL": OURS,
                "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
                **environ,
            }
        )

    return make


@pytest.fixture
def furnish(circle: Circle, configure: Callable[..., Settings]) -> Callable[..., Flask]:
    """An application for an environment; every JSON answer is held against its description."""

    def make(**environ: str) -> Flask:
        settings = configure(**environ)
        app = create_app(settings, circle.store, now=lambda: circle.now)
        app.test_client_class = Browser
        app.after_request(_as_described)
        return app

    return make


@pytest.fixture
def app(furnish: Callable[..., Flask]) -> Flask:
    return furnish()


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["emergence"].settings
    return found


@pytest.fixture
def auth(settings: Settings, circle: Circle) -> Auth:
    return Auth(settings, circle)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """The browser of somebody unknown."""
    return app.test_client()


@pytest.fixture
def facilitator(app: Flask, auth: Auth, circle: Circle) -> FlaskClient:
    """Camille's browser, signed in."""
    client = app.test_client()
    auth.open_link(client, circle.facilitator)
    return client


@pytest.fixture
def ada(circle: Circle) -> Person:
    """An expert who takes part in `farm`."""
    return circle.bring_in("Ada", why="You know rivers.", introduction="She knows *rivers*.")


@pytest.fixture
def expert(app: Flask, auth: Auth, ada: Person) -> FlaskClient:
    """Ada's browser, signed in."""
    client = app.test_client()
    auth.open_link(client, ada)
    return client


@pytest.fixture(params=list(Visitors), ids=str)
def visitor_by_policy(
    request: pytest.FixtureRequest, furnish: Callable[..., Flask]
) -> tuple[Visitors, FlaskClient]:
    """An unknown browser, once for each policy on visitors."""
    return request.param, furnish(EMERGENCE_COMMENTS=request.param.value).test_client()


@pytest.fixture
def dump(circle: Circle) -> Iterator[Callable[[], list[str]]]:
    """Everything that the database holds."""
    import sqlite3

    look = sqlite3.connect(circle.store._path)
    yield lambda: list(look.iterdump())
    look.close()


@pytest.fixture
def deliver(circle: Circle) -> Callable[..., Incoming]:
    """Have a mail come in; what became of it, a refusal included."""

    def deliver_it(
        to: Addressed, sender: str | None, text: str = "Hello.", raw: bytes = b"", **said: Any
    ) -> Incoming:
        said = {"message_id": f"<{len(text)}.{circle.now.timestamp()}@home>"} | said
        kept = receiving.keep(
            circle.store, "lmtp", sender or "", str(to), raw or text.encode(), circle.now
        )
        try:
            return receiving.settle(
                circle.store, circle.house, kept, Mail(sender, text=text, **said), to, circle.now
            )
        except errors.Refusal:
            with circle.store.reading() as look:
                settled = look.incoming(kept.id)
            assert settled and settled.fate is Fate.REFUSED
            return settled

    return deliver_it


class Page(HTMLParser):
    """What a browser would make of a page, as far as the tests ask."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.fields: dict[str, str] = {}
        self.words = ""
        self._textarea = ""
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag in ("input", "textarea") and "name" in given:
            self.fields[given["name"]] = given.get("value", "")
        self._textarea = given.get("name", "") if tag == "textarea" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            # A parser drops the newline right after the tag.
            self.fields[self._textarea] = self.fields[self._textarea].removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._textarea:
            self.fields[self._textarea] += data

    def links(self) -> list[str]:
        return [a["href"] for tag, a in self.tags if tag == "a" and "href" in a]


_PATH = re.compile(r"<(?:\w+:)?(\w+)>")


def _as_described(response: Response) -> Response:
    """Fail when the API answers what its description does not say."""
    rule = request.url_rule.rule if request.url_rule else ""
    if rule.startswith(("/api/", "/hooks/")) and response.mimetype == "application/json":
        if response.content_encoding:
            return response
        document = openapi.description(OURS, "Emergence")
        operation = document["paths"][_PATH.sub(r"{\1}", rule)]
        method = "get" if request.method == "HEAD" else request.method.lower()
        answers = operation[method]["responses"]
        schema = {"$ref": "#/components/schemas/Refusal"}
        if response.status_code < 400:
            content = answers[str(response.status_code)]["content"]
            schema = content["application/json"]["schema"]
        jsonschema.Draft202012Validator(schema | {"components": document["components"]}).validate(
            response.get_json()
        )
    return response
