"""The resident builder keeps summary and agreement current, and tells what they rest on no more."""

import subprocess
from collections.abc import Iterator

import pytest

from ..discussion.small_site import Site
from ..discussion.standin import comment
from ..resident.running import Builder, until
from .conftest import PEOPLE, Told

PRINTED = "opportunities/water/agreement/index.html"


@pytest.fixture
def builder(site: Site) -> Iterator[Builder]:
    running = Builder(site)
    running.wait_for("ok")
    yield running
    running.end()


def test_a_cited_comment_that_is_withdrawn_goes_and_is_told_of(
    site: Site, builder: Builder, service: Told
) -> None:
    service.more["rereadings"] = [
        {"person": "cleo", "version": "0" * 40, "at": "2026-11-20T10:00:00Z"}
    ]
    service.tell("water", comment("bb1", None, state="withdrawn") | {"html": ""}, people=PEOPLE)
    until(lambda: "Bob, 6 November" not in builder.page("water"), "the name to go")
    assert "withdrawn by its author" in builder.page("water")
    until(lambda: "earlier version" in builder.read(PRINTED), "the page to print")
    assert "Bob, 6 November" not in builder.read(PRINTED)
    until(lambda: builder.status["problems"], "the problem")
    told = builder.status["problems"][0]
    assert (told["file"], told["line"]) == ("content/opportunities/water/agreement.md", 7)
    assert "withdrawn by its author" in told["message"]

    first = builder.build  # a change of a text is not built while it rests on that
    site.write("content/opportunities/wood/summary.md", "Title: S\n\n## Open\n\n- What?\n")
    problems = builder.wait_for("failed")["problems"]
    assert ("content/opportunities/water/summary.md", 7) in [
        (p["file"], p["line"]) for p in problems
    ]
    assert builder.build == first

    builder.end()  # but somebody has to keep the pages current
    builder.start()
    builder.wait_for("ok", not_build=first)
    until(lambda: builder.status["problems"], "the problem again")
    service.tell("water", comment("cc1", "ada", "<p>Later words</p>"))
    until(lambda: "Later words" in builder.page("water"), "what is said later")


def test_a_kept_page_is_what_a_build_from_nothing_makes(
    site: Site, builder: Builder, service: Told
) -> None:
    service.more["rereadings"] = [
        {"person": "cleo", "version": "0" * 40, "at": "2026-11-20T10:00:00Z"}
    ]
    service.tell("water", people=[PEOPLE[0] | {"name": "Ada L."}, *PEOPLE[1:]])
    until(lambda: "Ada L., 5 November" in builder.page("water"), "the other name")
    until(lambda: "Ada L., 5 November" in builder.read(PRINTED), "the other page")
    site.build()
    assert site.page("water") == builder.page("water")
    assert site.read(PRINTED) == builder.read(PRINTED)


def test_a_commit_gives_the_agreement_its_version(site: Site) -> None:
    def git(*words: str) -> str:
        who = ("-c", "user.name=Fay", "-c", "user.email=fay@mail.example")
        command = ["git", *who, "-c", "commit.gpgsign=false", *words]
        done = subprocess.run(
            command, cwd=site.folder, check=True, capture_output=True, text=True, encoding="utf-8"
        )
        return done.stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "Begun")
    running = Builder(site)
    try:
        running.wait_for("ok")
        assert "not committed yet" in running.page("water")
        git("add", "content")
        git("commit", "-qm", "The agreement")
        short = git("rev-parse", "HEAD")[:8]
        until(lambda: f"Version {short} of" in running.page("water"), "the version")
    finally:
        running.end()
