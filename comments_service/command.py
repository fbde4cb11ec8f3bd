"""What every command needs: the open house, the time, and a refusal told in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec

import click

from . import errors
from .opening import OpenHouse, open_house
from .settings import from_environment
from .values import BadSettings

P = ParamSpec("P")


def now() -> datetime:
    """The moment at which the command does what it does."""
    return datetime.now(UTC)


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """Tell a refusal in one line and exit with 1, instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (errors.Refusal, BadSettings) as refusal:
            raise click.ClickException(str(refusal)) from refusal

    return run


@contextmanager
def open_for_a_command() -> Iterator[OpenHouse]:
    """The house that the environment describes, closed in the end."""
    house = open_house(from_environment())
    try:
        yield house
    finally:
        house.store.close()
