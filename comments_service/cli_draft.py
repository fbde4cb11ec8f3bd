"""The commands that begin a text: a summary and an agreement from the talk, the next opportunity
from the last one's people and structure."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from . import drafts, scaffold, tables
from .actions import drafting
from .actions.drafting import Companion, Draft
from .command import now, open_for_a_command, plainly
from .domain.people import Participant, one_line
from .guest_list import COLUMNS
from .settings import from_environment

Writer = Callable[[Draft, str, datetime], str]


@click.group()
def draft() -> None:
    """Begin a summary or an agreement from what was marked as worth keeping."""


@draft.command("summary")
@click.argument("slug")
@click.option("--output", metavar="FILE", help="Default: the summary.md of SLUG.")
@plainly
def draft_summary(slug: str, output: str | None) -> None:
    """Write content/opportunities/SLUG/summary.md: agreed, open, set aside.

    A file that somebody has changed is left as it is; the draft is printed instead. FILE may be
    “-”, for standard output.
    """
    _draft(slug, "summary.md", output, drafts.summary)


@draft.command("agreement")
@click.argument("slug")
@click.option("--output", metavar="FILE", help="Default: the agreement.md of SLUG.")
@plainly
def draft_agreement(slug: str, output: str | None) -> None:
    """Write content/opportunities/SLUG/agreement.md: parties, team, what was agreed.

    A file that somebody has changed is left as it is; the draft is printed instead. FILE may be
    “-”, for standard output.
    """
    _draft(slug, "agreement.md", output, drafts.agreement)


def _draft(slug: str, name: str, output: str | None, write: Writer) -> None:
    with open_for_a_command() as house:
        found = drafting.draft(house.store, slug)
    folder = _folder(found.opportunity.slug)
    scope = scaffold.header_of(_brief(folder) or "").get("summary", "")
    text = write(found, scope, now())
    if output == "-":
        click.echo(text, nl=False)
        return
    if output is None and not folder.is_dir():
        raise click.ClickException(
            f"There is no {folder}. Run this where content/ is, or give --output."
        )
    path = Path(output) if output else folder / name
    try:
        drafts.keep(path, text)
    except drafts.Edited:
        click.echo(f"{path} was written by somebody, and is left as it is. The draft:", err=True)
        click.echo(text, nl=False)
        return
    except OSError as problem:
        raise click.ClickException(f"{path} cannot be written: {problem.strerror}") from problem
    click.echo(f"Written: {path}. Sort its points, and put them right.")


@click.command("opportunity")
@click.argument("title")
@click.option("--title", "called", metavar="TITLE", help="Then the argument is the slug.")
@click.option("--slug", help="Default: from the title.")
@click.option("--lang", "--language", "language", help="Default: that of --from, or en.")
@click.option("--facilitator", help="Default: the first one of the settings.")
@click.option("--from", "other", metavar="SLUG", help="Begin with another one's people and shape.")
@click.option(
    "--invite-list",
    "guests",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --from: write its people there, as `emergence invite --csv` takes them.",
)
@plainly
def new_opportunity(
    title: str,
    called: str | None,
    slug: str | None,
    language: str | None,
    facilitator: str | None,
    other: str | None,
    guests: Path | None,
) -> None:
    """Write content/opportunities/<slug>/brief.md, as a draft with placeholders.

    With --from, its sections and tags are those of another opportunity, without their text, and
    that one's people are listed: who took part, and in which roles.
    """
    if guests and not other:
        raise click.UsageError("--invite-list needs --from.")
    slug = scaffold.slugify(slug or title)
    if not slug:
        raise click.ClickException("No slug can be made of this title; give one with --slug.")
    settings = from_environment()
    name = facilitator or (settings.facilitators[0][0] if settings.facilitators else "")
    like, people = scaffold.Structure(), list[Companion]()
    if other:
        with open_for_a_command() as house:
            found, people = drafting.companions(house.store, other)
        like = scaffold.structure_of(_brief(_folder(found.slug)) or "")
        language = language or found.language
    title = one_line(called or title)
    try:
        if guests and guests.exists():
            raise scaffold.Exists(guests)
        path = scaffold.new_opportunity(
            Path("content"), slug, title, language or "en", name, now(), like
        )
        if guests:
            _write_guests(guests, people)
    except scaffold.Exists as there:
        raise click.ClickException(f"{there} exists already; it was left as it is.") from there
    click.echo(f"Written: {path}. Take out “Status: draft” to publish a brief.")
    for line in _listed(people):
        click.echo(line)


def _folder(slug: str) -> Path:
    return Path("content", "opportunities", slug)


def _brief(folder: Path) -> str | None:
    try:
        return (folder / "brief.md").read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None


def _listed(people: Sequence[Companion]) -> Iterator[str]:
    for one in people:
        part = one.participant
        what = [str(part.capacity), *(role.title for role in one.roles)]
        yield f"  {part.person.name}: {', '.join(what)}; {_fate(one)}"


def _fate(one: Companion) -> str:
    if one.participant.left and not one.declined:
        return "took part, and left"
    if one.took_part and not one.declined:
        return "took part"
    return "declined" if one.declined else "did not answer"


def _write_guests(path: Path, people: Sequence[Companion]) -> None:
    """Those who took part; who facilitates here is here without an invitation."""
    rows = [
        {name: tables.harmless(cell) for name, cell in _guest(one.participant).items()}
        for one in people
        if one.took_part and not one.participant.person.facilitates
    ]
    with path.open("x", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="")
        table.writeheader()
        table.writerows(rows)


def _guest(part: Participant) -> dict[str, str]:
    """A row of the list; an introduction comes along if its person had agreed to it."""
    person = part.person
    return {
        "email": person.email,
        "name": person.name,
        "introduction": part.introduction if part.introduction_public else "",
        "as": part.capacity.value,
        "status": person.status.value,
        "know_how": person.know_how,
        "language": person.language,
    }
