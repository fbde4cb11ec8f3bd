"""The commands `archive` and `restore`: all public discussions as files in git, and back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from . import keeping, tables
from .actions import archiving, erasing, restoring
from .actions.addressing import Given
from .actions.restoring import Restored
from .command import now, open_for_a_command, plainly
from .domain.kept import BadArchive

FOLDER = "discussions"
COLUMNS = ("id", "name", "email")


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
@click.option("--no-commit", is_flag=True, help="Write the files alone.")
@click.option("--overwrite", is_flag=True, help="Give up comments that the service does not know.")
@plainly
def archive(folder: Path, no_commit: bool, overwrite: bool) -> None:
    """Write each public discussion to a file in git, and commit what changed.

    The site can be built of them without the service, and `emergence restore` brings them back into
    a new one. No address stands in them. Nothing else is committed, whatever is staged.
    """
    try:
        if not no_commit:
            keeping.require_repository(folder)
        with open_for_a_command() as house:
            told = archiving.documents(house.store, house.settings.house)
            kept = keeping.write(folder, told, overwrite=overwrite)
        if no_commit:
            click.echo(f"Written: {kept.files} discussions in {folder}.")
            return
        changed = keeping.commit(folder, kept.names)
    except keeping.CannotKeep as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except OSError as trouble:
        raise click.ClickException(f"The archive cannot be written: {trouble}") from trouble
    click.echo(f"Committed: {changed} changed." if changed else "Nothing has changed.")


@click.command()
@click.option(
    "--from-archive",
    "folder",
    is_flag=False,
    flag_value=FOLDER,
    required=True,
    type=click.Path(path_type=Path),
    metavar="[FOLDER]",
    help=f"What `archive` wrote. Default: {FOLDER}.",
)
@click.option("--people", "table", type=click.File("rb"), help="CSV: id or name, email.")
@click.option("--dry-run", is_flag=True, help="Only tell what would come back.")
@plainly
def restore(folder: Path, table: BinaryIO | None, dry_run: bool) -> None:
    """Bring the discussions of an archive back into an empty service, all of them or none.

    Nobody is mailed. No address comes back: until one is given, by --people FILE or by `emergence
    people address`, nothing is sent to a person. Facilitators of the same name as in
    EMERGENCE_FACILITATORS are who they were.
    """
    try:
        documents = keeping.read(folder)
        given = list(_addresses(table.read())) if table else []
        with open_for_a_command() as house:
            language = house.settings.language
            restored = restoring.restore(
                house.store, documents, given, language, now(), dry_run=dry_run
            )
            if not dry_run:  # an older archive may hold somebody who was erased since
                erasing.apply_erasures(house.store, now())
    except (keeping.BadFile, BadArchive) as bad:
        raise click.ClickException(f"{bad}. Nothing was taken.") from bad
    for line in _told(restored, dry_run):
        click.echo(line)


def _addresses(file: bytes) -> Iterator[Given]:
    try:
        text = tables.text_of(file)
        named = re.split("[,;]", text.partition("\n")[0])  # what `people export` writes has more
        known = {name.strip(' "\r').lower() for name in named}
        for line, cells in tables.rows_of(text, {*COLUMNS, *known}, needed=["email"]):
            if cells is None:
                raise BadArchive(f"line {line} has more cells than columns")
            id, name, email = (cells.get(column, "").strip() for column in COLUMNS)
            if email:
                yield Given(line, email, id, name)
    except tables.NoTable:
        columns = ", ".join(COLUMNS)
        raise BadArchive(f"the list of people is no CSV with the columns {columns}") from None
    except tables.Broken as broken:
        raise BadArchive(f"the list of people is no CSV from line {broken.line} on") from None


def _told(restored: Restored, dry_run: bool) -> Iterator[str]:
    verb = "To restore" if dry_run else "Restored"
    yield (
        f"{verb}: {restored.discussions} discussions, {restored.comments} comments, "
        f"{restored.people} people. Nobody is mailed."
    )
    for person in restored.facilitators:
        yield f"  {person.name} ({person.id}) facilitates, as in EMERGENCE_FACILITATORS."
    for person in restored.unsure:
        yield (
            f"  {person.name} of EMERGENCE_FACILITATORS: several of the archive are called so, and "
            "nobody is taken for one of them. Say who it is with --people, by id."
        )
    unknown = restored.people - len(restored.addressed)
    if unknown:
        yield f"Without an address: {unknown}. `emergence people address ID EMAIL` gives one."
    for given in restored.passed_over:
        yield f"  line {given.line}: {given.name or given.id}: in no discussion of the archive"
