"""The agreement of each opportunity as a page of its own, at <its address>agreement/, with the
theme's `agreement.html` (article); and that page as a PDF: `python -m plugins.agreement SLUG`.

Add "plugins.agreement" to PLUGINS, after "plugins.discussion", which attaches `article.agreement`.
The setting AGREEMENT_PAGE is what follows the opportunity's address. An opportunity whose address
is no folder has no such page.
"""

from typing import Any

PAGE = "agreement/"


def _use_defaults(pelican: Any) -> None:
    pelican.settings.setdefault("AGREEMENT_PAGE", PAGE)


def _generator(pelican: object) -> type:
    from .generator import AgreementsGenerator

    return AgreementsGenerator


def register() -> None:
    """Connect to Pelican's signals; called by Pelican once in a process."""
    from pelican.plugins import signals  # here, because the command has no use for Pelican

    signals.initialized.connect(_use_defaults)
    signals.get_generators.connect(_generator)
