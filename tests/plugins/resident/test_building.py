"""A change of content, theme or settings is a new build; a broken one leaves the last good site."""

import os
import re
import subprocess
from typing import Any

import pytest

from ..discussion.small_site import Site
from ..discussion.standin import Service, comment
from .running import Builder, until


def test_a_changed_brief_is_built_beside_and_swapped_in(
    site: Site, builder: Builder, service: Service
) -> None:
    service.tell("water", comment("a1", "ada"))
    until(lambda: "c-a1" in builder.page("water"))
    first = builder.build
    site.brief("water", "Rivers", "2026-11-02")
    builder.wait_for("ok", not_build=first)
    page = builder.page("water")
    assert "Rivers: 1 comments" in page
    service.tell("water", comment("a2", "ada"))
    until(lambda: "c-a2" in builder.page("water"), "the new worker")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("theme/templates/article.html", "another theme"),
        ("theme/static/style.css", "p {}"),
        ("plugins/own.py", "# a plugin"),
        ("pelicanconf.py", None),
    ],
)
def test_theme_plugins_and_settings_are_watched_too(
    site: Site, path: str, text: str | None
) -> None:
    site.write("plugins/own.py", "")
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        first = builder.build
        if text is None:
            site.configure('SITENAME = "Another"')
        else:
            site.write(path, text)
        builder.wait_for("ok", not_build=first)
    finally:
        builder.end()


def test_a_commit_that_changes_no_file_is_built_for_what_it_says_of_them(site: Site) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Fay", "-c", "user.email=fay@example.org")
        subprocess.run(["git", *who, *arguments], cwd=site.folder, check=True, capture_output=True)

    git("init")
    git("add", "content")
    git("commit", "-m", "Begin")
    site.brief("water", "Rivers", "2026-11-02")
    git("add", "content")
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        first = builder.build
        git("commit", "-m", "Rivers, then")
        told = builder.wait_for("ok", not_build=first)
        ref = (site.folder / ".git/HEAD").read_text(encoding="utf-8").split()[1]
        head = (site.folder / ".git" / ref).read_text(encoding="utf-8").strip()
        assert told["commit"] == head, "the status names the commit that is served"
    finally:
        builder.end()


def test_an_archive_that_is_written_and_committed_beside_builds_nothing(site: Site) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Fay", "-c", "user.email=fay@example.org")
        subprocess.run(["git", *who, *arguments], cwd=site.folder, check=True, capture_output=True)

    git("init")
    git("add", "content", "theme", "pelicanconf.py")
    git("commit", "-m", "Begin")
    builder = Builder(site)
    try:
        first = builder.wait_for("ok")["commit"]
        build = builder.build
        site.write("discussions/water.json", "{}")
        git("add", "discussions")
        git("commit", "-m", "Discussions: 1 changed")
        until(lambda: builder.status["commit"] != first, "the status names the newest commit")
        assert builder.status["state"] == "ok" and builder.build == build
        site.brief("water", "Rivers", "2026-11-02")
        git("commit", "-a", "-m", "Rivers")
        builder.wait_for("ok", not_build=build)
    finally:
        builder.end()


def test_a_fresh_build_holds_everything(site: Site, builder: Builder, service: Service) -> None:
    site.write("theme/static/icon.svg", "<svg/>")
    until(lambda: builder.read("theme/icon.svg"), "the new file")
    current = builder.folder / "current"
    for path in ("theme/style.css", "feeds/water.discussion.atom.xml", "index.html"):
        assert (current / path).is_file()


def kept(builder: Builder) -> list[str]:
    return sorted(f"builds/{name}" for name in os.listdir(builder.folder / "builds"))


def test_only_the_build_before_is_kept(site: Site, builder: Builder) -> None:
    builds = [builder.build]
    for title in ("One", "Two", "Three"):
        site.brief("water", title, "2026-11-02")
        builder.wait_for("ok", not_build=builds[-1])
        until(lambda title=title: title in builder.page("water"))
        builds.append(builder.build)
    until(lambda: kept(builder) == sorted(builds[-2:]), "the others are removed")


def test_a_broken_template_leaves_the_last_good_site_and_says_where(
    site: Site, builder: Builder, service: Service
) -> None:
    before = builder.page("water")
    site.write("theme/templates/article.html", "fine\n{% if %}\n")
    status = builder.wait_for("failed")
    (problem,) = status["problems"]
    assert (problem["file"], problem["line"]) == ("theme/templates/article.html", 2)
    assert builder.page("water") == before
    assert "theme/templates/article.html:2: " in builder.log.read_text(encoding="utf-8")
    service.tell("wood", comment("a1", "ada"))
    until(lambda: "c-a1" in builder.page("wood"), "the old worker, which goes on")
    site.write("theme/templates/article.html", "mended")
    builder.wait_for("ok")
    assert builder.page("water") == "mended"


BRIEFS: list[tuple[str, Any]] = [
    ("content/broken.md", "Title: Broken\nDate: someday\n\nText"),
    ("pelicanconf.py", "SITENAME = (\n"),
    ("pelicanconf.py", "1 / 0\n"),
]


@pytest.mark.parametrize(("path", "text"), BRIEFS, ids=["brief", "syntax", "settings"])
def test_a_first_start_that_fails_waits_for_the_mending(site: Site, path: str, text: str) -> None:
    good = (
        (site.folder / path).read_text(encoding="utf-8") if (site.folder / path).exists() else None
    )
    site.write(path, text)
    builder = Builder(site)
    try:
        status = builder.wait_for("failed")
        assert status["problems"]
        assert status["build"] is None
        assert not (builder.folder / "current").exists()
        if good is None:
            (site.folder / path).unlink()
        else:
            site.write(path, good)
        builder.wait_for("ok")
        assert "Water" in builder.page("water")
    finally:
        builder.end()


def test_a_plugin_that_names_file_and_line_is_taken_at_its_word(site: Site) -> None:
    site.configure(
        """
class Broken(Exception):
    problems = [type("P", (), dict(file="content/x.md", line=3, message="unknown phase"))]

class Checks:
    @staticmethod
    def register():
        signals.initialized.connect(Checks.check)

    @staticmethod
    def check(pelican):
        raise Broken("1 problem")

PLUGINS = [*PLUGINS, Checks]
"""
    )
    builder = Builder(site)
    try:
        assert builder.wait_for("failed")["problems"] == [
            {"file": "content/x.md", "line": 3, "message": "unknown phase"}
        ]
        assert re.search(r"content/x.md:3: unknown phase", builder.log.read_text(encoding="utf-8"))
    finally:
        builder.end()


def test_what_a_plugin_has_logged_of_a_problem_is_not_said_twice(site: Site) -> None:
    site.configure(
        """
import sys
from pelican import signals

class Broken(Exception):
    problems = [type("P", (), dict(file="content/x.md", line=3, message="unknown phase"))]

class Checks:
    @staticmethod
    def register():
        signals.initialized.connect(Checks.check)

    @staticmethod
    def check(pelican):
        sys.stderr.write("ERROR checks: content/x.md:3: unknown phase\\n")
        raise Broken("1 problem")

PLUGINS = [*PLUGINS, Checks]
"""
    )
    builder = Builder(site)
    try:
        builder.wait_for("failed")
        assert builder.log.read_text(encoding="utf-8").count("content/x.md:3: unknown phase") == 1
    finally:
        builder.end()


def test_a_required_discussion_is_waited_for(site: Site, service: Service) -> None:
    service.stop()
    site.configure("DISCUSSION_REQUIRED = True")
    builder = Builder(site)
    try:
        builder.wait_for("failed")
        service.start()
        builder.wait_for("ok")
    finally:
        builder.end()


def test_a_page_that_cannot_be_rendered_keeps_no_other_from_it(
    site: Site, builder: Builder, service: Service
) -> None:
    first = builder.build
    site.write(
        "theme/templates/article.html",
        "{{ article.discussion.count }} {{ 1 // (article.discussion.count - 3) }}",
    )
    builder.wait_for("ok", not_build=first)
    service.tell("water", comment("a"), comment("b"), comment("c"))
    until(lambda: builder.status["problems"], "the problem")
    service.tell("wood", comment("d"))
    until(lambda: builder.page("wood").startswith("1 "), "the other page")
    service.tell("water", comment("e"))
    until(lambda: builder.page("water").startswith("4 "), "the page, once it can be rendered")
