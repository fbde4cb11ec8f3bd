"""`emergence erase`, as an operator runs it for somebody who asked by mail."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main
from comments_service.storage.sqlite import SqliteStore

from .conftest import FACILITATOR, Circle, entry


@pytest.fixture
def operator(tmp_path: Path) -> Circle:
    circle = Circle(SqliteStore(tmp_path / "emergence.db"))
    circle.appoint(FACILITATOR)
    circle.publish(entry("farm"))
    circle.say(circle.bring_in("Ines"), "Hello.")
    return circle


def run(tmp_path: Path, *arguments: str, answer: str = "y\n") -> Result:
    environ = {
        "EMERGENCE_DATA": str(tmp_path),
        "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
        "EMERGENCE_FACILITATORS": f"{FACILITATOR[0]} <{FACILITATOR[1]}>",
    }
    return CliRunner(env=environ).invoke(main, ["erase", *arguments], input=answer)


@pytest.mark.parametrize(("option", "state"), [((), "withdrawn"), (("--keep-words",), "published")])
def test_somebody_is_erased_by_their_address(
    operator: Circle, tmp_path: Path, option: tuple[str, ...], state: str
) -> None:
    assert run(tmp_path, "Ines@Example.org", *option).exit_code == 0
    [told] = operator.exported()["comments"]
    assert (told["state"], told["author"]) == (state, None)
    operator.store.close()


def test_it_asks_first_and_says_plainly_what_it_cannot_do(operator: Circle, tmp_path: Path) -> None:
    before = operator.exported()
    assert run(tmp_path, "ines@example.org", answer="n\n").exit_code == 1
    assert "Nobody here is known" in run(tmp_path, "nobody@example.org", "--yes").output
    refused = run(tmp_path, FACILITATOR[1], "--yes")
    assert refused.exit_code == 1 and "EMERGENCE_FACILITATORS" in refused.output
    assert operator.exported() == before
    operator.store.close()
