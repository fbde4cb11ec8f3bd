"""Queries about pushes that forges told of."""

import json
from dataclasses import asdict
from datetime import datetime

from ..domain.letters import Kind
from ..domain.pushes import Forge, Problem, Push, PushState
from ..domain.times import from_text, to_text
from .queries import Queries
from .rows import Row, Values, maybe_moment, maybe_text


class PushesLook(Queries):
    """What can be asked."""

    def push(self, id: str) -> Push | None:
        row = self._one("SELECT * FROM push WHERE id = :id", id=id)
        return _push_from(row) if row else None

    def push_was_told(self, digest: str) -> bool:
        return self._one("SELECT 1 FROM push WHERE digest = :digest", digest=digest) is not None

    def pushes_waiting(self) -> list[Push]:
        found = self._all("SELECT * FROM push WHERE settled_at IS NULL ORDER BY came_at, rowid")
        return [_push_from(row) for row in found]

    def told_of_bad_push(self, tried: str, since: datetime) -> set[str]:
        found = self._all(
            """SELECT DISTINCT person_id FROM outbox JOIN push ON push.id = outbox.subject
               WHERE kind = :kind AND tried = :tried AND settled_at >= :since""",
            kind=Kind.BAD_PUSH.value,
            tried=tried,
            since=to_text(since),
        )
        return {row["person_id"] for row in found}


class PushesTransaction(PushesLook):
    """What can be changed."""

    def add_push(self, push: Push) -> None:
        self._insert("push", _values(push))

    def change_push(self, push: Push) -> None:
        self._update("push", _values(push), "id = :id")


def _push_from(row: Row) -> Push:
    return Push(
        id=row["id"],
        digest=row["digest"],
        forge=Forge(row["forge"]),
        branch=row["branch"],
        commit=row["commit_hash"],
        pusher=row["pusher"],
        came=from_text(row["came_at"]),
        state=PushState(row["state"]),
        tried=row["tried"],
        problems=tuple(Problem(**problem) for problem in json.loads(row["problems"])),
        settled=maybe_moment(row["settled_at"]),
    )


def _values(push: Push) -> Values:
    return {
        "id": push.id,
        "digest": push.digest,
        "forge": push.forge.value,
        "branch": push.branch,
        "commit_hash": push.commit,
        "pusher": push.pusher,
        "came_at": to_text(push.came),
        "state": push.state.value,
        "tried": push.tried,
        "problems": json.dumps([asdict(one) for one in push.problems], ensure_ascii=False),
        "settled_at": maybe_text(push.settled),
    }
