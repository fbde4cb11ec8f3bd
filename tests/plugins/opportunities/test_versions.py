"""The version of an agreement is a digest of its words; its commit is where these are kept."""

import json
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plugins.opportunities.versions import Version, versions_of

from .site import Site

PATH = "opportunities/orchard/agreement.md"
FRENCH = "opportunities/orchard/agreement.fr.md"
DIGEST = re.compile(r"[0-9a-f]{64}")
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


def version(site: Site, *paths: str) -> Version:
    return versions_of(site.content, {"orchard": paths or (PATH,)})["orchard"]


def told(site: Site) -> dict[str, Any]:
    site.build()
    agreement: dict[str, Any] = site.entry("orchard")["agreement"]
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(site.manifest())
    return agreement


def test_without_git_there_is_a_digest_and_no_commit(with_agreement: Site) -> None:
    agreement = told(with_agreement)
    assert DIGEST.fullmatch(agreement["version"])
    assert agreement["commit"] is agreement["date"] is None
    assert agreement["url"] == "https://site.example/opportunities/orchard/#agreement"


def test_its_commit_is_the_one_since_which_it_stands_whatever_was_committed_since(
    with_agreement: Site,
) -> None:
    git(with_agreement, "init", "-q")
    first = commit(with_agreement)
    with_agreement.update("orchard", "2026-11-04-on.md", "On")
    second = commit(with_agreement)
    agreement = told(with_agreement)
    assert agreement["commit"] == first != second
    assert datetime.fromisoformat(agreement["date"]).tzinfo


def test_committing_the_same_words_changes_no_version(with_agreement: Site) -> None:
    git(with_agreement, "init", "-q")
    commit(with_agreement)
    with_agreement.write(PATH, "Title: Agreement\n\n## 1. Pears\n\nHalf of them.\n")
    before = version(with_agreement)
    assert before.commit == "" and before.changed is None
    assert before.short == before.digest[:8]
    last = commit(with_agreement)
    after = version(with_agreement)
    assert after.digest == before.digest
    assert after.commit == last and after.changed is not None
    assert after.short == last[:8]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Title: Agreement\nModified: 2026-12-01\n\n## 1. Pears\n\nAll of them.\n", True),
        ("Title:  Agreement\r\n\r\n\r\n## 1. Pears\r\n\r\nAll of\r\nthem. \r\n", True),
        ("\ufeffTitle: Agreement\n\n## 1. Pears\n\nAll of them.", True),
        ("Title: Accord\n\n## 1. Pears\n\nAll of them.\n", False),
        ("Title: Agreement\n\n## 1. Pears\n\nAll ofthem.\n", False),
        ("Title: Agreement\n\n## 1. Pears\n\nAll of them!\n", False),
        ("Title: Agreement ## 1. Pears\n\nAll of them.\n", False),
    ],
    ids=["header", "spaces", "mark", "title", "one word less", "a sign", "moved to the title"],
)
def test_title_and_words_count_and_neither_spaces_nor_the_rest_of_the_header(
    with_agreement: Site, text: str, same: bool
) -> None:
    before = version(with_agreement).digest
    with_agreement.write(PATH, text)
    assert (version(with_agreement).digest == before) is same


def test_all_languages_are_one_version_and_odd_names_are_no_trouble(with_agreement: Site) -> None:
    git(with_agreement, "init", "-q")
    commit(with_agreement)
    odd = 'opportunities/été "2"/agreement.md'
    with_agreement.write(FRENCH, "Title: Accord\n\nTout.\n")
    with_agreement.write(odd, "Title: Odd\n\nAll.\n")
    before = version(with_agreement, PATH, FRENCH)
    assert before.commit == ""
    assert before.digest != version(with_agreement).digest
    last = commit(with_agreement)
    assert version(with_agreement, PATH, FRENCH) == version(with_agreement, FRENCH, PATH)
    assert version(with_agreement, PATH, FRENCH).commit == last
    assert version(with_agreement, odd).commit == last


def test_a_translation_that_a_merge_brings_is_another_version_of_the_day_of_the_merge(
    with_agreement: Site,
) -> None:
    site = with_agreement
    git(site, "init", "-q", "-b", "main")
    site.write(FRENCH, "Title: Accord\n\nDix.\n")
    commit(site)
    git(site, "checkout", "-q", "-b", "french")
    site.write(FRENCH, "Title: Accord\n\nVingt.\n")
    commit(site)
    git(site, "checkout", "-q", "main")
    site.write(PATH, "Title: Agreement\n\nEleven.\n")
    english = commit(site)
    before = version(site, PATH, FRENCH)
    assert before.commit == english
    git(site, "merge", "-q", "--no-edit", "french")
    after = version(site, PATH, FRENCH)
    assert after.digest != before.digest
    assert after.commit == git(site, "rev-parse", "HEAD")


def test_taking_a_translation_away_is_another_version(with_agreement: Site) -> None:
    with_agreement.write(FRENCH, "Title: Accord\nLang: fr\n\n## 1. Poires\n\nToutes.\n")
    git(with_agreement, "init", "-q")
    first = commit(with_agreement)
    before = told(with_agreement)
    assert before["commit"] == first
    (with_agreement.content / FRENCH).unlink()
    gone = told(with_agreement)
    assert gone["version"] != before["version"] and gone["commit"] is None
    last = commit(with_agreement)
    assert told(with_agreement) == gone | {"commit": last, "date": told(with_agreement)["date"]}


def test_a_translation_that_is_not_published_yet_counts_for_nothing(with_agreement: Site) -> None:
    before = told(with_agreement)
    draft = "Title: Accord\nLang: fr\nStatus: draft\n\n## 1. Poires\n\nToutes.\n"
    with_agreement.write(FRENCH, draft)
    assert told(with_agreement) == before
    with_agreement.write(FRENCH, draft.replace("Status: draft\n", ""))
    assert told(with_agreement)["version"] != before["version"]


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
    assert version(with_agreement).commit == merge


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
