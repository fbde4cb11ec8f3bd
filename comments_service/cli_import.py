"""Comments of another system into discussions: read, placed, taken in, and what came of each."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .actions import archive
from .domain.archive import Report, Skip
from .gettext import N_
from .importing import disqus, isso, wordpress
from .importing.found import Found, message_of
from .importing.pages import Pages
from .opening import OpenHouse
from .tables import harmless
from .words import translations

SYSTEMS = ("disqus", "wordpress", "isso")
MOST_PAGES = 20  # without a place, named in the report
_ANONYMOUS = N_("Anonymous")


@dataclass
class Taking:
    """What one file brings, by the opportunity that it belongs to."""

    house: OpenHouse
    now: datetime
    dry_run: bool
    results: dict[str, str] = field(default_factory=dict)  # by key: why it is passed over
    reports: dict[str, Report] = field(default_factory=dict)  # by slug

    def take(self, found: Iterable[Found], pages: Pages) -> list[tuple[Found, str | None, str]]:
        """Take in what has a place, one discussion after the other: an interrupted run is ended by
        another. Gives each comment with its slug and what came of it."""
        everything = list(found)
        placed: dict[str | None, list[Found]] = defaultdict(list)
        for one in everything:
            placed[pages.slug_of(one)].append(one)
        told: list[tuple[Found, str | None, str]] = []
        for one in placed.pop(None, []):
            told.append((one, None, str(one.skip or Skip.NO_PLACE)))
        for slug, here in placed.items():
            assert slug is not None  # noqa: S101 - for the type checker
            told += [(one, slug, why) for one, why in self._take_into(slug, here)]
        return told

    def _take_into(self, slug: str, here: list[Found]) -> Iterator[tuple[Found, str]]:
        by_id = {one.id: one for one in here}
        with self.house.store.reading() as look:
            opportunity = look.opportunity(slug)
        language = opportunity.language if opportunity else "en"
        anonymous = translations(language).gettext(_ANONYMOUS)
        messages = [message_of(one, by_id, anonymous) for one in here]
        rules = self.house.settings.house
        report = archive.take_in(
            self.house.store, rules, slug, messages, self.now, dry_run=self.dry_run
        )
        self.reports[slug] = report
        passed = dict(report.skipped)
        for number, one in enumerate(here, 1):
            yield one, str(passed[number]) if number in passed else "taken"


def read(system: str, path: Path) -> Iterator[Found]:
    """All comments of an export. Raises BadExport, at once or on the way."""
    if system == "isso":
        yield from isso.read(path)
        return
    readers: dict[str, Callable[..., Iterator[Found]]] = {
        "disqus": disqus.read,
        "wordpress": wordpress.read,
    }
    with path.open("rb") as file:
        yield from readers[system](file)


def told(taking: Taking, results: list[tuple[Found, str | None, str]]) -> Iterator[str]:
    """What came of it, in lines."""
    verb = "To take" if taking.dry_run else "Taken"
    taken = sum(1 for _, _, why in results if why == "taken")
    yield f"{verb}: {taken} of {len(results)} comments. Nobody is mailed."
    for slug, report in sorted(taking.reports.items()):
        who = f"authors: {report.authors}, new here: {report.new_people}"
        yield f"  {slug}: {report.taken} ({who})"
    passed = Counter(why for _, _, why in results if why != "taken")
    if passed:
        reasons = ", ".join(f"{why}: {count}" for why, count in passed.most_common())
        yield f"Passed over: {passed.total()} ({reasons})."
    lost = Counter(one.page or one.thread for one, slug, _ in results if slug is None)
    if lost:
        yield "Pages that are no opportunity here; a map (--map) can give them a place:"
        yield from (f"  {page}: {count}" for page, count in lost.most_common(MOST_PAGES))
    if len(lost) > MOST_PAGES:
        yield f"  … and {len(lost) - MOST_PAGES} more"


def write_report(path: Path, results: list[tuple[Found, str | None, str]]) -> None:
    """Each comment with what came of it, as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "page", "opportunity", "author", "written", "result"])
        for one, slug, why in results:
            written = one.written.isoformat() if one.written else ""
            cells = [one.id, one.page, slug or "", one.name, written, why]
            rows.writerow([harmless(cell) for cell in cells])
