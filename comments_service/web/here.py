"""What every request works with: the settings, the store and the clock of its application."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from ..domain.house import House
from ..settings import Settings as ServiceSettings
from ..storage.interface import Store


@dataclass(frozen=True, slots=True)
class Here:
    """One running service."""

    settings: ServiceSettings
    store: Store
    now: Callable[[], datetime]


def install(
    app: Flask, settings: ServiceSettings, store: Store, now: Callable[[], datetime]
) -> None:
    """Tie the application to one service."""
    app.extensions["emergence"] = Here(settings, store, now)


def _here() -> Here:
    return cast(Here, current_app.extensions["emergence"])


def settings() -> ServiceSettings:
    """What the operator decided."""
    return _here().settings


def house() -> House:
    """The rules that the actions need."""
    return _here().settings.house


def store() -> Store:
    """Where everything is kept."""
    return _here().store


def now() -> datetime:
    """This moment, in UTC; tests set it."""
    return _here().now()
