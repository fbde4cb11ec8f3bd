"""A facilitator's note is read on two pages of the desk, and has no way out of them.

All that can be asked is asked, as everybody, of a house in which every kind of letter was written.
"""

import json
import logging
from collections.abc import Iterator
from itertools import product

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from comments_service import create_app
from comments_service.actions import (
    access,
    archive,
    archiving,
    export,
    invitations,
    notes,
    suggesting,
)
from comments_service.cli import main
from comments_service.domain.access import Grant, Scope
from comments_service.domain.people import Capacity, Person
from comments_service.domain.tokens import sign
from comments_service.mail.archive import write

from ..conftest import Circle
from ..web.conftest import Browser
from .conftest import Town
from .every_kind import write_every_kind

FARM = "/-/desk/o/farm/notes"
SECRET = "zwischenzeitlich"  # what every note says
HERE = "http://127.0.0.1:8000"


class World:
    """A house with a past, notes on everything in it, and a browser for each kind of person."""

    def __init__(self, town: Town) -> None:
        self.town, self.store = town, town.house.store
        self.settings, self.house = town.house.settings, town.house.settings.house
        self._note(None)
        for name in ("ada", "zoe", "odile", "client"):
            self._note(self._added(name))
        write_every_kind(town)
        circle = Circle(self.store, self.house, town.now)
        mill = {"slug": "mill", "title": "Mill", "url": f"{HERE}/opportunities/mill/"}
        farm = {"slug": "farm", "title": "A data platform", "url": town.url}
        rest = {"aliases": [], "language": "en", "phase": "divergence", "updates": []}
        circle.publish(*({**one, **rest, "facilitator": "Camille"} for one in (farm, mill)))
        self.people = {
            "expert": self._known("ada@example.org"),
            "concerned": self._known("zoe@example.org"),
            "client": self._known("client@example.org"),
            "facilitator of another": circle.bring_in(
                "Miles", "mill", capacity=Capacity.FACILITATOR
            ),
        }
        client = self.people["client"]
        with self.store.reading() as look:
            farm_id = look.opportunity("farm").id  # type: ignore[union-attr]
            invitation = look.invitation_of(farm_id, client.id)
        assert invitation
        invitations.accept(self.store, self.house, invitation.id, circle.now)
        circle.say(self.people["expert"], "Once more.", "farm")
        suggesting.suggest(
            self.store, self.people["expert"], "farm", town.now, name="Eve", email="", why="Soil."
        )
        for person in self._everybody():
            self._note(person)
        self.app = create_app(self.settings, self.store, now=lambda: town.now)
        self.app.test_client_class = Browser

    def _known(self, email: str) -> Person:
        with self.store.reading() as look:
            found = look.person_by_email(email)
        assert found
        return found

    def _added(self, name: str) -> Person:
        person = Person(name, name.title(), f"{name}@example.org", "en")
        with self.store.transaction() as t:
            t.add_person(person, self.town.now)
        return person

    def _everybody(self) -> list[Person]:
        with self.store.reading() as look:
            return look.people()

    def _note(self, person: Person | None) -> None:
        by, now = self.town.facilitator, self.town.now
        if person is None:
            notes.note_on_opportunity(self.store, by, "farm", SECRET, now)
            return
        notes.note_on_person(self.store, by, person.id, "", SECRET, now)
        notes.note_on_person(self.store, by, person.id, "farm", SECRET, now)

    def browser(self, person: Person | None) -> FlaskClient:
        client = self.app.test_client()
        if person:
            client.set_cookie("emergence", self._token(self._grant(person)), domain="127.0.0.1")
        return client

    def _grant(self, person: Person) -> Grant:
        link = access.make_sign_in_link(self.store, person, self.town.now)
        return access.open_session(self.store, Scope.SIGN_IN, link.id, self.town.now)

    def _token(self, grant: Grant) -> str:
        return sign(self.settings.secret, grant.scope, grant.id)

    def bearer(self, person: Person) -> dict[str, str]:
        grant = access.make_api_token(self.store, person, "a program", self.town.now)
        return {"Authorization": f"Bearer {self._token(grant)}"}

    def names(self) -> list[str]:
        """Whatever can stand in a URL: ids of everything, and tokens of every scope."""
        db = self.store._writer
        tables = ("person", "comment", "note", "suggestion", "incoming", "outbox", "role")
        ids = [row[0] for table in tables for row in db.execute(f"SELECT id FROM {table} LIMIT 5")]  # noqa: S608
        with self.store.reading() as look:
            grants = [g for p in look.people() for g in look.grants_of(p.id)]
        newest = {grant.scope: self._token(grant) for grant in grants}
        stop = [sign(self.settings.secret, "stop", id) for id in ids[-2:]]
        return [*ids, *newest.values(), *stop, "nonsense", SECRET[:5]]


def paths(rules: list[Rule], names: list[str]) -> Iterator[str]:
    """Every rule with everything that can stand in it."""
    for rule in rules:
        choices = [("farm", "mill") if name == "slug" else names for name in sorted(rule.arguments)]
        for values in product(*choices):
            path = rule.rule
            for name, value in zip(sorted(rule.arguments), values, strict=True):
                for kind in ("", "path:", "string:", "int:"):
                    path = path.replace(f"<{kind}{name}>", value)
            yield path


@pytest.fixture
def world(town: Town) -> World:
    return World(town)


def test_a_note_has_no_way_out(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    rules = [rule for rule in world.app.url_map.iter_rules() if rule.endpoint != "static"]
    asking = [rule for rule in rules if "GET" in (rule.methods or ())]
    acting = [rule for rule in rules if "POST" in (rule.methods or ())]
    names = world.names()
    asked = 0
    for kind, person in {"nobody": None, **world.people}.items():
        client = world.browser(person)
        headers = world.bearer(person) if person else {}
        for path in paths(asking, names):
            query = {"q": SECRET, "tag": "", "since": "0", "lang": "fr"}
            answer = client.get(path, base_url=HERE, query_string=query)
            told = answer.text.replace(f'value="{SECRET}"', "")  # what the client itself asked
            assert SECRET not in told, (kind, path)
            assert answer.status_code != 500, (kind, path)
            asked += answer.status_code == 200
            if path.startswith("/api/"):
                answer = client.get(path, base_url=HERE, headers=headers)
                assert SECRET not in answer.text, (kind, path)
        for path in paths(acting, names):
            answer = client.post(path, base_url=HERE, data={"do": "nonsense"})
            assert SECRET not in answer.text, (kind, path)
    assert asked > 100
    _no_document_tells(world)
    _no_letter_tells(world)
    out = capsys.readouterr()
    assert SECRET not in caplog.text.replace(f"q={SECRET}", "") + out.out + out.err


def _no_document_tells(world: World) -> None:
    for document in (
        export.discussion(world.store, world.house, "farm"),
        export.discussions_since(world.store, world.house, 0),
        list(archiving.documents(world.store, world.house)),
    ):
        assert SECRET not in json.dumps(document)
    told = b"".join(write("farm", archive.messages(world.store, world.house, "farm")))
    assert SECRET.encode() not in told
    environ = {
        "EMERGENCE_DATA": str(world.settings.data),
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
        "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
    }
    for command in (
        ["export", "farm"],
        ["export", "farm", "--format", "json"],
        ["people"],
        ["people", "export"],
        ["people", "export", "--format", "vcard"],
        ["comments", "held"],
    ):
        ran = CliRunner().invoke(main, command, env=environ)
        assert (ran.exit_code, SECRET in ran.output) == (0, False), (command, ran.output)


def _no_letter_tells(world: World) -> None:
    world.town.post()
    letters = world.town.received()
    assert len(letters) > 10
    for letter in letters:
        parts = [part.get_content() for part in letter.walk() if not part.is_multipart()]
        assert SECRET not in str(letter) + "".join(map(str, parts))


def test_the_named_facilitator_reads_it_on_the_two_pages_and_nowhere_else(world: World) -> None:
    client, ada = world.browser(world.town.facilitator), world.people["expert"]
    shown = [FARM, f"/-/desk/people/{ada.id}"]
    for path in shown:
        assert SECRET in client.get(path, base_url=HERE).text
    asking = [rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for path in paths(asking, world.names()):
        if path not in shown and not path.startswith("/-/desk/people/"):
            assert SECRET not in client.get(path, base_url=HERE).text, path
