"""A push is all it takes to publish, and a bad one takes nothing away: a bare repository, a clone,
the hook, the house."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .conftest import BRIEF, House, until
from .pushing import Clone, clone_of

FARM, RIVER = "opportunities/farm/brief.md", "opportunities/river/brief.md"


@pytest.fixture
def clone(house: House, tmp_path: Path) -> Iterator[Clone]:
    """The house serves `farm` from a bare repository."""
    house.write(FARM, BRIEF)
    made = clone_of(house, tmp_path / "farm.git", tmp_path / "desk")
    house.start()
    yield made


def kept(house: House) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        (house.folder / "var/publish.json").read_text(encoding="utf-8")
    )
    return found


def test_what_is_pushed_is_live_when_the_push_returns(house: House, clone: Clone) -> None:
    clone.write(RIVER, BRIEF.replace("their soil", "their river"))
    said = clone.push()
    assert f"remote: Live: {house.url}/" in said
    assert "their river" in house.page("river")
    assert kept(house)["state"] == "live"


def test_a_bad_push_leaves_the_last_good_site_and_the_next_good_one_heals_it(
    house: House, clone: Clone
) -> None:
    bad = BRIEF.replace("divergence", "confusion").replace("*soil*", "*sea*")
    clone.write(FARM, bad)
    said = clone.push()
    assert "cannot be built; the site stays as it is." in said
    assert "content/opportunities/farm/brief.md:3: unknown phase “confusion”" in said
    assert "What the <em>soil</em>" in house.page("farm")
    assert "confusion" not in (house.folder / "content" / FARM).read_text(encoding="utf-8")
    assert kept(house)["state"] == "bad"
    clone.write(FARM, BRIEF.replace("What the *soil*", "What the *water*"))
    assert "Live" in clone.push()
    assert "What the <em>water</em>" in house.page("farm")


def test_what_only_a_build_finds_takes_the_served_tree_back(house: House, clone: Clone) -> None:
    clone.write("pages/first.md", "Title: First\nSave_as: one.html\n\nFirst.\n")
    assert "Live" in clone.push()
    clone.write("pages/second.md", "Title: Second\nSave_as: one.html\n\nSecond.\n")
    said = clone.push()
    assert "cannot be built; the site stays as it is." in said and "one.html" in said
    assert not (house.folder / "content/pages/second.md").exists()
    clone.write("pages/second.md", "Title: Second\nSave_as: two.html\n\nSecond.\n")
    assert "Live" in clone.push()
    assert "Second." in (house.site / "two.html").read_text(encoding="utf-8")


def test_other_branches_and_a_deletion_publish_nothing(house: House, clone: Clone) -> None:
    clone.git("checkout", "--quiet", "-b", "draft")
    clone.write(RIVER, BRIEF)
    said = clone.push("--set-upstream", "origin", "draft")
    assert "emergence: draft is not published, only main" in said
    assert house.page("river") == ""
    assert "draft is not published" in clone.push("origin", "--delete", "draft")


def test_a_rewritten_branch_is_served_as_it_is_now(house: House, clone: Clone) -> None:
    clone.write(RIVER, BRIEF)
    assert "Live" in clone.push()
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    clone.write("opportunities/hill/brief.md", BRIEF)
    assert "Live" in clone.push("--force")
    assert house.page("hill") and not house.page("river")


def test_what_was_written_in_the_served_tree_is_never_lost(house: House, clone: Clone) -> None:
    here = house.folder / "content" / FARM
    here.write_text(BRIEF + "\nA note that nobody committed.\n", encoding="utf-8")
    clone.write(FARM, BRIEF + "\nFrom the clone.\n")
    said = clone.push()
    assert "Not published;" in said and "something was changed in the served tree" in said
    assert "A note that nobody committed." in here.read_text(encoding="utf-8")
    house.git("commit", "--quiet", "--all", "-m", "Here, too")
    told = house.run("publish", check=False)
    assert told.returncode == 1 and "has commits that the branch has not" in told.stdout
    assert "A note that nobody committed." in here.read_text(encoding="utf-8")


def test_two_pushes_at_once_are_published_one_after_the_other(
    house: House, clone: Clone, tmp_path: Path
) -> None:
    clone.write(RIVER, BRIEF)
    clone.push()
    with ThreadPoolExecutor(3) as at_once:
        told = [at_once.submit(house.run, "publish") for _ in range(3)]
    assert all("Live" in one.result().stdout for one in told)


def test_a_publish_that_was_killed_leaves_a_house_in_which_the_next_one_works(
    house: House, clone: Clone
) -> None:
    for pause in (0.05, 0.4, 1.0):
        clone.write(RIVER, f"{BRIEF}\nAfter {pause} seconds.\n")
        clone.git("-c", "core.hooksPath=/dev/null", "push", "--quiet", "--no-verify")
        killed = subprocess.Popen(
            [sys.executable, "-m", "comments_service.cli", "publish"],
            cwd=house.folder,
            env=house.environ,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(pause)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert "Live" in house.run("publish").stdout
    assert "After 1.0 seconds." in house.page("river")


def test_two_who_push_at_once_both_read_that_it_is_live(
    house: House, clone: Clone, tmp_path: Path
) -> None:
    clone.write(RIVER, BRIEF.replace("their soil", "their river"))
    with ThreadPoolExecutor(1) as at_once:
        first = at_once.submit(clone.push)
        until(lambda: clone.git("ls-remote", "origin", "main")[:40] == head(clone), "it is there")
        other = Clone(tmp_path / "other")
        clone.git("clone", "--quiet", "--branch", "main", str(tmp_path / "farm.git"), "../other")
        other.git("config", "user.email", "ada@example.org")
        other.git("config", "user.name", "Ada")
        other.write("opportunities/hill/brief.md", BRIEF.replace("their soil", "their hill"))
        assert "Live" in other.push()
        assert "Live" in first.result()
    assert "their river" in house.page("river") and "their hill" in house.page("hill")


def head(clone: Clone) -> str:
    return clone.git("rev-parse", "HEAD").strip()


def test_a_commit_of_somewhere_else_is_not_published(house: House, clone: Clone) -> None:
    told = house.run("publish", "--commit", "0" * 40, check=False)
    assert told.returncode == 1 and "is not part of the branch main" in told.stdout


def test_without_anybody_serving_a_push_is_checked_and_waits(house: House, clone: Clone) -> None:
    house.stop()
    clone.write(RIVER, BRIEF)
    assert "it is live once `emergence serve` has built it" in clone.push()
    house.start()
    until(lambda: house.page("river"), "it is built at the start")


def test_a_hook_of_somebody_else_is_left_alone(house: House, clone: Clone, tmp_path: Path) -> None:
    hook = tmp_path / "farm.git/hooks/post-receive"
    ours = hook.read_text(encoding="utf-8")
    assert house.run("hooks", "install", str(tmp_path / "farm.git")).returncode == 0
    assert hook.read_text(encoding="utf-8") == ours
    hook.write_text("#!/bin/sh\necho mine\n" + ours, encoding="utf-8")
    assert house.run("hooks", "install", str(tmp_path / "farm.git"), check=False).returncode == 1
    hook.write_text("#!/bin/sh\necho mine\n", encoding="utf-8")
    told = house.run("hooks", "install", str(tmp_path / "farm.git"), check=False)
    assert told.returncode == 1 and "somebody else's" in told.stderr
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\necho mine\n"
    hook.unlink()
    bare = tmp_path / "farm.git"
    subprocess.run(["git", "-C", str(bare), "config", "core.hooksPath", str(tmp_path)], check=True)
    told = house.run("hooks", "install", str(bare), check=False)
    assert told.returncode == 1 and "with those of others (core.hooksPath)" in told.stderr
    told = house.run("hooks", "install", str(clone.folder), check=False)
    assert told.returncode == 1 and "no bare repository" in told.stderr


def test_check_says_what_a_build_would(house: House) -> None:
    house.write(FARM, BRIEF)
    assert house.run("check").stdout.endswith("The site can be built.\n")
    house.write("opportunities/farm/summary.md", "## Agreed\n\n- Nobody said so.\n")
    house.write(RIVER, "Title: A river\n\nNo date.\n")
    told = house.run("check", check=False)
    assert told.returncode == 1
    assert "content/opportunities/river/brief.md:1: no date" in told.stdout
    house.write(RIVER, BRIEF + "\nTODO: which river?\n")
    told = house.run("check", check=False)
    assert "content/opportunities/farm/summary.md:3:" in told.stdout
    assert "note: content/opportunities/river/brief.md:11: a placeholder waits" in told.stdout
    told = house.run("check", "--json", "--settings", "publishconf.py", check=False)
    (found,) = json.loads(told.stdout)["problems"]
    assert (found["file"], found["line"]) == ("content/opportunities/farm/summary.md", 3)
    told = house.run("check", "--settings", "nowhere.py", check=False)
    assert told.returncode == 1 and "There is no file" in told.stderr
    assert not (house.folder / "var/site").exists(), "nothing was built"
