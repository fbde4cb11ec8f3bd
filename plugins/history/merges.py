"""What a merge changed by itself: neither what one side had written, nor the other."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

_MOST_LINES = 5_000


def before_merge(sides: Sequence[bytes], merged: bytes) -> bytes | None:
    """The merged text without what the merge itself wrote, and with what it alone took away; None
    when every line of it comes from a side and every line that all have is still there."""
    lines = merged.splitlines(keepends=True)
    olds = [side.splitlines(keepends=True) for side in sides]
    if max(map(len, [lines, *olds])) > _MOST_LINES:
        return None
    own, gone = set(range(len(lines))), None
    for old in olds:
        kept = {}
        for a, b, size in SequenceMatcher(None, old, lines, autojunk=False).get_matching_blocks():
            own -= set(range(b, b + size))
            kept.update({a + step: b + step for step in range(size)})
        lost = {line for at, line in enumerate(old) if at not in kept and line.strip()}
        gone = lost if gone is None else gone & lost
    blank = {place for place in own if not lines[place].strip()}
    if not own - blank and not gone:
        return None
    return _put_back(lines, own - blank, olds[0], gone or set())


def _put_back(lines: list[bytes], own: set[int], old: list[bytes], gone: set[bytes]) -> bytes:
    text: list[bytes] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, lines, autojunk=False).get_opcodes():
        if tag in ("replace", "delete"):
            text.extend(line for line in old[i:j] if line in gone)
        text.extend(lines[place] for place in range(k, m) if place not in own)
    return b"".join(text)
