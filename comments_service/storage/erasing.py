"""What taking somebody away asks of the file, and the list of those taken away, beside the file."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ..domain.erasures import Erasure, Words
from ..domain.letters import NO_LONGER_WANTED
from ..domain.times import from_text, to_text
from .queries import Queries
from .rows import Values

NAME = "erased"  # of the file beside the database: `id time words`, one line for each erasure


class ErasingLook(Queries):
    """What can be asked."""

    def erasures(self) -> list[Erasure]:
        try:
            lines = self._beside().read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            with suppress(ValueError):  # a line that a crash cut short was not promised to anybody
                person_id, at, words = line.split(" ")
                found.append(Erasure(person_id, from_text(at), Words(words)))
        return found

    def people_erased(self) -> frozenset[str]:
        found = self._all("SELECT id FROM person WHERE erased_at IS NOT NULL")
        return frozenset(row["id"] for row in found)

    def _beside(self) -> Path:
        row = self._one("SELECT file FROM pragma_database_list WHERE name = 'main'")
        assert row is not None  # noqa: S101 - there is always one
        return Path(row["file"]).with_name(NAME)


class ErasingTransaction(ErasingLook):
    """What can be changed."""

    def note_erasure(self, erasure: Erasure) -> None:
        path = self._beside()
        line = f"\n{erasure.person_id} {to_text(erasure.at)} {erasure.words}\n"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _sync_folder(path.parent)

    def forget_mail_of(self, person_id: str, emails: Sequence[str]) -> None:
        self._db.execute("PRAGMA secure_delete = ON")  # zeroes what is deleted from here on
        for email in emails:
            mails = "person_id = :person OR lower(sender) = :email"
            self._forget_mails(mails, {"person": person_id, "email": email})
            self._db.execute("DELETE FROM suggestion WHERE lower(email) = ?", [email])
            self._db.execute("DELETE FROM allowance WHERE key = ?", [f"mail:{email}"])
        self._db.execute("DELETE FROM access WHERE person_id = ?", [person_id])
        self._db.execute(
            "DELETE FROM outbox WHERE person_id = ? AND sent_at IS NULL AND tries = 0", [person_id]
        )
        # A relay's answer may spell the address.
        self._db.execute(
            "UPDATE outbox SET due_at = NULL, error = ? WHERE person_id = ? AND sent_at IS NULL",
            [NO_LONGER_WANTED, person_id],
        )
        for table in ("person", "comment"):  # the indexes, too, give up what was deleted
            self._db.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('optimize')")  # noqa: S608

    def _forget_mails(self, which: str, values: Values) -> None:
        digests = self._raw_digests(which, values)
        self._db.execute(
            f"""UPDATE incoming SET raw_digest = NULL, cut = '', words = '', sender = '',
                message_id = NULL, reason_values = '{{}}' WHERE {which}""",  # noqa: S608
            values,
        )
        self._drop_raw(digests)

    def _raw_digests(self, which: str, values: Values) -> list[str]:
        found = self._all(f"SELECT raw_digest FROM incoming WHERE {which}", **values)  # noqa: S608
        return [row["raw_digest"] for row in found]

    def _drop_raw(self, digests: Iterable[str]) -> None:
        """The bytes that no mail has any more."""
        self._db.conn.executemany(
            """DELETE FROM raw_mail WHERE digest = :digest
               AND NOT EXISTS (SELECT 1 FROM incoming WHERE raw_digest = :digest)""",
            [{"digest": digest} for digest in digests],
        )


def _sync_folder(folder: Path) -> None:
    """A new name is on disk when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
