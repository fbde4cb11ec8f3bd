"""At the end of reading: the discussions are brought up to date and attached to the articles."""

import logging
from contextlib import suppress
from typing import Any

from pelican.generators import ArticlesGenerator

from .archived import SERVICE as ARCHIVE
from .archived import archive_of
from .client import Client, pull
from .discussions import Discussions
from .errors import (
    BrokenCitations,
    DiscussionRequired,
    EscapingIsOff,
    RefusedSnapshot,
    ServiceDown,
    UnusableAnswer,
)
from .snapshot import Snapshot, discard

logger = logging.getLogger(__name__)

DEFAULTS: dict[str, Any] = {
    "DISCUSSION_URL": "http://127.0.0.1:8000",
    "DISCUSSION_SNAPSHOT": "var/snapshot",
    "DISCUSSION_ARCHIVE": "discussions",
    "DISCUSSION_REQUIRED": False,
    "DISCUSSION_TIMEOUT": 10,
    "DISCUSSION_FEED_ATOM": "feeds/{slug}.discussion.atom.xml",
    "PERSON_URL": "people/{id}/",
    "PERSON_SAVE_AS": "people/{id}/index.html",
    "SERVICE_URL": "",
    "CITATIONS_FORGIVEN": False,
}


def set_defaults(pelican: Any) -> None:
    """Give the settings that were left out their defaults."""
    for name, value in DEFAULTS.items():
        pelican.settings.setdefault(name, value)


def attach(generators: list[Any]) -> None:
    """Attach a Discussion to every article; `context["discussions"]` holds what the build knows.

    Raises DiscussionRequired, EscapingIsOff and BrokenCitations, which fail the build.
    """
    for each in generators:
        # plugins.history has one: by it, an update that was renamed is known by its former name.
        if hasattr(each, "tell_histories"):
            each.tell_histories(generators)
    articles = next(each for each in generators if isinstance(each, ArticlesGenerator))
    _check_escaping(articles.env.autoescape)
    discussions = Discussions(articles.settings, heard(articles.settings), every_article(articles))
    discussions.attach_all()
    articles.context["discussions"] = discussions
    _check_citations(discussions, articles.settings["CITATIONS_FORGIVEN"])


def every_article(generator: Any) -> list[Any]:
    """Published, hidden and draft articles, all originals before all translations."""
    originals = [*generator.articles, *generator.hidden_articles, *generator.drafts]
    translations = [*generator.translations, *generator.hidden_translations]
    return [*originals, *translations, *generator.drafts_translations]


def _check_citations(discussions: Discussions, forgiven: bool) -> None:
    for file, count in discussions.unchecked().items():
        logger.warning(
            "%s: not checked, for the service was never heard: %d citations", file, count
        )
    for doubt in discussions.doubts():
        logger.warning("%s", doubt)
    problems = [problem for found in discussions.problems.values() for problem in found]
    problems = [problem for problem in problems if not (problem.since and forgiven)]
    for problem in problems:
        with suppress(RuntimeError):  # what `--fatal errors` raises at the first one
            logger.error("%s", problem)
    if problems:
        raise BrokenCitations(problems)


def _check_escaping(autoescape: Any) -> None:
    if callable(autoescape):
        autoescape = autoescape("article.html")
    if not autoescape:
        raise EscapingIsOff(
            "JINJA_ENVIRONMENT must set autoescape to True: what people write of themselves is "
            "printed as they wrote it, and Pelican escapes nothing by itself"
        )


def heard(settings: dict[str, Any]) -> Snapshot:
    """What the service says, or said last; what the archive in git holds, if it was never heard.

    Raises DiscussionRequired if that is not enough.
    """
    snapshot = Snapshot(settings["DISCUSSION_SNAPSHOT"])
    try:
        snapshot.load()
    except RefusedSnapshot as refusal:
        logger.warning("Snapshot of discussions refused (%s); fetching all of them anew", refusal)
        discard(snapshot.folder)
    if not settings["DISCUSSION_URL"]:
        return snapshot if snapshot.service else _archived(settings) or snapshot
    client = Client(settings["DISCUSSION_URL"], settings["DISCUSSION_TIMEOUT"])
    try:
        pull(client, snapshot)
    except (ServiceDown, UnusableAnswer) as error:
        archive = None if snapshot.service else _archived(settings)
        _go_on_without(error, archive or snapshot, settings["DISCUSSION_REQUIRED"])
        if archive:
            return archive
    finally:
        client.close()
    snapshot.save()
    return snapshot


def _archived(settings: dict[str, Any]) -> Snapshot | None:
    archive = archive_of(settings)
    if archive:
        logger.warning("The service was never heard; the archive in git is shown")
    return archive


def _go_on_without(error: Exception, snapshot: Snapshot, required: bool | str) -> None:
    kept = required == "unless-kept" and snapshot.service
    last = "the archive" if snapshot.service == ARCHIVE else "the last snapshot"
    have = f"{last} is shown" if snapshot.service else "pages are without comments"
    if required and not kept:
        raise DiscussionRequired(f"{error}; DISCUSSION_REQUIRED is set") from error
    logger.warning("%s; %s", error, have)
