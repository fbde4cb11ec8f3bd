"""Building an index with the real Pagefind; what goes wrong there never stops a build."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.search.folder import carry_over, move_in
from plugins.search.pagefind import Index, program

from ..discussion.small_site import Site
from .reading import languages, records


def test_pages_and_comments_are_found_each_by_its_own_address(site: Site) -> None:
    site.brief("eau", "L’eau", "2026-11-03", "Lang: fr")
    site.build()
    found = records(site.output / "pagefind")
    assert set(found) == {
        "/opportunities/water/", "/opportunities/water/#c-a1", "/opportunities/wood/",
        "/opportunities/wood/#c-b1", "/fr/opportunities/eau/",
    }  # fmt: skip
    otters = found["/opportunities/water/#c-a1"]
    assert otters["content"] == "Otters & eels swim."
    assert otters["meta"]["by"] == "Ada Marsh" and otters["meta"]["of"] == "Water & data"
    assert otters["filters"]["kind"] == ["comment"]
    assert languages(site.output / "pagefind") == {"en", "fr"}


@pytest.mark.parametrize("status", ["draft", "hidden"])
def test_comments_of_what_is_not_published_are_not_found(site: Site, status: str) -> None:
    site.brief("wood", "Wood", "2026-11-01", f"Status: {status}")
    site.build()
    assert not any("#c-b1" in url for url in records(site.output / "pagefind"))


def test_the_search_page_is_there_in_every_language(site: Site) -> None:
    site.build()
    assert site.read("search/index.html").startswith('<html lang="en">')
    assert site.read("fr/search/index.html").startswith('<html lang="fr">')
    assert site.read("index.html") == "search/"


def test_two_builds_of_the_same_words_make_the_same_files(site: Site, tmp_path: Path) -> None:
    site.build()
    index = site.output / "pagefind"
    shutil.copytree(index / "fragment", tmp_path / "before")
    site.build()
    names = {path.name for path in (index / "fragment").iterdir()}
    assert names == {path.name for path in (tmp_path / "before").iterdir()}
    assert not [path for path in site.output.iterdir() if path.name.startswith(".")]


def test_search_turned_off_leaves_no_page_and_no_index(site: Site) -> None:
    site.configure("SEARCH = False")
    site.build()
    assert site.read("index.html") == ""
    assert not (site.output / "search").exists() and not (site.output / "pagefind").exists()


def test_without_pagefind_the_build_says_so_once_and_goes_on(site: Site) -> None:
    # A package of that name which is not what it should be.
    site.write("hidden/pagefind_bin.py", "raise ImportError")
    site.write("hidden/pagefind_bin_extended.py", "raise ImportError")
    site.configure(f"import sys; sys.path.insert(0, {str(site.folder / 'hidden')!r})")
    said = " ".join(site.build("--verbose", "--log-handler", "rich").split())
    assert said.count("The site has no search: Pagefind is not") == 1
    assert site.read("index.html") == ""
    assert not (site.output / "search").exists() and not (site.output / "pagefind").exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("#!/bin/sh\nexit 3", "it ended"),
        ("#!/bin/sh\nhead -c 5 >/dev/null; echo nonsense,", "it ended"),
        ("no program", "Exec format error"),
    ],
)
def test_a_pagefind_that_fails_is_a_warning_and_the_index_stays(
    site: Site, script: str, words: str
) -> None:
    site.build()
    before = records(site.output / "pagefind")
    site.write("pagefind", script)
    (site.folder / "pagefind").chmod(0o755)
    site.configure(
        f"import os; os.environ['PAGEFIND_BINARY_PATH'] = {str(site.folder / 'pagefind')!r}"
    )
    said = site.build("--fatal", "errors")
    assert "The search knows nothing new; Pagefind:" in said and words in said
    assert records(site.output / "pagefind") == before
    assert not [path for path in site.output.iterdir() if path.name.startswith(".")]


def index(folder: Path, *names: str) -> Path:
    for name in ("pagefind-entry.json", "pagefind.js", *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(folder.name, encoding="utf-8")
    return folder


def test_an_index_moves_in_whole_and_what_was_taken_back_is_gone(tmp_path: Path) -> None:
    target = index(tmp_path / "target", "fragment/old", "fragment/both")
    move_in(index(tmp_path / "fresh", "fragment/new", "fragment/both"), target)
    assert {path.name for path in (target / "fragment").iterdir()} == {"new", "both"}
    assert (target / "pagefind-entry.json").read_text(encoding="utf-8") == "fresh"
    assert not (tmp_path / "fresh").exists()


def test_stopped_anywhere_the_old_index_or_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = {"fragment/old", "pagefind.js"}, {"fragment/new", "index/new", "pagefind.js"}
    really_replace = os.replace
    for steps in range(4):
        target = index(tmp_path / f"{steps}/target", "fragment/old")
        fresh = index(tmp_path / f"{steps}/fresh", "fragment/new", "index/new")
        left = iter(range(steps))

        def replace(source: Path, goal: Path, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise OSError("killed")
            really_replace(source, goal)

        monkeypatch.setattr(os, "replace", replace)
        with pytest.raises(OSError, match="killed"):
            move_in(fresh, target)
        whole = (
            old if (target / "pagefind-entry.json").read_text(encoding="utf-8") == "target" else new
        )
        assert all((target / name).is_file() for name in whole)


def test_an_index_is_carried_over_without_a_second_copy(tmp_path: Path) -> None:
    before = index(tmp_path / "before", "fragment/one")
    carry_over(before, tmp_path / "next")
    assert (tmp_path / "next/fragment/one").samefile(before / "fragment/one")
    index(tmp_path / "fresh", "fragment/two")
    move_in(tmp_path / "fresh", tmp_path / "next")
    assert (before / "pagefind-entry.json").read_text(encoding="utf-8") == "before"
    assert (before / "fragment/one").exists()
    carry_over(tmp_path / "nowhere", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_an_index_is_on_disk_whole_when_it_is_written(tmp_path: Path) -> None:
    found = program()
    assert found
    for number in range(12):
        said = [
            {
                "url": f"/{each}/",
                "content": "otters swim",
                "language": "en",
                "meta": {},
                "filters": {},
            }
            for each in range(150)
        ]
        with Index(found) as index_of_pagefind:
            index_of_pagefind.add_records(said)
            index_of_pagefind.write(tmp_path / str(number))
        assert languages(tmp_path / str(number)) == {"en"}
        assert len(records(tmp_path / str(number))) == 150
