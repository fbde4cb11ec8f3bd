"""`emergence archive` and `emergence restore`, in real git repositories."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service import keeping
from comments_service.cli import main
from comments_service.storage.sqlite import SqliteStore

from .conftest import FACILITATOR, Circle, entry

ENVIRON = {
    "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
    "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
}
NOBODY = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


class Place:
    """A repository with a service beside its content."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.data = folder, folder / "var"
        self.data.mkdir(parents=True)
        (folder / ".gitignore").write_text("var/\n", encoding="utf-8")
        monkeypatch.chdir(folder)
        self.circle = self.begin()

    def begin(self) -> Circle:
        """A service of which nothing is known but that farm is there."""
        self.circle = Circle(SqliteStore(self.data / "emergence.db"))
        self.circle.appoint(FACILITATOR)
        return self.circle

    def begin_anew(self) -> None:
        self.circle.store.close()
        for path in self.data.iterdir():
            path.unlink()
        self.begin()

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return done.stdout

    def run(self, *arguments: str) -> Result:
        environ = ENVIRON | {"EMERGENCE_DATA": str(self.data)}
        return CliRunner().invoke(main, arguments, env=environ)

    def say(self, text: str, slug: str = "farm") -> None:
        self.circle.wait(minutes=1)
        self.circle.say(self.circle.facilitator, text, slug)

    def kept(self, name: str = "farm.json") -> str:
        return (self.folder / "discussions" / name).read_text(encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
    for name in [name for name in os.environ if name.startswith("GIT_AUTHOR")]:
        monkeypatch.delenv(name)
    made = Place(tmp_path / "place", monkeypatch)
    made.git("init", "--quiet", "--initial-branch=main")
    made.circle.publish(entry("farm"))
    made.say("How deep is it?")
    yield made
    made.circle.store.close()


def test_the_first_commit_of_a_repository_may_be_the_archive(place: Place) -> None:
    told = place.run("archive")
    assert (told.exit_code, told.output) == (0, "Committed: 1 changed.\n"), told.output
    assert place.git("log", "--format=%s|%an|%ae").splitlines() == [
        "Discussions: 1 changed|Emergence|emergence@localhost"
    ]
    assert place.git("show", "--name-only", "--format=").split() == ["discussions/farm.json"]


def test_nothing_is_committed_when_nothing_changed(place: Place) -> None:
    place.run("archive")
    assert place.run("archive").output == "Nothing has changed.\n"
    assert place.git("rev-list", "--count", "HEAD") == "1\n"


def test_nothing_else_is_committed_whatever_is_staged_or_dirty(place: Place) -> None:
    place.git("config", "user.name", "Camille")
    place.git("config", "user.email", "camille@example.org")
    for name in ("staged", "dirty"):
        (place.folder / name).write_text("before\n", encoding="utf-8")
    place.git("add", ".gitignore", "dirty")
    place.git("commit", "--quiet", "-m", "Begin")
    (place.folder / "dirty").write_text("after\n", encoding="utf-8")
    (place.folder / "discussions").mkdir()
    (place.folder / "discussions" / "README.md").write_text("Mine.\n", encoding="utf-8")
    place.git("add", "staged", "discussions/README.md")
    assert place.run("archive").exit_code == 0
    assert place.git("show", "--name-only", "--format=%an").split() == [
        "Camille",
        "discussions/farm.json",
    ]
    assert place.git("status", "--porcelain").splitlines() == [
        " M dirty",
        "A  discussions/README.md",
        "A  staged",
    ]


def test_a_new_comment_is_a_small_diff(place: Place) -> None:
    place.run("archive")
    place.say("Two metres.")
    place.run("archive")
    added, removed, _ = place.git("show", "--numstat", "--format=").split()
    assert int(added) <= 17 and int(removed) <= 2, (added, removed)
    assert place.kept().endswith("}\n")


def test_a_renamed_opportunity_has_one_file(place: Place) -> None:
    place.run("archive")
    place.circle.publish(entry("field", "farm"))
    assert place.run("archive").output == "Committed: 2 changed.\n"
    assert place.git("ls-files", "discussions") == "discussions/field.json\n"
    assert json.loads(place.kept("field.json"))["aliases"] == ["farm"]


def test_files_of_others_in_the_folder_stay(place: Place) -> None:
    place.run("archive")
    mine = place.folder / "discussions" / "old.json"
    mine.write_text('{"mine": true}\n', encoding="utf-8")
    place.circle.publish(entry("farm", "old"))
    assert place.run("archive").exit_code == 0
    assert mine.exists()


def test_a_new_service_does_not_overwrite_what_it_does_not_know(place: Place) -> None:
    place.run("archive")
    before = place.kept()
    place.begin_anew()
    place.circle.publish(entry("farm"))
    told = place.run("archive")
    assert told.exit_code == 1 and "comments that this service does not know (1)" in told.output
    assert place.kept() == before
    assert place.run("archive", "--overwrite").exit_code == 0
    assert place.kept() != before


def test_without_git_it_says_what_to_do(place: Place, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    told = place.run("archive", "--folder", str(elsewhere))
    assert told.exit_code == 1 and "lies in no git repository" in told.output
    assert not elsewhere.exists()
    told = place.run("archive", "--folder", str(elsewhere), "--no-commit")
    assert told.output == f"Written: 1 discussions in {elsewhere}.\n"
    assert (elsewhere / "farm.json").exists()


def test_the_served_tree_is_left_as_publishing_needs_it(place: Place) -> None:
    place.run("archive")
    place.git("update-ref", keeping.SERVED, "HEAD")
    told = place.run("archive")
    assert told.exit_code == 1 and "lies in the served tree" in told.output


def test_what_git_refuses_or_ignores_is_told(place: Place) -> None:
    (place.folder / ".git" / "index.lock").touch()
    told = place.run("archive")
    assert told.exit_code == 1 and "not committed: git add:" in told.output
    (place.folder / ".git" / "index.lock").unlink()
    (place.folder / ".gitignore").write_text("discussions/\n", encoding="utf-8")
    told = place.run("archive")
    assert told.exit_code == 1 and "git ignores" in told.output


def test_killed_in_the_middle_it_leaves_whole_files_and_goes_on(place: Place) -> None:
    place.circle.publish(entry("farm"), *(entry(f"farm{number}") for number in range(119)))
    environ = {**os.environ, **ENVIRON, "EMERGENCE_DATA": str(place.data)}
    folder = place.folder / "discussions"
    command = [sys.executable, "-m", "comments_service.cli", "archive", "--no-commit"]
    for least in (1, 40, 80):
        running = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while running.poll() is None and len(list(folder.glob("farm*.json"))) < least:
            assert time.monotonic() < end
        running.send_signal(signal.SIGKILL)
        running.wait()
        for path in folder.glob("farm*.json"):
            assert json.loads(path.read_text(encoding="utf-8"))["format"] == "emergence-archive/1"
    assert place.run("archive").output == "Committed: 120 changed.\n"
    assert place.git("status", "--porcelain", "discussions") == ""
    assert [path.name for path in folder.glob(".*")] == []


def test_what_was_archived_comes_back_into_an_empty_service(place: Place) -> None:
    ada = place.circle.bring_in("Ada", introduction="Ada knows soil.")
    place.circle.say(ada, "Two metres.")
    place.run("archive")
    before = place.kept()
    place.begin_anew()
    told = place.run("restore", "--from-archive", "--dry-run")
    assert told.output.startswith("To restore: 1 discussions, 3 comments, 2 people."), told.output
    table = place.folder / "people.csv"
    table.write_text("name;email;tags\nAda;ada@example.org;soil\nEve;eve@example.org;\n", "utf-8")
    told = place.run("restore", "--from-archive", "discussions", "--people", str(table))
    lines = told.output.splitlines()
    assert lines[0] == "Restored: 1 discussions, 3 comments, 2 people. Nobody is mailed."
    assert "Camille Le Goff" in lines[1] and "line 3: Eve" in lines[2], lines
    assert "ada@example.org" in place.run("people").output
    place.run("archive")
    assert place.kept() == before
    again = place.run("restore", "--from-archive")
    assert again.exit_code == 1 and "This service is not empty" in again.output


def test_a_person_without_an_address_is_told_of_and_given_one(place: Place) -> None:
    ada = place.circle.bring_in("Ada")
    place.circle.say(ada, "Two metres.")
    place.run("archive")
    place.begin_anew()
    told = place.run("restore", "--from-archive").output
    assert "Without an address: 1. `emergence people address ID EMAIL` gives one." in told
    assert f"{ada.id}  Ada  (no address)" in place.run("people").output
    for form in ("csv", "vcard"):
        shown = place.run("people", "export", "--format", form).output
        assert "Ada" in shown and "invalid" not in shown
    invited = place.run("invite", "farm", "ada2@example.org", "--name", "Ada")
    assert f"Another Ada ({ada.id}) came back from an archive" in invited.output, invited.output
    given = place.run("people", "address", ada.id, "Ada@example.org")
    assert given.output == "Ada is known by ada@example.org from now on.\n"
    assert place.run("people", "address", ada.id, "x@example.org").exit_code == 1


def test_whoever_was_erased_since_does_not_come_back(place: Place) -> None:
    ada = place.circle.bring_in("Ada")
    place.circle.say(ada, "Two metres.")
    place.run("archive")
    assert place.run("erase", "ada@example.org", "--yes").exit_code == 0
    noted = (place.data / "erased").read_bytes()
    place.begin_anew()
    (place.data / "erased").write_bytes(noted)
    assert place.run("restore", "--from-archive").exit_code == 0
    told = place.circle.exported()
    assert "Ada" not in json.dumps(told) and "Two metres" not in json.dumps(told)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("torn.json", '{"format": "emergence-archive/1", "slug": "to', "torn.json: "),
        ("list.json", "[]", "list.json: not a discussion"),
        ("else.json", '{"format": "else"}', "else.json: not in the format emergence-archive/1"),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_taken(
    place: Place, name: str, text: str, said: str
) -> None:
    place.run("archive")
    (place.folder / "discussions" / name).write_text(text, encoding="utf-8")
    place.begin_anew()
    told = place.run("restore", "--from-archive")
    assert told.exit_code == 1
    assert said in told.output and told.output.endswith("Nothing was taken.\n")
    with place.circle.store.reading() as look:
        assert look.holdings() == (0, 0)


def test_a_folder_without_discussions_is_no_archive(place: Place, tmp_path: Path) -> None:
    for folder, said in ((tmp_path / "none", "is no folder"), (tmp_path, "holds no discussions")):
        told = place.run("restore", "--from-archive", str(folder))
        assert told.exit_code == 1 and said in told.output
