"""`emergence import --format disqus|wordpress|isso`, as an operator runs it."""

import csv
import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comments_service.cli_archive import import_discussion
from comments_service.storage.sqlite import SqliteStore

from .conftest import Circle, entry
from .importing.exports import disqus, isso, post, wordpress, wp_comment

WHERE = "https://old.example/2019/farm/"


class Operator:
    """Runs the command in the folder of one house, with the opportunities `farm` and `mill`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.environ = {
            "EMERGENCE_DATA": str(folder),
            "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
            "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
        }
        self.circle = Circle(SqliteStore(folder / "emergence.db"))
        self.circle.publish(entry("farm", "old-farm"), entry("mill", language="fr"))

    def take(self, system: str, file: bytes | Path, *more: str) -> Result:
        path = file if isinstance(file, Path) else self.folder / "export"
        if isinstance(file, bytes):
            path.write_bytes(file)
        command = ["--format", system, str(path), *more]
        return self.run(*command)

    def run(self, *command: str) -> Result:
        return CliRunner().invoke(import_discussion, list(command), env=self.environ)

    def said(self, slug: str = "farm") -> list[dict[str, Any]]:
        return self.circle.exported(slug)["comments"]

    def tree(self, slug: str = "farm") -> dict[str, str | None]:
        """By words, what each comment answers."""
        words = {comment["id"]: comment["html"] for comment in self.said(slug)}
        return {one["html"]: words.get(one["parent"] or "") for one in self.said(slug)}


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    made = Operator(tmp_path / "house")
    yield made
    made.circle.store.close()


def by_disqus(operator: Operator) -> Result:
    posts = [
        post(3, "<p>An answer to the answer</p>", parent=2),
        post(1, '<p>First, <b>bold</b> <a href="https://e.example/">there</a></p>'),
        post(2, "<p>An answer</p>", parent=1, name="Bob", user="bob"),
        post(4, "<p>Buy</p>", spam="true"),
    ]
    return operator.take("disqus", gzip.compress(disqus(*posts)))


def by_wordpress(operator: Operator) -> Result:
    comments = [
        wp_comment(1, 'First, <strong>bold</strong> <a href="https://e.example/">there</a>'),
        wp_comment(2, "An answer", parent=1),
        wp_comment(3, "An answer to the answer", parent=2),
        wp_comment(4, "Buy", approved="spam"),
    ]
    return operator.take("wordpress", wordpress(*comments))


def by_isso(operator: Operator) -> Result:
    rows: list[dict[str, Any]] = [
        {"text": "First, **bold** [there](https://e.example/)"},
        {"text": "An answer", "parent": 1},
        {"text": "An answer to the answer", "parent": 2},
        {"text": "Buy", "mode": 2},
    ]
    path = operator.folder / "isso.db"
    return operator.take("isso", path if path.exists() else isso(path, *rows))


EACH = pytest.mark.parametrize("bring", [by_disqus, by_wordpress, by_isso])


@EACH
def test_words_threads_and_times_come_along_and_nobody_is_mailed(
    operator: Operator, bring: Callable[[Operator], Result]
) -> None:
    told = bring(operator)
    assert told.exit_code == 0, told.output
    assert "Taken: 3 of 4 comments (authors: " in told.output
    first, answer = list(operator.tree())[:2]
    assert "<strong>bold</strong>" in first and 'href="https://e.example/"' in first
    assert list(operator.tree().values()) == [None, first, answer]
    assert all(comment["written"].startswith("2019-03-02") for comment in operator.said())
    with operator.circle.store.reading() as look:
        assert look.letters(10) == []


@EACH
def test_twice_is_once(operator: Operator, bring: Callable[[Operator], Result]) -> None:
    bring(operator)
    before = operator.circle.exported()
    again = bring(operator)
    assert again.exit_code == 0, again.output
    assert "Taken: 0 of 4 comments" in again.output and "here already: 3" in again.output
    assert operator.circle.exported() == before


def test_a_dry_run_says_the_same_and_changes_nothing(operator: Operator) -> None:
    export = disqus(post(1, "<p>First</p>"))
    told = operator.take("disqus", export, "--dry-run")
    assert "To take: 1 of 1 comments" in told.output and "(authors: 1, new here: 1)" in told.output
    assert operator.said() == []
    assert operator.take("disqus", export).output.startswith("Taken: 1 of 1")


def test_a_newer_export_adds_only_what_is_new(operator: Operator) -> None:
    operator.take("disqus", disqus(post(1, "<p>First</p>")))
    told = operator.take("disqus", disqus(post(1, "<p>First</p>"), post(2, "<p>New</p>", parent=1)))
    assert "Taken: 1 of 2" in told.output
    assert operator.tree() == {"<p>First</p>": None, "<p>New</p>": "<p>First</p>"}


@pytest.mark.parametrize(
    "address",
    [
        "https://old.example/opportunities/farm/index.html?utm=1#comments",
        "http://other.example/2019/03/FARM",
        "https://old.example/blog/old-farm.html",
    ],
)
def test_a_page_is_known_by_its_path_its_slug_or_a_former_one(
    operator: Operator, address: str
) -> None:
    export = disqus(post(1, "<p>Here</p>"), pages=(address.replace("&", "&amp;"),))
    assert operator.take("disqus", export).exit_code == 0
    assert list(operator.tree()) == ["<p>Here</p>"]


def test_what_has_no_place_is_named_and_a_map_gives_it_one(operator: Operator) -> None:
    export = disqus(
        post(1, "<p>Lost</p>"),
        post(2, "<p>Placed</p>", thread=2),
        pages=("https://old.example/about/", "https://old.example/water-mill/"),
    )
    told = operator.take("disqus", export)
    assert "on a page that is no opportunity here: 2" in told.output
    assert "  https://old.example/about/: 1" in told.output
    table = operator.folder / "map.csv"
    table.write_text("page;opportunity\nhttps://old.example/water-mill;mill\n", encoding="utf-8")
    told = operator.take("disqus", export, "--map", str(table), "--into", "farm")
    assert (list(operator.tree("mill")), list(operator.tree())) == (
        ["<p>Placed</p>"],
        ["<p>Lost</p>"],
    )
    table.write_text("page,opportunity\nhttps://old.example/x,nowhere\n", encoding="utf-8")
    told = operator.take("disqus", export, "--map", str(table))
    assert told.exit_code == 1 and "there is no opportunity “nowhere”" in told.output
    table.write_text("url,slug\na,b\n", encoding="utf-8")
    told = operator.take("disqus", export, "--map", str(table))
    assert "the map begins with the line page,opportunity" in told.output


def test_an_answer_to_what_is_not_taken_stands_under_the_next_above(operator: Operator) -> None:
    export = disqus(
        post(1, "<p>First</p>"),
        post(2, "<p>Gone</p>", parent=1, deleted="true"),
        post(3, "<p>Below</p>", parent=2),
        post(4, "<p>Round</p>", parent=5),
        post(5, "<p>and round</p>", parent=4),
        post(6, "<p>Buy</p>", parent=1, spam="true"),
        post(7, "<p>Under spam</p>", parent=6),
        post(8, "<p>Under nothing</p>", parent=99),
        post(9, "<p>Deleted, and nobody answered</p>", parent=1, deleted="true"),
    )
    told = operator.take("disqus", export).output
    assert "a place without words: 1" in told and "spam there: 1" in told
    assert "deleted there: 1" in told
    tree = operator.tree()
    assert tree["<p>Under spam</p>"] == "<p>First</p>" and tree["<p>Under nothing</p>"] is None
    assert len(tree) == 7


def test_what_was_deleted_there_keeps_its_place_without_words_or_author(
    operator: Operator,
) -> None:
    export = disqus(
        post(1, "<p>First</p>"),
        post(2, "<p>Regretted</p>", parent=1, deleted="true", name="Zoe"),
        post(3, "<p>Below</p>", parent=2),
    )
    operator.take("disqus", export)
    first, deleted, below = operator.said()
    assert (deleted["state"], deleted["parent"]) == ("withdrawn", first["id"])
    assert below["parent"] == deleted["id"]
    assert "Regretted" not in str(operator.circle.exported())
    assert "Zoe" not in str(operator.circle.exported())
    assert "here already: 3" in operator.take("disqus", export).output
    newer = disqus(post(2, "", parent=1, deleted="true"), post(4, "<p>Late</p>", parent=2))
    operator.take("disqus", newer)
    assert operator.said()[-1]["parent"] == deleted["id"]


def test_people_without_an_address_are_told_apart_and_never_have_one(operator: Operator) -> None:
    export = disqus(
        post(1, "<p>One</p>", name="Sam", user="sam1"),
        post(2, "<p>Two</p>", name="Sam", user="sam2"),
        post(3, "<p>Three</p>", name="Sam", user="sam1"),
        post(4, "<p>Four</p>", name="", user=""),
    )
    told = operator.take("disqus", export)
    assert "authors: 3, new here: 3" in told.output
    authors = [comment["author"] for comment in operator.said()]
    assert len(set(authors)) == 3 and authors[0] == authors[2]
    names = {person["name"] for person in operator.circle.exported()["people"]}
    assert names == {"Sam", "Anonymous"}
    french = disqus(post(9, "<p>Ici</p>", name="", user=""), pages=("https://x.example/mill",))
    operator.take("disqus", french)
    assert operator.circle.exported("mill")["people"][0]["name"] == "Anonyme"


def test_somebody_known_by_their_address_keeps_their_name(operator: Operator) -> None:
    operator.circle.appoint(("Camille Le Goff", "camille@example.org"))
    operator.take("wordpress", wordpress(wp_comment(1, "Mine", email="Camille@Example.org")))
    (person,) = operator.circle.exported()["people"]
    assert person["name"] == "Camille Le Goff"


def test_wordpress_keeps_lines_and_paragraphs_and_passes_over_machines(operator: Operator) -> None:
    comments = [
        wp_comment(1, "One\ntwo\n\nThree & <script>alert(1)</script><img src=x onerror=y> four"),
        wp_comment(2, "Ping", type="pingback"),
        wp_comment(3, "Waits", approved="0"),
        wp_comment(4, "When", gmt="0000-00-00 00:00:00"),
        wp_comment(5, "Never", gmt="", at=""),
        wp_comment(6, "Later", gmt="2099-01-01 00:00:00"),
        wp_comment(7, ""),
        wp_comment(8, "x" * 17_000),
    ]
    told = operator.take("wordpress", wordpress(*comments))
    assert "Taken: 2 of 8" in told.output
    for why in ("machine", "not published there", "no date", "to come", "no words", "too long"):
        assert f"{why}: 1" in told.output
    first = next(iter(operator.tree()))
    assert "One<br" in first and first.count("<p>") == 2
    assert "<script" not in first and "<img" not in first and "alert" not in first


def test_the_report_says_what_came_of_each(operator: Operator, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    export = disqus(post(1, "<p>First</p>", name="=2+3"), post(2, "<p>No</p>", spam="true"))
    operator.take("disqus", export, "--report", str(path), "--dry-run")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["opportunity"], row["result"], row["why"]) for row in rows] == [
        ("1", "farm", "taken", ""),
        ("2", "farm", "skipped", "spam there"),
    ]
    assert rows[0]["author"] == "'=2+3", "no spreadsheet computes a name"


@pytest.mark.parametrize(
    ("system", "file", "why"),
    [
        ("disqus", disqus(post(1, "<p>x</p>"))[:-30], "line "),
        ("disqus", gzip.compress(disqus(post(1, "<p>x</p>")))[:-30], "the archive is damaged"),
        ("disqus", wordpress(), "this is an export of WordPress: --format wordpress"),
        ("disqus", b"", "the file is empty"),
        ("disqus", b"PK\x03\x04\0\0", "a ZIP archive: unpack it"),
        (
            "disqus",
            b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><disqus>&a;</disqus>',
            "it declares a document type",
        ),
        ("disqus", b"<feed/>", "it begins with <feed>, and not with <disqus>"),
        ("disqus", b"<!DOCTYPE html><title>Sign in</title>", "it looks like a page of the web"),
        ("disqus", b'{"comments": []}', "it looks like JSON"),
        ("wordpress", b"<rss><channel><item/></channel></rss>", "this is a feed"),
        ("wordpress", disqus(), "this is an export of Disqus: --format disqus"),
        ("isso", b"not a database at all, but long enough to be looked at", "no database of Isso"),
        ("isso", b"", "no database of Isso"),
    ],
)
def test_a_broken_or_foreign_file_is_refused_whole(
    operator: Operator, system: str, file: bytes, why: str
) -> None:
    told = operator.take(system, file)
    assert told.exit_code == 1
    assert why in told.output and "Nothing was taken." in told.output
    assert "Traceback" not in told.output and operator.said() == []


def test_control_characters_and_every_script_come_through(operator: Operator) -> None:
    words = "A\x00\x0b\x1b bell, 🌱, עברית, and “quotes”"
    operator.take("wordpress", wordpress(wp_comment(1, words)))
    assert list(operator.tree()) == ["<p>A bell, 🌱, עברית, and “quotes”</p>"]


def test_an_export_without_comments_is_no_mistake(operator: Operator) -> None:
    told = operator.take("disqus", disqus())
    assert (told.exit_code, told.output) == (0, "Taken: 0 of 0 comments. Nobody is mailed.\n")


def test_an_isso_that_is_in_use_is_read_and_left_as_it_is(operator: Operator) -> None:
    path = isso(operator.folder / "isso.db", {"text": "Here"}, {"created": 1e300}, {"text": None})
    with closing(sqlite3.connect(path)) as running:
        running.execute("PRAGMA journal_mode = WAL")
        running.execute("UPDATE comments SET text = 'In the log' WHERE id = 1")
        running.commit()
        told = operator.take("isso", path)
    assert "Taken: 1 of 3" in told.output, told.output
    assert list(operator.tree()) == ["<p>In the log</p>"]


def test_without_a_format_it_is_what_it_looks_like(operator: Operator) -> None:
    path = operator.folder / "export"
    for file in (disqus(post(1, "<p>One</p>")), gzip.compress(wordpress(wp_comment(1, "Two")))):
        path.write_bytes(file)
        told = operator.run(str(path))
        assert told.exit_code == 0, told.output
    assert operator.run(str(isso(operator.folder / "isso.db", {"text": "Three"}))).exit_code == 0
    assert len(operator.tree()) == 3
    told = operator.run("--format", "mbox", "--into", "farm", str(path))
    assert (
        told.exit_code,
        "this is an export of WordPress: --format wordpress" in told.output,
    ) == (
        1,
        True,
    )


def test_a_forum_without_a_page_here_takes_nothing_and_ends_badly(operator: Operator) -> None:
    export = disqus(post(1, "<p>Elsewhere</p>"), pages=("https://old.example/about/",))
    told = operator.take("disqus", export)
    assert told.exit_code == 1
    assert "https://old.example/about/: 1" in told.output and "Nothing was taken." in told.output


def test_two_pages_may_become_one_discussion_also_a_closed_one(operator: Operator) -> None:
    operator.circle.publish(entry("farm", "old-farm", phase="closed"))
    export = disqus(
        post(1, "<p>One</p>"),
        post(2, "<p>Two</p>", parent=1, thread=2),
        pages=("https://old.example/farm/", "https://old.example/old-farm/"),
    )
    assert operator.take("disqus", export).exit_code == 0
    assert operator.tree() == {"<p>One</p>": None, "<p>Two</p>": "<p>One</p>"}
    gone = disqus(post(3, "<p>Gone</p>"), pages=("https://old.example/mill/",))
    assert "mill" in operator.take("disqus", gone).output
    assert operator.take("disqus", gone, "--into", "mill").exit_code == 1


def test_what_moved_to_another_page_is_still_known(operator: Operator) -> None:
    export = wordpress(wp_comment(1, "One"), wp_comment(2, "Two", parent=1))
    operator.take("wordpress", export)
    table = operator.folder / "map.csv"
    table.write_text("page,opportunity\nfarm,mill\n", encoding="utf-8")
    moved = export.replace(b"https://blog.example/farm/", b"https://new.example/2020/farm/")
    told = operator.take("wordpress", moved, "--map", str(table))
    assert "here already: 2" in told.output and operator.said("mill") == []


@pytest.mark.parametrize(
    "status",
    ["<wp:status>private</wp:status>", "<wp:post_password><![CDATA[x]]></wp:post_password>"],
)
def test_what_only_some_could_read_there_stays_there(operator: Operator, status: str) -> None:
    export = wordpress(wp_comment(1, "One")).replace(
        b"<wp:post_id>", status.encode() + b"<wp:post_id>"
    )
    assert "not published there: 1" in operator.take("wordpress", export).output
    assert operator.said() == []


def test_an_import_that_was_killed_is_ended_by_another(operator: Operator) -> None:
    posts = [post(n, f"<p>Words {n}</p>", thread=1 if n < 5 else 2) for n in range(1, 1_500)]
    pages = ("https://old.example/farm/", "https://old.example/mill/")
    path = operator.folder / "export.xml"
    path.write_bytes(disqus(*posts, pages=pages))
    command = [sys.executable, "-m", "comments_service.cli", "import", str(path)]
    running = subprocess.Popen(
        command, env=os.environ | operator.environ, stdout=subprocess.DEVNULL
    )
    while running.poll() is None and not operator.said():
        pass
    running.kill()
    running.wait()
    assert operator.said(), "the first discussion was whole"
    assert len(operator.said("mill")) in (0, 1_495)
    assert operator.run(str(path)).exit_code == 0
    assert (len(operator.said()), len(operator.said("mill"))) == (4, 1_495)
    assert "Taken: 0 of 1499" in operator.run(str(path)).output


def test_quotes_within_quotes_within_quotes_end_in_words(operator: Operator) -> None:
    deep = "<blockquote>" * 3_000 + "deep" + "</blockquote>" * 3_000
    told = operator.take("disqus", disqus(post(1, deep), post(2, "<p>Fine</p>")))
    assert told.exit_code == 0 and "<p>Fine</p>" in operator.tree()
