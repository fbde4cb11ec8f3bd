"""Tags of translations: Pelican lists originals alone, and a tag that only a translation bears
would have no page, though the translation links to it."""

from __future__ import annotations

from typing import Any


def list_translations(generator: Any) -> None:
    """Put each translation under its tags, where its original does not stand already."""
    for translation in generator.translations:
        for tag in getattr(translation, "tags", ()):
            listed = generator.tags[tag]
            if translation.slug not in {article.slug for article in listed}:
                listed.append(translation)
                listed.sort(key=lambda article: article.date, reverse=True)
    generator._update_context(("tags",))
