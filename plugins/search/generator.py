"""The pages that search, and when the index that they ask is made."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pelican.generators import Generator, PelicanTemplateNotFound
from pelican.plugins import signals

from .background import START, Background
from .folder import carry_over
from .making import make
from .pagefind import program
from .records import Record, published, records_of

logger = logging.getLogger(__name__)


class SearchGenerator(Generator):  # type: ignore[misc]  # Pelican has no types
    """Writes `search.html` in every language, and after all else the index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._program = program() if self.settings["SEARCH"] and self._has_template() else None
        if self.settings["SEARCH"] and not self._program:
            logger.info("The site has no search: Pagefind is not installed")
        self.context["SEARCH_PAGE"] = self.settings["SEARCH_URL"] if self._program else ""
        self._background = Background(self._make, self.settings["SEARCH_PAUSE"])

    def _has_template(self) -> bool:
        try:
            self.get_template("search")
        except PelicanTemplateNotFound:
            logger.warning("The theme has no search.html; the site is without a search")
            return False
        return True

    def generate_output(self, writer: Any) -> None:
        """Write the pages; the index is made when the build is over."""
        if not self._program:
            return
        for lang in self._languages():
            writer.write_file(
                self._localised(lang) + "index.html",
                self.get_template("search"),
                self.context,
                relative_urls=self.settings["RELATIVE_URLS"],
                url=self._localised(lang),
                lang=lang,
                translations=[
                    {"lang": other, "url": self._localised(other)}
                    for other in self._languages()
                    if other != lang
                ],
            )
        signals.finalized.connect(self._after_all)

    def _languages(self) -> list[str]:
        own = self.settings["DEFAULT_LANG"]
        return [own, *(lang for lang in self.settings.get("LANGUAGES") or () if lang != own)]

    def _localised(self, lang: str) -> str:
        url: str = self.settings["SEARCH_URL"]
        return url if lang == self.settings["DEFAULT_LANG"] else f"{lang}/{url}"

    def _after_all(self, pelican: object) -> None:
        signals.finalized.disconnect(self._after_all)  # a run that follows has its own generator
        if served := self.settings["SEARCH_BEHIND"]:
            name = self.settings["SEARCH_PATH"]
            carry_over(Path(served, name), Path(self.output_path, name))
            self._background.soon(START)
        else:
            self._make()

    def index_soon(self) -> None:
        """Make the index anew, some time after what it holds has changed; several times at once
        are one. Only for a program that keeps running."""
        if self._program:
            self._background.soon()

    def _make(self) -> None:
        assert self._program  # noqa: S101 - nobody comes here without it
        make(
            self._program,
            Path(self.output_path),
            self.settings["SEARCH_PATH"],
            self._records(),
        )

    def _records(self) -> Iterator[Record]:
        for article in published(self.context["articles"]):
            yield from records_of(article)
