"""The folder of an archive: one file for each discussion, written whole or not at all, committed to
the git repository around it, and read again.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .git import GitRefuses, Repository

SERVED = "refs/emergence/published"  # a repository with it is moved by `emergence publish`
_FALLBACK = ("-c", "user.name=Emergence", "-c", "user.email=emergence@localhost")
_DRAFT = ".archive-draft"
Document = Mapping[str, Any]


class CannotKeep(Exception):
    """The archive was not written, or not committed; the message says why and what to do."""


class BadFile(Exception):
    """A file of an archive that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What writing an archive came to: how many files there are, and which may have changed."""

    files: int
    names: frozenset[str]


def name_of(slug: str) -> str:
    """The name of the file of a discussion."""
    return quote(slug, safe="").replace(".", "%2E") + ".json"


def write(folder: Path, documents: Iterable[Document], *, overwrite: bool = False) -> Kept:
    """Write the discussions, and take away the files of names that they have no more.

    A file says nothing that its discussion does not say any more; one that holds comments of which
    the service knows nothing is left, unless one may `overwrite`: raises CannotKeep.
    """
    documents = list(documents)
    names = {name_of(document["slug"]): document for document in documents}
    former = {name_of(alias) for document in documents for alias in document["aliases"]}
    with _alone(folder):
        old = [name for name in former - names.keys() if _is_ours(folder / name)]
        if not overwrite:
            _require_same_service(folder, names, old)
        for name, document in names.items():
            _put(folder, name, text_of(document))
        for name in old:
            (folder / name).unlink()
    return Kept(len(names), frozenset(names.keys() | former))


def text_of(document: Document) -> str:
    """A document as it stands in its file: a line for each value, so that diffs are small."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read(folder: Path) -> dict[str, Document]:
    """All discussions of an archive by the names of their files. Raises BadFile."""
    if not folder.is_dir():
        raise BadFile(f"{folder} is no folder")
    found: dict[str, Document] = {}
    for path in sorted(folder.glob("*.json")):
        if path.name.startswith("."):
            continue
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise BadFile(f"{path}: {problem}") from None
        if not isinstance(document, dict):
            raise BadFile(f"{path}: not a discussion of an archive")
        found[path.name] = document
    if not found:
        raise BadFile(f"{folder} holds no discussions")
    return found


def require_repository(folder: Path) -> None:
    """Raise CannotKeep where nothing could be committed."""
    git = Repository(_nearest(folder))
    try:
        git.run("rev-parse", "--show-toplevel")
    except GitRefuses as refusal:
        raise CannotKeep(
            f"{folder} lies in no git repository ({refusal}). `git init` makes one; --no-commit "
            "writes the files alone."
        ) from None
    with suppress(GitRefuses):
        git.run("rev-parse", "--verify", "--quiet", SERVED)
        raise CannotKeep(
            f"{folder} lies in the served tree: with a commit of its own, nothing could be "
            "published there any more. Name a folder in another clone with --folder, and push "
            "from there; or write the files alone with --no-commit."
        )


def commit(folder: Path, names: frozenset[str]) -> int:
    """Commit those of `names` that changed, whatever else is staged or dirty; how many.

    Raises CannotKeep.
    """
    git = Repository(folder)
    try:
        if ignored := names & set(_ignored(git)):
            raise CannotKeep(f"git ignores {folder / min(ignored)}: take it out of .gitignore.")
        changed = _changed(git, names)
        if changed:
            git.run("add", "--all", *_NAMED, given=_listed(changed))
            changed = _changed(git, names)
        if changed:
            message = f"Discussions: {len(changed)} changed"
            how = ("commit", "--quiet", "--only", "-m", message)
            git.run(*_identity(git), *how, *_NAMED, given=_listed(changed))
    except GitRefuses as refusal:
        words = " ".join(str(refusal).split())
        raise CannotKeep(f"The files are written and not committed: {words}") from None
    return len(changed)


_NAMED = ("--pathspec-from-file=-", "--pathspec-file-nul")


def _listed(names: Iterable[str]) -> str:
    return "\0".join(f":(literal){name}" for name in sorted(names))


def _changed(git: Repository, names: frozenset[str]) -> set[str]:
    how = ("--porcelain", "-z", "--no-renames", "--untracked-files=all")
    told = git.run("status", *how, "--", ".")
    prefix = git.run("rev-parse", "--show-prefix")
    return {line[3:].removeprefix(prefix) for line in told.split("\0") if line} & names


def _ignored(git: Repository) -> list[str]:
    return git.run("ls-files", "--others", "--ignored", "--exclude-standard", "-z").split("\0")


def _identity(git: Repository) -> tuple[str, ...]:
    try:
        git.run("config", "--get", "user.email")
    except GitRefuses:
        return _FALLBACK
    return ()


def _nearest(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.is_dir())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time; what one that was killed began is cleared away."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            (folder / _DRAFT).unlink()
        yield
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(folder: Path, name: str, text: str) -> None:
    path, draft = folder / name, folder / _DRAFT
    with suppress(OSError):
        if path.read_bytes() == text.encode():
            return
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _require_same_service(folder: Path, names: Mapping[str, Document], old: Iterable[str]) -> None:
    for name, document in names.items():
        former = [other for other in old if other in map(name_of, document["aliases"])]
        known = {comment["id"] for comment in document["discussion"]["comments"]}
        for other in (name, *former):
            unknown = _comments_in(folder / other) - known
            if unknown:
                raise CannotKeep(
                    f"{folder / other} holds comments that this service does not know "
                    f"({len(unknown)}). `emergence restore --from-archive` brings them back into "
                    "an empty one; --overwrite gives them up. Nothing was written."
                )


def _comments_in(path: Path) -> set[str]:
    document = _read(path)
    if document is None:
        return set()
    try:
        return {comment["id"] for comment in document["discussion"]["comments"]}
    except (KeyError, TypeError):
        raise CannotKeep(f"{path} is no file of ours: move it away. Nothing was written.") from None


def _is_ours(path: Path) -> bool:
    document = _read(path)
    return document is not None and str(document.get("format")).startswith("emergence-archive/")


def _read(path: Path) -> dict[str, Any] | None:
    """What a file says; nothing if there is none, or git left the marks of a conflict in it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None
