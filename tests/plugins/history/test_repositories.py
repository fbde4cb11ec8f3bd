"""What a build finds where the content lies: each gives a right page or a clear warning, and never
a wrong date."""

import json
import logging
import os
import shutil
from pathlib import Path

import pytest

from .story import BART, Story, day, git


def logs_read(trace: Path) -> list[str]:
    """The arguments of every `git log` that was run."""
    if not trace.exists():
        return []
    events = [json.loads(line) for line in trace.read_text(encoding="utf-8").splitlines()]
    commands = [event["argv"] for event in events if event["event"] == "start"]
    trace.unlink()
    return [" ".join(command) for command in commands if "log" in command]


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "trace.json"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(path))
    return path


@pytest.fixture
def shallow(story: Story, tmp_path: Path) -> Story:
    """A clone of the last two of four commits."""
    story.brief("water", more="Phase: brief", text="One.")
    story.brief("wood")
    story.commit("Begin", 1)
    story.brief("water", more="Phase: divergence", text="Two.")
    story.commit("Second", 2)
    story.brief("water", more="Phase: divergence", text="Three.")
    story.commit("Third", 3, by=BART)
    story.brief("water", more="Phase: convergence", text="Four.")
    story.brief("new")
    story.commit("Fourth", 4)
    cut = tmp_path / "cut"
    git(tmp_path, "clone", "--quiet", "--depth", "2", f"file://{story.folder}", str(cut))
    shutil.rmtree(cut / "content/opportunities/__none__", ignore_errors=True)
    made = Story.__new__(Story)
    made.folder, made.content, made.output = cut, cut / "content", cut / "output"
    made.theme, made.articles, made.pages = story.theme, {}, {}
    return made


def test_a_shallow_clone_tells_what_it_knows_and_that_it_is_cut(
    shallow: Story, caplog: pytest.LogCaptureFixture
) -> None:
    shallow.build()
    assert shallow.told() == ["04 Camille: Fourth"]
    assert shallow.phases() == ["04 convergence"]
    assert shallow.articles["water"].history_is_cut
    assert shallow.told("wood") == []
    assert shallow.articles["wood"].last_changed is None
    assert shallow.articles["wood"].history_is_cut
    assert shallow.told("new") == ["04 Camille: Fourth"]
    assert not shallow.articles["new"].history_is_cut
    assert "shallow clone: the history of 2 pages is cut" in caplog.text


def test_a_shallow_clone_that_was_deepened_is_read_anew(shallow: Story) -> None:
    shallow.build()
    shallow.git("fetch", "--quiet", "--unshallow")
    shallow.build()
    assert len(shallow.told()) == 4
    assert shallow.phases() == ["01 brief", "02 divergence", "04 convergence"]
    assert not shallow.articles["wood"].history_is_cut


def test_without_a_repository_there_is_no_history_and_one_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    story = Story(tmp_path, begin=False)
    story.brief("water")
    with caplog.at_level(logging.INFO):
        story.build()
    assert story.history() == ()
    assert story.articles["water"].last_changed is None
    said = [r for r in caplog.records if r.name.startswith("plugins.history")]
    assert [(r.levelname, "is in no git repository" in r.getMessage()) for r in said] == [
        ("INFO", True)
    ]


def test_without_git_there_is_no_history_and_one_line_says_so(
    story: Story, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    monkeypatch.setenv("PATH", str(story.folder))
    with caplog.at_level(logging.INFO):
        story.build()
    assert story.history() == ()
    assert "git is not installed" in caplog.text


def test_before_the_first_commit_everything_is_uncommitted(story: Story) -> None:
    story.brief("water")
    story.build()
    assert story.told() == ["not committed"]
    assert story.articles["water"].last_changed is None


def test_a_repository_of_somebody_else_is_told_with_the_command_that_helps(
    story: Story, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    story.build()
    assert story.history() == ()
    assert "belongs to somebody else" in caplog.text
    assert f"git config --global --add safe.directory '{story.folder}'" in caplog.text


def test_content_in_a_submodule_has_the_history_of_the_submodule(
    story: Story, tmp_path: Path
) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    outer = Story(tmp_path / "outer")
    shutil.rmtree(outer.content)
    outer.git("submodule", "add", "--quiet", str(story.folder), "texts")
    outer.git("commit", "--quiet", "-m", "Outer", date=day(9))
    outer.build(PATH=str(outer.folder / "texts/content"))
    assert outer.told() == ["01 Camille: Begin"]


def test_an_opportunity_that_is_a_submodule_and_one_that_is_ignored_are_named(
    story: Story, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    (other / "brief.md").write_text("Title: Water\nDate: 2026-11-01\n\nText.\n", encoding="utf-8")
    git(other, "add", ".")
    git(other, "commit", "--quiet", "-m", "Elsewhere", date=day(1))
    story.brief("wood")
    story.git("submodule", "add", "--quiet", str(other), "content/opportunities/water")
    (story.folder / ".gitignore").write_text("content/opportunities/steel\n", encoding="utf-8")
    story.brief("steel")
    story.commit("Begin", 2)
    story.build()
    assert story.told("wood") == ["02 Camille: Begin"]
    assert story.history("water") == story.history("steel") == ()
    assert "2 pages are without history" in caplog.text
    assert "opportunities/steel/, opportunities/water/" in caplog.text


def test_content_reached_by_a_symbolic_link_has_the_history_of_where_it_is(
    story: Story, tmp_path: Path
) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    (tmp_path / "link").symlink_to(story.content)
    story.build(PATH=str(tmp_path / "link"))
    assert story.told() == ["01 Camille: Begin"]


def test_a_hook_of_another_repository_does_not_lead_astray(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "bare"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "bare"))
    story.build()
    assert story.told() == ["01 Camille: Begin"]


def test_what_somebody_likes_to_see_in_a_terminal_does_not_get_in(story: Story) -> None:
    story.brief("wells")
    story.commit("Begin", 1)
    story.git("mv", "content/opportunities/wells", "content/opportunities/water")
    story.commit("Another name", 2)
    story.build()
    expected = story.history()
    for name, value in (
        ("color.ui", "always"),
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("log.decorate", "full"),
        ("log.date", "relative"),
        ("diff.renames", "false"),
        ("diff.relative", "true"),
        ("core.quotePath", "true"),
        ("i18n.logOutputEncoding", "latin1"),
        ("status.showUntrackedFiles", "no"),
        ("format.pretty", "oneline"),
    ):
        story.git("config", name, value)
    shutil.rmtree(story.folder / "cache")
    story.build()
    assert story.history() == expected


def test_one_process_reads_the_log_and_a_later_build_reads_what_came_after(
    story: Story, trace: Path
) -> None:
    story.brief("water")
    story.brief("wood")
    first = story.commit("Begin", 1)
    trace.unlink()
    story.build()
    assert len(logs_read(trace)) == 1
    story.build()
    assert logs_read(trace) == []
    story.brief("water", text="More.")
    second = story.commit("More", 2)
    trace.unlink()
    story.build()
    [log] = logs_read(trace)
    assert f"{first}..{second}" in log
    assert story.told() == ["02 Camille: More", "01 Camille: Begin"]


def test_what_was_read_bit_by_bit_is_what_is_read_at_once(story: Story) -> None:
    story.brief("wells", text="One.\n\nTwo.\n\nThree.")
    story.commit("Begin", 1)
    story.git("checkout", "--quiet", "-b", "side")
    story.brief("wells", text="One.\n\nTwo.\n\nThree, by the side.")
    story.commit("Side", 9, by=BART)
    story.git("checkout", "--quiet", "main")
    story.brief("wells", text="One, by the main line.\n\nTwo.\n\nThree.")
    story.commit("Main", 3)
    story.build()
    story.git("merge", "--quiet", "--no-edit", "side", date=day(4))
    story.build()
    story.git("mv", "content/opportunities/wells", "content/opportunities/water")
    story.commit("Another name", 5)
    story.build()
    bit_by_bit = story.history()
    shutil.rmtree(story.folder / "cache")
    story.build()
    assert story.history() == bit_by_bit
    assert len(bit_by_bit) == 4


def test_a_rewritten_history_is_read_anew(story: Story, trace: Path) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    story.brief("water", text="Too much.")
    story.commit("A slip", 2)
    story.build()
    story.git("reset", "--quiet", "--hard", "HEAD~1")
    story.brief("water", text="Enough.")
    story.commit("Better", 3)
    story.build()
    assert story.told() == ["03 Camille: Better", "01 Camille: Begin"]
    story.git("reflog", "expire", "--expire=now", "--all")
    story.git("gc", "--quiet", "--prune=now")
    story.git("commit", "--quiet", "--amend", "-m", "Best", date=day(4))
    story.git("reflog", "expire", "--expire=now", "--all")
    story.git("gc", "--quiet", "--prune=now")
    trace.unlink()
    story.build()
    assert [".." in log for log in logs_read(trace)] == [False]
    assert [each.subject for each in story.history()] == ["Best", "Begin"]


@pytest.mark.parametrize("spoilt", [b"", b"{}\nnonsense", b"\xff\xfe\0", None])
def test_a_spoilt_cache_is_made_anew(story: Story, spoilt: bytes | None) -> None:
    story.brief("water", more="Phase: divergence")
    story.commit("Begin", 1)
    story.build()
    files = sorted((story.folder / "cache").glob("history.*"))
    assert [file.name for file in files] == ["history.1.sqlite", "history.log"]
    for file in files:
        file.write_bytes(file.read_bytes()[:-9] if spoilt is None else spoilt)
    story.build()
    assert story.told() == ["01 Camille: Begin"]
    assert story.phases() == ["01 divergence"]


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(story: Story) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    (story.folder / "file").write_text("", encoding="utf-8")
    story.build(CACHE_PATH=str(story.folder / "file/cache"), LOAD_CONTENT_CACHE=False)
    assert story.told() == ["01 Camille: Begin"]


def test_a_repository_that_lost_an_object_is_told_and_the_site_is_built(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    story.brief("water")
    first = story.commit("Begin", 1)
    story.brief("water", text="More.")
    story.commit("More", 2)
    path = story.folder / f".git/objects/{first[:2]}/{first[2:]}"
    os.chmod(path, 0o600)
    path.unlink()
    story.build()
    assert story.history() == ()
    assert "git cannot read the repository" in caplog.text
