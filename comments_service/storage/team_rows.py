"""Rows about the team to dataclasses of the domain, and back."""

import sqlite3
from typing import Any

from ..domain.marks import Mark, MarkKind
from ..domain.notes import Note, Suggestion
from ..domain.rereading import Rereading
from ..domain.team import Role, Support
from ..domain.times import from_text, to_text
from .rows import maybe_moment, maybe_text

Row = sqlite3.Row
Values = dict[str, Any]


def role_from(row: Row) -> Role:
    return Role(
        id=row["id"],
        opportunity_id=row["opportunity_id"],
        person_id=row["person_id"],
        title=row["title"],
        words=row["words"],
        html=row["html"],
        made=from_text(row["made_at"]),
        proposed_by=row["proposed_by"],
        taken=maybe_moment(row["taken_at"]),
        laid_down=maybe_moment(row["laid_down_at"]),
    )


def role_values(role: Role) -> Values:
    return {
        "id": role.id,
        "opportunity_id": role.opportunity_id,
        "person_id": role.person_id,
        "title": role.title,
        "words": role.words,
        "html": role.html,
        "made_at": to_text(role.made),
        "proposed_by": role.proposed_by,
        "taken_at": maybe_text(role.taken),
        "laid_down_at": maybe_text(role.laid_down),
    }


def support_from(row: Row) -> Support:
    return Support(row["role_id"], row["person_id"], from_text(row["at"]), row["comment_id"])


def support_values(support: Support) -> Values:
    return {
        "role_id": support.role_id,
        "person_id": support.person_id,
        "at": to_text(support.at),
        "comment_id": support.comment_id,
    }


def mark_from(row: Row) -> Mark:
    return Mark(
        MarkKind(row["kind"]),
        row["opportunity_id"],
        row["person_id"],
        row["subject"],
        from_text(row["at"]),
    )


def mark_values(mark: Mark) -> Values:
    return {
        "kind": mark.kind.value,
        "opportunity_id": mark.opportunity_id,
        "person_id": mark.person_id,
        "subject": mark.subject,
        "at": to_text(mark.at),
    }


def rereading_from(row: Row) -> Rereading:
    return Rereading(
        row["opportunity_id"],
        row["person_id"],
        row["version"],
        from_text(row["at"]),
        row["commit_hash"],
    )


def rereading_values(rereading: Rereading) -> Values:
    return {
        "opportunity_id": rereading.opportunity_id,
        "person_id": rereading.person_id,
        "version": rereading.version,
        "at": to_text(rereading.at),
        "commit_hash": rereading.commit,
    }


def note_from(row: Row) -> Note:
    return Note(
        id=row["id"],
        author_id=row["author_id"],
        text=row["text"],
        at=from_text(row["at"]),
        opportunity_id=row["opportunity_id"],
        person_id=row["person_id"],
    )


def note_values(note: Note) -> Values:
    return {
        "id": note.id,
        "author_id": note.author_id,
        "text": note.text,
        "at": to_text(note.at),
        "opportunity_id": note.opportunity_id,
        "person_id": note.person_id,
    }


def suggestion_from(row: Row) -> Suggestion:
    return Suggestion(
        id=row["id"],
        opportunity_id=row["opportunity_id"],
        by=row["by"],
        name=row["name"],
        email=row["email"],
        why=row["why"],
        made=from_text(row["made_at"]),
        decided=maybe_moment(row["decided_at"]),
        invited=bool(row["invited"]),
        person_id=row["person_id"],
    )


def suggestion_values(suggestion: Suggestion) -> Values:
    return {
        "id": suggestion.id,
        "opportunity_id": suggestion.opportunity_id,
        "by": suggestion.by,
        "name": suggestion.name,
        "email": suggestion.email,
        "why": suggestion.why,
        "made_at": to_text(suggestion.made),
        "decided_at": maybe_text(suggestion.decided),
        "invited": int(suggestion.invited),
        "person_id": suggestion.person_id,
    }
