"""What stands in the content folder and is not committed yet."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .git import Repository
from .lineage import Names
from .model import File, How
from .texts import Folder, keys_of


@dataclass(frozen=True)
class Pending:
    """Files that differ from HEAD, by the key of each folder that may show them; `names` are the
    renames among them, new path by old one."""

    by_key: dict[str, list[tuple[str, How, str | None]]]
    names: Names = field(default_factory=dict)

    def files(self, folder: Folder) -> Iterator[File]:
        """Those of one folder."""
        for path, how, blob in sorted(self.by_key.get(folder.key, ())):
            named = folder.file(path)
            if named:
                before = (blob,) if blob else ()
                after = None if how == "removed" else ""
                yield File(
                    kind=named.kind,
                    how=how,
                    path=path,
                    language=named.language,
                    title=named.title,
                    before=before,
                    after=after,
                )


def pending(repository: Repository) -> Pending:
    """What `git status` tells."""
    by_key: dict[str, list[tuple[str, How, str | None]]] = defaultdict(list)
    names: Names = {}
    tokens = iter(repository.status().split(b"\0"))
    for token in tokens:
        kind = token[:1]
        how: How = "changed"
        if kind == b"?":
            path, how, blob = token[2:], "added", None
        elif kind == b"1":
            *head, path = token.split(b" ", 8)
            how, blob = _how(head)
        elif kind == b"2":
            *head, path = token.split(b" ", 9)
            names[next(tokens)] = path
            how, blob = _how(head)
        elif kind == b"u":
            *head, path = token.split(b" ", 10)
            blob = _blob(head[8]) or _blob(head[7])
        else:
            continue
        name = os.fsdecode(path[len(repository.prefix) :])
        for key in keys_of(name):
            by_key[key].append((name, how, blob))
    return Pending(by_key, names)


def _how(head: list[bytes]) -> tuple[How, str | None]:
    """How a file differs from its version in HEAD, and that version's blob."""
    blob = _blob(head[6])
    if head[1].endswith(b"D") or head[5].strip(b"0") == b"":
        return "removed", blob
    return ("changed" if blob else "added"), blob


def _blob(id: bytes) -> str | None:
    return id.decode() if id.strip(b"0") else None
