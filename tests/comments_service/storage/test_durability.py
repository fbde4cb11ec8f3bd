"""A process that is killed while it writes: every comment that it acknowledged is there."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from comments_service.storage.sqlite import SqliteStore

from ..conftest import Circle

ROUNDS = 5
WRITER = """
import pathlib, sys
from tests.comments_service.conftest import Circle
from comments_service.storage.sqlite import SqliteStore
circle = Circle(SqliteStore(pathlib.Path(sys.argv[1])), now=__import__("datetime").datetime.now(
    __import__("datetime").UTC))
circle.house = type(circle.house)("talk.example.org", posts_an_hour=10**9)
author = circle.facilitator
for number in range(10**9):
    print(circle.say(author, f"{sys.argv[2]} {number}").id, flush=True)
"""


def test_no_acknowledged_comment_is_lost_when_the_writer_is_killed(
    circle: Circle, open_store: Callable[..., SqliteStore]
) -> None:
    path = circle.store._path
    for number in range(3):
        circle.bring_in(f"Reader{number}")
    circle.store.close()
    acknowledged: set[str] = set()
    for turn in range(ROUNDS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(turn)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
            encoding="utf-8",
        )
        assert writer.stdout is not None
        acknowledged |= {writer.stdout.readline().strip() for _ in range(10 + 7 * turn)}
        writer.kill()
        # What it said before it died counts too; a last line may be cut short.
        rest = writer.stdout.read().split("\n")[:-1]
        acknowledged |= set(rest)
        writer.stdout.close()
        writer.wait()
    again = Circle(open_store())
    kept = {comment["id"] for comment in again.exported()["comments"]}
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= ROUNDS  # on disk, and killed before it could say so
    letters = again.store._writer.execute(
        "SELECT subject, count(*) AS n FROM outbox WHERE kind = 'comment' GROUP BY subject"
    ).fetchall()
    assert {row["subject"]: row["n"] for row in letters} == dict.fromkeys(kept, 3)
    assert again.store._writer.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
