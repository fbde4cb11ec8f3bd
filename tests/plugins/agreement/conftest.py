"""The project's own site with one opportunity whose summary and agreement cite its discussion."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..discussion.small_site import ROOT, Site
from ..discussion.standin import Service, comment, person

BRIEF = """Title: {title}
Date: 2026-11-01
Phase: engagement
Facilitator: Fay
Client: a cooperative
Lang: {lang}

The object.
"""
SUMMARY = """Title: Where it stands

As of the twentieth.

## Agreed

- **The farm sees it first**, and nobody else does. ({comment}aa1, {comment}bb1)
- Invoices are monthly. {standard}

## Open

- **Who pays** the hosting is not known.

## Set aside

- A portal, for [these reasons]({comment}aa1).
"""
AGREEMENT = """Title: Agreement

What we wrote together.

## 1. Whose data

The farm's, as [Ada said](https://site.example/opportunities/water/#c-aa1) and {comment}bb1.

### In detail

See {comment}aa1.

## 2. Law

French law. *Standard.*
"""
PEOPLE = [
    person("ada", "Ada & Co"),
    person("bob", "Bob"),
    person("cleo", "Cleo", "client"),
    person("fay", "Fay", "facilitator"),
]
SAID = [
    comment("aa1", "ada", "<p>The farm first.</p>", written="2026-11-05T10:00:00Z"),
    comment("bb1", "bob", "<p>Agreed.</p>", written="2026-11-06T10:00:00Z"),
]
ROLE = {
    "id": "r1", "title": "The data", "html": "<p>All</p>", "person": "ada", "proposed_by": None,
    "taken": "2026-11-12T10:00:00Z", "supporters": [], "comments": [],
}  # fmt: skip


class Told(Service):
    """The stand-in, which tells of roles and rereadings too."""

    def __init__(self) -> None:
        self.more: dict[str, Any] = {"roles": [ROLE], "rereadings": []}
        super().__init__()

    def _told(self, slug: str, since: int) -> dict[str, Any]:
        return super()._told(slug, since) | (self.more if slug == "water" else {})


@pytest.fixture
def service() -> Iterator[Told]:
    running = Told()
    yield running
    running.stop()


@pytest.fixture
def site(tmp_path: Path, service: Told) -> Site:
    made = Site(tmp_path, service.url)
    for folder in ("content", "theme"):
        shutil.rmtree(tmp_path / folder)
    shutil.copytree(ROOT / "theme", tmp_path / "theme")
    shutil.copy(ROOT / "pelicanconf.py", tmp_path / "pelicanconf.py")
    made.configure(f'DISCUSSION_URL = "{service.url}"\nDISCUSSION_SNAPSHOT = "snapshot"')
    made.configure(f'CACHE_CONTENT = LOAD_CONTENT_CACHE = False\nPLUGIN_PATHS = ["{ROOT}"]')
    made.configure('SITEURL = "https://site.example"')
    for slug, lang in (("water", "en"), ("water", "fr"), ("wood", "en")):
        name = "brief.md" if lang == "en" else f"brief.{lang}.md"
        made.write(
            f"content/opportunities/{slug}/{name}", BRIEF.format(title=slug.title(), lang=lang)
        )
    made.write("content/opportunities/water/summary.md", SUMMARY)
    made.write("content/opportunities/water/agreement.md", AGREEMENT)
    service.tell("water", *SAID, people=PEOPLE)
    service.tell("wood", comment("ww1", "bob"))
    return made
