"""The hook that a bare repository runs after each push, and where the served tree fetches from."""

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from .git import GitRefuses, Repository
from .served_tree import ServedTree
from .settings import Settings

_OURS = "#!/bin/sh\n# Written by `emergence hooks install`"
# What publishing asks of the environment; nothing secret stands in a hook.
_NEEDED = ["EMERGENCE_SITE_URL", "EMERGENCE_SERVICE_URL", "EMERGENCE_SITE_NAME", "EMERGENCE_HOST"]
_NEEDED += ["EMERGENCE_TIMEZONE", "EMERGENCE_GIT_REMOTE", "EMERGENCE_GIT_BRANCH", "PORT"]
_HOOK = """\
{ours}, which may write it again: what is pushed to {branch} is published.
unset $(git rev-parse --local-env-vars)
published=
while read -r _ new ref; do
  case $ref in
    refs/heads/{branch}) ;;
    *) echo "emergence: ${{ref#refs/*/}} is not published, only {branch}"; continue ;;
  esac
  case $new in
    *[!0]*) published=$new ;;
    *) echo "emergence: {branch} was deleted; the site stays as it is" ;;
  esac
done
[ -n "$published" ] || exit 0
echo "emergence: looking it over and building it"
cd {root} || exit 1
exec env {environ} {python} -m comments_service.cli publish --commit "$published"
"""


class ForeignHook(Exception):
    """The repository has somebody else's hook, or cannot have one; the message says what to do."""


def install(settings: Settings, root: Path, repository: Path) -> list[str]:
    """Write the hook of a bare repository, and have the served tree at `root` fetch from it.

    Gives what was done, a line each. Raises ForeignHook, and then nothing is changed.
    """
    path = _hooks_folder(repository) / "post-receive"
    script = _script(settings, root)
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if before and not before.startswith(_OURS):
        raise ForeignHook(
            f"{path} is somebody else's. Take it away, or let it end with these lines, which read "
            f"what git tells a hook on its standard input:\n\n{script}"
        )
    told = list(_fetch_from(settings, root, repository))
    draft = path.with_name(".post-receive.next")
    path.parent.mkdir(exist_ok=True)
    draft.write_text(script, encoding="utf-8")
    draft.chmod(0o755)
    os.replace(draft, path)
    return [*told, f"Written: {path}. What is pushed to {settings.git_branch} is published."]


def _hooks_folder(repository: Path) -> Path:
    try:
        bare = Repository(repository).run("rev-parse", "--is-bare-repository")
        where = Repository(repository).run("rev-parse", "--git-path", "hooks")
    except GitRefuses as refusal:
        raise ForeignHook(str(refusal)) from refusal
    if bare != "true":
        raise ForeignHook(f"{repository} is no bare repository: make one with git init --bare")
    folder = (repository / where).resolve()
    if not folder.is_relative_to(repository):
        raise ForeignHook(
            f"The hooks of {repository} stand in {folder}, with those of others (core.hooksPath): "
            f"let it have its own with git -C {shlex.quote(str(repository))} config "
            "core.hooksPath hooks"
        )
    return folder


def _script(settings: Settings, root: Path) -> str:
    given = {name: os.environ[name] for name in _NEEDED if os.environ.get(name)}
    given["EMERGENCE_DATA"] = str(settings.data)
    return _HOOK.format(
        ours=_OURS,
        branch=settings.git_branch,
        root=shlex.quote(str(root)),
        environ=" ".join(f"{name}={shlex.quote(value)}" for name, value in sorted(given.items())),
        python=shlex.quote(sys.executable),
    )


def _fetch_from(settings: Settings, root: Path, repository: Path) -> Iterator[str]:
    remote = settings.git_remote
    tree = ServedTree(root, remote, settings.git_branch).repository
    try:
        tree.run("rev-parse", "--show-toplevel")
    except GitRefuses as refusal:
        raise ForeignHook(f"{root} has to be a clone of {repository}: {refusal}") from refusal
    try:
        known = tree.run("remote", "get-url", remote)
    except GitRefuses:
        tree.run("remote", "add", remote, str(repository))
        yield f"{root} fetches from {repository} (as {remote})."
        return
    if Path(known).resolve() != repository:
        yield f"Note that {root} fetches from {known} (as {remote}), and not from {repository}."
