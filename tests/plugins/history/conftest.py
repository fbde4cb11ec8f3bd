"""A story in a temporary folder, and git as it comes, whoever runs the tests."""

from pathlib import Path

import pytest

from ..opportunities.conftest import only_our_plugins  # noqa: F401 - a fixture
from .story import PLAIN, Story


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)
