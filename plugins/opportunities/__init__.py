"""A folder of markdown becomes an opportunity.

    content/opportunities/<slug>/
        brief.md        the article; brief.fr.md translates it
        updates/*.md    messages that open threads; a date may begin the file's name
        summary.md      what is agreed and what is open
        agreement.md    what was written together

Briefs are Pelican's articles, so what Pelican does for articles it does for briefs. Headers of a
brief: Title, Date, Phase, Facilitator, Client, Summary, Tags, Closes, Closed-because, Aliases,
Slug, Lang, Status.
What stands beside a brief is attached to its article as `article.opportunity` (see model.py); links
to it lead to `#u-<slug>`, `#summary` and `#agreement` on the article's page. A mistake in a header
stops the build (see check.py).

Settings, with what they are when left out:

    OPPORTUNITY_PATHS = ["opportunities"]   folders of opportunities, in the content folder
    LANGUAGES = [DEFAULT_LANG]              languages that home and phases are written in
    EDIT_URL = ""                           where the forge edits {path}: then briefs, pages and
                                            texts have an `edit_url` (see editing.py)

Templates: `opportunity` (article), `home` (home, lang), `phase` (phase, count, listing,
listing_page, previous_page, next_page, translations, lang), `redirect` (article; optional). Every
template has `opportunities` (listed articles) and `phases` (names in order). "index" must not be
among DIRECT_TEMPLATES. Pages of a phase hold PAGINATED_TEMPLATES["phase"] briefs, or 50.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pelican.plugins import signals

from .attach import name_from_path
from .editing import give_edit_urls
from .tags import list_translations

__all__ = ["register"]


def use_defaults(pelican: Any) -> None:
    """Settings that a site need not have."""
    pelican.settings.setdefault("OPPORTUNITY_PATHS", ["opportunities"])


def offer_generator(pelican: Any) -> type[Any]:
    """The generator, for a run that begins."""
    # Not at the top: `python -m plugins.opportunities.check` imports this module first.
    from .generator import OpportunitiesGenerator

    _forget_empty_caches(Path(pelican.settings["CACHE_PATH"]))
    return OpportunitiesGenerator


def _forget_empty_caches(folder: Path) -> None:
    # A build that was killed while it wrote its cache leaves an empty file, and Pelican 4.12 would
    # stop at that with an EOFError, in every build from then on.
    for path in folder.glob("*Generator*"):
        if path.is_file() and path.stat().st_size == 0:
            path.unlink()


def register() -> None:
    """Connect to Pelican's signals; called by Pelican."""
    signals.initialized.connect(use_defaults)
    signals.get_generators.connect(offer_generator)
    signals.article_generator_finalized.connect(list_translations)
    signals.all_generators_finalized.connect(give_edit_urls)
    signals.content_object_init.connect(name_from_path)
