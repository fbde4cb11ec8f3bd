"""The version of an agreement is the commit that last changed it, or a digest of its bytes."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from plugins.opportunities.versions import versions_of

from .site import Site

PATH = "opportunities/orchard/agreement.md"
DIGEST = re.compile(r"sha256:[0-9a-f]{16}")
SCHEMA = Path(__file__).parents[3] / "docs/opportunities.schema.json"


@pytest.fixture
def with_agreement(site: Site) -> Site:
    site.brief("orchard")
    site.write(PATH, "Title: Agreement\n\n## 1. Pears\n\nAll of them.\n")
    return site


def git(site: Site, *words: str) -> str:
    who = ("-c", "user.name=Fay", "-c", "user.email=fay@mail.example")
    command = ["git", *who, "-c", "commit.gpgsign=false", *words]
    done = subprocess.run(
        command, cwd=site.folder, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return done.stdout.strip()


def commit(site: Site, message: str = "On") -> str:
    git(site, "add", "content")
    git(site, "commit", "-qm", message)
    return git(site, "rev-parse", "HEAD")


def version(site: Site, *paths: str) -> str:
    return versions_of(site.content, {"orchard": paths or (PATH,)})["orchard"].name


def test_without_git_it_is_a_digest(with_agreement: Site) -> None:
    with_agreement.build()
    told = with_agreement.entry("orchard")["agreement"]
    assert DIGEST.fullmatch(told["version"])
    assert told["url"] == "https://site.example/opportunities/orchard/#agreement"
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(with_agreement.manifest())


def test_a_committed_one_is_its_commit_whatever_else_was_committed_since(
    with_agreement: Site,
) -> None:
    git(with_agreement, "init", "-q")
    first = commit(with_agreement)
    with_agreement.update("orchard", "2026-11-04-on.md", "On")
    second = commit(with_agreement)
    with_agreement.build()
    assert with_agreement.entry("orchard")["agreement"]["version"] == first != second


def test_a_changed_one_is_a_digest_until_it_is_committed(with_agreement: Site) -> None:
    git(with_agreement, "init", "-q")
    commit(with_agreement)
    with_agreement.write(PATH, "Title: Agreement\n\n## 1. Pears\n\nHalf of them.\n")
    digest = version(with_agreement)
    assert DIGEST.fullmatch(digest)
    last = commit(with_agreement)
    found = versions_of(with_agreement.content, {"orchard": [PATH]})["orchard"]
    assert found.names == (last, digest)
    assert found.changed is not None
    assert found.short == last[:8]


def test_all_languages_are_one_version_and_odd_names_are_no_trouble(with_agreement: Site) -> None:
    git(with_agreement, "init", "-q")
    commit(with_agreement)
    french = "opportunities/orchard/agreement.fr.md"
    odd = 'opportunities/été "2"/agreement.md'
    with_agreement.write(french, "Title: Accord\n\nTout.\n")
    with_agreement.write(odd, "Title: Odd\n\nAll.\n")
    assert DIGEST.fullmatch(version(with_agreement, PATH, french))
    last = commit(with_agreement)
    assert version(with_agreement, PATH, french) == last
    assert version(with_agreement, PATH) != last


def test_a_merge_that_settles_a_conflict_is_the_commit(with_agreement: Site) -> None:
    git(with_agreement, "init", "-q", "-b", "main")
    commit(with_agreement)
    for branch, words in (("a", "Ten."), ("b", "Twelve.")):
        git(with_agreement, "checkout", "-q", "-b", branch, "main")
        with_agreement.write(PATH, f"Title: Agreement\n\n## 1. Pears\n\n{words}\n")
        commit(with_agreement)
    subprocess.run(
        ["git", "merge", "-q", "a"], cwd=with_agreement.folder, check=False, capture_output=True
    )
    with_agreement.write(PATH, "Title: Agreement\n\n## 1. Pears\n\nEleven.\n")
    merge = commit(with_agreement, "Eleven")
    assert version(with_agreement) == merge


def test_git_is_not_asked_where_there_is_no_agreement(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("git was asked"))
    assert versions_of(site.content, {}) == {}


def test_citations_in_mailed_updates_are_addresses(site: Site) -> None:
    site.brief("orchard")
    words = "As {comment}aa1 and [Ada]({comment}bb1) say, []({comment}cc1)."
    site.update("orchard", "first.md", "First", words, more="Date: 2026-11-04")
    site.build()
    page = "https://site.example/opportunities/orchard/"
    (told,) = site.entry("orchard")["updates"]
    assert told["text"] == f"As {page}#c-aa1 and [Ada]({page}#c-bb1) say, {page}#c-cc1."
