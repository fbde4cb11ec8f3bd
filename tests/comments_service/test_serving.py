from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comments_service import serving
from comments_service.settings import Settings, from_environment


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """The settings of a new house, with some changed."""
    return lambda **changed: replace(from_environment({"EMERGENCE_DATA": str(tmp_path)}), **changed)


@pytest.mark.parametrize(
    ("changed", "doors"),
    [
        ({}, {"lmtp"}),
        ({"lmtp": None}, set()),
        ({"lmtp": None, "imap_url": "imaps://me:secret@mail.example.org/INBOX"}, {"fetch"}),
        ({"imap_url": "imaps://me:secret@mail.example.org/INBOX"}, {"lmtp", "fetch"}),
    ],
)
def test_a_door_of_mail_is_a_process_when_it_is_open(
    settings: Callable[..., Settings], changed: dict[str, Any], doors: set[str]
) -> None:
    names = {child.name for child in serving.children(settings(**changed))}
    assert names == {"web", "builder", "mail"} | doors


def test_the_greeting_says_where_mail_comes_in_and_no_password(
    settings: Callable[..., Settings],
) -> None:
    words = serving.greeting(
        settings(imap_url="imaps://me:secret@mail.example.org/INBOX"), "link", first=False
    )
    assert "by LMTP at 127.0.0.1:8024" in words
    assert "from the mailbox at mail.example.org" in words
    assert "secret" not in words and "me:" not in words


def test_a_house_without_a_door_says_nothing_of_mail_coming_in(
    settings: Callable[..., Settings],
) -> None:
    assert "Mail comes in" not in serving.greeting(settings(lmtp=None), "link", first=False)
