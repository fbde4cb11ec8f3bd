"""Where each text is kept in the repository, and where its forge has it edited.

    EDIT_URL = "https://github.com/OWNER/REPO/edit/main/{path}"

`{path}` becomes the file's path from the root of the repository. Git is not asked.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from pelican.generators import PagesGenerator

logger = logging.getLogger(__name__)

PLACE = "{path}"
_NOT_TOLD = ("draft", "skip")


def content_in_repository(content: Path) -> str:
    """Path of the content folder in its repository, with a slash at its end; "" for its root.

    The repository is the nearest folder around it that holds `.git`; without one, its parent.
    """
    folder = Path(os.path.realpath(content))
    around = (each for each in (folder, *folder.parents) if (each / ".git").exists())
    parts = folder.relative_to(next(around, folder.parent)).parts
    return "".join(f"{name}/" for name in parts)


def give_edit_urls(generators: Sequence[Any]) -> None:
    """Give each of Pelican's pages the address of its editor, once all are read."""
    for generator in generators:
        if isinstance(generator, PagesGenerator):
            read = (*generator.pages, *generator.hidden_pages, *generator.draft_pages)
            every = [page for one in read for page in (one, *one.translations)]
            attach(every, generator.settings)


def attach(contents: Iterable[Any], settings: Mapping[str, Any]) -> None:
    """Give each content `edit_url`: the address of its editor, "" where EDIT_URL is not set."""
    pattern = _pattern(settings)
    inside = content_in_repository(Path(settings["PATH"]))
    for content in contents:
        path = inside + _relative(content)
        content.edit_url = pattern.replace(PLACE, quote(path)) if pattern else ""


def described(versions: Sequence[Any], texts: Iterable[Any]) -> dict[str, Any]:
    """For the manifest: the folder of an opportunity in the repository, and its published files.

    `versions` are its briefs, the one that speaks for it first.
    """
    inside = content_in_repository(Path(versions[0].settings["PATH"]))
    files = [_file(inside, "brief", brief) for brief in versions]
    files += [
        _file(inside, text.place.kind, text) for text in texts if text.status not in _NOT_TOLD
    ]
    files.sort(key=lambda file: str(file["path"]))
    folder = PurePosixPath(inside + _relative(versions[0])).parent
    return {"folder": str(folder), "texts": files}


def _file(inside: str, kind: str, content: Any) -> dict[str, str | None]:
    return {
        "text": kind,
        "language": content.lang,
        "path": inside + _relative(content),
        "update": content.slug if kind == "update" else None,
    }


def _relative(content: Any) -> str:
    return str(content.get_relative_source_path()).replace(os.sep, "/")


def _pattern(settings: Mapping[str, Any]) -> str:
    pattern = str(settings.get("EDIT_URL") or "").strip()
    if pattern and not (pattern.startswith(("https://", "http://")) and PLACE in pattern):
        logger.warning("EDIT_URL takes https://… with {path} in it, and not %r", pattern)
        return ""
    return pattern
