"""`emergence check`, `publish` and `hooks`: from what is in git to what is served."""

from pathlib import Path

import click

from .command import plainly
from .githook import ForeignHook, install
from .publishing import Outcome, State, check, publish
from .settings import from_environment

_ROOT = Path.cwd()


@click.command("check")
@plainly
def check_content() -> None:
    """Say what would stop a build, without building: file, line and what is wrong."""
    problems = check(_ROOT, from_environment())
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise SystemExit(1)
    click.echo("The site can be built.")


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
    match outcome.state:
        case State.LIVE:
            return [f"Live: {url}/ ({outcome.commit[:10]})"]
        case State.WAITING:
            return [f"{outcome.commit[:10]} is sound; it is live once `emergence serve` built it."]
        case State.BAD:
            return ["Not published; the site stays as it is.", *map(str, outcome.problems)]
        case _:
            return ["Not published.", *map(str, outcome.problems)]


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
