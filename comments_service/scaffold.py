"""New files for a facilitator to write in: a brief, an update. Nothing is overwritten."""

import re
import unicodedata
from datetime import datetime
from pathlib import Path

BRIEF = """\
Title: {title}
Date: {date:%Y-%m-%d %H:%M}
Slug: {slug}
Lang: {language}
Phase: brief
Facilitator: {facilitator}
Summary: One or two sentences: what is to be done, for whom, and why it matters.
Status: draft

What is it about? Who needs it, and what would be better afterwards?

## The context

What has been tried, what is known, what cannot be changed.

## Who is missing

The know-how that this needs, in plain words.
"""

UPDATE = """\
Title: {title}
Date: {date:%Y-%m-%d %H:%M}

What is new, and what you would like to hear from the others.
"""


class Exists(Exception):
    """The file is there already; it was left as it is."""


def slugify(title: str) -> str:
    """A slug of lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def new_opportunity(
    content: Path, slug: str, title: str, language: str, facilitator: str, now: datetime
) -> Path:
    """Write a brief, as a draft, and return its path. Raises Exists."""
    text = BRIEF.format(
        title=title, slug=slug, language=language, facilitator=facilitator, date=now
    )
    return _write(content / "opportunities" / slug / "brief.md", text)


def new_update(content: Path, slug: str, title: str, now: datetime) -> Path:
    """Write an update of the opportunity. Raises Exists, FileNotFoundError."""
    folder = content / "opportunities" / slug
    if not (folder / "brief.md").exists():
        raise FileNotFoundError(folder / "brief.md")
    name = f"{now:%Y-%m-%d}-{slugify(title)}.md"
    return _write(folder / "updates" / name, UPDATE.format(title=title, date=now))


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Exists(path) from None
    return path
