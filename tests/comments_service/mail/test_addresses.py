"""Each address says what it is for, survives the way, and cannot be made by anybody else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from comments_service.domain.ids import mint
from comments_service.domain.incoming import (
    Answering,
    AnsweringInPublic,
    Bouncing,
    Discussing,
    Stopping,
)
from comments_service.domain.letters import Kind, Letter
from comments_service.mail import addresses
from comments_service.settings import Settings

from .conftest import MORNING, Town

LETTER = Letter(mint(MORNING), Kind.COMMENT, "p", "<m@talk.example.org>", MORNING, MORNING)
SIGNED = [
    (addresses.answer_address, Answering),
    (addresses.stop_address, Stopping),
    (addresses.bounce_address, Bouncing),
]


@pytest.fixture
def settings(town: Town) -> Settings:
    return town.house.settings


@pytest.mark.parametrize(("make", "kind"), SIGNED)
@pytest.mark.parametrize("on_the_way", [str, str.upper, str.title, "<{}>".format, " {} ".format])
def test_an_address_is_read_as_what_it_was_made_for(
    settings: Settings, make: Callable[..., str], kind: type, on_the_way: Callable[[str], str]
) -> None:
    address = make(settings, LETTER)
    assert len(address.partition("@")[0]) <= 64
    assert addresses.read_address(settings, on_the_way(address)) == kind(LETTER.id)


@pytest.mark.parametrize(("make", "kind"), SIGNED)
def test_no_other_token_is_believed(
    settings: Settings, make: Callable[..., str], kind: type
) -> None:
    address = make(settings, LETTER)
    local, _, domain = address.partition("@")
    for other in (
        f"{local[:-1]}@{domain}",  # truncated
        f"{local}a@{domain}",
        f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
        address.replace("+1", "+2", 1),  # another version
        address.replace(domain, f"x.{domain}"),
        address.replace(domain, f"{domain}.evil.example"),
        make(replace(settings, secret=b"x" * 32), LETTER),
        address.replace("a", "ａ"),  # a full-width letter
    ):
        if other != address:
            assert addresses.read_address(settings, other) is None, other


def test_a_token_for_one_purpose_is_worthless_for_another(settings: Settings) -> None:
    answer = addresses.answer_address(settings, LETTER)
    for kind in ("stop", "bounces"):
        assert addresses.read_address(settings, answer.replace("reply", kind)) is None
    assert addresses.read_stop_token(settings, answer.partition("@")[0][7:]) is None
    token = addresses.stop_token(settings, LETTER)
    assert addresses.read_stop_token(settings, token.upper()) == LETTER.id


@pytest.mark.parametrize(
    ("local", "meant"),
    [
        ("discuss+farm", Discussing("farm")),
        ("farm", Discussing("farm")),
        ("FARM", Discussing("farm")),
        ("answer+" + LETTER.id, AnsweringInPublic(LETTER.id)),
        ("answer+nothing", None),
        ("discuss+", None),
        ("reply+", None),
        ("farm+else", None),
        ("postmaster", None),
        ("emergence", None),
        ("", None),
    ],
)
def test_public_addresses_name_an_opportunity_or_a_comment(
    settings: Settings, local: str, meant: object
) -> None:
    assert addresses.read_address(settings, f"{local}@talk.example.org") == meant
