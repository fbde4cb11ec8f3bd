"""Changes of brief, summary and agreement, as the site tells of them: for digests, each once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..domain.changes import ChangedText, Run, RunKind, Text, TextChange
from ..domain.phases import Opportunity
from ..domain.times import from_text
from ..storage.interface import Writing

MOST_RUNS = 200  # of one text, whatever a site sends


def tell_of_changes(
    t: Writing,
    before: Opportunity | None,
    told: Opportunity,
    changes: tuple[TextChange, ...],
    now: datetime,
) -> None:
    """Note those that are new, oldest first. The first that a site ever tells of are history."""
    for change in reversed(changes):
        if t.knows_text_change(told.id, change.id):
            continue
        is_news = before is not None and bool(before.changes)
        cursor = t.note_change(told.id, None, now) if is_news else 0
        t.add_text_change(told.id, change, cursor)


def read_change(item: Mapping[str, Any]) -> TextChange:
    """A change as the manifest has it. Raises KeyError, TypeError, ValueError."""
    return TextChange(
        id=str(item["id"]),
        at=from_text(item["date"]),
        texts=tuple(_read_text(text) for text in item["texts"]),
        subject=str(item["subject"]),
        authors=tuple(str(name) for name in item["authors"]),
        url=str(item["url"]),
    )


def _read_text(item: Mapping[str, Any]) -> ChangedText:
    runs = sum(len(paragraph) for paragraph in item["words"])
    if runs > MOST_RUNS:
        raise ValueError(f"a change of {runs} pieces")
    return ChangedText(
        text=Text(item["text"]),
        how=str(item["how"]),
        language=str(item["language"] or ""),
        came=int(item["came"]),
        went=int(item["went"]),
        paragraphs=tuple(
            tuple(Run(RunKind(kind), str(words)) for kind, words in paragraph)
            for paragraph in item["words"]
        ),
    )
