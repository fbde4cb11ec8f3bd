"""The builder that keeps running: the index comes behind the build, and follows what is said."""

from collections.abc import Iterator

import pytest

from ..discussion.small_site import Site
from ..discussion.standin import Service, comment
from ..resident.running import Builder, until
from .reading import records


@pytest.fixture
def builder(site: Site) -> Iterator[Builder]:
    site.configure("SEARCH_PAUSE = 0.1")
    running = Builder(site)
    running.wait_for("ok")
    yield running
    running.end()


def test_what_is_said_and_taken_back_is_followed(builder: Builder, service: Service) -> None:
    index = builder.folder / "current/pagefind"
    water = "/opportunities/water/#c-"
    until(lambda: f"{water}a1" in records(index), "the first index")
    service.tell("water", comment("a3", "bob", "<p>Herons wait.</p>"))
    until(lambda: f"{water}a3" in records(index), "the new comment")
    service.tell("water", comment("a1", "ada", "", state="withdrawn") | {"html": ""})
    until(lambda: f"{water}a1" not in records(index), "the withdrawn comment is gone")
    assert "Otters" not in str(records(index))


def test_the_next_build_is_served_with_the_index_of_the_last(builder: Builder, site: Site) -> None:
    until(lambda: records(builder.folder / "current/pagefind"), "the first index")
    before = builder.build
    site.brief("wind", "Wind", "2026-11-04")
    until(lambda: builder.build != before, "the next build is served")
    assert "/opportunities/water/" in records(builder.folder / "current/pagefind")
    until(
        lambda: "/opportunities/wind/" in records(builder.folder / "current/pagefind"),
        "the next index",
    )
