"""Changes of brief, summary and agreement, as the site tells of them: for digests, each once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..domain.changes import ChangedText, Run, RunKind, Text, TextChange
from ..domain.phases import Opportunity
from ..domain.times import from_text
from ..storage.interface import Writing

MOST_RUNS = 200  # of a paragraph, whatever a site sends
MOST_PARAGRAPHS = 20  # of a text


def tell_of_changes(
    t: Writing, told: Opportunity, changes: Sequence[TextChange], now: datetime
) -> None:
    """Note those that are new: they come before all that is known, newest first.

    The first that a site ever tells of are history, and so is what a rewritten history lets come
    up again from below.
    """
    known = t.text_changes_known(told.id)
    is_news = bool(known)
    fresh: list[tuple[TextChange, bool]] = []
    for change in changes:
        if change.id in known:
            is_news = False
        else:
            fresh.append((change, is_news))
    for change, news in reversed(fresh):
        t.add_text_change(told.id, change, t.note_change(told.id, None, now) if news else 0)


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
    return ChangedText(
        text=Text(item["text"]),
        how=str(item["how"]),
        language=str(item["language"] or ""),
        came=int(item["came"]),
        went=int(item["went"]),
        paragraphs=tuple(
            tuple(Run(RunKind(kind), str(words)) for kind, words in paragraph[:MOST_RUNS])
            for paragraph in item["words"][:MOST_PARAGRAPHS]
        ),
    )
