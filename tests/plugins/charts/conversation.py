"""Discussions to draw: few words or many, as the service would tell of them."""

import random
from types import SimpleNamespace
from typing import Any

from plugins.discussion.model import Discussion, Links
from plugins.discussion.threads import build

from ..discussion.standin import comment, person

NAMES = (
    "Maëlle Le Goff", "Bart Vandenbroucke", "Chiara Esposito", "Eva-Maria von Hohenstein",
    "محمد عبد الرحمن", "Jean-Christophe de la Rochefoucauld", "Ines", "山田太郎",
    "דוד בן־גוריון הארוך מאוד", "Donaudampfschifffahrtsgesellschaftskapitän",
)  # fmt: skip
CAPACITIES = ("facilitator", "client", "visitor", "expert", "expert", "expert", "expert")


def discuss(comments: list[dict[str, Any]], people: list[dict[str, Any]]) -> Discussion:
    raw: Any = {"slug": "water", "answer_to": None, "people": people, "comments": comments}
    return build(raw, Links.of("water", "Water"))


def article(discussion: Discussion, updates: Any = (), **more: Any) -> Any:
    opportunity = SimpleNamespace(updates=updates, phase="divergence")
    return SimpleNamespace(
        discussion=discussion, opportunity=opportunity, status="published", **more
    )


def crowd(people: int = 43, comments: int = 186) -> tuple[list[Any], list[Any]]:
    """Comments and people, the same every time; every tenth comment is withdrawn."""
    chance = random.Random(43)  # noqa: S311 - invented words
    invited = [
        person(
            f"p{number:03}",
            f"{NAMES[number % len(NAMES)]} {number // len(NAMES) or ''}".strip(),
            CAPACITIES[number % len(CAPACITIES)],
            left="2026-11-20T00:00:00Z" if number % 9 == 4 else None,
        )
        for number in range(people)
    ]
    said = [
        comment(
            f"c{number:05}",
            f"p{number if number < people else chance.randrange(people):03}",
            parent=f"c{chance.randrange(number):05}" if number and number % 5 else None,
            state="withdrawn" if number >= people and number % 10 == 9 else "published",
            written=f"2026-11-{3 + number * 17 // comments:02}T{number % 24:02}:00:00Z",
        )
        for number in range(comments)
    ]
    return said, invited
