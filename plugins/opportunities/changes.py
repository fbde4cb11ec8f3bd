"""What the manifest says of the newest changes of brief, summary and agreement, if git knows any
(plugins.history attaches them; without it there are none)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

MOST_PARAGRAPHS = 6  # of one text
MOST_RUNS = 60  # of one text
MOST_LETTERS = 900  # of them together: a mail shows them, and leads to the page with all
_TOLD_ELSEWHERE = {"phase", "modified"}

Runs = list[list[str]]


def described_changes(brief: Any, url: str) -> list[dict[str, Any]]:
    """The changes, newest first, as plain data; `url` is where the opportunity is read."""
    told = (each for each in getattr(brief, "latest_changes", ()) if _has_a_date(each.change))
    described = (_change(brief, each, url) for each in told)
    return [change for change in described if change["texts"]]


def _has_a_date(change: Any) -> bool:
    """Git keeps whatever an author's clock said, and some of it is no time for anybody else."""
    return change.date is not None and 1970 <= change.date.year < 9000


def _change(brief: Any, version: Any, url: str) -> dict[str, Any]:
    change = version.change
    history = f"{brief.settings['SITEURL']}/{brief.history_url}" if brief.history_url else url
    texts = (_text(brief, file, prose) for file, prose in version.texts)
    return {
        "id": _id(change.date, (file for file, _ in version.texts)),
        "date": change.date.isoformat(timespec="seconds"),
        "subject": change.subject,
        "authors": list(change.authors),
        "url": f"{history}#{change.anchor}" if brief.history_url else url,
        "texts": [text for text in texts if text],
    }


def _id(date: datetime, files: Iterable[Any]) -> str:
    """Made of what changed and when it was written, so that a rewritten history tells no change
    anew, and one that was taken back and made again is two."""
    made = [[file.kind, file.language, list(file.before), file.after] for file in files]
    told = [date.isoformat(), sorted(made, key=repr)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:20]


def _text(brief: Any, file: Any, prose: Any) -> dict[str, Any] | None:
    """What changed in one text; None when that is told elsewhere, as a phase is, or is nothing."""
    words = list(_shortened([*_fields(prose.fields), *map(_plain, prose.paragraphs)]))
    if file.how not in ("added", "removed") and not words and not prose.came and not prose.went:
        return None
    other = file.language and file.language != brief.lang
    return {
        "text": file.kind,
        "how": file.how if file.how in ("added", "removed") else "changed",
        "language": file.language if other else None,
        "came": prose.came,
        "went": prose.went,
        "words": words,
    }


def _fields(fields: Iterable[Any]) -> Iterator[Runs]:
    for field in fields:
        if field.name.lower() not in _TOLD_ELSEWHERE:
            yield [["same", f"{field.name}:"], *_plain(field.runs)]


def _plain(runs: Iterable[Any]) -> Runs:
    return [[run.kind, run.text] for run in runs]


def _shortened(paragraphs: list[Runs]) -> Iterator[Runs]:
    left, pieces = MOST_LETTERS, MOST_RUNS
    for runs in paragraphs[:MOST_PARAGRAPHS]:
        kept: Runs = []
        for kind, text in runs[:pieces]:
            kept.append([kind, text] if len(text) <= left else [kind, f"{text[:left]}…"])
            left -= len(text)
            if left <= 0:
                break
        if len(runs) > pieces:
            kept.append(["gap", ""])
        pieces -= len(kept)
        yield kept
        if left <= 0 or pieces <= 0:
            return
