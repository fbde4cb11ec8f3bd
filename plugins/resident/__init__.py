"""Keeps a built site current: `python -m plugins.resident --settings … --content … --site …`.

A supervisor, which imports no Pelican, has a worker build the site into a fresh folder and keep it
in memory; the worker hears of changed discussions at once and replaces the pages they touch. On a
change of content, theme, plugins or settings a second worker builds beside, and takes over.

As a Pelican plugin ("plugins.resident" in PLUGINS) it only makes any build replace files whole.
"""


def _writer(pelican: object) -> type:
    from .writer import AtomicWriter

    return AtomicWriter


def register() -> None:
    """Connect to Pelican's signals; called by Pelican once in a process."""
    from pelican.plugins import signals  # here, because the supervisor has no use for Pelican

    signals.get_writer.connect(_writer)
