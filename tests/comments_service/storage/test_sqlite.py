"""The store in SQLite: what it holds together, what it refuses, how it finds things."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from comments_service import errors
from comments_service.actions import comments
from comments_service.domain.discussion import State
from comments_service.domain.letters import Kind
from comments_service.storage.sqlite import SqliteStore

from ..conftest import MORNING, Circle

Opener = Callable[..., SqliteStore]


def plain(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path)


def test_foreign_keys_are_on_for_those_who_write(circle: Circle) -> None:
    with pytest.raises(sqlite3.IntegrityError), circle.store.transaction() as t:
        t.note_change("nowhere", None, circle.now)


def test_a_misspelt_table_is_an_error_and_is_not_made(circle: Circle) -> None:
    with pytest.raises(sqlite3.OperationalError), circle.store.transaction() as t:
        t._insert("coment", {"id": "x"})  # type: ignore[attr-defined]
    with circle.store.reading() as look:
        assert look._one("SELECT 1 FROM sqlite_master WHERE name = 'coment'") is None  # type: ignore[attr-defined]


def test_what_is_acknowledged_is_synced_to_disk(circle: Circle) -> None:
    pragmas = {name: circle.store._writer.execute(f"PRAGMA {name}").fetchone()[0] for name in
               ("journal_mode", "synchronous", "foreign_keys")}  # fmt: skip
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_transaction_that_fails_leaves_nothing(circle: Circle) -> None:
    before = circle.changes()
    with pytest.raises(ZeroDivisionError), circle.store.transaction() as t:
        t.note_change(t.opportunities()[0].id, None, circle.now)
        raise ZeroDivisionError
    assert circle.changes() == before
    circle.say(circle.facilitator, "And the next one works")


def test_a_look_sees_one_moment_even_while_somebody_writes(circle: Circle) -> None:
    with circle.store.reading() as look:
        before = look.cursor()
        circle.say(circle.facilitator, "Meanwhile")
        assert look.cursor() == before
    with circle.store.reading() as look:
        assert look.cursor() == before + 1


def test_the_file_is_its_owners_alone(circle: Circle, tmp_path: Path) -> None:
    circle.say(circle.facilitator, "Hello")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("emergence.db*")}
    assert modes == dict.fromkeys(("emergence.db", "emergence.db-wal", "emergence.db-shm"), 0o600)


def test_posts_of_many_threads_are_all_there_each_with_its_cursor(circle: Circle) -> None:
    people = [circle.bring_in(f"Expert{n}") for n in range(8)]
    start = circle.changes()["cursor"]

    def post(number: int) -> None:
        for turn in range(50):
            circle.say(people[number], f"{number}: {turn}")

    threads = [threading.Thread(target=post, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    document = circle.changes(start)
    assert document["cursor"] == start + 400
    said = {comment["html"] for comment in document["discussions"][0]["comments"]}
    assert said == {f"<p>{n}: {turn}</p>" for n in range(8) for turn in range(50)}
    sql = "SELECT count(*) FROM outbox WHERE kind = 'comment'"
    assert circle.store._writer.execute(sql).fetchone()[0] == 400 * 8


def test_who_waits_for_a_change_hears_of_it_at_once(circle: Circle, open_store: Opener) -> None:
    cursor, heard = circle.changes()["cursor"], threading.Event()

    def wait(store: SqliteStore) -> None:
        store.wait_for_change(cursor, 30)
        heard.set()

    for store in (circle.store, open_store()):  # in this process, and as if from another
        heard.clear()
        cursor = circle.changes()["cursor"]
        waiting = threading.Thread(target=wait, args=[store])
        waiting.start()
        circle.say(circle.facilitator, f"News from {id(store)}")
        assert heard.wait(20)
        waiting.join()


def test_waiting_ends_in_time_and_at_once_for_who_is_ahead(circle: Circle) -> None:
    begin = time.monotonic()
    circle.store.wait_for_change(circle.changes()["cursor"], 0.2)
    assert time.monotonic() - begin >= 0.2
    circle.store.wait_for_change(10_000, 600)
    assert time.monotonic() - begin < 300


def test_a_due_letter_is_claimed_by_one_process_only(circle: Circle, open_store: Opener) -> None:
    for number in range(40):
        circle.invite(f"Guest{number}")
    stores = [open_store() for _ in range(4)]
    claimed: list[str] = []
    gate = threading.Barrier(len(stores))
    later = circle.now + timedelta(minutes=5)

    def claim(store: SqliteStore) -> None:
        gate.wait()
        for _ in range(4):
            with store.transaction() as t:
                claimed.extend(letter.id for letter in t.claim_letters(circle.now, later, 5))

    threads = [threading.Thread(target=claim, args=[store]) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 40
    with circle.store.transaction() as t:  # who claimed them died: they come up again
        assert len(t.claim_letters(later, later + timedelta(minutes=5), 100)) == 40


def test_a_letter_is_sent_tried_again_or_given_up(circle: Circle) -> None:
    for name in ("Ines", "Jo", "Mo"):
        circle.invite(name)
    later = circle.now + timedelta(hours=1)
    with circle.store.transaction() as t:
        sent, again, given_up = (x.id for x in t.claim_letters(circle.now, later, 10))
        t.letter_sent(sent, circle.now)
        t.letter_failed(again, "451 later", circle.now)
        t.letter_failed(given_up, "550 nobody", None)
        assert [x.id for x in t.claim_letters(circle.now, later, 10)] == [again]
        assert not t.claim_letters(circle.now, later, 10)
        kept = t.letter(given_up)
    assert kept is not None and (kept.error, kept.due, kept.tries) == ("550 nobody", None, 1)


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """For root, whom no permission stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shut_file(circle: Circle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A populated database that may be read by all and written by nobody."""
    circle.say(circle.facilitator, "Hello")
    path = circle.store._path
    for folder in [path.parent, *path.parent.parents]:
        if folder.is_relative_to(tmp_path_factory.getbasetemp().parent.parent):
            folder.chmod(folder.stat().st_mode | 0o055)
    for file in path.parent.glob("emergence.db*"):
        file.chmod(0o444)
    return path


def test_a_read_only_file_is_read_and_refused_in_words(
    shut_file: Path, as_nobody: None, open_store: Opener
) -> None:
    store = open_store(shut_file)
    with store.reading() as look:
        assert look.cursor() > 0
    for attempt in (store.check, lambda: Circle(store).appoint(("A", "a@example.org"))):
        with pytest.raises(errors.Unavailable, match="Nothing can be saved"):
            attempt()


def test_a_folder_that_nobody_may_write_is_refused_in_words(tmp_path: Path) -> None:
    blocked = tmp_path / "emergence.db"
    blocked.mkdir()
    with pytest.raises(errors.Unavailable):
        SqliteStore(blocked)


@pytest.mark.parametrize("content", [b"This is no database. " * 100, b"SQLite format 3\x00" * 99])
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "emergence.db").write_bytes(content)
    with pytest.raises(errors.Unavailable):
        SqliteStore(tmp_path / "emergence.db")


def test_on_a_full_disk_nothing_is_half_written(circle: Circle) -> None:
    person = circle.bring_in("Ines")
    pages = circle.store._writer.execute("PRAGMA page_count").fetchone()[0]
    circle.store._writer.execute(f"PRAGMA max_page_count = {pages + 6}")
    kept = []
    with pytest.raises(errors.Unavailable, match="The disk is full"):
        for number in range(100):
            kept.append(circle.say(person, f"{number} " + "long words " * 1_000).id)
    assert [comment["id"] for comment in circle.exported()["comments"]] == sorted(kept)
    assert len(circle.letters(Kind.COMMENT)) == len(kept)
    circle.store._writer.execute("PRAGMA max_page_count = 100000")
    circle.say(person, "There is room again")


def test_while_another_process_holds_the_lock_one_is_asked_to_wait(circle: Circle) -> None:
    circle.store._writer.execute("PRAGMA busy_timeout = 10")
    other = plain(circle.store._path)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(errors.Unavailable, match="busy"):
            circle.say(circle.facilitator, "Now")
    finally:
        other.close()
    circle.say(circle.facilitator, "Now")


def plan(store: SqliteStore, sql: str) -> str:
    rows = store._writer.execute("EXPLAIN QUERY PLAN " + sql, {
        name: "1" for name in ("since", "limit", "cursor", "opportunity", "comment", "person",
                               "digest", "now", "slug", "alias", "id", "state", "email",
                               "subject", "error", "unwanted")
    }).fetchall()  # fmt: skip
    return "; ".join(row["detail"] for row in rows)


def test_no_query_of_a_discussion_walks_through_all_comments(circle: Circle) -> None:
    """Whatever the methods below ask SQLite, it finds by an index."""
    asked: list[str] = []
    store, ines = circle.store, circle.bring_in("Ines")
    comment = circle.say(ines, "Hello")
    with store.transaction() as t:
        store._writer._tracer = lambda sql, _: asked.append(sql)
        try:
            t.changes(0, 5_000)
            t.comments_ever_shown(comment.opportunity_id)
            t.was_ever_shown(comment)
            t.visitors_shown(comment.opportunity_id)
            t.comment_with_same_words("x", circle.now)
            t.comments_written_since(ines.id, circle.now)
            t.comments_by(ines.id)
            t.comments_in_state(State.HELD)
            t.ids_to_mail_each(comment.opportunity_id)
            t.cursor(comment.opportunity_id)
            t.cursor()
            t.drop_letters_about("x")
            t.drop_letters_to(ines.id, comment.opportunity_id)
            t.claim_letters(circle.now, circle.now, 10)
            t.letters_are_due(circle.now)
            t.letters_about(comment.opportunity_id, 100)
            t.letters_given_up(comment.opportunity_id, circle.now)
            t.incoming_about(comment.opportunity_id, 100)
            t.incoming_refused(comment.opportunity_id, circle.now)
            t.incoming_lost(100)
            t.people_unreachable(comment.opportunity_id)
        finally:
            store._writer._tracer = None
    for sql in asked:
        text = plan(store, sql.replace(" ?", " :id").replace(":until", ":now"))
        walks = [p for p in text.split("; ") if p.startswith("SCAN") and "INDEX" not in p]
        assert walks == [] or walks == ["SCAN change"] and "max(cursor)" in sql, f"{sql}: {text}"


def test_what_is_or_was_shown_leaves_by_second_and_message_id(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    said = []
    for milliseconds in (1_900, 1_100, 500, 1_500):
        circle.now = MORNING + timedelta(milliseconds=milliseconds)
        said.append(circle.say(ada, f"{milliseconds}"))
    comments.withdraw(circle.store, ada, said[0].id, circle.now)
    circle.drop_by("Zoe", "Not confirmed.")
    with circle.store.reading() as look:
        left = [comment.id for comment in look.comments_to_archive(said[0].opportunity_id)]
    assert left == [said[2].id, *sorted(one.id for one in said if one is not said[2])]
