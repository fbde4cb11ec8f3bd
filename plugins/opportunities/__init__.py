"""A folder of markdown becomes an opportunity: briefs are Pelican's articles, and what stands
beside them (updates, summary, agreement) is attached to them as `article.opportunity`."""

from __future__ import annotations

from typing import Any

from pelican.plugins import signals

from .attach import name_from_path
from .generator import OpportunitiesGenerator

__all__ = ["OpportunitiesGenerator", "register"]


def use_defaults(pelican: Any) -> None:
    """Settings that a site need not have."""
    pelican.settings.setdefault("OPPORTUNITY_PATHS", ["opportunities"])


def offer_generator(pelican: Any) -> type[OpportunitiesGenerator]:
    return OpportunitiesGenerator


def register() -> None:
    signals.initialized.connect(use_defaults)
    signals.get_generators.connect(offer_generator)
    signals.content_object_init.connect(name_from_path)
