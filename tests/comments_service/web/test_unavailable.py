"""A full disk, a read-only database, a newer one: a clear answer, and no word is lost."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service import create_app, errors
from comments_service.settings import Settings
from comments_service.storage.sqlite import SqliteStore

from ..conftest import Circle
from .conftest import WRITE, Page

API = "/api/v1/opportunities/farm/comments"
WORDS = "A long thought. " * 500


def fill_up(store: SqliteStore) -> None:
    pages = store._writer.execute("PRAGMA page_count").fetchone()[0]
    store._writer.execute(f"PRAGMA max_page_count = {pages}").fetchall()


def lock_up(store: SqliteStore) -> None:
    store._writer.execute("PRAGMA query_only = ON")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [(fill_up, "The disk is full"), (lock_up, "Nothing can be saved right now")],
)
def test_a_store_that_cannot_keep_anything_gives_the_words_back(
    expert: FlaskClient, circle: Circle, break_it: Callable[[SqliteStore], None], words: str
) -> None:
    break_it(circle.store)
    answer = expert.post(WRITE, data={"text": WORDS})
    assert (answer.status_code, words in answer.text) == (503, True)
    assert Page(answer).fields["text"] == WORDS
    told = expert.post(API, json={"text": WORDS})
    assert (told.status_code, told.json["error"]["code"]) == (503, "unavailable")
    assert told.headers["Retry-After"] == "60"
    assert circle.said() == []
    assert expert.get("/-/me").status_code == 200  # what can be read is still read


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    where = tmp_path / "disk"
    where.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(where)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a file system")
    yield where
    subprocess.run(["umount", "--lazy", str(where)], check=True)


def test_a_disk_that_is_really_full_loses_nothing(
    small_disk: Path, configure: Callable[..., Settings]
) -> None:
    store = SqliteStore(small_disk / "emergence.db")
    circle = Circle(store)
    circle.appoint(("Camille Le Goff", "camille@example.org"))
    circle.publish(
        {"slug": "farm", "aliases": [], "title": "Farm", "language": "en"}
        | {"phase": "divergence", "url": "/farm/", "facilitator": "", "updates": []}
    )
    app = create_app(configure(), store, now=lambda: circle.now)
    ada = circle.bring_in("Ada")
    kept, refused = 0, 0
    try:
        for number in range(60):
            try:
                circle.say(ada, f"{number} {'words ' * 2000}")
                kept += 1
            except errors.Unavailable:
                refused += 1
            circle.wait(minutes=5)
        assert kept and refused
        with store.reading() as look:
            assert len(look.comments_by(ada.id)) == kept
        answer = app.test_client().post(
            WRITE, data={"text": WORDS, "name": "Zoe", "email": "zoe@example.net"}
        )
        assert (answer.status_code, WORDS in answer.text) == (503, True)
    finally:
        store.close()


def test_a_newer_database_is_not_touched(
    configure: Callable[..., Settings], circle: Circle
) -> None:
    settings = configure()
    SqliteStore(settings.database)._writer["_sqlite_migrations"].insert(
        {"migration_set": "emergence", "name": "m9999_from_the_future", "applied_at": "2036"}
    )
    with pytest.raises(errors.Unavailable, match="newer than this program"):
        create_app(settings)


def test_a_store_that_cannot_even_be_read_still_gets_a_page(
    app: Flask, expert: FlaskClient, circle: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise errors.Unavailable("Nothing can be saved right now. Try again later.")

    monkeypatch.setattr(circle.store, "reading", broken)
    answer = expert.post(WRITE, data={"text": WORDS})
    assert answer.status_code == 503
    assert WORDS in answer.text
    assert expert.get("/api/v1/me").json["error"]["code"] == "unavailable"


def test_a_fault_of_ours_is_told_plainly_and_the_words_come_back(
    expert: FlaskClient, circle: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circle.store, "transaction", lambda: 1 / 0)
    answer = expert.post(WRITE, data={"text": WORDS})
    assert (answer.status_code, WORDS in answer.text) == (500, True)
    assert "went wrong on our side" in answer.text
    assert "ZeroDivision" not in answer.text
