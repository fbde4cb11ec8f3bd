"""`emergence check`, `publish` and `hooks`: from what is in git to what is served."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from .command import plainly
from .githook import ForeignHook, install
from .publishing import Outcome, State, check, publish
from .settings import from_environment

_ROOT = Path.cwd()
MOST_NOTES = 20


@click.command("check")
@click.option("--settings", "conf", default="pelicanconf.py", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@plainly
def check_content(conf: str, as_json: bool) -> None:
    """Say what would stop a build, without building: file, line and what is wrong.

    The content is read as a build reads it. Exit code 1 when there are problems.
    """
    path = _ROOT / conf
    if not path.is_file():
        raise click.ClickException(f"There is no file {path}.")
    checked = check(from_environment(), path)
    if as_json:
        click.echo(json.dumps(asdict(checked), ensure_ascii=False, indent=2))
    else:
        for line in (*map(str, checked.problems), *_notes(checked.warnings)):
            click.echo(line)
        if not checked.problems:
            click.echo("The site can be built.")
    if checked.problems:
        raise SystemExit(1)


@click.command("publish")
@click.option("--commit", help="Refuse unless the published branch has this commit.")
@plainly
def publish_content(commit: str | None) -> None:
    """Fetch the published branch, check it, and have it built and served.

    What does not pass the check is not served: the last good site stays. `hooks install` has this
    run at every push.
    """
    settings = from_environment()
    outcome = publish(settings, _ROOT, commit)
    for line in _told(outcome, settings.site_url):
        click.echo(line)
    if outcome.state in (State.BAD, State.REFUSED):
        raise SystemExit(1)


def _told(outcome: Outcome, url: str) -> list[str]:
    commit, problems = outcome.commit[:10], list(map(str, outcome.problems))
    match outcome.state:
        case State.LIVE:
            return [*_notes(outcome.warnings), f"Live: {url}/ ({commit})"]
        case State.WAITING:
            words = f"{commit} is sound; it is live once `emergence serve` has built it."
            return [*_notes(outcome.warnings), words]
        case State.BAD:
            return [f"Not published: {commit} cannot be built; the site stays as it is.", *problems]
        case _:
            return ["Not published; the site stays as it is.", *problems]


def _notes(warnings: tuple[str, ...]) -> list[str]:
    notes = [f"note: {words}" for words in warnings[:MOST_NOTES]]
    more = len(warnings) - len(notes)
    return [*notes, f"note: and {more} more"] if more else notes


@click.group()
def hooks() -> None:
    """Push to publish: have a repository tell of what is pushed to it."""


@hooks.command("install")
@click.argument("repository", type=click.Path(path_type=Path, exists=True, file_okay=False))
@plainly
def install_hook(repository: Path) -> None:
    """Have each push to the bare REPOSITORY, on this machine, published from the folder of now.

    Whoever pushes reads there what is wrong, or that it is live.
    """
    settings = from_environment()
    try:
        told = install(settings, _ROOT, repository.resolve())
    except ForeignHook as foreign:
        raise click.ClickException(str(foreign)) from foreign
    for line in told:
        click.echo(line)
