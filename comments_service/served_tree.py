"""The served tree, a clone: what its remote has, a checkout beside it to look over, moving it.

Nothing that somebody wrote in it is lost. What git cannot do is told in a sentence (InTheWay).
"""

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .git import GitRefuses, Repository

PUBLISHED = "refs/emergence/published"  # what we moved the tree to last
# What a build takes beside the content; what a commit has not is taken from the served tree.
BESIDE_CONTENT = ("pelicanconf.py", "theme", "plugins")
SPACE = 32 * 2**20  # bytes that have to be free
LONGEST = 400  # characters of what git says
OTHERS_TAKE = 10.0  # seconds that another git may work in the tree
# Git's own housekeeping would go on behind us, and hold what we wait for.
QUIETLY = ("-c", "maintenance.auto=false", "-c", "gc.auto=0")


class InTheWay(Exception):
    """The tree cannot be published; the message says what is in the way."""


@dataclass(frozen=True, slots=True)
class ServedTree:
    """The clone around the folder `root`, in which `emergence serve` runs, or around its content
    alone; it fetches the branch `branch` of `remote`."""

    root: Path
    remote: str
    branch: str

    @property
    def repository(self) -> Repository:
        """The repository that the content lies in."""
        content = self.root / "content"
        return Repository(content if content.is_dir() else self.root)

    @property
    def head(self) -> str:
        """The commit that is served; empty before the first one."""
        return self._commit("HEAD")

    def fetched(self) -> str:
        """The newest commit of the published branch."""
        git, here = self.repository, f"refs/remotes/{self.remote}/{self.branch}"
        self._require_remote()
        refspec = f"+refs/heads/{self.branch}:{here}"
        try:
            git.run(*QUIETLY, "fetch", "--quiet", "--no-tags", self.remote, refspec)
        except GitRefuses as refusal:
            if "couldn't find remote ref" in str(refusal):
                raise InTheWay(
                    f"{self.remote} has no branch {self.branch}: nothing was pushed to it yet, or "
                    "it was deleted (EMERGENCE_GIT_BRANCH names the branch that is published)"
                ) from None
            words = in_short(refusal)
            raise InTheWay(f"nothing could be fetched from {self.remote}: {words}") from None
        return git.run("rev-parse", "--verify", f"{here}^{{commit}}")

    def _require_remote(self) -> None:
        try:
            self.repository.run("rev-parse", "--show-toplevel")
        except GitRefuses as refusal:
            raise InTheWay(f"{self.root} has to be a clone: {refusal}") from None
        try:
            self.repository.run("remote", "get-url", self.remote)
        except GitRefuses:
            raise InTheWay(
                f"{self.root} has no remote {self.remote}: name the repository that is pushed to "
                f"with `git remote add {self.remote} ADDRESS`, or another in EMERGENCE_GIT_REMOTE"
            ) from None

    def is_part(self, commit: str, newest: str) -> bool:
        """Whether `commit` is `newest` or before it."""
        try:
            self.repository.run("merge-base", "--is-ancestor", commit, newest)
        except GitRefuses:
            return False
        return True

    def beside(self, folder: Path, commit: str) -> Path:
        """Check that commit out below `folder`, with all that a build takes; gives what stands for
        `root` there. A file that did not change since the last time keeps its date."""
        content = self._content_in_repository()
        checkout = folder if content != Path() else folder / "content"
        self._check_out(checkout, commit)
        home = checkout / content.parent if content != Path() else folder
        for name in BESIDE_CONTENT:
            if not os.path.lexists(home / name) and (self.root / name).exists():
                (home / name).symlink_to(self.root / name)
        (home / "content").mkdir(exist_ok=True)  # git keeps no empty folder
        return home

    def _content_in_repository(self) -> Path:
        git = self.repository
        prefix = git.run("rev-parse", "--show-prefix")
        return Path(prefix) if git.folder != self.root else Path(prefix, "content")

    def _check_out(self, checkout: Path, commit: str) -> None:
        beside = Repository(checkout)
        try:
            if not (checkout / ".git").exists():
                raise GitRefuses("not there yet")
            beside.run("checkout", "--quiet", "--force", "--detach", commit)
            beside.run("clean", "--quiet", "-ffdx")
        except GitRefuses:
            # Never made, or left by somebody who was killed and whose git may still write there.
            self._set_aside(checkout)
            checkout.parent.mkdir(parents=True, exist_ok=True)
            git = self.repository
            git.run("worktree", "prune")
            # Twice: git locks a worktree until it is complete.
            add = ("worktree", "add", "--quiet", "--force", "--force", "--detach")
            try:
                git.run(*add, str(checkout), commit)
            except GitRefuses as refusal:
                free = shutil.disk_usage(checkout.parent).free // 2**20
                raise InTheWay(
                    f"{commit[:10]} cannot be checked out in {checkout}, where {free} MB are free: "
                    f"{in_short(refusal)}"
                ) from None

    @staticmethod
    def _set_aside(checkout: Path) -> None:
        aside = checkout.with_name(f".{checkout.name}.left")
        shutil.rmtree(aside, ignore_errors=True)
        with suppress(FileNotFoundError):
            os.replace(checkout, aside)
        shutil.rmtree(aside, ignore_errors=True)

    def links_in(self, commit: str) -> list[str]:
        """The symbolic links below the content: by one, any file of this machine could be read."""
        content = self._content_in_repository()
        where = () if content == Path() else ("--", content.as_posix())
        tree = ("ls-tree", "-r", "-z", "--full-tree", commit, *where)
        lines = self.repository.run(*tree).split("\0")
        return [line.partition("\t")[2] for line in lines if line.startswith("120000 ")]

    def move(self, newest: str) -> None:
        """Have the tree be at `newest`."""
        head = self.head
        if head != newest:
            self._wait_for_other_gits()
            self._require_space()
            try:
                self.repository.run(*self._way_to(head, newest))
            except GitRefuses as refusal:
                raise InTheWay(_in_place(refusal)) from None
        self.repository.run("update-ref", PUBLISHED, newest)

    def move_back(self, head: str) -> None:
        """Have the tree be at `head` again, where it was; if it can be."""
        with suppress(GitRefuses):
            self.repository.run("reset", "--quiet", "--keep", head)
            self.repository.run("update-ref", PUBLISHED, head)

    def _way_to(self, head: str, newest: str) -> tuple[str, ...]:
        if not head or self.is_part(head, newest):
            return (*QUIETLY, "merge", "--quiet", "--ff-only", "--no-overwrite-ignore", newest)
        if head in (self._commit(PUBLISHED), self._once_fetched(head)):
            self._require_room_for_new_files(head, newest)
            return ("reset", "--quiet", "--keep", newest)  # the branch was rewritten
        raise InTheWay(
            f"the served tree has commits that the branch has not (its HEAD is {head[:10]}): "
            "push them, or take them back"
        )

    def _once_fetched(self, head: str) -> str:
        here = f"refs/remotes/{self.remote}/{self.branch}"
        with suppress(GitRefuses):
            return self.repository.run("merge-base", "--fork-point", here, head)
        return ""

    def _wait_for_other_gits(self) -> None:
        lock = Path(self.repository.run("rev-parse", "--git-path", "index.lock"))
        lock = self.repository.folder / lock
        until = time.monotonic() + OTHERS_TAKE
        while lock.exists():
            if time.monotonic() > until:
                raise InTheWay(
                    "another git works in the served tree, or was killed there; if none does, "
                    f"remove {lock}"
                )
            time.sleep(0.05)

    def _require_room_for_new_files(self, head: str, newest: str) -> None:
        """A reset would replace a file that git was told to ignore, such as the database."""
        top = Path(self.repository.run("rev-parse", "--show-toplevel"))
        added = ("diff", "--name-only", "--no-renames", "--diff-filter=A", "-z", head, newest)
        for name in filter(None, self.repository.run(*added).split("\0")):
            if os.path.lexists(top / name):
                raise InTheWay(
                    f"{name} would be overwritten, which is in the served tree and not in git: "
                    "take it out of the commit, or away from here"
                )

    def _require_space(self) -> None:
        # On a full disk, git would leave a tree that is neither the one commit nor the other.
        free = shutil.disk_usage(self.root).free
        if free < SPACE:
            raise InTheWay(f"{free // 2**20} MB are free in {self.root}: make room there")

    def _commit(self, name: str) -> str:
        try:
            return self.repository.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitRefuses:
            return ""


def in_short(trouble: Exception) -> str:
    """The words of an error in one line, without most of a long list."""
    words = " ".join(str(trouble).split())
    return words if len(words) <= LONGEST else f"{words[: LONGEST // 2]} … {words[-LONGEST // 2 :]}"


def _in_place(refusal: GitRefuses) -> str:
    if "overwritten" in str(refusal) or "not uptodate" in str(refusal):
        return (
            "something was changed in the served tree and not committed: take it back there, and "
            f"run `emergence publish`. {in_short(refusal)}"
        )
    return in_short(refusal)
