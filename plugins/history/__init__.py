"""Who changed a text, when and why: what git knows of each article, on its page.

Add "plugins.history" to PLUGINS, after "plugins.opportunities" if there is one. An opportunity's
history is that of all texts in its folder; another article's is that of its file. Each article has

    article.history          changes, newest first (see model.py)
    article.last_changed     when the newest of them was written, or None
    article.phase_changes    when which phase began, oldest first
    article.history_is_cut   whether a shallow clone hides how it began
    article.latest_changes   the newest of brief, summary and agreement, each with its words
    article.history_url      its page, written with the template `history`, or None without one

Names are those of .mailmap, dates those of the authors. Renames are followed. What is not committed
comes first and has no date. Without git, or without a repository around the content, everything is
empty. The log is read in one go and kept in CACHE_PATH, where only newer commits are added to it.

Settings, with what they are when left out:

    HISTORY_PAGES = True   write a page of each history
    HISTORY_SHOWN = 20     changes whose words that page shows; older ones are only listed
    HISTORY_LATEST = 3     how many changes `article.latest_changes` tells of
"""

from typing import Any

from pelican.plugins import signals

from .pages import HistoryGenerator, attach

DEFAULTS: dict[str, Any] = {
    "HISTORY_PAGES": True,
    "HISTORY_SHOWN": 20,
    "HISTORY_LATEST": 3,
}


def set_defaults(pelican: Any) -> None:
    """Give the settings that were left out their defaults."""
    for name, value in DEFAULTS.items():
        pelican.settings.setdefault(name, value)


def _generator(pelican: object) -> type:
    return HistoryGenerator


def register() -> None:
    """Connect to Pelican's signals; called by Pelican once in a process."""
    signals.initialized.connect(set_defaults)
    signals.get_generators.connect(_generator)
    signals.all_generators_finalized.connect(attach)
