"""Search without a server: Pagefind indexes what a build wrote, and the page `search.html`, one for
each language, asks that index in the reader's browser.

Add "plugins.search" to PLUGINS, after whatever attaches things to articles, and install
`pagefind-bin` from PyPI (or have `pagefind` on the PATH). Without it, or with SEARCH = False, a
build says so once and has no such page. Pagefind reads `data-pagefind-body`, `-filter`, `-ignore`
and `-meta` in the theme's pages. Beside these, each published comment (`article.discussion`)
and each update (`article.opportunity`) is found by its own anchor, if other plugins attached any.

What goes wrong with Pagefind is a warning, and the index that was there stays.

Settings, with what they are when left out:

    SEARCH = True               False: no index and no page
    SEARCH_URL = "search/"      the page, below a language's own prefix
    SEARCH_PATH = "pagefind"    the folder of the index, in OUTPUT_PATH
    SEARCH_BEHIND = None        a folder with the site that is served while this one is built: its
                                index is taken over, and the new one made behind the build
    SEARCH_PAUSE = 30.0         seconds after a change until a program that keeps running indexes

The theme's templates have SEARCH_PAGE: SEARCH_URL, or "" where there is no search. `search.html` is
given `lang` and `translations`.
"""

from __future__ import annotations

from typing import Any

DEFAULTS = {
    "SEARCH": True,
    "SEARCH_URL": "search/",
    "SEARCH_PATH": "pagefind",
    "SEARCH_BEHIND": None,
    "SEARCH_PAUSE": 30.0,
}


def _use_defaults(pelican: Any) -> None:
    for name, value in DEFAULTS.items():
        pelican.settings.setdefault(name, value)


def _generator(pelican: object) -> type:
    from .generator import SearchGenerator

    return SearchGenerator


def register() -> None:
    """Connect to Pelican's signals; called by Pelican once in a process."""
    from pelican.plugins import signals

    signals.initialized.connect(_use_defaults)
    signals.get_generators.connect(_generator)
