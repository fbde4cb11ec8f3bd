"""What readers may see of a history: a version that was a draft is no part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .model import File, Kind

_SEEN = ("published", "")
_BY_LINK = ("hidden",)  # a page that no list leads to; an update so marked stands nowhere


def as_seen(file: File, status: Callable[[str | None], str | None]) -> File | None:
    """The file as a reader saw it change; None when there was nothing to see.

    `status` tells what the header of a version (a blob, or "" for the file that is not committed)
    says, and None for a version that is not there. What becomes a draft is taken away, and what
    was one is new when it is published.
    """
    before = tuple(blob for blob in file.before if _is_seen(file.kind, status(blob)))
    after = file.after if _is_seen(file.kind, status(file.after)) else None
    if not before and after is None:
        return None
    if before == file.before and after == file.after:
        return file
    how = file.how if before and after is not None else "removed" if before else "added"
    return replace(file, before=before, after=after, how=how)


def _is_seen(kind: Kind, status: str | None) -> bool:
    return status in _SEEN or (status in _BY_LINK and kind in ("brief", "text"))
