"""The generator: reads what stands beside the briefs, attaches it, and has the pages and documents
written that belong to all opportunities together."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import watchfiles
from pelican.contents import Category
from pelican.generators import CachingGenerator

from . import editing, feeds, home, manifest, redirects, sitemap
from .attach import Article, describe, versions_by_slug
from .check import BrokenBriefs, check
from .header import Problem
from .model import PHASES
from .parts import Text, Update
from .placeholders import warn_of_placeholders
from .places import Place, place_of
from .rules import Source
from .versions import versions_of

logger = logging.getLogger(__name__)


class BriefPaths(list[str]):
    """ARTICLE_PATHS for one run."""

    def __reduce__(self) -> tuple[type[list[str]], tuple[()]]:
        # Pelican's cache pickles the settings with every tag; not ten thousand paths with them.
        return (list, ())


class OpportunitiesGenerator(CachingGenerator):  # type: ignore[misc]  # Pelican has no types
    """Makes opportunities of the folders below OPPORTUNITY_PATHS.

    After `generate_context`, `versions` holds each opportunity's articles by slug, the one that
    speaks for it first. Raises BrokenBriefs, before anything is read by Pelican or written, when
    a header is wrong.
    """

    versions: dict[str, list[Article]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = self._checked_sources()
        self.settings["ARTICLE_PATHS"] = self._article_paths()
        # Where ARTICLE_PATHS is the whole content folder it would find the updates too.
        excludes: list[str] = self.settings["ARTICLE_EXCLUDES"]
        excludes.extend(root for root in self._roots if root not in excludes)
        self.texts: list[Text] = []
        self.texts_by_slug: dict[str, list[Text]] = {}

    @property
    def _roots(self) -> list[str]:
        return [root.strip("/") for root in self.settings["OPPORTUNITY_PATHS"]]

    def _checked_sources(self) -> list[Source]:
        found = self.get_files(self._roots, extensions=("md",))
        places = [place for path in found if (place := place_of(str(path), self._roots))]
        sources, problems = check(Path(self.path), places, self.settings["DEFAULT_LANG"])
        if problems:
            self._refuse(problems)
        self.settings.pop("OPPORTUNITY_PROBLEMS", None)
        return [source for source in sources if not source.is_skipped]

    def _article_paths(self) -> BriefPaths:
        briefs = [s.place.path for s in self.sources if s.place.kind == "brief"]
        others = [
            path
            for path in self.settings["ARTICLE_PATHS"]
            if path not in self._roots and not place_of(path, self._roots)
        ]
        return BriefPaths([*others, *briefs])

    def _refuse(self, problems: Sequence[Problem]) -> None:
        folder = Path(self.path).name
        problems = [replace(problem, file=f"{folder}/{problem.file}") for problem in problems]
        if self.settings.get("OPPORTUNITY_PROBLEMS") == problems:
            # `pelican --autoreload` starts again at once after a failed run: wait for a change.
            watch = watchfiles.watch(self.path, rust_timeout=1000, yield_on_timeout=True)
            next(watch, None)
        else:
            for problem in problems:
                with suppress(RuntimeError):  # what `--fatal errors` raises at the first one
                    logger.error("%s", problem)
        self.settings["OPPORTUNITY_PROBLEMS"] = problems
        raise BrokenBriefs(problems)

    def generate_context(self) -> None:
        self._require_briefs_read()
        self.versions = versions_by_slug(self._briefs())
        texts = self.texts_by_slug = self._read_texts()
        self._tell_versions(texts)
        for slug, versions in self.versions.items():
            for brief in versions:
                # One from the cache of generators still has the context of its own run.
                brief._context = self.context
                brief.opportunity = describe(brief, versions[0], texts.get(slug, ()))
                warn_of_placeholders(brief)
        briefs = (brief for versions in self.versions.values() for brief in versions)
        editing.attach((*briefs, *self.texts), self.settings)
        self.context["opportunities"] = [
            article for article in self.context["articles"] if hasattr(article, "opportunity")
        ]
        self.context["phases"] = PHASES
        self._give_drafts_a_category()
        self.save_cache()
        self.readers.save_cache()

    def _require_briefs_read(self) -> None:
        read = self.context["generated_content"]
        unread = [
            s.problem("", "Pelican made no page of this brief; it says above why")
            for s in self.sources
            if s.place.kind == "brief" and read.get(s.place.path) is None
        ]
        if unread:
            self._refuse(unread)

    def _articles(self) -> Iterator[Article]:
        context = self.context
        for article in chain(context["articles"], context["hidden_articles"], context["drafts"]):
            yield article
            yield from article.translations

    def _briefs(self) -> Iterator[Article]:
        paths = {s.place.path for s in self.sources if s.place.kind == "brief"}
        seen: set[str] = set()
        for article in self._articles():
            path = article.get_relative_source_path()
            if path in paths and path not in seen:
                seen.add(path)
                yield article

    def _read_texts(self) -> dict[str, list[Text]]:
        slug_of = {
            s.place.folder: self.context["generated_content"][s.place.path].slug
            for s in self.sources
            if s.place.kind == "brief"
        }
        texts: dict[str, list[Text]] = defaultdict(list)
        self.texts = []
        for source in self.sources:
            place = source.place
            if place.kind == "brief" or place.folder not in slug_of:
                continue
            text = self._read(place)
            slug = slug_of[place.folder]
            text.settle(place, self.versions[slug])
            self.add_source_path(text)
            self.add_static_links(text)
            texts[slug].append(text)
            self.texts.append(text)
        return texts

    def _tell_versions(self, texts: Mapping[str, Sequence[Text]]) -> None:
        agreements = {
            slug: [t for t in several if t.place.kind == "agreement" and t.status == "published"]
            for slug, several in texts.items()
        }
        agreements = {slug: found for slug, found in agreements.items() if found}
        paths = {slug: [text.place.path for text in found] for slug, found in agreements.items()}
        for slug, version in versions_of(Path(self.path), paths).items():
            for text in agreements[slug]:
                text.known_version = version

    def _read(self, place: Place) -> Text:
        text: Text | None = self.get_cached_data(place.path, None)
        if text is None:
            text = self.readers.read_file(
                base_path=self.path,
                path=place.path,
                content_class=Update if place.kind == "update" else Text,
                context=self.context,
            )
            self.cache_data(place.path, text)
        text._context = self.context
        return text

    def _give_drafts_a_category(self) -> None:
        # Pelican 4.12 asks every draft for its category, even where categories are turned off.
        for draft in self.context["drafts"]:
            for version in (draft, *draft.translations):
                if not hasattr(version, "category"):
                    version.category = Category("drafts", self.settings)

    def refresh_metadata_intersite_links(self) -> None:
        for text in self.texts:
            text.refresh_metadata_intersite_links()

    def generate_output(self, writer: Any) -> None:
        self.write_home(writer)
        home.write_phases(self, writer)
        redirects.write(self, writer)
        feeds.write(self)
        manifest.write(self)
        sitemap.write(self)

    def write_home(self, writer: Any) -> None:
        """Render the home page of each language, and nothing else.

        Its cost grows with the number of opportunities by one pass and one partial sort.
        """
        home.write_home(self, writer)
