"""Places that still wait for words are named at every build, and stop none."""

import logging

import pytest

from .site import Site


def warnings(site: Site, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        site.build()
    return [r.getMessage() for r in caplog.records if "placeholder" in r.getMessage()]


def test_a_placeholder_is_named_with_its_file_and_line(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    more = "Summary: TODO in one sentence\nStatus: draft"
    site.brief("orchard", more, f"Words.\n\nTODO: {'say it ' * 20}")
    said = warnings(site, caplog)
    assert [one.partition(": ")[0] for one in said] == [
        "content/opportunities/orchard/brief.md:3",
        "content/opportunities/orchard/brief.md:8",
    ]
    assert "“TODO in one sentence”" in said[0] and all(len(one) < 160 for one in said)


def test_a_brief_without_any_is_warned_of_nothing(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.brief("orchard", text="Método, TODOS, and todo lists.")
    assert warnings(site, caplog) == []
