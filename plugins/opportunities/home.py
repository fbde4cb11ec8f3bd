"""The home page and the pages of the phases, in every language of the site."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pelican.paginator import Paginator

from .attach import Article
from .model import PHASES

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator

RECENT = 12
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language; `url` is relative to the site's root."""

    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class HomePhase:
    """A phase that some opportunities are in: how many, and those with the latest activity."""

    phase: str
    count: int
    recent: Sequence[Article]
    url: str


@dataclass(frozen=True, slots=True)
class Home:
    """What the home page shows: its phases (iterate over it), and itself in other languages."""

    phases: Sequence[HomePhase]
    translations: Sequence[Alternate]

    def __iter__(self) -> Iterator[HomePhase]:
        return iter(self.phases)

    def __len__(self) -> int:
        return len(self.phases)


def languages(settings: Mapping[str, Any]) -> list[str]:
    """The site's languages, its own first."""
    own = settings["DEFAULT_LANG"]
    return [own, *(lang for lang in settings.get("LANGUAGES") or () if lang != own)]


def localised(settings: Mapping[str, Any], lang: str, url: str) -> str:
    """Address of a page of the chrome in a language."""
    return url if lang == settings["DEFAULT_LANG"] else f"{lang}/{url}"


def last_activity(brief: Article) -> datetime:
    """When something was last said in an opportunity, by whomever."""
    spoken: datetime | None = getattr(getattr(brief, "discussion", None), "last", None)
    changed: datetime = brief.opportunity.changed
    return max(spoken, changed) if spoken else changed


def in_language(versions: Sequence[Article], lang: str) -> Article:
    """The published version in a language, else the one that speaks for the opportunity."""
    translated = (v for v in versions if v.lang == lang and v.status == "published")
    return next(translated, versions[0])


def by_phase(generator: OpportunitiesGenerator) -> dict[str, list[list[Article]]]:
    """Listed opportunities (each its versions) by phase, in the order of the phases."""
    phases: dict[str, list[list[Article]]] = defaultdict(list)
    for versions in generator.versions.values():
        if versions[0].status == "published":
            phases[versions[0].opportunity.phase].append(versions)
    return {phase: phases[phase] for phase in PHASES if phase in phases}


def write_home(generator: OpportunitiesGenerator, writer: Any) -> None:
    """Render the home page of each language."""
    settings = generator.settings
    grouped = by_phase(generator)
    latest = {
        phase: heapq.nlargest(RECENT, listed, key=lambda v: (last_activity(v[0]), v[0].slug))
        for phase, listed in grouped.items()
    }
    for lang in languages(settings):
        phases = [
            HomePhase(
                phase=phase,
                count=len(listed),
                recent=[in_language(versions, lang) for versions in latest[phase]],
                url=localised(settings, lang, _phase_url(phase)),
            )
            for phase, listed in grouped.items()
        ]
        home = Home(phases, _alternates(settings, lang, ""))
        name = localised(settings, lang, "index.html")
        url = localised(settings, lang, "")
        _write(generator, writer, "home", name, url, lang, home=home)


def write_phases(generator: OpportunitiesGenerator, writer: Any) -> None:
    """Render the pages of each phase, newest brief first. They hold nothing that a comment
    changes."""
    for phase, listed in by_phase(generator).items():
        listed.sort(key=lambda versions: (versions[0].date, versions[0].slug), reverse=True)
        for lang in languages(generator.settings):
            articles = [in_language(versions, lang) for versions in listed]
            _write_phase(generator, writer, lang, phase, articles)


def _write_phase(
    generator: OpportunitiesGenerator,
    writer: Any,
    lang: str,
    phase: str,
    articles: Sequence[Article],
) -> None:
    settings = generator.settings
    url = localised(settings, lang, _phase_url(phase))
    per_page = settings["PAGINATED_TEMPLATES"].get("phase") or PER_PAGE
    paginator = Paginator(f"{url}index.html", url, articles, settings, per_page)
    for number in paginator.page_range:
        page = paginator.page(number)
        shown = {
            "phase": phase,
            "count": len(articles),
            "listing": page.object_list,
            "listing_page": page,
            "previous_page": paginator.page(number - 1) if page.has_previous() else None,
            "next_page": paginator.page(number + 1) if page.has_next() else None,
            "translations": _alternates(settings, lang, _phase_url(phase)) if number == 1 else (),
        }
        _write(generator, writer, "phase", page.save_as, page.url, lang, **shown)


def _write(
    generator: OpportunitiesGenerator,
    writer: Any,
    template: str,
    name: str,
    url: str,
    lang: str,
    **shown: Any,
) -> None:
    writer.write_file(
        name,
        generator.get_template(template),
        generator.context,
        relative_urls=generator.settings["RELATIVE_URLS"],
        url=url,
        lang=lang,
        **shown,
    )


def _phase_url(phase: str) -> str:
    return f"phases/{phase}/"


def _alternates(settings: Mapping[str, Any], lang: str, url: str) -> list[Alternate]:
    others = (other for other in languages(settings) if other != lang)
    return [Alternate(other, localised(settings, other, url)) for other in others]
