"""The folder of an index. Pagefind names its files by what they hold; only the entry, which names
the others, keeps its name. So an index moves in file by file, and the entry comes last."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

ENTRY = "pagefind-entry.json"
# What Pagefind writes for interfaces that this plugin does not use.
UNUSED = (
    "pagefind-ui.js",
    "pagefind-ui.css",
    "pagefind-modular-ui.js",
    "pagefind-modular-ui.css",
    "pagefind-component-ui.js",
    "pagefind-component-ui.css",
    "pagefind-highlight.js",
)


def move_in(fresh: Path, target: Path) -> None:
    """Replace the index in `target` by the one in `fresh`, a folder on the same disk, which is gone
    then. Whenever this is killed, what is in `target` is the old index or the new one, whole."""
    for name in UNUSED:
        (fresh / name).unlink(missing_ok=True)
    names = list(_files(fresh))
    for name in sorted(names, key=lambda name: name == ENTRY):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(fresh / name, target / name)
    shutil.rmtree(fresh)
    for name in set(_files(target)) - set(names):
        (target / name).unlink()


def carry_over(before: Path, target: Path) -> None:
    """Let `target`, which must not exist, have the index of `before`, if there is a whole one."""
    if (before / ENTRY).is_file() and not target.exists():
        shutil.copytree(before, target, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without such links
        shutil.copy2(source, target)


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()
