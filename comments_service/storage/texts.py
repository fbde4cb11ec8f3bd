"""Queries about what the site tells of its texts: updates that went out, and texts that changed."""

import json
from collections.abc import Mapping
from datetime import datetime

from ..domain.changes import ChangedText, Run, RunKind, Text, TextChange
from ..domain.letters import NO_LONGER_WANTED, Kind
from ..domain.times import from_text, to_text
from ..domain.updates import ToldUpdate
from . import rows
from .queries import Queries


class TextsLook(Queries):
    """What can be asked."""

    def updates_told(self, opportunity_id: str, since: int, until: int) -> list[str]:
        found = self._all(
            """SELECT slug FROM told_update WHERE opportunity_id = :opportunity
               AND cursor > :since AND cursor <= :until ORDER BY cursor""",
            opportunity=opportunity_id,
            since=since,
            until=until,
        )
        return [row["slug"] for row in found]

    def all_updates_told(self, opportunity_id: str) -> list[ToldUpdate]:
        found = self._all(
            "SELECT * FROM told_update WHERE opportunity_id = :opportunity ORDER BY dated, slug",
            opportunity=opportunity_id,
        )
        return [
            ToldUpdate(
                slug=row["slug"],
                message_id=row["message_id"],
                title=row["title"],
                date=row["dated"],
                digest=row["digest"],
                former=tuple(json.loads(row["former"])),
            )
            for row in found
        ]

    def update_told(self, opportunity_id: str, slug: str) -> str | None:
        row = self._one(
            """SELECT message_id FROM told_update
               WHERE opportunity_id = :opportunity AND slug = :slug""",
            opportunity=opportunity_id,
            slug=slug,
        )
        return str(row["message_id"]) if row else None

    def update_by_message_id(self, opportunity_id: str, message_id: str) -> str | None:
        row = self._one(
            """SELECT slug FROM told_update
               WHERE opportunity_id = :opportunity AND message_id = :message_id""",
            opportunity=opportunity_id,
            message_id=message_id,
        )
        return str(row["slug"]) if row else None

    def update_was_heard_of(self, opportunity_id: str, slug: str) -> bool:
        row = self._one(
            """SELECT EXISTS (SELECT 1 FROM outbox WHERE kind = :kind AND sent_at IS NOT NULL
                              AND opportunity_id = :opportunity AND subject = :slug)
                   OR EXISTS (SELECT 1 FROM comment WHERE opportunity_id = :opportunity
                              AND update_slug = :slug AND state = 'published')
                   OR EXISTS (SELECT 1 FROM told_update WHERE opportunity_id = :opportunity
                              AND slug = :slug AND heard) AS heard""",
            kind=Kind.UPDATE.value,
            opportunity=opportunity_id,
            slug=slug,
        )
        return bool(row and row["heard"])

    def text_changes(self, opportunity_id: str, since: int, until: int) -> list[TextChange]:
        found = self._all(
            """SELECT * FROM text_change WHERE opportunity_id = :opportunity
               AND cursor > :since AND cursor <= :until ORDER BY cursor""",
            opportunity=opportunity_id,
            since=since,
            until=until,
        )
        return [_change_from(row) for row in found]

    def text_changes_known(self, opportunity_id: str) -> set[str]:
        sql = "SELECT id FROM text_change WHERE opportunity_id = :opportunity"
        return {row["id"] for row in self._all(sql, opportunity=opportunity_id)}


class TextsTransaction(TextsLook):
    """What can be changed."""

    def note_update_told(
        self, opportunity_id: str, slug: str, message_id: str, cursor: int
    ) -> None:
        values = {
            "opportunity_id": opportunity_id,
            "slug": slug,
            "cursor": cursor,
            "message_id": message_id,
        }
        self._insert("told_update", values, "ON CONFLICT DO NOTHING")

    def describe_update(self, opportunity_id: str, told: ToldUpdate) -> None:
        values = {"title": told.title, "dated": told.date, "digest": told.digest}
        which = {"opportunity": opportunity_id, "slug": told.slug}
        self._db.execute(
            """UPDATE told_update SET title = :title, dated = :dated, digest = :digest
               WHERE opportunity_id = :opportunity AND slug = :slug""",
            values | which,
        )

    def rename_updates(self, opportunity_id: str, names: Mapping[str, str]) -> list[str]:
        answers: list[str] = []
        for slug in names:  # apart first: names may have been exchanged
            answers += self._rename_update(opportunity_id, slug, f"~{slug}")
        for slug, new in names.items():
            self._rename_update(opportunity_id, f"~{slug}", new)
        return answers

    def _rename_update(self, opportunity_id: str, slug: str, new: str) -> list[str]:
        names = {"opportunity": opportunity_id, "slug": slug, "new": new}
        here = "opportunity_id = :opportunity"
        answers = self._all(
            f"SELECT id FROM comment WHERE {here} AND update_slug = :slug",  # noqa: S608
            **names,
        )
        for statement in (
            f"""UPDATE told_update SET slug = :new, former = CASE WHEN :slug LIKE '~%' THEN former
                    ELSE json_insert(former, '$[#]', :slug) END
                WHERE {here} AND slug = :slug""",  # noqa: S608
            f"UPDATE comment SET update_slug = :new WHERE {here} AND update_slug = :slug",  # noqa: S608
            f"UPDATE OR REPLACE topic SET thread = :new WHERE {here} AND thread = :slug",  # noqa: S608
            f"""UPDATE outbox SET subject = :new
                WHERE kind = '{Kind.UPDATE.value}' AND {here} AND subject = :slug""",  # noqa: S608
        ):
            self._db.execute(statement, names)
        return [row["id"] for row in answers]

    def want_letters_again(
        self, kind: Kind, opportunity_id: str, subject: str, now: datetime
    ) -> None:
        self._db.execute(
            """UPDATE outbox SET due_at = :now, error = NULL
               WHERE kind = :kind AND opportunity_id = :opportunity AND subject = :subject
               AND sent_at IS NULL AND due_at IS NULL AND error = :unwanted""",
            {
                "now": to_text(now),
                "kind": kind.value,
                "opportunity": opportunity_id,
                "subject": subject,
                "unwanted": NO_LONGER_WANTED,
            },
        )

    def add_text_change(self, opportunity_id: str, change: TextChange, cursor: int) -> None:
        self._insert("text_change", _change_values(opportunity_id, change, cursor))


def _change_values(opportunity_id: str, change: TextChange, cursor: int) -> rows.Values:
    texts = [
        {
            "text": one.text.value,
            "how": one.how,
            "language": one.language,
            "came": one.came,
            "went": one.went,
            "words": [[[run.kind.value, run.text] for run in runs] for runs in one.paragraphs],
        }
        for one in change.texts
    ]
    return {
        "opportunity_id": opportunity_id,
        "id": change.id,
        "cursor": cursor,
        "at": to_text(change.at),
        "texts": json.dumps(texts, ensure_ascii=False),
        "subject": change.subject,
        "authors": json.dumps(change.authors, ensure_ascii=False),
        "url": change.url,
    }


def _change_from(row: rows.Row) -> TextChange:
    texts = tuple(
        ChangedText(
            Text(one["text"]),
            one["how"],
            one["language"],
            one["came"],
            one["went"],
            tuple(tuple(Run(RunKind(k), text) for k, text in runs) for runs in one["words"]),
        )
        for one in json.loads(row["texts"])
    )
    authors = tuple(json.loads(row["authors"]))
    at = from_text(row["at"])
    return TextChange(row["id"], at, texts, row["subject"], authors, row["url"])
