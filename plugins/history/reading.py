"""At the end of Pelican's reading: the log is read once, and each article is given its history."""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .cache import Told, log_of
from .git import Blobs, NoHistory, Repository
from .lineage import followed
from .log import Commit, Entry, in_order, parse
from .model import Change, File, How
from .phases import Phases
from .seen import as_seen
from .texts import Folder, keys_of, phase_file
from .uncommitted import Pending, pending
from .versions import Versions, key_of

logger = logging.getLogger(__name__)

_HOW: dict[str, How] = {"A": "added", "D": "removed", "R": "renamed"}
Folders = dict[str, tuple[Folder, list[Any]]]  # by key, with the articles that show them
Touched = tuple[Commit, str, Entry]  # a commit, a path of today, and what the commit did to it


def read(
    content: Path, cache: Path, articles: Sequence[Any], phases: Sequence[str]
) -> Versions | None:
    """Attach `history`, `phase_changes`, `last_changed` and `history_is_cut` to each article.

    The versions that it speaks of, to be closed when the pages are written; None, and a line in
    the log that says why, when there is nothing to tell.
    """
    for article in articles:
        article.history = article.phase_changes = ()
        article.last_changed, article.history_is_cut, article.history_url = None, False, None
    try:
        repository = Repository.around(Path(os.path.realpath(content)))
        now = pending(repository)
        log = parse(log_of(repository, cache)) if repository.head else {}
        commits = list(in_order(log, repository.head))
        people = {who for commit in commits if commit.entries for who in commit.people}
        names = repository.names(people)
    except NoHistory as reason:
        logger.log(reason.level, "%s; pages are without their history", reason)
        return None
    if not commits:
        logger.info("Nothing is committed in the repository of %s yet", content)
    versions = Versions(repository.folder, Blobs(repository.folder), Told(cache))
    folders = _folders(articles)
    touched, cut = _touched(repository, commits, now, folders)
    _leave_plain_merges(versions, touched)
    teller, status = Phases(versions, phases), _default_status(articles)
    for key, (folder, shown) in folders.items():
        changes = [_change(folder, each, names) for each in _by_commit(touched[key])]
        changes = _seen(versions, [Change(tuple(now.files(folder))), *changes], status)
        brief = phase_file(folder, {Folder(each).path for each in shown})
        history, begun = teller.told(changes, brief, folder.is_opportunity)
        for article in (each for each in shown if each.status != "draft"):
            article.history, article.phase_changes = history, begun
            article.last_changed = next((each.date for each in history if each.date), None)
            article.history_is_cut = key in cut
    kept = {key for key in touched if touched[key]} | cut | now.by_key.keys()
    _say_what_is_missing(cut, [key for key in folders if key not in kept])
    return versions


def _seen(versions: Versions, changes: list[Change], default: str) -> list[Change]:
    """The changes as readers saw them; those that they could not see are left out."""
    files = [file for change in changes for file in change.files]
    versions.read_heads(id for file in files for id in (*file.before, file.after) if id)

    def seen(file: File) -> File | None:
        def status(version: str | None) -> str | None:
            head = versions.head(file, version)
            return head and (head.status or (default if file.kind in ("brief", "text") else ""))

        return as_seen(file, status)

    told = [(each, tuple(filter(None, map(seen, each.files)))) for each in changes]
    return [
        change if files == change.files else replace(change, files=files)
        for change, files in told
        if files
    ]


def _say_what_is_missing(cut: set[str], unknown: list[str]) -> None:
    if cut:
        logger.warning(
            "The repository is a shallow clone: the history of %d pages is cut, and nothing is "
            "said of what came before (a whole clone: git fetch --unshallow)",
            len(cut),
        )
    if unknown:
        logger.warning(
            "%d pages are without history, for git does not keep their files (ignored, or in a "
            "submodule): %s",
            len(unknown),
            ", ".join(sorted(unknown)[:3]) + (", …" if len(unknown) > 3 else ""),
        )


def _default_status(articles: Sequence[Any]) -> str:
    defaults = articles[0].settings.get("DEFAULT_METADATA", {}) if articles else {}
    return str(dict(defaults).get("status", ""))


def _folders(articles: Sequence[Any]) -> Folders:
    """Folders by key, each with the articles that show it: one in each language."""
    folders: Folders = {}
    for article in articles:
        folder = Folder(article)
        _, shown = folders.setdefault(folder.key, (folder, []))
        shown.append(article)
        for update in getattr(getattr(article, "opportunity", None), "updates", ()):
            path = str(update.get_relative_source_path()).replace(os.sep, "/")
            folders[folder.key][0].titles.setdefault(path, str(update.title))
    return folders


def _touched(
    repository: Repository, commits: Iterable[Commit], now: Pending, folders: Folders
) -> tuple[dict[str, list[Touched]], set[str]]:
    """What changed of each folder, newest first; and the folders of which a shallow clone does
    not know how they began."""
    prefix = len(repository.prefix)
    touched: dict[str, list[Touched]] = defaultdict(list)
    cut: set[str] = set()
    for commit, files in followed(commits, now.names):
        for whole, entry in files:
            path = os.fsdecode(whole[prefix:])
            for key in keys_of(path):
                if key not in folders or not folders[key][0].file(path):
                    continue
                if commit.hash in repository.cut:
                    cut.add(key)
                else:
                    touched[key].append((commit, path, entry))
    return touched, cut


def _leave_plain_merges(versions: Versions, touched: dict[str, list[Touched]]) -> None:
    """Drop merges that only bring together what both sides had written."""
    merges = {
        (_known(entry.before), entry.after)
        for several in touched.values()
        for commit, _, entry in several
        if len(commit.parents) > 1
    }
    own = versions.written_by_merges(merges) if merges else set()
    for key, several in touched.items():
        touched[key] = [
            (commit, path, entry)
            for commit, path, entry in several
            if len(commit.parents) < 2 or key_of(_known(entry.before), entry.after) in own
        ]


def _known(blobs: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(blob for blob in blobs if blob)


def _by_commit(touched: list[Touched]) -> Iterable[list[Touched]]:
    commits: dict[str, list[Touched]] = {}
    for each in touched:
        commits.setdefault(each[0].hash, []).append(each)
    return commits.values()


def _change(folder: Folder, touched: list[Touched], names: dict[str, str]) -> Change:
    commit = touched[0][0]
    files = [made for _, path, entry in touched if (made := _file(folder, path, entry))]
    people = (_name(who, names) for who in commit.people)
    return Change(
        files=tuple(sorted(files, key=lambda file: file.path)),
        hash=commit.hash,
        date=commit.date,
        authors=tuple(dict.fromkeys(filter(None, people))),
        subject=commit.subject.decode("utf-8", "replace"),
        is_merge=len(commit.parents) > 1,
    )


def _file(folder: Folder, path: str, entry: Entry) -> File | None:
    named = folder.file(path)
    if named is None:
        return None
    is_rename = len(entry.former) == 1 and entry.status[0] == "R"
    now, before = _apart(entry.path, entry.former[0]) if is_rename else ("", "")
    return File(
        kind=named.kind,
        how=_HOW.get(entry.status[0], "changed") if len(entry.former) == 1 else "changed",
        path=path,
        language=named.language,
        title=named.title,
        name=now,
        former=before,
        before=_known(entry.before),
        after=entry.after,
    )


def _apart(now: bytes, former: bytes) -> tuple[str, str]:
    """The parts of two paths that tell one from the other: "new" and "old" of a/new/x, a/old/x."""
    a, b = os.fsdecode(now).split("/"), os.fsdecode(former).split("/")
    while len(a) > 1 and len(b) > 1 and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while len(a) > 1 and len(b) > 1 and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return "/".join(a), "/".join(b)


def _name(contact: str, names: dict[str, str]) -> str:
    """A person's name. Where git has an address in its place, only what stands before its @."""
    name = names.get(contact, contact.partition("<")[0]).strip()
    return " ".join(word.partition("@")[0] or word.strip("@") for word in name.split())
