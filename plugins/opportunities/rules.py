"""What a brief and its updates must say, as pure functions from headers to problems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pelican.utils import get_date

from .header import Field, Header, Problem, list_of
from .model import PHASES
from .places import Place, is_language

STATUSES = ("published", "hidden", "draft", "skip")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-(.+))?")
_SINGLE = (
    "title",
    "date",
    "slug",
    "lang",
    "phase",
    "facilitator",
    "client",
    "closes",
    "closed-because",
    "status",
    "modified",
    "citations",
)
_SLUG_RULE = "may hold only a-z, 0-9 and single hyphens"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's place and header, and the language it is in when it does not say so itself."""

    place: Place
    header: Header
    default_language: str

    @property
    def slug(self) -> str:
        said = self.said("slug")
        if said:
            return said
        return update_slug(self.place.name) if self.is_update else self.place.folder_name

    @property
    def language(self) -> str:
        return self.said("lang").lower() or self.place.language or self.default_language

    @property
    def is_update(self) -> bool:
        return self.place.kind == "update"

    @property
    def is_skipped(self) -> bool:
        return self.said("status").lower() == "skip"

    def said(self, name: str) -> str:
        field = self.header.get(name)
        return field.text if field else ""

    def problem(self, name: str, message: str) -> Problem:
        """A problem at the line of field `name`, or at the top of the file if it is missing."""
        field = self.header.get(name)
        return Problem(self.place.path, field.line if field else 1, message)


def update_slug(name: str) -> str:
    """Slug of an update from its file's name: without the date it may begin with."""
    dated = _DATED.fullmatch(name)
    return (dated[2] or dated[1]) if dated else name


def date_in_name(name: str) -> str | None:
    """The ISO date that a file's name begins with."""
    dated = _DATED.fullmatch(name)
    return dated[1] if dated else None


def problems_of(sources: Sequence[Source]) -> list[Problem]:
    """Everything wrong with these files, alone and together, by file and line."""
    found = [problem for source in sources for problem in _alone(source)]
    kept = [source for source in sources if not source.is_skipped]
    briefs = [source for source in kept if source.place.kind == "brief"]
    found += _folders(kept, sources)
    found += _same_slug(briefs)
    found += _aliases(briefs)
    found += _updates(kept)
    return sorted(found, key=lambda problem: (problem.file, problem.line, problem.message))


def _alone(source: Source) -> Iterator[Problem]:
    for name in _SINGLE:
        if len(source.header.get(name, Field(0, ())).values) > 1:
            yield source.problem(name, f"{name.title()} must be given once, on one line")
    yield from _language(source)
    status = source.said("status").lower()
    if status and status not in STATUSES:
        yield source.problem("status", f"unknown status “{status}”; known: {', '.join(STATUSES)}")
    cites = source.said("citations")
    if cites and cites.casefold() != "in words":
        yield source.problem("citations", f"Citations “{cites}” is unknown; known: in words")
    if source.place.kind in ("brief", "update"):
        yield from _title_date_slug(source)
    if source.place.kind == "brief":
        yield from _brief(source)


def _language(source: Source) -> Iterator[Problem]:
    said = source.said("lang").lower()
    if said and not is_language(said):
        yield source.problem("lang", f"“{said}” is no language code, such as en or fr")
    elif said and source.place.language and said != source.place.language:
        file_language = source.place.language
        yield source.problem("lang", f"Lang says {said} and the file's name says {file_language}")


def _title_date_slug(source: Source) -> Iterator[Problem]:
    if not source.header:
        yield Problem(source.place.path, 1, "no header: the first line must be “Title: …”")
        return
    if not source.said("title"):
        yield source.problem("title", "no title: the first lines need “Title: …”")
    for name in ("date", "modified"):
        said = source.said(name)
        if said and not is_date(said):
            yield source.problem(name, f"“{said}” is no date; write it as 2026-11-03 (and 14:05)")
    undated = not source.said("date") and not (source.is_update and date_in_name(source.place.name))
    # Pelican lets a draft go without a date.
    if undated and source.said("status").lower() != "draft":
        yield source.problem("date", "no date: the first lines need “Date: 2026-11-03”")
    if not _SLUG.fullmatch(source.slug):
        where = "the slug" if source.said("slug") else "as a slug, the name"
        yield source.problem("slug", f"{where} “{source.slug}” {_SLUG_RULE}")
    for alias in list_of(source.said("aliases")):
        if not _SLUG.fullmatch(alias):
            yield source.problem("aliases", f"the alias “{alias}” {_SLUG_RULE}")


def _brief(source: Source) -> Iterator[Problem]:
    phase = source.said("phase").lower()
    if phase and phase not in PHASES:
        yield source.problem("phase", f"unknown phase “{phase}”; known: {', '.join(PHASES)}")
    closes = source.said("closes")
    if closes and not _is_day(closes):
        yield source.problem("closes", f"Closes “{closes}” is no date; write it as 2026-12-31")


def _folders(kept: Sequence[Source], sources: Sequence[Source]) -> Iterator[Problem]:
    """Every file needs a brief beside it, and the briefs of one folder are one opportunity."""
    folders = {source.place.folder for source in sources if source.place.kind == "brief"}
    for source in kept:
        if source.place.folder not in folders:
            yield Problem(source.place.path, 1, f"no brief.md in {source.place.folder}/")
    first: dict[str, Source] = {}
    for source in kept:
        if source.place.kind == "brief":
            before = first.setdefault(source.place.folder, source)
            if before.slug != source.slug:
                yield source.problem("slug", f"another slug than in {before.place.path}")


def _same_slug(briefs: Sequence[Source]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Source] = {}
    phases: dict[str, Source] = {}
    for source in briefs:
        before = first.setdefault((source.slug, source.language), source)
        if before is not source:
            yield source.problem(
                "slug", f"the slug “{source.slug}” is already that of {_at(before, 'slug')}"
            )
        if source.said("phase"):
            other = phases.setdefault(source.slug, source)
            if other.said("phase").lower() != source.said("phase").lower():
                yield source.problem("phase", f"another phase than in {_at(other, 'phase')}")


def _aliases(briefs: Sequence[Source]) -> Iterator[Problem]:
    slugs: dict[str, Source] = {}
    for source in briefs:
        slugs.setdefault(source.slug, source)
    first: dict[str, Source] = {}
    for source in briefs:
        for alias in list_of(source.said("aliases")):
            if alias in slugs:
                owner = _at(slugs[alias], "slug")
                yield source.problem("aliases", f"the alias “{alias}” is the slug of {owner}")
                continue
            before = first.setdefault(alias, source)
            if before.slug != source.slug:
                owner = _at(before, "aliases")
                yield source.problem("aliases", f"the alias “{alias}” is already that of {owner}")


def _updates(kept: Sequence[Source]) -> Iterator[Problem]:
    first: dict[tuple[str, str], dict[str | None, Source]] = defaultdict(dict)
    for source in kept:
        if source.is_update:
            key = (source.place.folder, source.slug)
            said = source.said("lang").lower() or source.place.language
            before = first[key].setdefault(said, source)
            if before is not source:
                at = _at(before, "slug")
                yield source.problem("slug", f"the slug “{source.slug}” is already that of {at}")
    for (folder, slug), versions in first.items():
        for source in versions.values():
            for alias in list_of(source.said("aliases")):
                if alias != slug and (folder, alias) in first:
                    owner = _at(next(iter(first[folder, alias].values())), "slug")
                    yield source.problem("aliases", f"the alias “{alias}” is the slug of {owner}")


def _at(source: Source, name: str) -> str:
    field = source.header.get(name)
    return f"{source.place.path}:{field.line if field else 1}"


def is_date(text: str) -> bool:
    """Whether Pelican reads a full date out of `text`."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return True
    try:
        get_date(text.replace("_", " "))
    except (ValueError, OverflowError):
        return False
    # Pelican would fill in today's month and year where they are missing.
    return bool(re.search(r"\d{4}", text))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
