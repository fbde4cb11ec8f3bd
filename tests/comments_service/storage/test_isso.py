"""Reading somebody else's SQLite file: it is not trusted, and it is left as it is."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from comments_service.storage.isso import NoIssoDatabase, isso_comments

from ..importing.exports import isso


def beside(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


@pytest.fixture
def copied_with_its_log(tmp_path: Path) -> Path:
    """A database and its write-ahead log, as a backup of the folder has them."""
    running, copy = tmp_path / "running", tmp_path / "copy"
    running.mkdir()
    copy.mkdir()
    path = isso(running / "comments.db", {"text": "before"})
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE comments SET text = 'in the log'")
        db.commit()
        for name in ("comments.db", "comments.db-wal"):
            shutil.copy(running / name, copy / name)
    return copy / "comments.db"


def test_a_copy_is_read_with_its_log_and_nothing_is_written_beside_it(
    copied_with_its_log: Path,
) -> None:
    before = beside(copied_with_its_log)
    assert [one.text for one in isso_comments(copied_with_its_log)] == ["in the log"]
    assert beside(copied_with_its_log) == before
    copied_with_its_log.with_name("comments.db-wal").unlink()
    before = beside(copied_with_its_log)
    assert len(list(isso_comments(copied_with_its_log))) == 1
    assert beside(copied_with_its_log) == before


def test_odd_values_are_read_as_what_they_should_be(tmp_path: Path) -> None:
    path = isso(tmp_path / "comments.db", {"text": b"\xff\x00caf\xc3\xa9"}, {"created": "never"})
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE comments SET parent = 'x', mode = NULL, author = 7, tid = 9")
        db.commit()
    first, second = isso_comments(path)
    assert (first.text, first.author, first.uri) == ("\ufffd\0café", "7", "")
    assert (second.created, second.parent, second.mode) == (0.0, 0, 0)


def test_a_file_that_is_locked_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comments_service.storage.isso.BUSY_SECONDS", 0)
    path = isso(tmp_path / "comments.db", {})
    with closing(sqlite3.connect(path, isolation_level=None)) as running:
        running.execute("BEGIN EXCLUSIVE")
        with pytest.raises(NoIssoDatabase, match="it cannot be read: database is locked"):
            list(isso_comments(path))
    assert len(list(isso_comments(path))) == 1


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("CREATE TABLE other (x)", "no table comments, threads"),
        ("CREATE TABLE comments (id); CREATE TABLE threads (id)", "no such column"),
        (
            "CREATE TABLE threads (id, uri); CREATE VIEW comments AS WITH RECURSIVE n(x) AS "
            "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id FROM n",
            "no table comments",
        ),
    ],
)
def test_another_schema_is_refused(tmp_path: Path, script: str, why: str) -> None:
    path = tmp_path / "comments.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    with pytest.raises(NoIssoDatabase, match=f"this is no database of Isso: .*{why}"):
        list(isso_comments(path))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = isso(tmp_path / "comments.db", *({"text": "x" * 3_000} for _ in range(20)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NoIssoDatabase, match="cannot be read"):
        list(isso_comments(path))
    with pytest.raises(NoIssoDatabase, match="cannot be read: No such file"):
        list(isso_comments(tmp_path / "nowhere.db"))
