"""A site in a temporary folder, built by the whole of Pelican."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from blinker import ANY, Signal
from pelican.plugins import signals

from .site import Site


@pytest.fixture(autouse=True)
def only_our_plugins() -> Iterator[None]:
    """Pelican's signals are the process's: what other tests connected stays out of these."""
    every = [signal for signal in vars(signals).values() if isinstance(signal, Signal)]
    before = [(signal, receiver) for signal in every for receiver in signal.receivers_for(ANY)]
    for signal, receiver in before:
        signal.disconnect(receiver)
    yield
    for signal in every:
        for receiver in list(signal.receivers_for(ANY)):
            signal.disconnect(receiver)
    for signal, receiver in before:
        signal.connect(receiver)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
