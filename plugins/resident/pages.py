"""A built site in memory: which pages a discussion touches, and how each is rendered again."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from pelican.generators import ArticlesGenerator
from pelican.plugins import signals

from ..discussion.citing import Problem
from ..discussion.discussions import Discussions
from ..discussion.errors import DiscussionError
from ..discussion.generators import FeedsGenerator, PeopleGenerator
from .follower import News
from .pending import Job, Pending
from .writer import AtomicWriter, ListPage

logger = logging.getLogger(__name__)
logger.filters.clear()  # Pelican's would tell of each trouble once in the life of the process


class Pages:
    """What stays in memory after a build, and is changed by news of discussions.

    The cost of a change depends on its own discussion, never on how many opportunities there are.
    """

    def __init__(self, generators: list[Any], writer: AtomicWriter) -> None:
        self._writer = writer
        self._articles = _the(ArticlesGenerator, generators)
        self._people = _the(PeopleGenerator, generators)
        self._feeds = _the(FeedsGenerator, generators)
        # plugins.opportunities has one; another site may have none.
        self._home = next((each for each in generators if hasattr(each, "write_home")), None)
        self.context = self._articles.context
        self.discussions: Discussions = self.context["discussions"]
        self.pending = Pending()
        # plugins.agreement has one; another site may have none.
        self._agreements = next((g for g in generators if hasattr(g, "write_agreement")), None)
        # plugins.search has one; another site may have none.
        self._search = next((g for g in generators if hasattr(g, "index_soon")), None)
        self._told: set[Problem] = set()
        self._lists: dict[str, list[ListPage]] = defaultdict(list)
        for page in writer.list_pages.values():
            for article in page.articles():
                self._lists[article.slug].append(page)

    def take(self, several: Iterable[News]) -> None:
        """Merge news, replace the pages of the discussions that changed, then keep the snapshot."""
        changed: set[str] = set()
        for news in several:
            changed |= self._merge(news)
        now = {self.discussions.slug_now(slug) for slug in changed}
        slugs = sorted(slug for slug in now if slug)
        for slug in slugs:
            self._trying(f"page of {slug}", partial(self._take_slug, slug))
        for slug in slugs:
            self._trying(f"feed of {slug}", partial(self._feeds.write_feed, slug, self._writer))
        if slugs and self._home:
            self._later("home", partial(self._home.write_home, self._writer))
        if slugs and self._search:
            self._search.index_soon()
        self._trying("snapshot", self.discussions.snapshot.save)

    def _merge(self, news: News) -> set[str]:
        snapshot = self.discussions.snapshot
        if news.anew:
            return snapshot.begin_anew(news.answers)
        return set().union(*map(snapshot.merge, news.answers))

    def _take_slug(self, slug: str) -> None:
        people = self.discussions.attach(slug)
        self.tell_problems(slug)
        for id in people:
            self._later(f"person {id}", partial(self._people.write_person, id, self._writer))
        for page in self._lists.get(slug, ()):
            job = partial(self._writer.write_list_page, page, self.context)
            self._later(f"list {page.name}", job)
        for article in self.discussions.articles(slug):
            self.write_article(article)
            if self._agreements:
                self._agreements.write_agreement(article, self._writer)

    def tell_problems(self, *slugs: str) -> None:
        """Tell what these opportunities' texts cite that is there no more, each thing once. Their
        pages are kept current all the same: what somebody withdrew must go at once."""
        for slug in slugs or self.discussions.problems:
            for problem in self.discussions.problems[slug]:
                if problem not in self._told:
                    self._told.add(problem)
                    logger.error("%s", problem, extra={"problem": problem})

    def write_article(self, article: Any) -> None:
        """Render the page of an article through the theme, as Pelican's generator does."""
        generator, settings = self._articles, self._articles.settings
        signals.article_generator_write_article.send(generator, content=article)
        self._writer.begin_again()
        self._writer.write_file(
            article.save_as,
            generator.get_template(article.template),
            self.context,
            article=article,
            category=getattr(article, "category", None),
            override_output=hasattr(article, "override_save_as"),
            relative_urls=settings["RELATIVE_URLS"],
            url=article.url,
            blog=True,
        )

    def _later(self, name: str, job: Job) -> None:
        self.pending.add(name, lambda: self._trying(name, job))

    def _trying(self, name: str, job: Job) -> None:
        """Do `job`. One page that cannot be written must not keep the others from it."""
        self._writer.begin_again()
        try:
            job()
        except OSError as error:
            logger.error("%s: %s; trying again", name, error)
            self._later(name, job)  # a disk that is full now may not stay so
        except DiscussionError as error:
            logger.error("%s: %s", name, error)
        except Exception:
            logger.exception("%s could not be rendered", name)


def _the(kind: type, generators: Iterable[Any]) -> Any:
    return next(each for each in generators if isinstance(each, kind))
