"""From a push to the served tree, on real repositories; nobody serves, so that nothing is waited
for. (What is live and what the pusher reads: tests/journeys/test_push_to_publish.py.)"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from comments_service import publishing, served_tree
from comments_service.publishing import Outcome, State
from comments_service.settings import Settings, from_environment

ROOT = Path(__file__).parents[2]
BRIEF = "content/opportunities/farm/brief.md"
GOOD = "Title: A farm\nDate: 2026-11-03\nPhase: divergence\nFacilitator: Camille\n\nWords.\n"
BAD = GOOD.replace("divergence", "confusion")


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=Camille", "-c", "user.email=camille@example.org")
    done = subprocess.run(
        ["git", *named, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.stdout.strip()


def furnish(folder: Path) -> None:
    """What a site is made of beside its content."""
    shutil.copy(ROOT / "pelicanconf.py", folder)
    for name in ("theme", "plugins"):
        (folder / name).symlink_to(ROOT / name)


@dataclass
class Trees:
    """The bare repository, the served tree, and a clone that somebody pushes from."""

    bare: Path
    served: Path
    clone: Path
    settings: Settings

    def push(self, *more: str, **files: str) -> str:
        """Write files (`brief`, or any path), commit and push them; the commit."""
        for path, text in files.items():
            target = self.clone / (BRIEF if path == "brief" else path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "-m", "Words")
        git(self.clone, "push", "--quiet", *more, "origin", "HEAD:main")
        return git(self.clone, "rev-parse", "HEAD")

    def publish(self, commit: str | None = None) -> Outcome:
        return publishing.publish(self.settings, self.served, commit)

    @property
    def head(self) -> str:
        return git(self.served, "rev-parse", "HEAD")

    @property
    def brief(self) -> str:
        return (self.served / BRIEF).read_text(encoding="utf-8")


def settings_of(folder: Path) -> Settings:
    return from_environment({"EMERGENCE_DATA": str(folder / "var"), "PORT": "1"})


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    """A good first commit is served."""
    bare, served, clone = (tmp_path / name for name in ("farm.git", "served", "clone"))
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git(tmp_path, "clone", "--quiet", str(bare), str(clone))
    made = Trees(bare, served, clone, settings_of(tmp_path))
    made.push(brief=GOOD)
    git(tmp_path, "clone", "--quiet", str(bare), str(served))
    furnish(served)
    return made


def words(outcome: Outcome) -> str:
    return "\n".join(map(str, outcome.problems))


def test_what_is_sound_moves_the_served_tree(trees: Trees) -> None:
    commit = trees.push(brief=GOOD + "\nTODO: more\n")
    outcome = trees.publish(commit)
    assert (outcome.state, outcome.commit, outcome.problems) == (State.WAITING, commit, ())
    assert trees.head == commit and "more" in trees.brief
    assert f"{BRIEF}:8: a placeholder waits for words" in "\n".join(outcome.warnings)


def test_what_is_bad_leaves_tree_and_head_and_is_kept_for_the_desk(trees: Trees) -> None:
    before = trees.head
    commit = trees.push(brief=BAD)
    outcome = trees.publish(commit)
    assert (outcome.state, trees.head, trees.brief) == (State.BAD, before, GOOD)
    kept = json.loads((trees.settings.data / "publish.json").read_text(encoding="utf-8"))
    assert (kept["state"], kept["commit"]) == ("bad", commit) and kept["at"]
    assert (kept["problems"][0]["file"], kept["problems"][0]["line"]) == (BRIEF, 3)
    trees.push(brief=GOOD + "\nMended.\n")
    assert trees.publish().state is State.WAITING and "Mended." in trees.brief


def no_clone(trees: Trees) -> None:
    shutil.rmtree(trees.served / ".git")


def no_remote(trees: Trees) -> None:
    git(trees.served, "remote", "rename", "origin", "elsewhere")


def no_repository(trees: Trees) -> None:
    shutil.rmtree(trees.bare)


def deleted(trees: Trees) -> None:
    git(trees.bare, "update-ref", "-d", "refs/heads/main")


def nothing_pushed_yet(trees: Trees) -> None:
    no_repository(trees)
    git(trees.bare.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(trees.bare))


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        (no_clone, "served has to be a clone: git rev-parse: fatal: not a git repository"),
        (no_remote, "served has no remote origin: name the repository that is pushed to"),
        (no_repository, "nothing could be fetched from origin: git "),
        (deleted, "origin has no branch main: nothing was pushed to it yet, or it was deleted"),
        (nothing_pushed_yet, "origin has no branch main"),
    ],
)
def test_what_git_has_not_is_said_in_a_sentence(
    trees: Trees, breaks: Callable[[Trees], None], told: str
) -> None:
    breaks(trees)
    outcome = trees.publish()
    assert outcome.state is State.REFUSED
    assert told in words(outcome) and "\n" not in words(outcome)
    assert trees.brief == GOOD


def test_a_commit_that_is_not_on_the_branch_is_refused(trees: Trees) -> None:
    git(trees.clone, "checkout", "--quiet", "-b", "draft")
    (trees.clone / BRIEF).write_text(GOOD + "\nA draft.\n", encoding="utf-8")
    git(trees.clone, "commit", "--quiet", "--all", "-m", "A draft")
    git(trees.clone, "push", "--quiet", "origin", "draft")
    outcome = trees.publish(git(trees.clone, "rev-parse", "HEAD"))
    assert outcome.state is State.REFUSED and "is not part of the branch main" in words(outcome)
    assert trees.brief == GOOD


def test_changes_of_other_files_in_the_served_tree_stay_and_are_in_nobodys_way(
    trees: Trees,
) -> None:
    trees.push(**{"content/pages/about.md": "Title: About\n\nUs.\n"})
    trees.publish()
    (trees.served / BRIEF).write_text(GOOD + "\nNot committed.\n", encoding="utf-8")
    trees.push(**{"content/pages/about.md": "Title: About\n\nAll of us.\n"})
    assert trees.publish().state is State.WAITING
    assert "Not committed." in trees.brief


def test_a_file_that_git_does_not_know_is_not_overwritten(trees: Trees) -> None:
    here = trees.served / "content/pages/about.md"
    here.parent.mkdir()
    here.write_text("Title: Mine\n", encoding="utf-8")
    before = trees.head
    trees.push(**{"content/pages/about.md": "Title: About\n\nUs.\n"})
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and "about.md" in words(outcome)
    assert "something was changed in the served tree and not committed" in words(outcome)
    assert (here.read_text(encoding="utf-8"), trees.head) == ("Title: Mine\n", before)


def test_commits_of_the_served_tree_alone_are_kept_and_told(trees: Trees) -> None:
    (trees.served / BRIEF).write_text(GOOD + "\nHere.\n", encoding="utf-8")
    git(trees.served, "commit", "--quiet", "--all", "-m", "Here")
    outcome = trees.publish()
    assert outcome.state is State.REFUSED
    assert "has commits that the branch has not" in words(outcome)
    assert "Here." in trees.brief


@pytest.mark.parametrize("published_before", [True, False])
def test_a_rewritten_branch_is_followed(trees: Trees, published_before: bool) -> None:
    if published_before:
        trees.publish()
    git(trees.clone, "commit", "--quiet", "--amend", "-m", "Other words")
    commit = trees.push("--force", brief=GOOD + "\nRewritten.\n")
    assert trees.publish().state is State.WAITING
    assert trees.head == commit and "Rewritten." in trees.brief


def test_a_rewritten_branch_does_not_take_what_was_not_committed(trees: Trees) -> None:
    trees.publish()
    (trees.served / BRIEF).write_text(GOOD + "\nNot committed.\n", encoding="utf-8")
    git(trees.clone, "commit", "--quiet", "--amend", "-m", "Other words")
    trees.push("--force", brief=GOOD + "\nRewritten.\n")
    outcome = trees.publish()
    assert outcome.state is State.REFUSED
    assert "something was changed in the served tree and not committed" in words(outcome)
    assert "Not committed." in trees.brief


def test_another_git_that_was_killed_in_the_tree_is_named(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_tree, "OTHERS_TAKE", 0.1)
    lock = trees.served / ".git/index.lock"
    lock.touch()
    trees.push(brief=GOOD + "\nMore.\n")
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and "was killed there" in words(outcome)
    lock.unlink()
    assert trees.publish().state is State.WAITING and "More." in trees.brief


def leave_half_a_checkout(trees: Trees) -> None:
    admin = next((trees.served / ".git/worktrees").iterdir())
    (admin / "index.lock").touch()
    (trees.settings.data / "publish/tree" / BRIEF).write_text("half", encoding="utf-8")


def leave_one_that_never_was_complete(trees: Trees) -> None:
    admin = next((trees.served / ".git/worktrees").iterdir())
    (admin / "locked").write_text("initializing", encoding="utf-8")
    (trees.settings.data / "publish/tree/.git").unlink()


def leave_nothing(trees: Trees) -> None:
    shutil.rmtree(trees.settings.data / "publish")


@pytest.mark.parametrize(
    "leave", [leave_half_a_checkout, leave_one_that_never_was_complete, leave_nothing]
)
def test_what_a_killed_one_left_is_in_nobodys_way(
    trees: Trees, leave: Callable[[Trees], None]
) -> None:
    trees.push(brief=GOOD + "\nMore.\n")
    trees.publish()
    leave(trees)
    commit = trees.push(brief=GOOD + "\nEven more.\n")
    assert (trees.publish().state, trees.head) == (State.WAITING, commit)


def test_a_data_folder_that_takes_nothing_is_a_refusal_with_its_reason(trees: Trees) -> None:
    trees.push(brief=GOOD + "\nMore.\n")
    (trees.settings.data / "publish").write_text("in the way", encoding="utf-8")
    (trees.settings.data / ".publish.json.next").mkdir()
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and str(trees.settings.data / "publish") in words(outcome)
    assert trees.brief == GOOD


def test_a_disk_that_is_nearly_full_stops_before_the_served_tree_is_touched(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_tree, "SPACE", 2**60)
    before = trees.head
    trees.push(brief=GOOD + "\nMore.\n")
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and "MB are free in" in words(outcome)
    assert (trees.head, trees.brief) == (before, GOOD)


def test_what_git_says_at_length_is_told_in_short(trees: Trees) -> None:
    paths = [f"content/pages/{'long-name-' * 5}{number}.md" for number in range(40)]
    trees.push(**dict.fromkeys(paths, "Title: About\n\nUs.\n"))
    for path in paths:
        (trees.served / path).parent.mkdir(exist_ok=True)
        (trees.served / path).touch()
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and "something was changed" in words(outcome)
    assert len(words(outcome)) < 600


def test_settings_that_are_pushed_are_the_ones_that_count(trees: Trees) -> None:
    conf = (ROOT / "pelicanconf.py").read_text(encoding="utf-8")
    (trees.served / "pelicanconf.py").unlink()
    trees.push(**{"pelicanconf.py": conf, "content/pages/about.md": "Title: About\n\nUs.\n"})
    assert trees.publish().state is State.WAITING
    before = trees.head
    trees.push(**{"pelicanconf.py": conf + "\nTHEME = = 1\n"})
    outcome = trees.publish()
    assert (outcome.state, trees.head) == (State.BAD, before)
    assert outcome.problems[0].file == "pelicanconf.py"
    assert outcome.problems[0].line == conf.count("\n") + 2


def test_content_in_a_repository_of_its_own_is_published_too(tmp_path: Path, trees: Trees) -> None:
    house = tmp_path / "house"
    house.mkdir()
    furnish(house)
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(tmp_path / "own.git"))
    git(tmp_path, "clone", "--quiet", str(tmp_path / "own.git"), str(tmp_path / "writing"))
    own = Trees(tmp_path / "own.git", house, tmp_path / "writing", settings_of(house))
    path = "opportunities/farm/brief.md"
    own.push(**{path: GOOD})
    git(house, "clone", "--quiet", str(own.bare), "content")
    own.push(**{path: GOOD + "\nMore.\n"})
    assert own.publish().state is State.WAITING and "More." in own.brief
    own.push(**{path: BAD})
    outcome = own.publish()
    assert (outcome.state, outcome.problems[0].file) == (State.BAD, BRIEF)
    assert "More." in own.brief


def test_a_site_in_a_folder_of_a_bigger_repository_is_published_too(trees: Trees) -> None:
    trees.push(**{f"site/{BRIEF}": GOOD})
    trees.publish()
    site = trees.served / "site"
    furnish(site)
    trees.push(**{f"site/{BRIEF}": GOOD + "\nMore.\n"})
    assert publishing.publish(trees.settings, site, None).state is State.WAITING
    assert "More." in (site / BRIEF).read_text(encoding="utf-8")
    trees.push(**{f"site/{BRIEF}": BAD})
    outcome = publishing.publish(trees.settings, site, None)
    assert (outcome.state, outcome.problems[0].file) == (State.BAD, BRIEF)


def test_a_symbolic_link_in_the_content_is_not_published(trees: Trees) -> None:
    before = trees.head
    update = trees.clone / "content/opportunities/farm/updates/2026-11-05-keys.md"
    update.parent.mkdir(parents=True)
    update.symlink_to("/etc/hostname")
    trees.push(brief=GOOD)
    outcome = trees.publish()
    assert outcome.state is State.BAD and trees.head == before
    assert [str(one) for one in outcome.problems] == [
        "content/opportunities/farm/updates/2026-11-05-keys.md:1: a symbolic link is not published"
    ]


@pytest.mark.parametrize("force", [False, True])
def test_what_the_served_tree_keeps_out_of_git_is_not_overwritten(
    trees: Trees, force: bool
) -> None:
    trees.push(**{"brief": GOOD, ".gitignore": "kept/\n"})
    assert trees.publish().state is State.WAITING
    kept = trees.served / "kept/emergence.db"
    kept.parent.mkdir()
    kept.write_text("what people said", encoding="utf-8")
    before = trees.head
    if force:
        git(trees.clone, "commit", "--quiet", "--amend", "-m", "In other words")
    (trees.clone / "kept").mkdir()
    (trees.clone / "kept/emergence.db").write_text("nothing", encoding="utf-8")
    git(trees.clone, "add", "--force", "kept")
    trees.push("--force", brief=GOOD + "\nMore.\n")
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and trees.head == before
    assert "kept/emergence.db" in words(outcome) and "overwritten" in words(outcome)
    assert kept.read_text(encoding="utf-8") == "what people said"


def test_a_check_without_an_end_is_given_up(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "CHECKED", 0.01)
    trees.push(brief=GOOD + "\nMore.\n")
    outcome = trees.publish()
    assert outcome.state is State.REFUSED and "took more than 0.01 seconds" in str(outcome)


def test_a_file_named_in_another_charset_is_told_of(trees: Trees) -> None:
    name = b"content/opportunities/farm/caf\xe9.md"
    path = os.path.join(os.fsencode(trees.clone), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(b"/etc/hostname", path)
    trees.push(brief=GOOD)
    assert trees.publish().state is State.BAD
    assert "caf" in (trees.settings.data / "publish.json").read_text(encoding="utf-8")


def test_a_build_of_which_nobody_says_more_is_not_waited_for(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "is_served", lambda settings: True)
    monkeypatch.setattr(publishing, "GONE", 0.1)
    commit = trees.push(brief=GOOD + "\nMore.\n")
    status = trees.settings.data / "site/status.json"
    status.parent.mkdir(parents=True)
    status.write_text(json.dumps({"state": "building", "commit": commit}), encoding="utf-8")
    assert trees.publish().state is State.WAITING
