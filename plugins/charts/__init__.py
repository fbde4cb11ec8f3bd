"""Seeing the conversation: comments a day and who answers whom, as `article.charts` (see model.py).

Add "plugins.charts" to PLUGINS, after "plugins.discussion". Only what hangs on an article is read:
its `discussion`; the updates of its `opportunity`, if it has one; and, if somebody knows them,
`article.phase_changes` (or `article.history`, or `article.opportunity.phases`), objects that have a
`phase` and a `date`.

Everything is worked out when a page is about to be written, so a page that is written again because
its discussion changed has new charts, and no other page costs anything. A draft has none, and
neither has a discussion of fewer than five comments or two people: `article.charts` is None then.
The charts are numbers and names; the theme draws them.
"""

from typing import Any

from pelican.plugins import signals

from .model import Charts
from .network import network_of
from .timeline import timeline_of

FEWEST_COMMENTS = 5
FEWEST_PEOPLE = 2


def charts_of(article: Any) -> Charts | None:
    """The charts of an article's discussion as it is now; None when there is too little to see."""
    discussion = getattr(article, "discussion", None)
    if not discussion or discussion.count < FEWEST_COMMENTS or discussion.spoken < FEWEST_PEOPLE:
        return None
    return Charts(timeline_of(article), network_of(discussion))


def attach(generator: object, content: Any) -> None:
    """Attach the charts to an article that is about to be written."""
    # Pelican tells of drafts only when they are written again: they would differ from a build's.
    content.charts = None if content.status == "draft" else charts_of(content)


def register() -> None:
    """Connect to Pelican's signals; called by Pelican once in a process."""
    signals.article_generator_write_article.connect(attach)
