"""The command `people`: who is known here, as a list to look at, to take along, to add to."""

import json
from collections.abc import Iterator
from typing import BinaryIO

import click

from .actions import addressing, gathering, looking
from .actions.gathering import Gathered
from .command import now, open_for_a_command, plainly
from .domain.people import Person
from .opening import OpenHouse
from .people_list import read_people, write_table
from .vcard import write_cards


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@plainly
def people(context: click.Context, as_json: bool) -> None:
    """List the people whom this service knows; export them, or import more."""
    if context.invoked_subcommand:
        return
    with open_for_a_command() as house:
        known = looking.everybody(house.store)
    if as_json:
        emails = {p.id: p.email if p.has_address else None for p in known}
        rows = [
            {"id": p.id, "name": p.name, "email": emails[p.id], "status": p.status} for p in known
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for person in known:
        email = f"<{person.email}>" if person.has_address else "(no address)"
        click.echo(f"{person.id}  {person.name}  {email}  {person.status}")


@people.command("address")
@click.argument("id")
@click.argument("email")
@plainly
def give_address(id: str, email: str) -> None:
    """Give somebody who came back from an archive their address: mail reaches them again."""
    with open_for_a_command() as house:
        person = addressing.give_address(house.store, id, email)
    click.echo(f"{person.name} is known by {person.email} from now on.")


@people.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "vcard"]), default="csv")
@click.option("--output", default="-", metavar="FILE", help="Default: standard output.")
@plainly
def export_people(form: str, output: str) -> None:
    """Write the people as CSV (the default), or as vCards 4.0.

    Columns: name, email, know_how, status, language, links (separated by spaces), tags (by commas).
    """
    with open_for_a_command() as house:
        known = gathering.given_out(house.store, _facilitator(house))
        told = write_table(known) if form == "csv" else write_cards(known)
        with click.open_file(output, "wb", atomic=output != "-") as file:
            file.write(told.encode())


@people.command("import")
@click.argument("file", type=click.File("rb"))
@plainly
def import_people(file: BinaryIO) -> None:
    """Add the people of FILE: a CSV as `export` writes it, or vCards 3.0 or 4.0, in UTF-8.

    Of who is known by address only what is empty is filled, and tags are added. Nobody is invited,
    and nobody is mailed. Doing it again changes nothing.
    """
    rows = read_people(file.read())
    with open_for_a_command() as house:
        by, language = _facilitator(house), house.settings.language
        gathered = gathering.gather(house.store, by, rows, language, now())
    for line in _told(gathered):
        click.echo(line)
    if not (gathered.new or gathered.changed or gathered.same):
        raise click.ClickException("Nobody was taken.")


def _facilitator(house: OpenHouse) -> Person:
    if not house.facilitators:
        raise click.ClickException(
            "Nobody facilitates here. Set EMERGENCE_FACILITATORS='Name <name@example.org>'."
        )
    return house.facilitators[0]


def _told(gathered: Gathered) -> Iterator[str]:
    new, changed, same = len(gathered.new), len(gathered.changed), len(gathered.same)
    yield f"New: {new}, completed: {changed}, known already: {same}. Nobody is mailed."
    for line, person in gathered.new:
        yield f"  line {line}: {person.name}, new"
    for line, person in gathered.changed:
        yield f"  line {line}: {person.name}, completed"
    if gathered.passed_over:
        yield f"Passed over: {len(gathered.passed_over)}."
    for one in gathered.passed_over:
        yield f"  line {one.line}: {one.name or 'nobody'}: {one.why}"
