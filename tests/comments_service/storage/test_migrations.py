"""Every older file, populated, becomes one of today; a newer one is refused."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from comments_service import errors
from comments_service.storage.migrations import migrations
from comments_service.storage.sqlite import SqliteStore

from ..conftest import FACILITATOR, Circle, entry

STEPS = [migration.name for migration in migrations._migrations]
# What a file of each version held, as SQL: a step that is added brings the rows of its day along.
ROWS = {
    "m0001_people_and_discussions": """
        INSERT INTO person VALUES
            ('p1', 'Ines', 'ines@example.org', 'en', 'freelance', 'Roofs', 0, '2026-11-03T09:00Z');
        INSERT INTO opportunity VALUES
            ('o1', 'farm', 'Farm', 'en', 'divergence', 'https://example.org/', 'Camille', '[]', 0);
        INSERT INTO participant VALUES
            ('o1', 'p1', 'expert', '', '', 1, '2026-11-03T09:00:00.000Z', NULL);
        INSERT INTO comment VALUES
            ('c1', 'o1', NULL, NULL, 'p1', 'published', 'page', 'Hello', '<p>Hello</p>', 'd1',
             '<c1@talk.example.org>', '2026-11-03T09:00:00.000Z', NULL, NULL, NULL);
        INSERT INTO change VALUES (1, 'o1', 'c1', '2026-11-03T09:00:00.000Z');
        INSERT INTO outbox (id, kind, person_id, message_id, opportunity_id, subject, created_at)
            VALUES ('l1', 'comment', 'p1', '<c1@talk.example.org>', 'o1', 'c1', '2026-11-03T09:00Z')
    """,
    "m0002_mail": """
        INSERT INTO address VALUES ('ines@elsewhere.example', 'p1');
        INSERT INTO following
            VALUES ('o1', 'p1', 'digest', '2026-11-03T09:00:00.000Z', 1, NULL, NULL);
        INSERT INTO told_update VALUES ('o1', 'first-day', 1);
        INSERT INTO incoming (id, received_at, door, sender, recipient, digest, fate, reason, words,
                              cut, raw)
            VALUES ('i1', '2026-11-03T09:00:00.000Z', 'lmtp', 'ines@example.org',
                    'discuss+farm@talk.example.org', 'd', 'kept', '', '', '', x'00');
        INSERT INTO bounce VALUES ('p1', '2026-11-03', '2026-11-03T09:00:00.000Z', 1, '5.1.1')
    """,
    "m0003_one_mail_kept_once": """
        INSERT INTO raw_mail VALUES ('f', x'00');
        INSERT INTO told_update VALUES ('o1', 'second-day', 2, '<update@talk.example.org>');
        INSERT INTO incoming (id, received_at, door, sender, recipient, digest, fate, reason, words,
                              cut, raw_digest, reason_values)
            VALUES ('i2', '2026-11-03T09:00:00.000Z', 'lmtp', 'ines@example.org',
                    'discuss+farm@talk.example.org', 'e', 'refused', 'At most %(most)d.', '', '',
                    'f', '{"most": 2}')
    """,
    "m0004_team": """
        INSERT INTO role (id, opportunity_id, person_id, title, words, html, made_at)
            VALUES ('r1', 'o1', 'p1', 'Roofs', '', '', '2026-11-03T09:00:00.000Z');
        INSERT INTO support VALUES ('r1', 'p1', '2026-11-03T09:00:00.000Z', 'c1');
        INSERT INTO mark VALUES ('keep', 'o1', 'p1', 'c1', '2026-11-03T09:00:00.000Z');
        INSERT INTO rereading VALUES ('o1', 'p1', 'abc', '2026-11-03T09:00:00.000Z', '');
        INSERT INTO note VALUES ('n1', 'p1', 'o1', 'p1', 'Knows', '2026-11-03T09:00:00.000Z');
        INSERT INTO suggestion (id, opportunity_id, by, name, email, why, made_at)
            VALUES ('s1', 'o1', 'p1', 'Ada', '', 'Numbers', '2026-11-03T09:00:00.000Z');
        INSERT INTO visit VALUES ('p1', 'o1', 1, '2026-11-03T09:00:00.000Z')
    """,
    "m0005_text_in_git": """
        INSERT INTO text_change VALUES
            ('o1', 'k1', 2, '2026-11-03T09:00:00.000Z', '[]', 'Wording', '["Camille"]',
             'https://example.org/');
        INSERT INTO push (id, digest, forge, branch, commit_hash, pusher, came_at, state)
            VALUES ('h1', 'd', 'gitea', 'main', 'abc', '', '2026-11-03T09:00:00.000Z', 'asked');
        INSERT INTO rebuild (target, cursor) VALUES ('t', 2)
    """,
}


@pytest.fixture(params=STEPS)
def older_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A populated file as each released version left it."""
    path = tmp_path / "older.db"
    db = Database(path)
    last = STEPS.index(request.param)
    for step, following in zip(STEPS[: last + 1], [*STEPS[1:], None], strict=False):
        migrations.apply(db, stop_before=following)
        db.executescript(ROWS[step])
    db.close()
    return path


def test_an_older_file_keeps_what_it_held(
    older_file: Path, open_store: Callable[..., SqliteStore]
) -> None:
    circle = Circle(open_store(older_file))
    circle.appoint(FACILITATOR)
    circle.publish(entry("farm"))
    circle.say(circle.facilitator, "Still here")
    told = {c["html"] for c in circle.exported()["comments"]}
    assert told == {"<p>Hello</p>", "<p>Still here</p>"}
    assert circle.store._writer.execute("PRAGMA foreign_key_check").fetchall() == []
    assert circle.store._writer.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_database_of_a_newer_program_is_refused_and_untouched(circle: Circle) -> None:
    path = circle.store._path
    circle.store._writer.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        ["emergence", "m9999_from_the_future", "2030-01-01"],
    )
    with pytest.raises(errors.Unavailable, match="newer.*m9999_from_the_future"):
        SqliteStore(path)
    circle.say(circle.facilitator, "Untouched")


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    db = Database(tmp_path / "new.db")
    db.execute("CREATE TABLE outbox (id TEXT)")  # in the way of a later statement of the first step
    with pytest.raises(Exception, match="outbox"):
        migrations.apply(db)
    assert set(db.table_names()) == {"_sqlite_migrations", "outbox"}
    db.close()


def test_threads_that_start_at_once_make_one_database(
    tmp_path: Path, open_store: Callable[..., SqliteStore]
) -> None:
    ids: list[str] = []
    gate = threading.Barrier(6)

    def start() -> None:
        gate.wait()
        with open_store(tmp_path / "new.db").reading() as look:
            ids.append(look.service_id())

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 6 and len(set(ids)) == 1


def test_processes_that_start_at_once_make_one_database(tmp_path: Path) -> None:
    program = """
import pathlib, sys
from comments_service.storage.sqlite import SqliteStore
sys.stdin.readline()
store = SqliteStore(pathlib.Path(sys.argv[1]))
with store.reading() as look:
    print(look.service_id())
store.close()
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "new.db")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {process.communicate(timeout=60)[0] for process in started}
    assert len(said) == 1 and "" not in said
