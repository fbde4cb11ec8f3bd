"""The discussions as `emergence archive` keeps them in git: what is shown while the service was
never heard. docs/archive.schema.json describes a file; the service's side of it is not needed.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any

from .document import Answer, RawDiscussion, checked
from .errors import UnusableAnswer
from .snapshot import Snapshot

logger = logging.getLogger(__name__)

FORMAT = "emergence-archive/1"
SERVICE = "archive"  # no service has this id: whatever answers later is told from it
# What only a service that is restored needs.
_NOT_SHOWN = {"people": "introduction_text", "comments": "text", "roles": "words"}


def archive_of(settings: Mapping[str, Any]) -> Snapshot | None:
    """The discussions of DISCUSSION_ARCHIVE, in memory alone; None if there are none.

    A file that is broken is told of and left out.
    """
    if not settings.get("DISCUSSION_ARCHIVE"):
        return None
    beside = os.path.dirname(os.path.abspath(settings["PATH"]))
    folder = os.path.join(beside, settings["DISCUSSION_ARCHIVE"])
    discussions = list(_read(folder))
    if not discussions:
        return None
    snapshot = Snapshot(settings["DISCUSSION_SNAPSHOT"])
    snapshot.merge(Answer(SERVICE, 0, False, discussions))
    return snapshot


def _read(folder: str) -> Iterator[RawDiscussion]:
    if not os.path.isdir(folder):
        return
    for name in sorted(os.listdir(folder)):
        if name.startswith(".") or not name.endswith(".json"):
            continue
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                yield _discussion(json.load(file))
        except (OSError, ValueError, UnusableAnswer) as problem:
            logger.warning("%s cannot be read, and is left out: %s", path, problem)


def _discussion(document: Any) -> RawDiscussion:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnusableAnswer(f"not a document of format {FORMAT}")
    raw = checked(document.get("discussion"))
    for several, name in _NOT_SHOWN.items():
        for item in raw.get(several, ()):  # type: ignore[attr-defined]
            item.pop(name, None)
    return raw
