"""The commands `export` and `import`: a discussion as a file, words of elsewhere as one."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from . import cli_import
from .actions import archive, export, looking
from .command import now, open_for_a_command, plainly
from .domain.archive import Report, Skip
from .importing.found import BadExport
from .importing.looks import looks_like
from .mail.archive import write
from .mail.mbox import BadMbox
from .mail.unpack import unpack
from .opening import OpenHouse

MOST_NAMED = 20  # messages that were passed over, by their number in the file


@click.command("export")
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(["mbox", "json"]), default="mbox")
@click.option("--output", default="-", metavar="FILE", help="Default: standard output.")
@plainly
def export_discussion(slug: str, form: str, output: str) -> None:
    """Write the discussion of SLUG as its page shows it: an mbox (the default), or JSON.

    No address of anybody stands in it. `emergence import` reads the mbox again.
    """
    with open_for_a_command() as house:
        pieces = _mbox(house, slug) if form == "mbox" else _json(house, slug)
        first = next(pieces, b"")  # refuses before there is a file
        with click.open_file(output, "wb", atomic=output != "-") as file:
            file.write(first)
            for piece in pieces:
                file.write(piece)


def _mbox(house: OpenHouse, slug: str) -> Iterator[bytes]:
    title = looking.find_opportunity(house.store, slug).title
    return write(title, archive.messages(house.store, house.settings.house, slug))


def _json(house: OpenHouse, slug: str) -> Iterator[bytes]:
    document = export.discussion(house.store, house.settings.house, slug)
    yield json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


@click.command("import")
@click.argument(
    "path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["mbox", *cli_import.READERS]),
    help="Default: what FILE looks like.",
)
@click.option("--into", "slug", metavar="SLUG", help="The opportunity, of whatever has no other.")
@click.option("--map", "table", type=click.File("rb"), help="CSV: page, opportunity.")
@click.option(
    "--report",
    type=click.File("w", encoding="utf-8-sig", lazy=False),
    help="Write a CSV of every comment.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be taken.")
@plainly
def import_discussion(
    path: Path,
    form: str | None,
    slug: str | None,
    table: BinaryIO | None,
    report: TextIO | None,
    dry_run: bool,
) -> None:
    """Start discussions from a thread of mail or from comments elsewhere, or add to them.

    FILE is an mbox, the export of Disqus or of WordPress (XML), or the database of Isso. Its
    authors become people; nobody is invited, and nobody is mailed. Dates and who answers whom are
    kept. Doing it again changes nothing.

    Comments belong to the opportunity that their page's address names; a map (--map), with a line
    page,opportunity and then a page's address (or its name there) and a slug, gives them another.
    """
    form = form or looks_like(path) or "mbox"
    if form != "mbox":
        _import_comments(path, form, slug, table, report, dry_run)
    elif slug is None:
        raise click.UsageError("An mbox takes --into SLUG.")
    elif table or report:
        raise click.UsageError("An mbox takes neither --map nor --report.")
    else:
        _import_mbox(path, slug, dry_run)


def _import_mbox(path: Path, slug: str, dry_run: bool) -> None:
    with open_for_a_command() as house, path.open("rb") as file:
        rules = house.settings.house
        try:
            cli_import.check_looks("mbox", path)
            found = unpack(file)
            report = archive.take_in(house.store, rules, slug, found, now(), dry_run=dry_run)
        except (BadMbox, BadExport) as bad:
            raise click.ClickException(f"{str(bad).rstrip('.')}. Nothing was taken.") from bad
    for line in _told(report, dry_run):
        click.echo(line)
    if not report.taken and Skip.HERE not in [why for _, why in report.skipped]:
        raise click.ClickException("Nothing was taken.")


def _import_comments(
    path: Path,
    system: str,
    into: str | None,
    table: BinaryIO | None,
    report: TextIO | None,
    dry_run: bool,
) -> None:
    with open_for_a_command() as house:
        try:
            pages = cli_import.pages_of(house, table.read() if table else None, into)
            found = cli_import.read(system, path)
            outcome = cli_import.take(house, found, pages, now(), dry_run)
        except BadExport as bad:
            raise click.ClickException(f"{path}: {bad}. Nothing was taken.") from bad
    for line in cli_import.told(outcome):
        click.echo(line)
    if report:
        cli_import.write_report(report, outcome)
    if outcome.is_nothing:
        raise click.ClickException("Nothing was taken.")


def _told(report: Report, dry_run: bool) -> Iterator[str]:
    verb = "To take" if dry_run else "Taken"
    who = f"authors: {report.authors}, new here: {report.new_people}"
    yield f"{verb}: {report.taken} ({who}). Nobody is mailed."
    if report.files:
        yield f"Files that came along: {report.files}. Only their names are kept."
    if not report.skipped:
        return
    counted = Counter(why for _, why in report.skipped)
    reasons = ", ".join(f"{why}: {count}" for why, count in counted.most_common())
    yield f"Passed over: {len(report.skipped)} ({reasons})."
    named = [(number, why) for number, why in report.skipped if why is not Skip.HERE]
    for number, why in named[:MOST_NAMED]:
        yield f"  message {number}: {why}"
    if len(named) > MOST_NAMED:
        yield f"  … and {len(named) - MOST_NAMED} more"
