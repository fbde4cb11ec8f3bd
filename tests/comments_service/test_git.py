"""Asking git: its answers, its refusals, and whose repository is meant."""

from pathlib import Path

import pytest

from comments_service.git import GitRefuses, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "écrits")
    made.folder.mkdir()
    made.run("init", "--quiet", "--initial-branch=main")
    return made


def commit(repository: Repository, subject: str) -> None:
    who = ("-c", "user.name=Camille", "-c", "user.email=camille@example.org")
    repository.run(*who, "commit", "--quiet", "--allow-empty", "-m", subject)


def test_it_answers_in_the_words_of_the_people_who_committed(repository: Repository) -> None:
    commit(repository, "Été à Saint-Brévin")
    assert repository.run("log", "--format=%s") == "Été à Saint-Brévin"
    assert repository.head == repository.run("rev-parse", "HEAD")


def test_a_refusal_is_in_gits_own_words(repository: Repository) -> None:
    with pytest.raises(GitRefuses, match="bad revision"):
        repository.run("rev-parse", "no-such-branch", "--")
    with pytest.raises(GitRefuses):
        _ = repository.head  # nothing is committed yet


def test_a_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GitRefuses, match="not a git repository"):
        Repository(tmp_path).run("status")


def test_the_repository_of_a_hook_that_calls_is_not_mistaken_for_it(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    commit(repository, "Ours")
    assert repository.run("log", "--format=%s") == "Ours"
