"""Places in a brief that still wait for words: `emergence new opportunity` marks them TODO."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from .attach import Article
from .header import Problem

logger = logging.getLogger(__name__)

_WAITS = re.compile(r"\bTODO\b.*")
_LONGEST = 60


def warn_of_placeholders(brief: Article) -> None:
    """Log a warning for each one that is left, by file and line."""
    shown = (brief.title, brief.metadata.get("summary", ""), brief._content or "")
    if any("TODO" in str(part) for part in shown):
        for problem in placeholders_in(brief):
            logger.warning("%s", problem)


def placeholders_in(brief: Article) -> Iterator[Problem]:
    """Each line that holds one."""
    name = f"{Path(brief.settings['PATH']).name}/{brief.get_relative_source_path()}"
    text = Path(brief.source_path).read_text(encoding="utf-8-sig")
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _WAITS.search(line):
            words = found[0][:_LONGEST].strip()
            yield Problem(name, number, f"a placeholder waits for words: “{words}”")
