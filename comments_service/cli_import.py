"""Comments of another system into discussions: read, placed, taken in, and what came of each."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from .actions import importing
from .domain.archive import Message, Report, Skip
from .domain.people import one_line
from .gettext import N_
from .importing import disqus, isso, wordpress
from .importing.found import BadExport, Found, messages_of
from .importing.looks import looks_like, told_otherwise
from .importing.pages import Pages, read_map
from .opening import OpenHouse
from .tables import harmless
from .words import translations

READERS: Mapping[str, Callable[[Path], Iterator[Found]]] = {
    "disqus": lambda path: _of_xml(disqus.read, path),
    "wordpress": lambda path: _of_xml(wordpress.read, path),
    "isso": isso.read,
}
NAMES = {
    "disqus": "an export of Disqus",
    "wordpress": "an export of WordPress",
    "isso": "a database",
    "mbox": "an mbox",
}
MOST_PAGES = 20  # without a place, named in the report
_COLUMNS = ("id", "page", "opportunity", "author", "written", "result", "why")
_PLACE = "only its place, for the answers to it"
_ANONYMOUS = N_("Anonymous")


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one comment; `result` is taken, known or skipped."""

    id: str
    page: str
    slug: str
    author: str
    written: str
    result: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file."""

    lines: list[Line]
    authors: int
    new_people: int
    dry_run: bool

    @property
    def is_nothing(self) -> bool:
        """Whether there were comments, and none of them is here now."""
        return bool(self.lines) and all(line.result == "skipped" for line in self.lines)


def check_looks(system: str, path: Path) -> None:
    """Raise BadExport if the file is something else."""
    looks = looks_like(path)
    if looks and looks != system and (system != "mbox" or looks in READERS):
        raise BadExport(f"this is {NAMES[looks]}: --format {looks}")
    if looks is None and system in READERS and (other := told_otherwise(path)):
        raise BadExport(f"this is no export: it looks like {other}")


def read(system: str, path: Path) -> Iterator[Found]:
    """All comments of an export. Raises BadExport, at once or on the way."""
    check_looks(system, path)
    return READERS[system](path)


def pages_of(house: OpenHouse, table: bytes | None, into: str | None) -> Pages:
    """Where pages belong. Raises BadExport for a bad map."""
    mapped = read_map(table) if table is not None else {}
    with house.store.reading() as look:
        return Pages(look.opportunities(), look.aliases(), mapped, into)


def take(
    house: OpenHouse, found: Iterable[Found], pages: Pages, now: datetime, dry_run: bool
) -> Outcome:
    """Take in what has a place, once all was read. Raises BadExport with nothing taken."""
    placed: dict[str | None, list[Found]] = defaultdict(list)
    for one in found:
        placed[pages.slug_of(one)].append(one)
    lines = [_line(one, "", one.skip or Skip.NO_PLACE) for one in placed.pop(None, [])]
    brought = {slug: _messages(house, slug, here, now) for slug, here in placed.items() if slug}
    sifted = importing.sift(house.store, brought)
    rules = house.settings.house
    for slug, report in importing.take(house.store, rules, sifted, now, dry_run=dry_run):
        lines += _lines(slug, placed.pop(slug), report)
    return Outcome(lines, sifted.authors, sifted.new_people, dry_run)


def told(outcome: Outcome) -> Iterator[str]:
    """What came of it, in lines."""
    verb = "To take" if outcome.dry_run else "Taken"
    taken = sum(line.result == "taken" for line in outcome.lines)
    who = f" (authors: {outcome.authors}, new here: {outcome.new_people})" if taken else ""
    yield f"{verb}: {taken} of {len(outcome.lines)} comments{who}. Nobody is mailed."
    for slug in sorted({line.slug for line in outcome.lines} - {""}):
        here = [line for line in outcome.lines if line.slug == slug]
        passed = _reasons(here)
        count = sum(line.result == "taken" for line in here)
        yield f"  {slug}: {count} of {len(here)}" + (f"; passed over: {passed}" if passed else "")
    if kept := sum(line.why == _PLACE for line in outcome.lines):
        yield f"Of these, deleted there, and here a place without words: {kept}."
    if passed := _reasons(outcome.lines):
        yield f"Passed over: {len(outcome.lines) - taken} ({passed})."
    lost = Counter(line.page for line in outcome.lines if not line.slug)
    if lost:
        yield "Pages that are no opportunity here; a map (--map) can give them a place:"
        yield from (f"  {page}: {count}" for page, count in lost.most_common(MOST_PAGES))
    if len(lost) > MOST_PAGES:
        yield f"  … and {len(lost) - MOST_PAGES} more"


def write_report(file: TextIO, outcome: Outcome) -> None:
    """Each comment with what came of it, as a table."""
    rows = csv.writer(file)
    rows.writerow(_COLUMNS)
    for line in outcome.lines:
        cells = (line.id, line.page, line.slug, line.author, line.written, line.result, line.why)
        rows.writerow([harmless(cell) for cell in cells])


def _of_xml(reader: Callable[..., Iterator[Found]], path: Path) -> Iterator[Found]:
    with path.open("rb") as file:
        yield from reader(file)


def _messages(
    house: OpenHouse, slug: str, here: list[Found], now: datetime
) -> list[Message | Skip]:
    with house.store.reading() as look:
        opportunity = look.opportunity(slug)
    language = opportunity.language if opportunity else house.settings.language
    return messages_of(here, translations(language).gettext(_ANONYMOUS), now)


def _lines(slug: str, here: list[Found], report: Report) -> Iterator[Line]:
    passed = dict(report.skipped)
    for number, one in enumerate(here, 1):
        yield _line(one, slug, passed.get(number))


def _line(one: Found, slug: str, why: Skip | None) -> Line:
    result = "known" if why is Skip.HERE else "skipped" if why else "taken"
    kept = _PLACE if one.skip is Skip.DELETED and result == "taken" else ""
    written = one.written.isoformat(timespec="seconds") if one.written else ""
    page = one.page or next(filter(None, one.names), "")
    author = one_line(one.name)
    return Line(one.id, one_line(page), slug, author, written, result, str(why or kept))


def _reasons(lines: Iterable[Line]) -> str:
    counted = Counter(line.why for line in lines if line.result != "taken")
    return ", ".join(f"{why}: {count}" for why, count in counted.most_common())
