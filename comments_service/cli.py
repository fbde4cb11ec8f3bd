"""The `emergence` command: wires everything, holds no behaviour of its own."""

import json
import logging
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click

from . import (
    cli_archive,
    cli_draft,
    cli_git,
    cli_mail,
    cli_people,
    cli_store,
    errors,
    scaffold,
    serving,
)
from . import doctor as examination
from .actions import access, addressing, erasing, invitations, looking, moderation, rebuilding
from .command import now as _now
from .command import open_for_a_command as _house
from .command import plainly
from .domain.erasures import Words
from .domain.people import Capacity, Person, Status
from .guest_list import BadList, guest, read_guests
from .mail.compose import personal_link
from .opening import OpenHouse
from .processes import python, run_until_signalled
from .rebuild import ask_all
from .settings import Settings, from_environment
from .values import BadSettings

ROOT = Path.cwd()


def _facilitator(house: OpenHouse) -> Person:
    if not house.facilitators:
        raise click.ClickException(
            "Nobody facilitates here. Set EMERGENCE_FACILITATORS='Name <name@example.org>'."
        )
    return house.facilitators[0]


@click.group()
@click.version_option(package_name="emergence")
def main() -> None:
    """People meet before they sign. Settings are read from EMERGENCE_… in the environment."""


main.add_command(cli_mail.mail)
main.add_command(cli_archive.export_discussion)
main.add_command(cli_archive.import_discussion)
main.add_command(cli_people.people)
main.add_command(cli_store.archive)
main.add_command(cli_store.restore)
main.add_command(cli_draft.draft)
main.add_command(cli_git.check_content)
main.add_command(cli_git.publish_content)
main.add_command(cli_git.hooks)


@main.command()
@plainly
def serve() -> None:
    """Run site, service, builder, mail worker and doors of mail until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s serve: %(message)s")
    settings = from_environment()
    with serving.alone(settings):
        first = not settings.database.exists()
        with _house() as house:
            link = access.make_sign_in_link(house.store, _facilitator(house), _now())
            click.echo(serving.greeting(settings, personal_link(settings, link), first))
        run_until_signalled(serving.children(settings), threading.Event())


@main.command()
@click.option("--output", type=click.Path(path_type=Path), help="Default: $EMERGENCE_DATA/output")
@click.option("--settings", "conf", default="publishconf.py", show_default=True)
@plainly
def build(output: Path | None, conf: str) -> None:
    """Build the whole site once, for any static host."""
    output = output or from_environment().data / "output"
    command = python("-m", "pelican", "content", "--settings", conf, "--output", str(output))
    code = subprocess.call([*command, "--fatal", "errors"])  # noqa: S603 - our own command
    if code:
        raise click.ClickException("The site was not built; what is wrong stands above.")
    click.echo(f"The site stands in {output}")


@main.command()
@plainly
def rebuild() -> None:
    """Ask the hosts in EMERGENCE_REBUILD to build the site now, whatever changed.

    `emergence serve` asks them by itself when a discussion changes.
    """
    with _house() as house:
        if not house.settings.rebuild:
            raise BadSettings("Set EMERGENCE_REBUILD to the addresses of the hosts to ask.")
        ask_all(house.settings, house.store, _now)
        hosts = rebuilding.hosts(house.store, house.settings.rebuild)
    for host in hosts:
        said = f"{host.trouble} ({host.status})" if host.status else host.trouble
        click.echo(f"{host.name}: {said or 'asked.'}")
    if any(host.trouble for host in hosts):
        raise SystemExit(1)


@main.group()
def new() -> None:
    """Begin a new opportunity or update: a file to write in."""


new.add_command(cli_draft.new_opportunity)


@new.command("update")
@click.argument("slug")
@click.argument("title")
@plainly
def new_update(slug: str, title: str) -> None:
    """Write a dated file in content/opportunities/SLUG/updates/."""
    _scaffolded(lambda: scaffold.new_update(ROOT / "content", slug, title, _now()))


def _scaffolded(write: Callable[[], Path]) -> None:
    try:
        path = write()
    except scaffold.Exists as there:
        raise click.ClickException(f"{there} exists already; nothing was written.") from there
    except FileNotFoundError as missing:
        raise click.ClickException(
            f"{missing} is not there. Begin it with `emergence new opportunity`."
        ) from missing
    click.echo(f"Written: {path}. Take out “Status: draft” to publish it.")


@main.command()
@click.argument("slug")
@click.argument("email", required=False)
@click.option("--name", help="The person's name.")
@click.option("--why", default="", help="Why this person: the heart of the invitation.")
@click.option("--introduction", default="", help="How you introduce them to the others.")
@click.option("--as", "as", type=click.Choice([one.value for one in Capacity]), default="expert")
@click.option("--status", type=click.Choice([one.value for one in Status]))
@click.option("--know-how", default="", help="One line.")
@click.option("--lang", "language", default="", help="Default: the opportunity's.")
@click.option("--csv", "table", type=click.File("rb"), help="Many at once.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (with --csv: a list).")
@plainly
def invite(
    slug: str, email: str | None, table: BinaryIO | None, as_json: bool, **given: str | None
) -> None:
    """Invite EMAIL to the opportunity SLUG: mails a personal link and prints it.

    With --csv FILE: a header line (email, name, why, introduction, as, status, know_how, language)
    and a line a person; all of them are invited, or nobody. UTF-8 or windows-1252; “,” or “;”
    between the columns.
    """
    if (email is None) == (table is None):
        raise click.UsageError("Give one EMAIL, or --csv FILE.")
    with _house() as house:
        _require_known(house, slug)
        if table is not None:
            invited = _invite_all(house, slug, table)
        else:
            by, rules = _facilitator(house), house.settings.house
            given_guest = guest({"email": email or "", **{k: v or "" for k, v in given.items()}})
            invited = [invitations.invite(house.store, rules, by, slug, given_guest, _now())]
        told = [_told(house.settings, one) for one in invited]
        for one in invited:
            _tell_of_namesakes(house, one.invitation.person)
    if as_json:
        click.echo(json.dumps(told if table is not None else told[0], ensure_ascii=False, indent=2))
    else:
        for line in told:
            click.echo(f"{line['person']['name']}: {line['link']}")


def _tell_of_namesakes(house: OpenHouse, invited: Person) -> None:
    for person in addressing.without_address(house.store, invited.name):
        click.echo(
            f"Another {person.name} ({person.id}) came back from an archive without an address; "
            "whom you invited is taken for somebody else of that name.",
            err=True,
        )


def _require_known(house: OpenHouse, slug: str) -> None:
    try:
        looking.find_opportunity(house.store, slug)
    except errors.NotFound as unknown:
        raise click.ClickException(
            f"{unknown} The service knows an opportunity once the site has published it, and no "
            "draft: take “Status: draft” out of its brief."
        ) from unknown


def _invite_all(house: OpenHouse, slug: str, table: BinaryIO) -> list[invitations.Invited]:
    try:
        numbered = read_guests(table.read())
    except BadList as bad:
        raise click.ClickException("\n".join(["Nobody was invited.", *bad.problems])) from bad
    by, rules = _facilitator(house), house.settings.house
    try:
        guests = [guest for _, guest in numbered]
        return invitations.invite_all(house.store, rules, by, slug, guests, _now())
    except invitations.BadGuests as bad:
        lines = [f"line {numbered[index][0]}: {problem}" for index, problem in bad.problems]
        raise click.ClickException("\n".join(["Nobody was invited.", *lines])) from bad


def _told(settings: Settings, invited: invitations.Invited) -> dict[str, Any]:
    person = invited.invitation.person
    return {
        "person": {"id": person.id, "name": person.name, "email": person.email},
        "opportunity": invited.opportunity.slug,
        "invitation": invited.invitation.id,
        "link": personal_link(settings, invited.grant),
    }


@main.command()
@click.argument("email")
@click.option("--keep-words", is_flag=True, help="Leave what they wrote standing, without a name.")
@click.confirmation_option(prompt="This cannot be undone. Erase all that is kept of them?")
@plainly
def erase(email: str, keep_words: bool) -> None:
    """Erase the data of the person with the address EMAIL, who asked for it by mail.

    Their words are withdrawn, unless --keep-words. A line without name or address is added to the
    file `erased` beside the database: leave it there when an older backup is put back, and they
    are erased from that, too.
    """
    with _house() as house:
        person = looking.find_person(house.store, email)
        if person is None:
            raise click.ClickException("Nobody here is known by this address.")
        words = Words.KEPT if keep_words else Words.WITHDRAWN
        erasing.erase(house.store, person, words, _now())
    click.echo("Erased.")


@main.group()
def comments() -> None:
    """Look through what waits, approve it or hide it."""


@comments.command("held")
@plainly
def held() -> None:
    """List the comments that wait for a facilitator."""
    with _house() as house:
        for one in looking.waiting(house.store):
            click.echo(f"{one.comment.id}  {one.opportunity.slug}  {one.author.name}")
            click.echo("    " + " ".join(one.comment.text.split())[:200])


@comments.command("approve")
@click.argument("id")
@plainly
def approve(id: str) -> None:
    """Publish a comment that waits or was hidden."""
    with _house() as house:
        by = _facilitator(house)
        moderation.approve(house.store, house.settings.house, by, id, _now())
    click.echo("Published.")


@comments.command("hide")
@click.argument("id")
@plainly
def hide(id: str) -> None:
    """Take a comment off the page."""
    with _house() as house:
        moderation.hide(house.store, house.settings.house, _facilitator(house), id, _now())
    click.echo("Hidden.")


@main.command()
@plainly
def doctor() -> None:
    """Check settings, disk, database, clock, site, mail and its DNS, and say what to do."""
    findings = list(examination.examine(from_environment()))
    for finding in findings:
        click.echo(f"{'well ' if finding.well else 'TO DO'}  {finding.what:9} {finding.words}")
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
