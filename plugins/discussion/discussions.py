"""What one build knows of discussions: whose page each belongs to, and who takes part in what."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from .citing import Citing, Problem
from .document import RawDiscussion, joined
from .model import Discussion, Links, Person
from .snapshot import Snapshot
from .threads import build

logger = logging.getLogger(__name__)

_STATUSES = {"published": 0, "hidden": 1, "draft": 2}


class Discussions:
    """The discussions of a build, attached to its articles one by one or all at once."""

    def __init__(
        self, settings: dict[str, Any], snapshot: Snapshot, articles: Iterable[Any]
    ) -> None:
        self.snapshot = snapshot
        self._settings = settings
        self._articles: dict[str, list[Any]] = defaultdict(list)
        for article in articles:
            self._articles[article.slug].append(article)
        for versions in self._articles.values():
            versions.sort(key=_speaks_first)
        self._aliases = {slug: _aliases(found[0]) for slug, found in self._articles.items()}
        self._slugs = {a: slug for slug, aliases in self._aliases.items() for a in aliases}
        self._people: dict[str, dict[str, Person]] = defaultdict(dict)
        self._citing = Citing(settings, self._owner)
        self.problems: dict[str, list[Problem]] = {}  # of what texts cite, by slug

    def slugs(self) -> list[str]:
        """The slugs of all articles, each once, whatever languages they are written in."""
        return list(self._articles)

    def articles(self, slug: str) -> list[Any]:
        """The language versions of that slug, the one that speaks for the opportunity first."""
        return self._articles.get(slug, [])

    def slug_now(self, slug: str) -> str | None:
        """The slug of the article that has, or had, this one; None if there is none."""
        return slug if slug in self._articles else self._slugs.get(slug)

    def attach_all(self) -> None:
        """Attach each discussion to its article and translations, an empty one where none is."""
        for slug in self._articles:
            self.attach(slug)
        for slug in self.snapshot.slugs():
            if self.slug_now(slug) is None:
                logger.debug("A discussion of %s is kept, but no article has that slug", slug)

    def attach(self, slug: str) -> set[str]:
        """Attach one discussion anew; gives the ids of the people of whom it now says otherwise."""
        versions = self._articles[slug]
        nothing = RawDiscussion(slug=slug, answer_to=None, people=[], comments=[])
        raw = self._raw(slug) or nothing
        before = _with_pages(getattr(versions[0], "discussion", None))
        for article in versions:
            article.discussion = self._discussion(article, raw)
            self._citing.attach(article, article.discussion, raw)
        self._citing.rewrite(versions, raw)
        self.problems[slug] = self._citing.problems(
            versions, raw, heard=bool(self.snapshot.service)
        )
        now = _with_pages(versions[0].discussion)
        for id in before.keys() - now.keys():
            del self._people[id][slug]
        for id, person in now.items():
            self._people[id][slug] = person
        return {id for id in before.keys() | now.keys() if before.get(id) != now.get(id)}

    def _raw(self, slug: str) -> RawDiscussion | None:
        raw = self.snapshot.get(slug)
        for alias in self._aliases[slug]:
            if earlier := self.snapshot.get(alias):
                raw = joined(raw, earlier)
        return raw

    def _owner(self, id: str) -> str | None:
        """The slug of the discussion that a comment belongs to."""
        for slug in self.snapshot.slugs():
            raw = self.snapshot.get(slug)
            if raw and any(comment["id"] == id for comment in raw["comments"]):
                return self.slug_now(slug) or slug
        return None

    def doubts(self) -> list[Problem]:
        """What in summaries is read otherwise than it was meant, perhaps."""
        each = (self._citing.doubts(versions) for versions in self._articles.values())
        return [doubt for found in each for doubt in found]

    def unchecked(self) -> dict[str, int]:
        """How often each text cites something, where the service was never heard."""
        if self.snapshot.service:
            return {}
        each = (self._citing.unchecked(versions) for versions in self._articles.values())
        return {file: count for found in each for file, count in found}

    def _discussion(self, article: Any, raw: RawDiscussion) -> Discussion:
        feed = self._settings["DISCUSSION_FEED_ATOM"] if article.status != "draft" else ""
        links = Links.of(
            slug=article.slug,
            title=str(Markup(article.title).striptags()),  # noqa: S704 - tags are taken out
            service_url=self._settings["SERVICE_URL"].rstrip("/"),
            feed_url=feed.format(slug=article.slug),
            site_url=self._settings.get("SITEURL", ""),
        )
        links = replace(links, cited=self._citing.cited_in(article))
        updates = getattr(getattr(article, "opportunity", None), "updates", ())
        discussion = build(raw, links, updates, self._settings["PERSON_URL"])
        rereadings = tuple(raw.get("rereadings", ()))
        return replace(discussion, rereadings=rereadings, changed=raw.get("changed") or "")

    def people(self) -> list[str]:
        """The ids of everybody who takes part in something, sorted."""
        return sorted(id for id, parts in self._people.items() if parts)

    def taking_part(self, id: str, language: str) -> list[tuple[Any, Person]]:
        """What a person takes part in, newest first: the article, where it exists in `language`,
        and the person in its discussion. Drafts and hidden articles are not told of."""
        parts = []
        for slug, person in self._people[id].items():
            versions = self._articles[slug]
            article = next((v for v in versions if v.lang == language), versions[0])
            if article.status == "published":
                parts.append((article, person))
        return sorted(parts, key=lambda part: (part[0].date, part[0].slug), reverse=True)

    def person(self, id: str) -> Person | None:
        """A person as they were last heard of, with all that they said counted; None if unknown."""
        parts = self._people.get(id)
        if not parts:
            return None
        latest = max(parts.values(), key=_heard_of)
        spoken = sum(person.spoken for person in parts.values())
        return replace(latest, spoken=spoken)


def _heard_of(person: Person) -> datetime:
    return person.last or person.since or datetime.min.replace(tzinfo=UTC)


def _speaks_first(article: Any) -> tuple[int, bool, str]:
    return _STATUSES.get(article.status, 3), not article.in_default_lang, article.lang


def _with_pages(discussion: Any) -> dict[str, Person]:
    if not isinstance(discussion, Discussion):
        return {}
    return {person.id: person for person in discussion.people if person.url}


def _aliases(article: Any) -> list[str]:
    """The slugs that the article had before: from its opportunity, or "Aliases: a, b"."""
    opportunity = getattr(article, "opportunity", None)
    found = opportunity.aliases if opportunity else getattr(article, "aliases", ())
    return found.replace(",", " ").split() if isinstance(found, str) else list(found)
