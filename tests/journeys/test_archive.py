"""Archive, empty everything, build from git alone, restore, build: the same pages, by the byte."""

import json
import shutil
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments_service.actions import comments, moderation
from comments_service.domain.discussion import Door, Place
from comments_service.domain.house import House as HouseRules
from comments_service.storage.sqlite import SqliteStore

from .conftest import ROOT, House, until

SLUGS = ("farmers-data-platform", "archives-longues-veillees")


def begin(house: House) -> None:
    """The project's own content, with the story that it comes with told to the service."""
    shutil.rmtree(house.folder / "content")
    shutil.copytree(ROOT / "content", house.folder / "content")
    (house.folder / ".gitignore").write_text("var/\nserve.log\n__pycache__/\n", encoding="utf-8")
    house.git("add", ".")
    house.git("commit", "--quiet", "-m", "Begin")
    subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=house.folder,
        env=house.environ
        | {"PYTHONPATH": str(ROOT), "EMERGENCE_FACILITATORS": "A Teller <teller@example.org>"},
        check=True,
        capture_output=True,
    )
    cast = json.loads((ROOT / "demo/story/people.json").read_text(encoding="utf-8"))
    camille = next(one for one in cast if one["name"] == "Camille Le Goff")
    house.environ["EMERGENCE_FACILITATORS"] = f"{camille['name']} <{camille['email']}>"


def answer_by_mail_and_hide(house: House) -> None:
    """What the story has not."""
    store, now = SqliteStore(house.folder / "var" / "emergence.db"), datetime.now(UTC)
    rules = HouseRules("talk.example.org")
    try:
        with store.reading() as look:
            people = {person.email: person for person in look.people()}
            opportunity = look.opportunity(SLUGS[0])
            assert opportunity
            said = look.comments_ever_shown(opportunity.id)
        place, words = Place(answer=said[3].id), "Answered from a *mail program*."
        author = next(p for p in people.values() if p.id == said[1].author_id)
        for text in (words, "To be hidden."):
            written = comments.contribute(
                store, rules, author, SLUGS[0], text, place, door=Door.MAIL, now=now
            )
        camille = people["camille.legoff@example.org"]
        moderation.hide(store, rules, camille, written.id, now)
    finally:
        store.close()


def built(house: House, name: str, url: str) -> dict[str, bytes]:
    """Build the whole site with nothing left of an earlier build; its pages, feeds, documents."""
    for kept in ("snapshot", "cache"):
        shutil.rmtree(house.folder / "var" / kept, ignore_errors=True)
    output = house.folder.parent / name
    done = subprocess.run(
        [sys.executable, "-m", "pelican", "content", "-s", "pelicanconf.py", "-o", str(output)],
        cwd=house.folder,
        env=house.environ | {"EMERGENCE_DISCUSSION_URL": url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = (".html", ".xml", ".json")
    paths = [p for p in output.rglob("*") if p.suffix in kinds and "pagefind" not in p.parts]
    return {str(path.relative_to(output)): path.read_bytes() for path in paths}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def export(house: House) -> str:
    told = ""
    for slug in SLUGS:
        with urllib.request.urlopen(f"{house.url}/api/v1/discussions/{slug}") as answer:
            told += answer.read().decode().partition('"discussion":')[2]
    return told


@pytest.mark.parametrize("manifest", ["first", "last"])
def test_archive_empty_everything_restore_build_the_same_pages(house: House, manifest: str) -> None:
    begin(house)
    answer_by_mail_and_hide(house)
    house.start()
    before, exported = built(house, "before", house.url), export(house)
    for slug in SLUGS:
        pages = [text for name, text in before.items() if f"opportunities/{slug}/index" in name]
        assert any(page.count(b'id="c-') > 5 for page in pages)
    assert any(name.startswith("people/") for name in before)
    house.stop()
    assert "Committed: " in house.run("archive").stdout
    kept = json.loads((house.folder / f"discussions/{SLUGS[0]}.json").read_text(encoding="utf-8"))
    told = kept["discussion"]
    assert {one["state"] for one in told["comments"]} == {"published", "withdrawn", "hidden"}
    assert all(told[kind] for kind in ("roles", "marks", "rereadings", "topics"))
    assert {"client", "visitor"} < {one["as"] for one in told["people"]}
    assert "Answered from a *mail program*." in [one["text"] for one in told["comments"]]
    shutil.rmtree(house.folder / "var")

    assert differing(built(house, "from-git", ""), before) == [], "from git alone"

    shutil.rmtree(house.folder / "var")
    if manifest == "first":  # the site is there before the discussions are
        house.start()
        until(lambda: "Camille" in house.run("people").stdout, "the service knows its facilitator")
        house.stop()
    said = house.run("restore", "--from-archive").stdout
    assert said.startswith(f"Restored: {len(SLUGS)} discussions"), said
    house.start()
    until(lambda: export(house) == exported, "the service tells the same")
    assert differing(built(house, "restored", house.url), before) == [], "from a restored service"
    assert house.run("archive").stdout == "Nothing has changed.\n"
    assert house.letters() == []


def test_an_archive_from_the_command_is_committed_beside_the_content(house: House) -> None:
    begin(house)
    house.run("archive")
    listed = subprocess.run(
        ["git", "show", "--name-only", "--format=%s"],
        cwd=house.folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout.split("\n")
    assert listed[0] == f"Discussions: {len(SLUGS)} changed"
    assert [line for line in listed[1:] if line] == [f"discussions/{s}.json" for s in sorted(SLUGS)]
    for slug in SLUGS:
        assert "@example." not in Path(house.folder, f"discussions/{slug}.json").read_text("utf-8")
