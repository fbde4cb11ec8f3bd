"""Text in git, from the first push to a site that stands without its service: published, mailed
once, told what changed, read from another host, archived, and brought back."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from ..servers.postfix import Postfix
from ..servers.static_host import static_host, walk
from .at_the_page import facilitator_at_the_page
from .conftest import BRIEF, House, until
from .mail_program import text_of
from .pushing import Clone, clone_of
from .story import Story

pytestmark = [pytest.mark.browser, pytest.mark.postfix]

UPDATE = """\
Title: We saw the fields
Date: 2026-11-05 09:00

They are *wet*.
"""
FOLLOWERS = ("ada", "bob", "dora")
SEEN = "opportunities/farm/updates/2026-11-05-fields.md"


def test_what_is_written_in_git_is_published_mailed_once_and_kept_for_ever(
    house: House, postfix: Postfix, tmp_path: Path, phone: BrowserContext
) -> None:
    story, clone = a_pushed_brief_is_live(house, postfix, tmp_path)
    they_come_in(story)
    an_update_is_mailed_once_whatever_becomes_of_its_file(story, clone)
    a_rewritten_brief_tells_what_changed(story, clone)
    another_host_shows_it_whole_while_nothing_of_ours_runs(story, clone, phone)
    archived_emptied_and_restored_it_is_the_same(story, clone)


def a_pushed_brief_is_live(house: House, postfix: Postfix, tmp_path: Path) -> tuple[Story, Clone]:
    house.git("commit", "--quiet", "--allow-empty", "-m", "Begin")
    clone = clone_of(house, tmp_path / "house.git", tmp_path / "desk")
    house.start()
    assert house.page("farm") == ""
    clone.write("opportunities/farm/brief.md", BRIEF)
    assert f"Live: {house.url}/" in clone.push()
    assert "What the <em>soil</em> tells them." in house.page("farm")
    return Story(house, postfix), clone


def they_come_in(story: Story) -> None:
    story.at_the_page["camille"] = facilitator_at_the_page(story.house)
    for name in FOLLOWERS:
        story.invite(name.title())
        story.accept_by_link(name)
    story.say_at_the_page("camille", "What would your fields need?")


def an_update_is_mailed_once_whatever_becomes_of_its_file(story: Story, clone: Clone) -> None:
    clone.write(SEEN, UPDATE)
    clone.push()
    letter = story.by_mail["ada"].letter("We saw the fields")
    story.by_mail["ada"].answer(letter, "Wet is good news.")
    story.expect("Wet is good news.", None)
    assert story.comment("Wet is good news.")["update"] == "fields"

    clone.write(SEEN, UPDATE.replace("*wet*", "*very wet*"))
    clone.push()
    renamed = SEEN.replace("fields.md", "what-we-saw.md")
    clone.git("mv", f"content/{SEEN}", f"content/{renamed}")
    clone.commit("A better name")
    clone.push()
    until(lambda: story.comment("Wet is good news.")["update"] == "what-we-saw", "it moves along")
    story.house.kill()
    story.house.start()
    story.wait_for_the_post()
    for name in FOLLOWERS:
        told = [one for one in story.by_mail[name].letters() if "We saw the" in text_of(one)]
        brought = [one for one in told if one["Message-ID"] == letter["Message-ID"]]
        assert len(brought) == 1, f"{name} has the update once"
    page = story.house.page("farm")
    thread = page[page.index('id="thread-u-what-we-saw"') :]
    assert thread.index("very wet") < thread.index("Wet is good news.")


def a_rewritten_brief_tells_what_changed(story: Story, clone: Clone) -> None:
    brief = BRIEF.replace("What the *soil* tells them.", "What the *water* tells them, too.")
    clone.write("opportunities/farm/brief.md", brief)
    clone.push()
    history = story.house.site / "opportunities/farm/history/index.html"
    told = history.read_text(encoding="utf-8")
    words = re.sub(r"\s+", " ", told)
    assert re.search(r"What the <del>.*soil.*</del> <ins>.*water.*</ins>", words), words[-3000:]
    assert "Write opportunities/farm/brief.md" in told and "Camille Le Goff" in told


def another_host_shows_it_whole_while_nothing_of_ours_runs(
    story: Story, clone: Clone, phone: BrowserContext
) -> None:
    """Built from the facilitator's clone, served at another origin, read on a phone."""
    house, public = story.house, clone.folder / "public"
    with static_host(public) as url:
        house.environ |= {"EMERGENCE_SITE_URL": url, "EMERGENCE_SERVICE_URL": house.url}
        build_in(house, clone.folder, public)
        house.stop()
        page = phone.new_page()
        said: list[str] = []
        page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
        page.goto(f"{url}/opportunities/farm/")
        for words in ("What the water tells them, too.", "They are very wet.", "Wet is good news."):
            expect(page.locator("main")).to_contain_text(words)
        expect(page.locator("#newer")).to_contain_text("Newer comments could not be fetched.")
        assert all("ERR_CONNECTION_REFUSED" in one for one in said), said
        page.goto(f"{url}/opportunities/farm/history/")
        expect(page.locator("main")).to_contain_text("A better name")
        page.close()
        assert walk(url).broken == set()


def archived_emptied_and_restored_it_is_the_same(story: Story, clone: Clone) -> None:
    """From git alone, and from a service that began anew with what git holds."""
    house, folder = story.house, clone.folder
    before = pages(folder / "public")
    told = house.run("archive", "--folder", f"{folder}/discussions").stdout
    assert "Committed: 1 changed" in told
    shutil.rmtree(house.folder / "var")

    build_in(house, folder, folder / "from-git")
    assert pages(folder / "from-git") == before

    shutil.rmtree(house.folder / "var", ignore_errors=True)
    house.run("restore", "--from-archive", f"{folder}/discussions")
    site = house.environ.pop("EMERGENCE_SITE_URL")
    house.start()
    until(lambda: "Wet is good news." in house.page("farm"), "it is served again")
    house.environ["EMERGENCE_SITE_URL"] = site
    build_in(house, folder, folder / "restored")
    assert pages(folder / "restored") == before
    story.wait_for_the_post()
    for name in FOLLOWERS:
        told = [one["Message-ID"] for one in story.by_mail[name].letters()]
        assert len(told) == len(set(told)), f"{name} is mailed nothing twice"


def pages(folder: Path) -> dict[str, str]:
    """What a reader of the site is given."""
    found = [*folder.rglob("*.html"), *folder.rglob("*.xml")]
    return {str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in found}


def build_in(house: House, folder: Path, public: Path) -> None:
    """Build the site in a clone, with the theme and settings of the house."""
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(house.folder / name, folder)
    for name in ("theme", "plugins"):
        if not (folder / name).exists():
            (folder / name).symlink_to(house.folder / name)
    subprocess.run(
        [sys.executable, "-m", "comments_service.cli", "build", "--output", str(public)],
        cwd=folder,
        env=house.environ,
        check=True,
    )
