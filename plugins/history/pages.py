"""The page on which the history of one article is read, with a place for each version."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pelican.generators import ArticlesGenerator, Generator, PelicanTemplateNotFound

from .model import Change, File, Prose
from .reading import read
from .versions import Versions

logger = logging.getLogger(__name__)

NAME = "history/"


@dataclass(frozen=True, slots=True)
class Version:
    """A change with what it changed in each of its texts."""

    change: Change
    texts: tuple[tuple[File, Prose], ...]


@dataclass(frozen=True, slots=True)
class Other:
    """The same page in another language."""

    lang: str
    url: str


class HistoryGenerator(Generator):  # type: ignore[misc]  # Pelican has no types
    """Writes `history.html` for each article that has a history.

    The template is given `article`, `shown` (the latest changes, each a Version), `older` (the
    changes before these) and `versions` (the page in other languages, with `lang` and `url`).
    """

    _is_told = False
    _versions: Versions | None = None
    _articles: tuple[Any, ...] = ()

    def tell_histories(self, generators: list[Any]) -> None:
        """Give every article its history, once. Signals come in no order: another plugin that
        needs histories calls this by itself."""
        articles = next((each for each in generators if isinstance(each, ArticlesGenerator)), None)
        if articles and not self._is_told:
            self._is_told = True
            self._take(list(_every_article(articles)))

    def _take(self, articles: list[Any]) -> None:
        cache = Path(self.settings["CACHE_PATH"])
        known = self.context.get("phases", ())
        self._versions = read(Path(self.path), cache, articles, known)
        self._tell_latest(articles)
        if self.settings["HISTORY_PAGES"] and self._versions and self._has_template():
            self._articles = tuple(each for each in articles if each.history)
            for article in self._articles:
                article.history_url = _beside(article.url)

    def _tell_latest(self, articles: list[Any]) -> None:
        latest = {article: self._latest(article.history) for article in articles}
        files = (file for changes in latest.values() for _, texts in changes for file in texts)
        prose = self._versions.prose(files) if self._versions else {}
        for article, changes in latest.items():
            article.latest_changes = tuple(
                Version(change, tuple((file, prose[file]) for file in texts))
                for change, texts in changes
            )

    def _latest(self, history: tuple[Change, ...]) -> list[tuple[Change, list[File]]]:
        """The newest commits that changed more than updates, which are told of by themselves."""
        told = ((c, [f for f in c.files if f.kind != "update"]) for c in history if c.hash)
        return list(islice((each for each in told if each[1]), self.settings["HISTORY_LATEST"]))

    def _has_template(self) -> bool:
        try:
            self.get_template("history")
        except PelicanTemplateNotFound:
            logger.warning("The theme has no history.html; histories are without pages")
            return False
        return True

    def generate_output(self, writer: Any) -> None:
        """Write all pages of histories."""
        if self._versions is None:
            return
        try:
            for article in self._articles:
                self._write(article, self._versions, writer)
        finally:
            self._versions.close()
            self._versions, self._articles = None, ()

    def _write(self, article: Any, versions: Versions, writer: Any) -> None:
        most = self.settings["HISTORY_SHOWN"]
        shown, older = article.history[:most], article.history[most:]
        prose = versions.prose(file for change in shown for file in change.files)
        writer.write_file(
            _saved_beside(article.save_as),
            self.get_template("history"),
            self.context,
            relative_urls=self.settings["RELATIVE_URLS"],
            url=article.history_url,
            article=article,
            shown=[Version(c, tuple((file, prose[file]) for file in c.files)) for c in shown],
            older=older,
            versions=[Other(each.lang, _beside(each.url)) for each in article.translations],
        )


def _beside(url: str) -> str:
    """The address of the history of the article at `url`."""
    base = url.removesuffix("index.html")
    return f"{base if base.endswith('/') or not base else os.path.splitext(base)[0] + '/'}{NAME}"


def _saved_beside(path: str) -> str:
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    return os.path.join(folder, "" if stem == "index" else stem, NAME, "index.html")


def attach(generators: list[Any]) -> None:
    """Give every article its history."""
    for ours in (each for each in generators if isinstance(each, HistoryGenerator)):
        ours.tell_histories(generators)


def _every_article(generator: Any) -> Iterator[Any]:
    yield from (*generator.articles, *generator.hidden_articles, *generator.drafts)
    yield from (*generator.translations, *generator.hidden_translations)
    yield from generator.drafts_translations
