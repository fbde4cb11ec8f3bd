"""The store in one SQLite file: every query of the service, through sqlite-utils.

Each look has a connection to itself. Writes go through one connection, one after the other: they
queue in this process instead of sleeping in SQLite's busy handler. WAL, synchronous=FULL: what a
transaction wrote is on disk when it returns.
"""

import contextlib
import fcntl
import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from .. import errors
from ..domain.access import Grant
from ..domain.bounces import Bounce
from ..domain.discussion import Comment, State
from ..domain.following import Following
from ..domain.incoming import Incoming
from ..domain.letters import NO_LONGER_WANTED, Kind, Letter
from ..domain.people import (
    RESTORED_DOMAIN,
    Answer,
    Capacity,
    Invitation,
    Participant,
    Person,
    bare_name,
)
from ..domain.phases import Opportunity
from ..domain.times import to_text
from ..gettext import N_
from . import rows
from .desk import DeskLook
from .erasing import ErasingLook, ErasingTransaction
from .interface import Changes, Reading, Store, Writing
from .migrations import migrations
from .network import NetworkLook
from .newer import NewerLook
from .pushes import PushesLook, PushesTransaction
from .queries import insertion
from .rebuilding import RebuildingLook, RebuildingTransaction
from .restoring import RestoringLook, RestoringTransaction
from .team import TeamLook, TeamTransaction
from .texts import TextsLook, TextsTransaction

BUSY_SECONDS = 10  # only another process can make us wait
LOOK_SECONDS = 0.1  # how often to look whether another process wrote
_A_TICK = timedelta(milliseconds=1)

_PARTICIPANT = """
    SELECT participant.*, person.id, name, email, language, status, know_how, facilitates,
        time_zone, unreachable_at, answers_since, links, tags, erased_at
    FROM participant JOIN person ON person.id = participant.person_id
"""
_INVITATION = """
    SELECT invitation.id AS invitation_id, invitation.opportunity_id, why, answer, answered_at,
        sent_at AS invited_at, looked_at, reminded_at, person.*,
        by.id AS by_id, by.name AS by_name, by.email AS by_email,
        by.language AS by_language, by.status AS by_status, by.know_how AS by_know_how,
        by.facilitates AS by_facilitates, by.time_zone AS by_time_zone,
        by.unreachable_at AS by_unreachable_at, by.answers_since AS by_answers_since,
        by.links AS by_links, by.tags AS by_tags, by.erased_at AS by_erased_at
    FROM invitation JOIN person ON person.id = invitation.person_id
    JOIN person AS by ON by.id = invitation.invited_by
"""
_INCOMING = """
    SELECT id, received_at, door, sender, recipient, digest, fate, reason, message_id, answers,
        words, cut, person_id, opportunity_id, comment_id, settled_at, reason_values
        FROM incoming
"""


class SqliteStore(Store):
    """Keeps everything in the file at `path`, which is made or migrated when opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle_readers: list[Database] = []
        self._write_lock = threading.RLock()
        self._changed = threading.Condition()
        self._writes = 0
        with _as_refusals(), _alone_in(path.parent):
            _make_private(path)
            self._writer = _connect(path)
            try:
                _migrate(self._writer)
            except BaseException:
                self._writer.close()
                raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[Reading]:
        with _as_refusals():
            try:
                db = self._idle_readers.pop()
            except IndexError:
                db = _connect(self._path)
            try:
                db.execute("BEGIN")
                yield _Look(db)
            finally:
                db.conn.rollback()  # it wrote nothing
                self._idle_readers.append(db)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Writing]:
        with self._write_lock, _as_refusals():
            db = self._writer
            db.execute("BEGIN IMMEDIATE")
            try:
                yield _Transaction(db)
                db.execute("COMMIT")
            except BaseException:
                if db.conn.in_transaction:
                    db.execute("ROLLBACK")
                raise
        with self._changed:
            self._writes += 1
            self._changed.notify_all()

    def wait_for_change(self, since: int, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            writes = self._writes
            with self.reading() as look:
                if look.cursor() != since:
                    return
            left = end - time.monotonic()
            if left <= 0:
                return
            with self._changed:
                if self._writes == writes:
                    self._changed.wait(min(left, LOOK_SECONDS))

    def check(self) -> None:
        with self._write_lock, _as_refusals():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                self._writer.execute("UPDATE meta SET value = value WHERE key = 'service_id'")
            finally:
                self._writer.execute("ROLLBACK")

    def close(self) -> None:
        self._writer.close()
        while self._idle_readers:
            self._idle_readers.pop().close()


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two processes that start at once must not both make the tables."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make_private(path: Path) -> None:
    """A new file is its owner's alone: it holds addresses. SQLite gives its companions the same."""
    if not path.exists():
        with contextlib.suppress(OSError):  # SQLite says what is wrong with the place
            path.touch(mode=0o600)


def _connect(path: Path) -> Database:
    conn = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    conn.create_collation("names", _compared)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            conn.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        conn.close()
        raise
    return Database(conn, recursive_triggers=False, execute_plugins=False)


def _compared(one: str, other: str) -> int:
    """The order of names in lists, as `domain.people.by_name` has it."""
    first, second = (bare_name(one), one), (bare_name(other), other)
    return (first > second) - (first < second)


def _migrate(db: Database) -> None:
    known = {migration.name for migration in migrations._migrations}
    if unknown := {step.name for step in migrations.applied(db)} - known:
        raise errors.Unavailable(
            N_("The database is newer than this program (%(steps)s). Update the program."),
            steps=", ".join(sorted(unknown)),
        )
    if migrations.pending(db):
        migrations.apply(db)


@contextlib.contextmanager
def _as_refusals() -> Iterator[None]:
    """SQLite's troubles that an operator can mend, told as a refusal."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        name = getattr(problem, "sqlite_errorname", "")
        if name.startswith("SQLITE_FULL"):
            words = N_("The disk is full. Nothing was saved; try again later.")
        elif name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_IOERR")):
            words = N_("Nothing can be saved right now. Try again later.")
        elif name.startswith("SQLITE_BUSY"):
            words = N_("The service is busy. Nothing was saved; try again in a moment.")
        elif name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            words = N_("The database is damaged. Put back the last backup.")
        else:
            raise
        raise errors.Unavailable(words) from problem


class _Look(
    DeskLook,
    NetworkLook,
    NewerLook,
    PushesLook,
    RebuildingLook,
    RestoringLook,
    TeamLook,
    ErasingLook,
    TextsLook,
    Reading,
):
    def opportunity(self, slug_or_alias: str) -> Opportunity | None:
        row = self._one("SELECT * FROM opportunity WHERE slug = :slug", slug=slug_or_alias)
        if row is None or row["gone"]:  # a name that nobody bears any more may be another's alias
            row = self._opportunity_by_alias(slug_or_alias) or row
        return rows.opportunity_from(row) if row else None

    def _opportunity_by_alias(self, alias: str) -> sqlite3.Row | None:
        return self._one(
            """SELECT opportunity.* FROM alias JOIN opportunity ON opportunity.id = opportunity_id
               WHERE alias = :alias""",
            alias=alias,
        )

    def opportunity_by_id(self, id: str) -> Opportunity | None:
        row = self._one("SELECT * FROM opportunity WHERE id = :id", id=id)
        return rows.opportunity_from(row) if row else None

    def opportunities(self) -> list[Opportunity]:
        return [rows.opportunity_from(r) for r in self._all("SELECT * FROM opportunity")]

    def aliases(self) -> dict[str, str]:
        return {row["alias"]: row["opportunity_id"] for row in self._all("SELECT * FROM alias")}

    def person(self, id: str) -> Person | None:
        row = self._one("SELECT * FROM person WHERE id = :id", id=id)
        return rows.person_from(row) if row else None

    def person_by_email(self, email: str) -> Person | None:
        if email.endswith(f"@{RESTORED_DOMAIN}"):
            return None
        row = self._one(
            """SELECT * FROM person WHERE erased_at IS NULL AND (email = :email
                   OR id = (SELECT person_id FROM address WHERE email = :email))""",
            email=email,
        )
        return rows.person_from(row) if row else None

    def people(self) -> list[Person]:
        return [
            rows.person_from(r)
            for r in self._all("SELECT * FROM person ORDER BY name COLLATE names, id")
        ]

    def facilitators(self, opportunity_id: str) -> list[Person]:
        found = self._all(
            """SELECT * FROM person WHERE facilitates OR id IN (
                   SELECT person_id FROM participant WHERE opportunity_id = :opportunity
                   AND capacity = 'facilitator' AND joined_at IS NOT NULL AND left_at IS NULL)
               ORDER BY name COLLATE names, id""",
            opportunity=opportunity_id,
        )
        return [rows.person_from(row) for row in found]

    def participant(self, opportunity_id: str, person_id: str) -> Participant | None:
        row = self._one(
            _PARTICIPANT + "WHERE opportunity_id = :opportunity AND person_id = :person",
            opportunity=opportunity_id,
            person=person_id,
        )
        return rows.participant_from(row) if row else None

    def participants(self, opportunity_id: str) -> list[Participant]:
        found = self._all(
            _PARTICIPANT + "WHERE opportunity_id = :opportunity ORDER BY joined_at, person_id",
            opportunity=opportunity_id,
        )
        return [rows.participant_from(row) for row in found]

    def ids_to_mail_each(self, opportunity_id: str) -> list[str]:
        found = self._all(
            """SELECT person_id FROM participant
               JOIN person ON person.id = person_id AND unreachable_at IS NULL
               LEFT JOIN following USING (opportunity_id, person_id)
               WHERE opportunity_id = :opportunity AND joined_at IS NOT NULL AND left_at IS NULL
                   AND coalesce(dose, 'each') = 'each'
               UNION SELECT person_id FROM following
               JOIN person ON person.id = person_id AND unreachable_at IS NULL
               WHERE opportunity_id = :opportunity AND dose = 'each' AND ended_at IS NULL
               ORDER BY person_id""",
            opportunity=opportunity_id,
        )
        return [row["person_id"] for row in found]

    def authors_present(self, opportunity_id: str) -> list[Person]:
        found = self._all(
            """SELECT * FROM person WHERE id IN (
                   SELECT author_id FROM comment WHERE opportunity_id = :opportunity
                   AND state = 'published'
                   INTERSECT SELECT person_id FROM participant
                   WHERE opportunity_id = :opportunity
                   AND joined_at IS NOT NULL AND left_at IS NULL)
               ORDER BY id""",
            opportunity=opportunity_id,
        )
        return [rows.person_from(row) for row in found]

    def participations(self, person_id: str) -> list[Participant]:
        found = self._all(
            _PARTICIPANT + "WHERE person_id = :person ORDER BY joined_at", person=person_id
        )
        return [rows.participant_from(row) for row in found]

    def visitors_shown(self, opportunity_id: str) -> list[Person]:
        found = self._all(
            """SELECT * FROM person WHERE id IN (
                   SELECT author_id FROM comment WHERE opportunity_id = :opportunity
                   AND state = 'published'
                   EXCEPT SELECT person_id FROM participant
                   WHERE opportunity_id = :opportunity AND joined_at IS NOT NULL)
               ORDER BY id""",
            opportunity=opportunity_id,
        )
        return [rows.person_from(row) for row in found]

    def invitation(self, id: str) -> Invitation | None:
        row = self._one(_INVITATION + "WHERE invitation.id = :id", id=id)
        return rows.invitation_from(row) if row else None

    def invitation_of(self, opportunity_id: str, person_id: str) -> Invitation | None:
        row = self._one(
            _INVITATION + "WHERE opportunity_id = :opportunity AND person_id = :person",
            opportunity=opportunity_id,
            person=person_id,
        )
        return rows.invitation_from(row) if row else None

    def invitations(self, opportunity_id: str) -> list[Invitation]:
        found = self._all(
            _INVITATION + "WHERE opportunity_id = :opportunity ORDER BY sent_at, invitation.id",
            opportunity=opportunity_id,
        )
        return [rows.invitation_from(row) for row in found]

    def invitations_to(self, person_id: str) -> list[Invitation]:
        found = self._all(
            _INVITATION + "WHERE person_id = :person ORDER BY sent_at", person=person_id
        )
        return [rows.invitation_from(row) for row in found]

    def comment(self, id: str) -> Comment | None:
        row = self._one("SELECT * FROM comment WHERE id = :id", id=id)
        return rows.comment_from(row) if row else None

    def comments_ever_shown(self, opportunity_id: str) -> list[Comment]:
        found = self._all(
            """SELECT * FROM comment WHERE id IN (
                   SELECT comment_id FROM change WHERE opportunity_id = :opportunity)
               ORDER BY id""",
            opportunity=opportunity_id,
        )
        return [rows.comment_from(row) for row in found]

    def was_ever_shown(self, comment: Comment) -> bool:
        return bool(
            self._one(
                """SELECT 1 FROM change
                   WHERE opportunity_id = :opportunity AND comment_id = :comment LIMIT 1""",
                opportunity=comment.opportunity_id,
                comment=comment.id,
            )
        )

    def was_decided(self, comment_id: str) -> bool:
        return bool(
            self._one(
                "SELECT 1 FROM comment WHERE id = :id AND decided_by IS NOT NULL", id=comment_id
            )
        )

    def comments_to_archive(self, opportunity_id: str) -> Iterator[Comment]:
        found = self._db.execute(
            """SELECT * FROM comment WHERE state IN ('published', 'hidden', 'withdrawn')
                   AND id IN (SELECT comment_id FROM change WHERE opportunity_id = :opportunity)
               ORDER BY substr(written_at, 1, 19), message_id""",
            {"opportunity": opportunity_id},
        )
        return map(rows.comment_from, found)

    def comments_changed(self, opportunity_id: str, since: int, until: int) -> list[Comment]:
        # By mail, and not in a mail that came in: with an archive.
        found = self._all(
            """SELECT * FROM comment WHERE state = 'published' AND id IN (
                   SELECT comment_id FROM change WHERE opportunity_id = :opportunity
                   AND cursor > :since AND cursor <= :until
                   EXCEPT SELECT comment_id FROM change
                   WHERE opportunity_id = :opportunity AND cursor <= :since)
               AND (door != 'mail' OR EXISTS (
                   SELECT 1 FROM incoming WHERE comment_id = comment.id))
               ORDER BY id""",
            opportunity=opportunity_id,
            since=since,
            until=until,
        )
        return [rows.comment_from(row) for row in found]

    def comment_by_message_id(self, message_id: str) -> Comment | None:
        row = self._one(
            """SELECT * FROM comment WHERE message_id = :message_id OR id = (
                   SELECT comment_id FROM incoming WHERE message_id = :message_id
                   AND comment_id IS NOT NULL ORDER BY id LIMIT 1)
               LIMIT 1""",
            message_id=message_id,
        )
        return rows.comment_from(row) if row else None

    def comments_by(self, person_id: str) -> list[Comment]:
        found = self._all(
            "SELECT * FROM comment WHERE author_id = :person ORDER BY id", person=person_id
        )
        return [rows.comment_from(row) for row in found]

    def comments_in_state(self, state: State) -> list[Comment]:
        # Spelt out: SQLite finds the index of those that wait by a word, and not by a parameter.
        found = self._all(f"SELECT * FROM comment WHERE state = '{State(state)}' ORDER BY id")  # noqa: S608
        return [rows.comment_from(row) for row in found]

    def comment_with_same_words(self, digest: str, since: datetime) -> Comment | None:
        row = self._one(
            """SELECT * FROM comment WHERE digest = :digest AND written_at >= :since
               AND state != 'withdrawn'""",
            digest=digest,
            since=to_text(since),
        )
        return rows.comment_from(row) if row else None

    def comments_written_since(self, person_id: str, since: datetime) -> int:
        row = self._one(
            """SELECT count(*) AS n FROM comment
               WHERE author_id = :person AND written_at >= :since AND introduces IS NULL""",
            person=person_id,
            since=to_text(since),
        )
        return int(row["n"]) if row else 0

    def times_mailed(self, person_id: str, opportunity_id: str, text: str, since: datetime) -> int:
        row = self._one(
            """SELECT count(*) AS n FROM comment
               WHERE author_id = :person AND written_at >= :since
                 AND opportunity_id = :opportunity AND door = 'mail' AND text = :text""",
            person=person_id,
            opportunity=opportunity_id,
            text=text,
            since=to_text(since),
        )
        return int(row["n"]) if row else 0

    def changes(self, since: int, limit: int) -> Changes:
        noted = self._all(
            """SELECT cursor, opportunity_id, comment_id FROM change
               WHERE cursor > :since ORDER BY cursor LIMIT :limit""",
            since=since,
            limit=limit + 1,
        )
        more, noted = len(noted) > limit, noted[:limit]
        cursor = noted[-1]["cursor"] if noted else max(since, 0)
        changed: dict[str, list[Comment]] = {row["opportunity_id"]: [] for row in noted}
        found = self._all(
            """SELECT * FROM comment WHERE id IN (SELECT comment_id FROM change
                   WHERE cursor > :since AND cursor <= :cursor)
               ORDER BY id""",
            since=since,
            cursor=cursor,
        )
        for row in found:
            changed[row["opportunity_id"]].append(rows.comment_from(row))
        return Changes(cursor=cursor, more=more, comments=changed)

    def cursor(self, opportunity_id: str | None = None) -> int:
        if opportunity_id is None:
            row = self._one("SELECT max(cursor) AS cursor FROM change")
        else:
            row = self._one(
                "SELECT max(cursor) AS cursor FROM change WHERE opportunity_id = :opportunity",
                opportunity=opportunity_id,
            )
        return (row["cursor"] if row else None) or 0

    def service_id(self) -> str:
        row = self._one("SELECT value FROM meta WHERE key = 'service_id'")
        assert row is not None  # noqa: S101 - the first migration writes it
        return str(row["value"])

    def grant(self, id: str) -> Grant | None:
        row = self._one("SELECT * FROM access WHERE id = :id", id=id)
        return rows.grant_from(row) if row else None

    def grants_of(self, person_id: str) -> list[Grant]:
        found = self._all(
            "SELECT * FROM access WHERE person_id = :person ORDER BY id", person=person_id
        )
        return [rows.grant_from(row) for row in found]

    def letter(self, id: str) -> Letter | None:
        row = self._one("SELECT * FROM outbox WHERE id = :id", id=id)
        return rows.letter_from(row) if row else None

    def letters(self, limit: int) -> list[Letter]:
        found = self._all("SELECT * FROM outbox ORDER BY id DESC LIMIT :limit", limit=limit)
        return [rows.letter_from(row) for row in found]

    def letters_about(self, opportunity_id: str | None, limit: int) -> list[Letter]:
        found = self._all(
            """SELECT * FROM outbox WHERE opportunity_id IS :opportunity
               ORDER BY id DESC LIMIT :limit""",
            opportunity=opportunity_id,
            limit=limit,
        )
        return [rows.letter_from(row) for row in found]

    def letters_of_kind(self, kind: Kind, opportunity_id: str) -> list[Letter]:
        found = self._all(
            """SELECT * FROM outbox WHERE kind = :kind AND opportunity_id = :opportunity
               ORDER BY id""",
            kind=kind.value,
            opportunity=opportunity_id,
        )
        return [rows.letter_from(row) for row in found]

    def letters_to(self, person_id: str) -> list[Letter]:
        found = self._all(
            "SELECT * FROM outbox WHERE person_id = :person ORDER BY id", person=person_id
        )
        return [rows.letter_from(row) for row in found]

    def letters_given_up(self, opportunity_id: str | None, since: datetime) -> int:
        row = self._one(
            """SELECT count(*) AS n FROM outbox WHERE sent_at IS NULL AND due_at IS NULL
                   AND opportunity_id IS :opportunity AND created_at >= :since
                   AND coalesce(error, '') != :unwanted""",
            opportunity=opportunity_id,
            since=to_text(since),
            unwanted=NO_LONGER_WANTED,
        )
        return int(row["n"]) if row else 0

    def was_told(self, kind: Kind, opportunity_id: str, subject: str) -> bool:
        row = self._one(
            """SELECT 1 FROM outbox WHERE kind = :kind AND opportunity_id = :opportunity
               AND subject = :subject LIMIT 1""",
            kind=kind.value,
            opportunity=opportunity_id,
            subject=subject,
        )
        return row is not None

    def was_sent(self, kind: Kind, opportunity_id: str, subject: str) -> bool:
        row = self._one(
            """SELECT 1 FROM outbox WHERE kind = :kind AND opportunity_id = :opportunity
               AND subject = :subject AND sent_at IS NOT NULL LIMIT 1""",
            kind=kind.value,
            opportunity=opportunity_id,
            subject=subject,
        )
        return row is not None

    def addresses(self, person_id: str) -> list[str]:
        found = self._all(
            """SELECT email FROM person WHERE id = :person
               UNION SELECT email FROM address WHERE person_id = :person ORDER BY email""",
            person=person_id,
        )
        return [row["email"] for row in found]

    def following(self, opportunity_id: str, person_id: str) -> Following | None:
        row = self._one(
            "SELECT * FROM following WHERE opportunity_id = :opportunity AND person_id = :person",
            opportunity=opportunity_id,
            person=person_id,
        )
        return rows.following_from(row) if row else None

    def followings(self, person_id: str) -> list[Following]:
        found = self._all("SELECT * FROM following WHERE person_id = :person", person=person_id)
        return [rows.following_from(row) for row in found]

    def followers(self, opportunity_id: str) -> list[Person]:
        found = self._all(
            """SELECT * FROM person WHERE id IN (
                   SELECT person_id FROM following
                   WHERE opportunity_id = :opportunity AND dose != 'nothing' AND ended_at IS NULL
                   EXCEPT SELECT person_id FROM participant WHERE opportunity_id = :opportunity)
               ORDER BY name COLLATE names, id""",
            opportunity=opportunity_id,
        )
        return [rows.person_from(row) for row in found]

    def people_unreachable(self, opportunity_id: str) -> list[Person]:
        found = self._all(
            f"""SELECT * FROM person WHERE unreachable_at IS NOT NULL
               AND email NOT LIKE '%@{RESTORED_DOMAIN}' AND id IN (
                   SELECT person_id FROM participant
                   WHERE opportunity_id = :opportunity AND left_at IS NULL
                   UNION SELECT person_id FROM following
                   WHERE opportunity_id = :opportunity AND ended_at IS NULL)
               ORDER BY name COLLATE names, id""",  # noqa: S608
            opportunity=opportunity_id,
        )
        return [rows.person_from(row) for row in found]

    def digest_readers(self) -> list[Following]:
        found = self._all(
            """SELECT following.* FROM following
               JOIN person ON person.id = person_id AND unreachable_at IS NULL
               WHERE dose = 'digest' AND ended_at IS NULL ORDER BY person_id, opportunity_id"""
        )
        return [rows.following_from(row) for row in found]

    def incoming(self, id: str) -> Incoming | None:
        row = self._one(_INCOMING + "WHERE id = :id", id=id)
        return rows.incoming_from(row) if row else None

    def incoming_raw(self, id: str) -> bytes | None:
        row = self._one(
            """SELECT coalesce(bytes, x'') AS raw FROM incoming
               LEFT JOIN raw_mail ON raw_mail.digest = raw_digest WHERE id = :id""",
            id=id,
        )
        return bytes(row["raw"]) if row else None

    def incoming_by_digest(self, digest: str) -> Incoming | None:
        row = self._one(_INCOMING + "WHERE digest = :digest", digest=digest)
        return rows.incoming_from(row) if row else None

    def incoming_kept(self, after: str, limit: int) -> list[Incoming]:
        found = self._all(
            _INCOMING + "WHERE fate = 'kept' AND id > :after ORDER BY id LIMIT :limit",
            after=after,
            limit=limit,
        )
        return [rows.incoming_from(row) for row in found]

    def incoming_about(self, opportunity_id: str, limit: int) -> list[Incoming]:
        found = self._all(
            _INCOMING + "WHERE opportunity_id = :opportunity ORDER BY id DESC LIMIT :limit",
            opportunity=opportunity_id,
            limit=limit,
        )
        return [rows.incoming_from(row) for row in found]

    def incoming_refused(self, opportunity_id: str | None, since: datetime) -> int:
        row = self._one(
            """SELECT count(*) AS n FROM incoming WHERE fate = 'refused'
                   AND opportunity_id IS :opportunity AND received_at >= :since""",
            opportunity=opportunity_id,
            since=to_text(since),
        )
        return int(row["n"]) if row else 0

    def incoming_lost(self, limit: int) -> list[Incoming]:
        found = self._all(
            _INCOMING + "WHERE opportunity_id IS NULL ORDER BY id DESC LIMIT :limit", limit=limit
        )
        return [rows.incoming_from(row) for row in found]

    def incoming_of(self, comment_id: str) -> Incoming | None:
        row = self._one(
            _INCOMING + "WHERE comment_id = :comment ORDER BY id LIMIT 1", comment=comment_id
        )
        return rows.incoming_from(row) if row else None

    def incoming_from(self, person_id: str) -> list[Incoming]:
        found = self._all(_INCOMING + "WHERE person_id = :person ORDER BY id", person=person_id)
        return [rows.incoming_from(row) for row in found]

    def incoming_twin(
        self,
        person_id: str,
        opportunity_id: str,
        message_id: str | None,
        words: str,
        since: datetime,
    ) -> Incoming | None:
        row = self._one(
            _INCOMING
            + """WHERE message_id IS :message_id AND words = :words
                AND person_id = :person AND opportunity_id = :opportunity
                AND (message_id IS NOT NULL OR received_at >= :since)
                AND comment_id IS NOT NULL LIMIT 1""",
            since=to_text(since),
            message_id=message_id,
            words=words,
            person=person_id,
            opportunity=opportunity_id,
        )
        return rows.incoming_from(row) if row else None

    def incoming_answering(self, opportunity_id: str, message_id: str) -> list[Incoming]:
        found = self._all(
            _INCOMING
            + """WHERE answers = :message_id AND opportunity_id = :opportunity
                AND comment_id IS NOT NULL ORDER BY id""",
            message_id=message_id,
            opportunity=opportunity_id,
        )
        return [rows.incoming_from(row) for row in found]

    def bounces(self, person_id: str) -> list[Bounce]:
        found = self._all(
            "SELECT * FROM bounce WHERE person_id = :person ORDER BY day", person=person_id
        )
        return [rows.bounce_from(row) for row in found]

    def bounces_of_invited(self, opportunity_id: str) -> dict[str, list[Bounce]]:
        found = self._all(
            """SELECT bounce.* FROM bounce JOIN invitation USING (person_id)
               WHERE opportunity_id = :opportunity ORDER BY day""",
            opportunity=opportunity_id,
        )
        by_person: dict[str, list[Bounce]] = {}
        for row in found:
            by_person.setdefault(row["person_id"], []).append(rows.bounce_from(row))
        return by_person

    def letters_are_due(self, now: datetime) -> bool:
        sql = "SELECT 1 FROM outbox WHERE sent_at IS NULL AND due_at <= :now LIMIT 1"
        return self._one(sql, now=to_text(now)) is not None


class _Transaction(
    _Look,
    PushesTransaction,
    RebuildingTransaction,
    RestoringTransaction,
    TeamTransaction,
    ErasingTransaction,
    TextsTransaction,
    Writing,
):
    def add_opportunity(self, opportunity: Opportunity) -> None:
        self._insert("opportunity", rows.opportunity_values(opportunity))

    def change_opportunity(self, opportunity: Opportunity) -> None:
        self._update("opportunity", rows.opportunity_values(opportunity), "id = :id")

    def set_aliases(self, opportunity_id: str, aliases: Sequence[str]) -> None:
        self._db.execute("DELETE FROM alias WHERE opportunity_id = ?", [opportunity_id])
        for alias in aliases:  # an alias has one owner: the last that claimed it
            self._db.execute("DELETE FROM alias WHERE alias = ?", [alias])
            self._insert("alias", {"alias": alias, "opportunity_id": opportunity_id})

    def add_person(self, person: Person, now: datetime) -> None:
        self._insert("person", rows.person_values(person) | {"created_at": to_text(now)})

    def change_person(self, person: Person) -> None:
        self._update("person", rows.person_values(person), "id = :id")

    def add_participant(self, participant: Participant) -> None:
        self._insert("participant", rows.participant_values(participant))

    def change_participant(self, participant: Participant) -> None:
        self._update(
            "participant",
            rows.participant_values(participant),
            "opportunity_id = :opportunity_id AND person_id = :person_id",
        )

    def add_invitation(self, invitation: Invitation, capacity: Capacity) -> None:
        values = {
            "id": invitation.id,
            "opportunity_id": invitation.opportunity_id,
            "person_id": invitation.person.id,
            "invited_by": invitation.invited_by.id,
            "capacity": capacity.value,
            "why": invitation.why,
            "sent_at": to_text(invitation.sent),
        }
        self._insert("invitation", values)

    def answer_invitation(self, id: str, answer: Answer, now: datetime) -> None:
        values = {"id": id, "answer": answer.value, "answered_at": to_text(now)}
        self._update("invitation", values, "id = :id")

    def add_comment(self, comment: Comment, digest: str) -> None:
        self._insert("comment", rows.comment_values(comment) | {"digest": digest})

    def change_comment(self, comment: Comment) -> None:
        self._update("comment", rows.comment_values(comment), "id = :id")

    def decide_comment(self, id: str, by: str, now: datetime) -> None:
        values = {"id": id, "decided_by": by, "decided_at": to_text(now)}
        self._update("comment", values, "id = :id")

    def note_change(self, opportunity_id: str, comment_id: str | None, now: datetime) -> int:
        last = self.changed(opportunity_id)
        at = max(now, last + _A_TICK) if last else now
        values = {"opportunity_id": opportunity_id, "comment_id": comment_id, "at": to_text(at)}
        return self._insert("change", values)

    def add_grant(self, grant: Grant) -> None:
        self._insert("access", rows.grant_values(grant))

    def end_grants(self, ids: Iterable[str], now: datetime) -> None:
        for id in ids:
            self._db.execute(
                "UPDATE access SET ended_at = coalesce(ended_at, ?) WHERE id = ?",
                [to_text(now), id],
            )

    def add_letters(self, letters: Sequence[Letter]) -> None:
        values = [rows.letter_values(letter) for letter in letters]
        if values:
            self._db.conn.executemany(insertion("outbox", values[0]), values)

    def claim_letters(self, now: datetime, until: datetime, limit: int) -> list[Letter]:
        found = self._all(
            """UPDATE outbox SET due_at = :until, tries = tries + 1 WHERE id IN (
                   SELECT id FROM outbox WHERE sent_at IS NULL AND due_at <= :now
                   ORDER BY due_at LIMIT :limit)
               RETURNING *""",
            now=to_text(now),
            until=to_text(until),
            limit=limit,
        )
        return sorted((rows.letter_from(row) for row in found), key=lambda letter: letter.id)

    def put_letters_back(self, ids: Iterable[str], now: datetime) -> None:
        self._db.conn.executemany(
            "UPDATE outbox SET due_at = ?, tries = tries - 1 WHERE id = ? AND due_at IS NOT NULL",
            [(to_text(now), id) for id in ids],
        )

    def letter_sent(self, id: str, now: datetime) -> None:
        self._update("outbox", {"id": id, "sent_at": to_text(now), "error": None}, "id = :id")

    def letter_failed(self, id: str, error: str, next_try: datetime | None) -> None:
        due = to_text(next_try) if next_try else None
        values = {"id": id, "error": error, "due_at": due}
        self._update("outbox", values, "id = :id AND due_at IS NOT NULL")  # unless it was stopped

    def letter_again(self, id: str, now: datetime) -> None:
        values = {"id": id, "due_at": to_text(now), "tries": 0, "error": None, "sent_at": None}
        self._update("outbox", values, "id = :id")

    def drop_letters_about(self, subject: str) -> None:
        self._drop_letters("subject = :subject", {"subject": subject})

    def drop_letters_to(self, person_id: str, opportunity_id: str) -> None:
        self._drop_letters(
            "person_id = :person AND opportunity_id = :opportunity AND due_at IS NOT NULL",
            {"person": person_id, "opportunity": opportunity_id},
        )

    def _drop_letters(self, which: str, values: rows.Values) -> None:
        which = f"sent_at IS NULL AND {which}"
        # One that was tried may have arrived all the same: what it carries must go on working.
        self._db.execute(f"DELETE FROM outbox WHERE tries = 0 AND {which}", values)  # noqa: S608
        self._db.execute(
            f"UPDATE outbox SET due_at = NULL, error = :error WHERE {which}",  # noqa: S608
            {**values, "error": NO_LONGER_WANTED},
        )

    def count_use(self, key: str, hour: str) -> int:
        values = {"key": key, "hour": hour}
        self._db.execute("DELETE FROM allowance WHERE hour < ?", [hour[:10]])  # of other days
        row = self._one(
            """INSERT INTO allowance (key, hour, used) VALUES (:key, :hour, 1)
               ON CONFLICT (key, hour) DO UPDATE SET used = used + 1 RETURNING used""",
            **values,
        )
        return int(row["used"]) if row else 0

    def add_address(self, email: str, person_id: str) -> None:
        values = {"email": email, "person_id": person_id}
        self._insert("address", values, "ON CONFLICT DO NOTHING")

    def drop_address(self, email: str, person_id: str) -> None:
        self._db.execute(
            "DELETE FROM address WHERE email = ? AND person_id = ?", [email, person_id]
        )

    def set_following(self, following: Following) -> None:
        values = rows.following_values(following)
        changes = ", ".join(f"{name} = excluded.{name}" for name in values)
        self._insert("following", values, f"ON CONFLICT DO UPDATE SET {changes}")

    def keep_incoming(self, incoming: Incoming, raw: bytes) -> None:
        raw_digest = hashlib.sha256(raw).hexdigest()
        self._db.execute("INSERT OR IGNORE INTO raw_mail VALUES (?, ?)", [raw_digest, raw])
        self._insert("incoming", rows.incoming_values(incoming) | {"raw_digest": raw_digest})

    def settle_incoming(self, incoming: Incoming) -> None:
        self._update("incoming", rows.incoming_values(incoming), "id = :id")

    def forget_kept(self, id: str) -> None:
        which = "id = :id AND fate = 'kept'"
        digests = self._raw_digests(which, {"id": id})
        self._db.execute(f"DELETE FROM incoming WHERE {which}", {"id": id})  # noqa: S608
        self._drop_raw(digests)

    def forget_words_of_mail(self, comment_id: str) -> None:
        which, values = "comment_id = :comment", {"comment": comment_id}
        digests = self._raw_digests(which, values)
        self._db.execute(
            f"UPDATE incoming SET raw_digest = NULL, cut = '' WHERE {which}",  # noqa: S608
            values,
        )
        self._drop_raw(digests)

    def add_bounce(self, bounce: Bounce) -> None:
        values = rows.bounce_values(bounce)
        self._insert("bounce", values, "ON CONFLICT DO NOTHING")

    def forget_bounces(self, person_id: str) -> None:
        self._db.execute("DELETE FROM bounce WHERE person_id = ?", [person_id])
