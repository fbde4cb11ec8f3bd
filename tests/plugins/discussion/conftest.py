"""A site of two opportunities, and the stand-in for the service that it asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .small_site import Site
from .standin import Service


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.stop()


@pytest.fixture
def site(tmp_path: Path, service: Service) -> Site:
    return Site(tmp_path, service.url)
