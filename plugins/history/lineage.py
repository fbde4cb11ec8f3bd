"""Which file of today a file of long ago is: names are followed back through all renames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .log import Commit, Entry

Names = dict[
    bytes, bytes
]  # a path as it was → the path now; b"" for a file that is none of today's


def followed(
    commits: Iterable[Commit], now: Names
) -> Iterator[tuple[Commit, list[tuple[bytes, Entry]]]]:
    """Each commit with its files and their paths of today. `commits` come newest first, none
    before one that came after it; `now` has renames that are not committed yet.

    Names differ from one line of commits to the other, so each commit has its own; lines that
    meet have both. Most commits rename nothing and share what they have.
    """
    known: dict[str, Names] = {}
    for commit in commits:
        names = known.pop(commit.hash, now)
        entries = with_folder_renames(commit.entries)
        told = [(names.get(entry.path, entry.path), entry) for entry in entries]
        yield commit, [(path, entry) for path, entry in told if path]
        for place, parent in enumerate(commit.parents):
            before = _before(names, told, place)
            other = known.get(parent)
            known[parent] = before if other is None or other is before else {**before, **other}


def _before(names: Names, told: list[tuple[bytes, Entry]], place: int) -> Names:
    """The names at the parent that has this place among the parents."""
    renamed = [
        (path, entry.path, entry.former[place])
        for path, entry in told
        if place < len(entry.former) and entry.former[place] != entry.path
        if _status(entry, place) == "R"
    ]
    if not renamed:
        return names
    before = {**names, **{now: b"" for _, now, _ in renamed}}
    before.update({former: path for path, _, former in renamed})
    return before


def _status(entry: Entry, place: int) -> str:
    return entry.status[place] if len(entry.former) > 1 else entry.status[0]


def with_folder_renames(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Where a folder was renamed, its files have come along, also one that was rewritten at the
    same time so much that git takes it for another."""
    moves = {_folders(e.former[0], e.path) for e in entries if e.status.startswith("R")}
    gone = {e.path: e for e in entries if e.status == "D"}
    if not gone or not (moves := {(a, b) for a, b in moves if a != b}):
        return entries
    found: list[Entry] = []
    taken: set[bytes] = set()
    for entry in entries:
        if entry.status == "A":
            former = _former(entry.path, moves, gone.keys() - taken)
            if former:
                taken.add(former)
                old = gone[former]
                entry = replace(entry, status="R", before=old.before, former=(former,))
        found.append(entry)
    return tuple(entry for entry in found if entry.path not in taken or entry.status != "D")


def _former(path: bytes, moves: Iterable[tuple[bytes, bytes]], gone: Iterable[bytes]) -> bytes:
    paths = set(gone)
    for old, new in sorted(moves, key=lambda move: -len(move[1])):
        if path.startswith(new) and (former := old + path[len(new) :]) in paths:
            return former
    return b""


def _folders(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """The two folders that make the difference: "a/b/" and "a/c/" for "a/b/x/y" and "a/c/x/y"."""
    before, after = old.split(b"/"), new.split(b"/")
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    if len(before) == len(old.split(b"/")):  # the file itself has another name
        before, after = before[:-1], after[:-1]
    return (b"/".join([*before, b""]), b"/".join([*after, b""]))
