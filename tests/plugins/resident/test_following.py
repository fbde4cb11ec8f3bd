"""What is said reaches the page at once, and whatever happens to either side, it arrives."""

import json
import os
import signal
import subprocess
import sys
import threading

from ..discussion.small_site import ROOT, Site
from ..discussion.standin import Service, comment, person
from .running import Builder, is_running, until


def test_a_comment_is_on_the_page_and_in_the_feed(builder: Builder, service: Service) -> None:
    service.tell("water", comment("a1", "ada", "<p>One</p>"))
    until(lambda: "<p>One</p>" in builder.page("water"), "the comment")
    until(lambda: "One" in builder.read("feeds/water.discussion.atom.xml"), "the feed")
    service.tell("water", comment("a1", "ada", state="withdrawn"))
    until(lambda: "One" not in builder.page("water"), "the words to go")


def test_lists_and_people_follow(builder: Builder, service: Service) -> None:
    service.tell("water", comment("a1", "ada"), people=[person("ada", "Ada")])
    until(lambda: "water: 1" in builder.read("index.html"), "the home page")
    until(lambda: "water: 1" in builder.read("tags/data/index.html"), "the page of the tag")
    until(lambda: "spoke 1 times" in builder.read("people/ada/index.html"), "the person")
    service.tell("water", comment("a1"), people=[])
    until(lambda: not (builder.folder / "current/people/ada").joinpath("index.html").exists())


def test_an_archive_gives_way_to_the_service_once_that_is_heard(
    site: Site, service: Service
) -> None:
    service.stop()
    told = {"slug": "water", "answer_to": None, "people": [], "comments": [comment("a1")]}
    told["comments"][0]["introduces"] = None  # type: ignore[index]
    document = {"format": "emergence-archive/1", "discussion": told}
    site.write("discussions/water.json", json.dumps(document))
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        assert "Words of a1" in builder.page("water")
        service.start()
        service.tell("water", comment("b1"))
        until(lambda: "c-b1" in builder.page("water"), "what the service says")
        assert "c-a1" not in builder.page("water")
    finally:
        builder.end()


def test_all_language_versions_follow(site: Site, service: Service) -> None:
    site.brief("water", "Eau", "2026-11-02", "Lang: fr", name="water.fr")
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        service.tell("water", comment("a1", "ada"))
        until(lambda: "c-a1" in builder.read("fr/opportunities/water/index.html"))
        until(lambda: "c-a1" in builder.page("water"))
    finally:
        builder.end()


def test_only_what_a_change_touches_is_written(builder: Builder, service: Service) -> None:
    current = builder.folder / "current"
    before = {path: path.stat().st_ino for path in current.rglob("*") if path.is_file()}
    service.tell("water", comment("a1", "ada"), people=[person("ada", "Ada")])
    until(lambda: "spoke 1 times" in builder.read("people/ada/index.html"), "the last page")
    until(lambda: "water: 1" in builder.read("index.html"), "the home page")
    until(lambda: "water: 1" in builder.read("tags/data/index.html"), "the page of the tag")
    written = {path for path in before if path.stat().st_ino != before[path]}
    assert {str(path.relative_to(current)) for path in written} == {
        "opportunities/water/index.html",
        "feeds/water.discussion.atom.xml",
        "index.html",
        "tags/data/index.html",
    }


def test_no_reader_ever_sees_half_a_page(site: Site, builder: Builder, service: Service) -> None:
    site.write(
        "theme/templates/article.html", "start {{ article.discussion.count }} " + "x" * 99_999
    )
    path, wrong, done = builder.folder / "current/opportunities/water/index.html", [], False
    first = builder.build
    site.write(
        "theme/templates/article.html",
        "start {{ article.discussion.count }} " + "{{ 'x' * 200000 }}" + " end",
    )
    builder.wait_for("ok", not_build=first)
    until(lambda: builder.page("water").startswith("start"), "the theme")

    def read_on() -> None:
        while not done:
            text = path.read_text(encoding="utf-8")
            if not (text.startswith("start ") and text.endswith(" end")):
                wrong.append(text[:40])

    reader = threading.Thread(target=read_on)
    reader.start()
    for number in range(50):
        service.tell("water", comment(f"c{number:02}", "ada"))
        until(lambda number=number: f"start {number + 1} " in builder.page("water"))
    done = True
    reader.join()
    assert wrong == []


def test_the_service_may_go_and_come_back(builder: Builder, service: Service) -> None:
    service.tell("water", comment("a1", "ada"))
    until(lambda: "c-a1" in builder.page("water"))
    service.stop()
    until(lambda: "does not answer" in builder.log.read_text(encoding="utf-8"), "the warning")
    service.tell("water", comment("a2", "ada"))
    service.start()
    until(lambda: "c-a2" in builder.page("water"), "what was said meanwhile")
    assert builder.log.read_text(encoding="utf-8").count("does not answer") == 1


def test_a_site_built_without_the_service_catches_up(site: Site, service: Service) -> None:
    service.tell("water", comment("a1", "ada"))
    service.stop()
    builder = Builder(site)
    try:
        builder.wait_for("ok")
        assert "0 comments" in builder.page("water")
        service.start()
        until(lambda: "c-a1" in builder.page("water"))
    finally:
        builder.end()


def test_of_another_service_everything_is_taken_anew(builder: Builder, service: Service) -> None:
    service.tell("water", comment("a1", "ada"))
    service.tell("wood", comment("b1", "ada"))
    until(lambda: "c-b1" in builder.page("wood"))
    service.forget("service-2")
    service.tell("wood", comment("c1", "bob"))
    until(lambda: "0 comments" in builder.page("water"), "the page without comments")
    until(lambda: "c-c1" in builder.page("wood") and "c-b1" not in builder.page("wood"))


def test_rubbish_changes_nothing_and_is_survived(builder: Builder, service: Service) -> None:
    service.tell("water", comment("a1", "ada"))
    until(lambda: "c-a1" in builder.page("water"))
    service.instead = b"<html>a proxy</html>"
    service.tell("water", comment("a2", "ada"))
    until(lambda: "not JSON" in builder.log.read_text(encoding="utf-8"), "the warning")
    service.instead = None
    until(lambda: "c-a2" in builder.page("water"))


def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    builder: Builder, service: Service
) -> None:
    service.tell("water", comment("a1", "ada"))
    until(lambda: "c-a1" in builder.page("water"))
    (worker,) = builder.workers()
    first = builder.build
    os.kill(worker, signal.SIGKILL)
    service.tell("water", comment("a2", "ada"))
    builder.wait_for("ok", not_build=first)
    until(lambda: "c-a2" in builder.page("water"))


def test_what_was_heard_survives_both_sides(site: Site, builder: Builder, service: Service) -> None:
    service.tell("water", comment("a1", "ada"))
    until(lambda: (site.snapshot / "discussions/water.json").exists(), "the snapshot")
    builder.end(signal.SIGKILL)
    service.stop()
    first = builder.build
    builder.start()
    builder.wait_for("ok", not_build=first)
    assert "c-a1" in builder.page("water")


def test_a_truncated_snapshot_is_fetched_anew(
    site: Site, builder: Builder, service: Service
) -> None:
    service.tell("water", comment("a1", "ada"))
    path = site.snapshot / "discussions/water.json"
    until(path.exists, "the snapshot")
    builder.end()
    path.write_bytes(path.read_bytes()[:50])
    first = builder.build
    builder.start()
    builder.wait_for("ok", not_build=first)
    assert "c-a1" in builder.page("water")
    assert "refused" in builder.log.read_text(encoding="utf-8")


def test_killing_the_supervisor_leaves_nothing_running(builder: Builder) -> None:
    (worker,) = builder.workers()
    builder.end(signal.SIGKILL)
    until(lambda: not is_running(worker), "the end of the worker")


def test_the_supervisor_ends_when_its_parent_is_gone(builder: Builder) -> None:
    (worker,) = builder.workers()
    process = builder.process
    assert process and process.stdin
    process.stdin.close()
    assert process.wait(30) == 0
    assert not is_running(worker)
    builder.process = None


def test_a_signal_ends_it_in_good_order(builder: Builder) -> None:
    (worker,) = builder.workers()
    assert builder.end() == 0
    assert not is_running(worker)


def test_the_supervisor_imports_no_pelican() -> None:
    code = "import sys, plugins.resident.__main__; sys.exit('pelican' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
