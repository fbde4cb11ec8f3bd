"""The shape of the database: an append-only list of steps. A released step never changes."""

import hashlib

from sqlite_utils import Database, Migrations

from ..domain.ids import mint
from ..domain.times import from_text

migrations = Migrations("emergence")


@migrations()
def m0001_people_and_discussions(db: Database) -> None:
    db.executescript(
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

        CREATE TABLE opportunity (
            id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
            language TEXT NOT NULL, phase TEXT NOT NULL, url TEXT NOT NULL,
            facilitator TEXT NOT NULL, updates TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE alias (
            alias TEXT PRIMARY KEY, opportunity_id TEXT NOT NULL REFERENCES opportunity(id)
        ) STRICT;

        CREATE TABLE person (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,
            language TEXT NOT NULL, status TEXT NOT NULL, know_how TEXT NOT NULL,
            facilitates INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE participant (
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            person_id TEXT NOT NULL REFERENCES person(id),
            capacity TEXT NOT NULL, introduction TEXT NOT NULL, introduction_html TEXT NOT NULL,
            introduction_public INTEGER NOT NULL, joined_at TEXT, left_at TEXT,
            PRIMARY KEY (opportunity_id, person_id)
        ) STRICT;
        CREATE INDEX participant_by_person ON participant(person_id);
        CREATE TABLE invitation (
            id TEXT PRIMARY KEY,
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            person_id TEXT NOT NULL REFERENCES person(id),
            invited_by TEXT NOT NULL REFERENCES person(id),
            capacity TEXT NOT NULL, why TEXT NOT NULL, sent_at TEXT NOT NULL,
            answer TEXT, answered_at TEXT,
            UNIQUE (opportunity_id, person_id)
        ) STRICT;

        CREATE TABLE comment (
            id TEXT PRIMARY KEY,
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            parent_id TEXT REFERENCES comment(id), update_slug TEXT,
            author_id TEXT NOT NULL REFERENCES person(id),
            state TEXT NOT NULL, door TEXT NOT NULL,
            text TEXT NOT NULL, html TEXT NOT NULL, digest TEXT NOT NULL,
            message_id TEXT NOT NULL UNIQUE, written_at TEXT NOT NULL, edited_at TEXT,
            decided_by TEXT REFERENCES person(id), decided_at TEXT
        ) STRICT;
        CREATE INDEX comment_shown ON comment(opportunity_id, author_id) WHERE state = 'published';
        CREATE INDEX comment_by_author ON comment(author_id, written_at);
        CREATE INDEX comment_by_digest ON comment(digest);
        CREATE INDEX comment_waiting ON comment(state) WHERE state IN ('held', 'unconfirmed');

        CREATE TABLE change (
            cursor INTEGER PRIMARY KEY AUTOINCREMENT,
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            comment_id TEXT REFERENCES comment(id), at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX change_by_opportunity ON change(opportunity_id, cursor);

        CREATE TABLE access (
            id TEXT PRIMARY KEY, scope TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES person(id),
            subject TEXT, label TEXT NOT NULL,
            created_at TEXT NOT NULL, expires_at TEXT NOT NULL, ended_at TEXT
        ) STRICT;
        CREATE INDEX access_by_person ON access(person_id);

        CREATE TABLE outbox (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES person(id),
            message_id TEXT NOT NULL, opportunity_id TEXT REFERENCES opportunity(id), subject TEXT,
            created_at TEXT NOT NULL, due_at TEXT, tries INTEGER NOT NULL DEFAULT 0,
            error TEXT, sent_at TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX outbox_due ON outbox(due_at) WHERE sent_at IS NULL AND due_at IS NOT NULL;
        CREATE INDEX outbox_by_subject ON outbox(subject) WHERE sent_at IS NULL;

        CREATE TABLE allowance (
            key TEXT NOT NULL, hour TEXT NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (key, hour)
        ) STRICT;
        """
    )
    epoch = from_text("2000-01-01T00:00:00Z")
    db.execute("INSERT INTO meta VALUES ('service_id', ?)", [mint(epoch)])


@migrations()
def m0002_mail(db: Database) -> None:
    db.executescript(
        """
        ALTER TABLE person ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
        ALTER TABLE person ADD COLUMN unreachable_at TEXT;
        ALTER TABLE person ADD COLUMN answers_since TEXT;
        CREATE TABLE address (
            email TEXT PRIMARY KEY, person_id TEXT NOT NULL REFERENCES person(id)
        ) STRICT;
        CREATE INDEX address_by_person ON address(person_id);

        CREATE TABLE following (
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            person_id TEXT NOT NULL REFERENCES person(id),
            dose TEXT NOT NULL, since TEXT NOT NULL,
            seen INTEGER NOT NULL DEFAULT 0, digested_at TEXT, ended_at TEXT,
            PRIMARY KEY (opportunity_id, person_id)
        ) STRICT;
        CREATE INDEX following_by_dose ON following(dose) WHERE ended_at IS NULL;
        CREATE INDEX following_by_person ON following(person_id);

        CREATE TABLE told_update (
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id), slug TEXT NOT NULL,
            cursor INTEGER NOT NULL, PRIMARY KEY (opportunity_id, slug)
        ) STRICT;
        INSERT INTO told_update
            SELECT opportunity.id, json_extract(one.value, '$.slug'), 0
            FROM opportunity, json_each(opportunity.updates) AS one;

        CREATE TABLE incoming (
            id TEXT PRIMARY KEY, received_at TEXT NOT NULL, door TEXT NOT NULL,
            sender TEXT NOT NULL, recipient TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
            fate TEXT NOT NULL, reason TEXT NOT NULL, message_id TEXT, answers TEXT,
            words TEXT NOT NULL, cut TEXT NOT NULL,
            person_id TEXT REFERENCES person(id),
            opportunity_id TEXT REFERENCES opportunity(id),
            comment_id TEXT REFERENCES comment(id), settled_at TEXT, raw BLOB NOT NULL
        ) STRICT;
        CREATE INDEX incoming_kept ON incoming(id) WHERE fate = 'kept';
        CREATE INDEX incoming_refused ON incoming(opportunity_id, received_at)
            WHERE fate = 'refused';
        CREATE INDEX incoming_by_message_id ON incoming(message_id);
        CREATE INDEX incoming_by_answers ON incoming(answers);
        CREATE INDEX incoming_by_comment ON incoming(comment_id);
        CREATE INDEX incoming_by_opportunity ON incoming(opportunity_id, id);

        CREATE TABLE bounce (
            person_id TEXT NOT NULL REFERENCES person(id), day TEXT NOT NULL, at TEXT NOT NULL,
            permanent INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (person_id, day)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX outbox_by_opportunity ON outbox(opportunity_id, id);
        CREATE INDEX outbox_given_up ON outbox(opportunity_id, created_at)
            WHERE sent_at IS NULL AND due_at IS NULL;
        CREATE INDEX outbox_by_kind ON outbox(kind, opportunity_id, subject);
        """
    )


@migrations()
def m0003_one_mail_kept_once(db: Database) -> None:
    """The bytes of a mail to many recipients are kept once; refusals keep their values apart."""
    db.conn.create_function("sha256", 1, lambda raw: hashlib.sha256(raw).hexdigest())
    db.executescript(
        """
        CREATE TABLE raw_mail (digest TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        ALTER TABLE incoming ADD COLUMN raw_digest TEXT REFERENCES raw_mail(digest);
        INSERT OR IGNORE INTO raw_mail SELECT sha256(raw), raw FROM incoming WHERE raw != x'';
        UPDATE incoming SET raw_digest = sha256(raw) WHERE raw != x'';
        ALTER TABLE incoming DROP COLUMN raw;
        CREATE INDEX incoming_by_raw ON incoming(raw_digest);
        ALTER TABLE incoming ADD COLUMN reason_values TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE told_update ADD COLUMN message_id TEXT NOT NULL DEFAULT '';
        """
    )


@migrations()
def m0004_team(db: Database) -> None:
    db.conn.create_function("edition", 1, _edition)
    db.executescript(
        """
        ALTER TABLE opportunity ADD COLUMN agreement TEXT NOT NULL DEFAULT '';
        ALTER TABLE opportunity ADD COLUMN agreement_commit TEXT NOT NULL DEFAULT '';
        ALTER TABLE opportunity ADD COLUMN agreement_url TEXT NOT NULL DEFAULT '';
        ALTER TABLE person ADD COLUMN links TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE person ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE person ADD COLUMN erased_at TEXT;
        ALTER TABLE participant ADD COLUMN introduced_by TEXT REFERENCES person(id);
        ALTER TABLE participant ADD COLUMN introduction_seen TEXT NOT NULL DEFAULT '';
        UPDATE participant SET introduction_seen = edition(introduction)
            WHERE introduction != '' AND (introduction_public OR joined_at IS NULL);
        ALTER TABLE invitation ADD COLUMN looked_at TEXT;
        ALTER TABLE invitation ADD COLUMN reminded_at TEXT;
        ALTER TABLE comment ADD COLUMN introduces TEXT REFERENCES person(id);
        CREATE INDEX comment_introducing ON comment(introduces) WHERE introduces IS NOT NULL;
        CREATE INDEX comment_by_parent ON comment(parent_id) WHERE parent_id IS NOT NULL;
        DROP INDEX comment_by_author;
        CREATE INDEX comment_by_author ON comment(author_id, written_at, introduces);

        CREATE TABLE told_phase (
            opportunity_id TEXT PRIMARY KEY REFERENCES opportunity(id), phase TEXT NOT NULL,
            cursor INTEGER NOT NULL
        ) STRICT;
        INSERT INTO told_phase SELECT id, phase, 0 FROM opportunity;
        CREATE TABLE topic (
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id), thread TEXT NOT NULL,
            label TEXT NOT NULL, PRIMARY KEY (opportunity_id, thread)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE role (
            id TEXT PRIMARY KEY,
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            person_id TEXT NOT NULL REFERENCES person(id),
            title TEXT NOT NULL, words TEXT NOT NULL, html TEXT NOT NULL,
            made_at TEXT NOT NULL,
            proposed_by TEXT REFERENCES person(id), taken_at TEXT, laid_down_at TEXT
        ) STRICT;
        CREATE INDEX role_by_opportunity ON role(opportunity_id);
        CREATE INDEX role_by_person ON role(person_id);
        CREATE TABLE support (
            role_id TEXT NOT NULL REFERENCES role(id),
            person_id TEXT NOT NULL REFERENCES person(id),
            at TEXT NOT NULL, comment_id TEXT REFERENCES comment(id),
            PRIMARY KEY (role_id, person_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX support_by_comment ON support(comment_id) WHERE comment_id IS NOT NULL;

        CREATE TABLE mark (
            kind TEXT NOT NULL, opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            person_id TEXT NOT NULL REFERENCES person(id), subject TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (opportunity_id, kind, person_id, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mark_by_person ON mark(person_id);
        CREATE TABLE audience (
            opportunity_id TEXT PRIMARY KEY REFERENCES opportunity(id), marks TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE rereading (
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            person_id TEXT NOT NULL REFERENCES person(id),
            version TEXT NOT NULL, at TEXT NOT NULL, commit_hash TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (opportunity_id, person_id, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE note (
            id TEXT PRIMARY KEY, author_id TEXT NOT NULL REFERENCES person(id),
            opportunity_id TEXT REFERENCES opportunity(id), person_id TEXT REFERENCES person(id),
            text TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX note_by_opportunity ON note(opportunity_id);
        CREATE INDEX note_by_person ON note(person_id);
        CREATE TABLE suggestion (
            id TEXT PRIMARY KEY, opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            by TEXT NOT NULL REFERENCES person(id), name TEXT NOT NULL, email TEXT NOT NULL,
            why TEXT NOT NULL, made_at TEXT NOT NULL, decided_at TEXT,
            invited INTEGER NOT NULL DEFAULT 0, person_id TEXT REFERENCES person(id)
        ) STRICT;
        CREATE INDEX suggestion_by_opportunity ON suggestion(opportunity_id);
        CREATE TABLE visit (
            person_id TEXT NOT NULL REFERENCES person(id),
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id),
            cursor INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (person_id, opportunity_id)
        ) STRICT, WITHOUT ROWID;
        """
    )
    for table, columns in (("comment", ["text"]), ("person", ["name", "know_how", "tags"])):
        db.table(table).enable_fts(
            columns, tokenize="unicode61 remove_diacritics 2", create_triggers=True
        )


@migrations()
def m0005_text_in_git(db: Database) -> None:
    db.conn.create_function("words_digest", 1, _words_digest)
    db.executescript(
        """
        ALTER TABLE opportunity ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE opportunity ADD COLUMN in_short TEXT NOT NULL DEFAULT '';
        ALTER TABLE opportunity ADD COLUMN folder TEXT NOT NULL DEFAULT '';
        ALTER TABLE opportunity ADD COLUMN texts TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE told_update ADD COLUMN title TEXT NOT NULL DEFAULT '';
        ALTER TABLE told_update ADD COLUMN dated TEXT NOT NULL DEFAULT '';
        ALTER TABLE told_update ADD COLUMN digest TEXT NOT NULL DEFAULT '';
        ALTER TABLE told_update ADD COLUMN former TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE told_update ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;
        UPDATE told_update SET digest = coalesce((
            SELECT words_digest(json_extract(one.value, '$.text'))
            FROM opportunity, json_each(opportunity.updates) AS one
            WHERE opportunity.id = told_update.opportunity_id
            AND json_extract(one.value, '$.slug') = told_update.slug), '');
        CREATE TABLE text_change (
            opportunity_id TEXT NOT NULL REFERENCES opportunity(id), id TEXT NOT NULL,
            cursor INTEGER NOT NULL, at TEXT NOT NULL, texts TEXT NOT NULL, subject TEXT NOT NULL,
            authors TEXT NOT NULL, url TEXT NOT NULL,
            PRIMARY KEY (opportunity_id, id)
        ) STRICT;
        CREATE INDEX text_change_by_cursor ON text_change(opportunity_id, cursor);
        CREATE INDEX change_by_time ON change(opportunity_id, at);

        CREATE TABLE push (
            id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, forge TEXT NOT NULL,
            branch TEXT NOT NULL, commit_hash TEXT NOT NULL, pusher TEXT NOT NULL,
            came_at TEXT NOT NULL, state TEXT NOT NULL, tried TEXT NOT NULL DEFAULT '',
            problems TEXT NOT NULL DEFAULT '[]', settled_at TEXT
        ) STRICT;
        CREATE INDEX push_waiting ON push(id) WHERE settled_at IS NULL;

        CREATE TABLE rebuild (
            target TEXT PRIMARY KEY, cursor INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
            due_at TEXT, error TEXT, asked_at TEXT
        ) STRICT;
        """
    )


def _words_digest(text: str | None) -> str:
    words = " ".join((text or "").split())
    return hashlib.sha256(words.encode()).hexdigest() if words else ""


def _edition(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
