"""Queries about the team that takes shape: roles, marks, rereadings, topics; notes and the desk."""

from collections.abc import Iterable
from datetime import datetime

from ..domain.discussion import Comment
from ..domain.marks import Audience, Mark, MarkKind
from ..domain.notes import Note, Suggestion
from ..domain.people import Invitation
from ..domain.rereading import Rereading
from ..domain.team import Role, Support
from ..domain.times import from_text, to_text
from . import rows, team_rows
from .queries import Queries


class TeamLook(Queries):
    """What can be asked."""

    def role(self, id: str) -> Role | None:
        row = self._one("SELECT * FROM role WHERE id = :id", id=id)
        return team_rows.role_from(row) if row else None

    def roles(self, opportunity_id: str) -> list[Role]:
        found = self._all(
            "SELECT * FROM role WHERE opportunity_id = :opportunity ORDER BY made_at, id",
            opportunity=opportunity_id,
        )
        return [team_rows.role_from(row) for row in found]

    def roles_of(self, person_id: str) -> list[Role]:
        found = self._all(
            "SELECT * FROM role WHERE person_id = :person ORDER BY made_at, id", person=person_id
        )
        return [team_rows.role_from(row) for row in found]

    def roles_spoken_for(self, comment_id: str) -> list[Role]:
        found = self._all(
            """SELECT role.* FROM support JOIN role ON role.id = support.role_id
               WHERE comment_id = :comment AND laid_down_at IS NULL ORDER BY made_at, id""",
            comment=comment_id,
        )
        return [team_rows.role_from(row) for row in found]

    def supports(self, role_id: str) -> list[Support]:
        found = self._all(
            "SELECT * FROM support WHERE role_id = :role ORDER BY at, person_id", role=role_id
        )
        return [team_rows.support_from(row) for row in found]

    def supports_by(self, person_id: str) -> list[Support]:
        found = self._all(
            "SELECT * FROM support WHERE person_id = :person ORDER BY at", person=person_id
        )
        return [team_rows.support_from(row) for row in found]

    def marks(self, opportunity_id: str, kind: MarkKind | None = None) -> list[Mark]:
        found = self._all(
            """SELECT * FROM mark WHERE opportunity_id = :opportunity
               AND (:kind IS NULL OR kind = :kind) ORDER BY at, person_id, subject""",
            opportunity=opportunity_id,
            kind=kind.value if kind else None,
        )
        return [team_rows.mark_from(row) for row in found]

    def marks_by(self, person_id: str) -> list[Mark]:
        found = self._all(
            "SELECT * FROM mark WHERE person_id = :person ORDER BY at", person=person_id
        )
        return [team_rows.mark_from(row) for row in found]

    def audience(self, opportunity_id: str) -> Audience:
        row = self._one(
            "SELECT marks FROM audience WHERE opportunity_id = :opportunity",
            opportunity=opportunity_id,
        )
        return Audience(row["marks"]) if row else Audience.CONCERNED

    def rereadings(self, opportunity_id: str) -> list[Rereading]:
        found = self._all(
            "SELECT * FROM rereading WHERE opportunity_id = :opportunity ORDER BY at, person_id",
            opportunity=opportunity_id,
        )
        return [team_rows.rereading_from(row) for row in found]

    def rereadings_by(self, person_id: str) -> list[Rereading]:
        found = self._all(
            "SELECT * FROM rereading WHERE person_id = :person ORDER BY at", person=person_id
        )
        return [team_rows.rereading_from(row) for row in found]

    def topics(self, opportunity_id: str) -> dict[str, str]:
        found = self._all(
            "SELECT thread, label FROM topic WHERE opportunity_id = :opportunity ORDER BY thread",
            opportunity=opportunity_id,
        )
        return {row["thread"]: row["label"] for row in found}

    def phase_told(self, opportunity_id: str) -> tuple[str, int] | None:
        row = self._one(
            "SELECT phase, cursor FROM told_phase WHERE opportunity_id = :opportunity",
            opportunity=opportunity_id,
        )
        return (str(row["phase"]), int(row["cursor"])) if row else None

    def note(self, id: str) -> Note | None:
        row = self._one("SELECT * FROM note WHERE id = :id", id=id)
        return team_rows.note_from(row) if row else None

    def notes(
        self, *, opportunity_id: str | None = None, person_id: str | None = None
    ) -> list[Note]:
        found = self._all(
            """SELECT * FROM note WHERE (:opportunity IS NULL OR opportunity_id = :opportunity)
               AND (:person IS NULL OR person_id = :person) ORDER BY at DESC, id DESC""",
            opportunity=opportunity_id,
            person=person_id,
        )
        return [team_rows.note_from(row) for row in found]

    def suggestion(self, id: str) -> Suggestion | None:
        row = self._one("SELECT * FROM suggestion WHERE id = :id", id=id)
        return team_rows.suggestion_from(row) if row else None

    def suggestions(self, opportunity_id: str) -> list[Suggestion]:
        found = self._all(
            "SELECT * FROM suggestion WHERE opportunity_id = :opportunity ORDER BY made_at, id",
            opportunity=opportunity_id,
        )
        return [team_rows.suggestion_from(row) for row in found]

    def suggestions_by(self, person_id: str) -> list[Suggestion]:
        found = self._all(
            "SELECT * FROM suggestion WHERE by = :person ORDER BY made_at", person=person_id
        )
        return [team_rows.suggestion_from(row) for row in found]

    def visited(self, person_id: str, opportunity_id: str) -> tuple[int, datetime] | None:
        row = self._one(
            """SELECT cursor, at FROM visit
               WHERE person_id = :person AND opportunity_id = :opportunity""",
            person=person_id,
            opportunity=opportunity_id,
        )
        return (int(row["cursor"]), from_text(row["at"])) if row else None

    def introduction_of(self, opportunity_id: str, person_id: str) -> Comment | None:
        row = self._one(
            """SELECT * FROM comment WHERE introduces = :person AND opportunity_id = :opportunity
               ORDER BY id LIMIT 1""",
            person=person_id,
            opportunity=opportunity_id,
        )
        return rows.comment_from(row) if row else None


class TeamTransaction(TeamLook):
    """What can be changed."""

    def add_role(self, role: Role) -> None:
        self._insert("role", team_rows.role_values(role))

    def change_role(self, role: Role) -> None:
        self._update("role", team_rows.role_values(role), "id = :id")

    def set_support(self, support: Support) -> None:
        values = team_rows.support_values(support)
        kept = "ON CONFLICT DO UPDATE SET comment_id = coalesce(:comment_id, comment_id)"
        self._insert("support", values, kept)

    def end_support(self, role_id: str, person_id: str) -> None:
        self._db.execute(
            "DELETE FROM support WHERE role_id = ? AND person_id = ?", [role_id, person_id]
        )

    def set_mark(self, mark: Mark) -> None:
        self._insert("mark", team_rows.mark_values(mark), "ON CONFLICT DO NOTHING")

    def end_mark(self, mark: Mark) -> None:
        self._db.execute(
            """DELETE FROM mark WHERE kind = ? AND opportunity_id = ? AND person_id = ?
               AND subject = ?""",
            [mark.kind.value, mark.opportunity_id, mark.person_id, mark.subject],
        )

    def set_audience(self, opportunity_id: str, marks: Audience) -> None:
        values = {"opportunity_id": opportunity_id, "marks": marks.value}
        self._insert("audience", values, "ON CONFLICT DO UPDATE SET marks = :marks")

    def add_rereading(self, rereading: Rereading) -> None:
        values = team_rows.rereading_values(rereading)
        self._insert("rereading", values, "ON CONFLICT DO NOTHING")

    def set_topic(self, opportunity_id: str, thread: str, label: str) -> None:
        """An empty label takes it away."""
        self._db.execute(
            "DELETE FROM topic WHERE opportunity_id = ? AND thread = ?", [opportunity_id, thread]
        )
        if label:
            values = {"opportunity_id": opportunity_id, "thread": thread, "label": label}
            self._insert("topic", values)

    def note_phase_told(self, opportunity_id: str, phase: str, cursor: int) -> None:
        values = {"opportunity_id": opportunity_id, "phase": phase, "cursor": cursor}
        self._insert(
            "told_phase", values, "ON CONFLICT DO UPDATE SET phase = :phase, cursor = :cursor"
        )

    def add_note(self, note: Note) -> None:
        self._insert("note", team_rows.note_values(note))

    def drop_note(self, id: str) -> None:
        self._db.execute("DELETE FROM note WHERE id = ?", [id])

    def add_suggestion(self, suggestion: Suggestion) -> None:
        self._insert("suggestion", team_rows.suggestion_values(suggestion))

    def change_suggestion(self, suggestion: Suggestion) -> None:
        self._update("suggestion", team_rows.suggestion_values(suggestion), "id = :id")

    def note_visit(self, person_id: str, opportunity_id: str, cursor: int, at: datetime) -> None:
        values = {
            "person_id": person_id,
            "opportunity_id": opportunity_id,
            "cursor": cursor,
            "at": to_text(at),
        }
        self._insert("visit", values, "ON CONFLICT DO UPDATE SET cursor = :cursor, at = :at")

    def change_invitation(self, invitation: Invitation) -> None:
        values = {
            "id": invitation.id,
            "why": invitation.why,
            "looked_at": to_text(invitation.looked) if invitation.looked else None,
            "reminded_at": to_text(invitation.reminded) if invitation.reminded else None,
        }
        self._update("invitation", values, "id = :id")

    def forget_person(self, person_id: str) -> None:
        """Take away all that others would still know of somebody: marks, notes, addresses, …"""
        for table, column in _OF_A_PERSON:
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ?", [person_id])  # noqa: S608
        self._db.execute("DELETE FROM mark WHERE subject = ?", [person_id])
        self._db.execute("UPDATE incoming SET person_id = NULL WHERE person_id = ?", [person_id])

    def close_roles(self, ids: Iterable[str], now: datetime) -> None:
        self._db.conn.executemany(
            "UPDATE role SET laid_down_at = coalesce(laid_down_at, ?) WHERE id = ?",
            [(to_text(now), id) for id in ids],
        )


_OF_A_PERSON = (
    ("support", "person_id"),
    ("mark", "person_id"),
    ("rereading", "person_id"),
    ("note", "person_id"),
    ("note", "author_id"),
    ("suggestion", "by"),
    ("suggestion", "person_id"),
    ("visit", "person_id"),
    ("address", "person_id"),
    ("following", "person_id"),
    ("bounce", "person_id"),
)
