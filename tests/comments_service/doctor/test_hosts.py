"""What the doctor says of the hosts that build the site."""

from collections.abc import Callable
from datetime import UTC, datetime

from comments_service.actions import rebuilding
from comments_service.doctor import hosts, house
from comments_service.domain.rebuilding import Answer
from comments_service.settings import Settings
from comments_service.storage.sqlite import SqliteStore
from tests.servers.building_host import building_host

AT = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
GITHUB = "https://api.github.com/repos/a/b/dispatches"


def words(settings: Settings) -> list[tuple[bool, str]]:
    return [(finding.well, finding.words) for finding in hosts.examine(settings)]


def test_each_host_is_told_of_with_what_to_do(settings_with: Callable[..., Settings]) -> None:
    settings = settings_with(rebuild=GITHUB, rebuild_token="tok3n")
    assert words(settings)[0] == (
        True,
        "github.com/a/b is asked after the next change; `emergence rebuild` asks now",
    )
    store = SqliteStore(settings.database)
    [question] = rebuilding.at_once(store, settings.rebuild)
    rebuilding.settle(store, question, Answer(None), AT)
    assert words(settings) == [(True, "github.com/a/b was asked on 2026-11-03 09:00 UTC")]
    rebuilding.settle(store, question, Answer("401"), AT)
    store.close()
    [(well, said)] = words(settings)
    assert not well and "EMERGENCE_REBUILD_TOKEN" in said and said.endswith("(401)")


def test_nothing_is_said_when_nobody_is_asked(settings_with: Callable[..., Settings]) -> None:
    assert words(settings_with()) == []


def test_a_database_that_cannot_be_read_is_the_houses_matter(
    settings_with: Callable[..., Settings],
) -> None:
    settings = settings_with(rebuild="https://example.org/hook")
    settings.database.write_bytes(b"nonsense" * 1000)
    assert words(settings) == []


def test_a_site_elsewhere_is_looked_for(settings_with: Callable[..., Settings]) -> None:
    with building_host() as host:
        url = f"{host.url}/opportunities.json"
        for status, well in ((200, True), (404, False)):
            host.status = status
            found = {one.what: one for one in house.examine(settings_with(manifest=url))}
            assert found["site"].well is well and url in found["site"].words
