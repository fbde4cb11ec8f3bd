"""A site in a git repository: texts are written and committed, Pelican builds, and what each
article and each page of a history was given is at hand."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from pelican.log import LimitFilter

from plugins.history.model import Change, PhaseChange
from plugins.history.pages import Version

from ..opportunities.site import THEME, Site

CAMILLE = "Camille <camille@example.org>"
BART = "Bart <bart@example.org>"
PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}


def day(number: int) -> str:
    """Noon of a day of November 2026."""
    return f"2026-11-{number:02}T12:00:00+01:00"


def git(folder: Path, *command: str, by: str = CAMILLE, date: str = "", check: bool = True) -> str:
    """What git answers; commits are by somebody, on a day."""
    name, _, address = by.rstrip(">").partition(" <")
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", address), ("DATE", date or day(1)))
    }
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *command],
        cwd=folder,
        env={**os.environ, **PLAIN, **who},
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="surrogateescape",
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


class Story(Site):
    """The site of the tests of opportunities, in a repository of its own."""

    def __init__(self, folder: Path, begin: bool = True) -> None:
        super().__init__(folder)
        self.theme = folder / "theme"
        shutil.copytree(THEME, self.theme)
        for name, words in (
            ("opportunity", "{{ tell(article) }}"),
            ("article", "{{ tell(article) }}"),
            ("history", "{{ tell_history(article, shown, older) }}"),
        ):
            (self.theme / f"templates/{name}.html").write_text(words, encoding="utf-8")
        self.articles: dict[str, Any] = {}
        self.pages: dict[str, tuple[list[Version], tuple[Change, ...]]] = {}
        if begin:
            git(folder, "init", "--quiet")

    def git(self, *command: str, **more: Any) -> str:
        return git(self.folder, *command, **more)

    def commit(self, subject: str, on: int = 1, **more: Any) -> str:
        """Commit all of the content folder; the new commit's name."""
        self.git("add", "--all", "content")
        self.git("commit", "--quiet", "-m", subject, date=day(on), **more)
        return self.git("rev-parse", "HEAD")

    def build(self, **changes: Any) -> None:
        LimitFilter._raised_messages.clear()
        self.articles.clear()
        self.pages.clear()

        def tell(article: Any) -> str:
            self.articles[article.slug] = article
            return ""

        def tell_history(article: Any, shown: list[Version], older: tuple[Change, ...]) -> str:
            self.pages[article.slug] = (shown, older)
            return ""

        ours = {
            "PLUGINS": ["plugins.opportunities", "plugins.history"],
            "THEME": str(self.theme),
            "JINJA_GLOBALS": {"tell": tell, "tell_history": tell_history},
        }
        super().build(**{**ours, **changes})

    def history(self, slug: str = "water") -> tuple[Change, ...]:
        found: tuple[Change, ...] = self.articles[slug].history
        return found

    def told(self, slug: str = "water") -> list[str]:
        """Of each change its day, its author and its subject."""
        return [
            f"{each.date:%d} {' and '.join(each.authors)}: {each.subject}"
            if each.date
            else "not committed"
            for each in self.history(slug)
        ]

    def phases(self, slug: str = "water") -> list[str]:
        found: tuple[PhaseChange, ...] = self.articles[slug].phase_changes
        return [f"{each.date:%d} {each.phase}" for each in found if each.date]

    def words(self, number: int = 0, slug: str = "water") -> str:
        """How the page tells of one change: [came] and -went-."""
        texts = []
        for _, prose in self.pages[slug][0][number].texts:
            marks = {"in": "[{}]", "out": "-{}-", "same": "{}", "gap": "…"}
            for runs in prose.paragraphs:
                texts.append(" ".join(marks[run.kind].format(run.text) for run in runs))
        return " | ".join(texts)
