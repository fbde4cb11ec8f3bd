"""A made-up network of any size, the same in every run: briefs for the site, and what people say.

    python bench/corpus.py FOLDER --opportunities 10000 --comments 10

writes FOLDER/content/ and FOLDER/discussions.json (one document as the service would send it).
"""

import argparse
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
PHASES = ("brief", "divergence", "convergence", "engagement", "underway", "closed")
STATUSES = ("freelance", "employed", "founder", "friend")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VOCABULARY = (
    "water field data cooperative harvest sensor map archive museum letter river school bridge "
    "energy forest market record account voice interview method pilot team member trust question "
    "answer season budget schedule risk open shared simple durable local honest useful possible "
    "we they who which would could begin measure listen build carry decide write read the a of in "
    "and for with without before after because when"
)
WORDS = _VOCABULARY.split()
TAGS = [f"{a} {b}" for a in ("data", "field", "public", "craft") for b in WORDS[:10]]
INVITED = 12


def slug_of(number: int) -> str:
    """The slug of an opportunity."""
    return f"opportunity-{number:05}"


def text(rng: random.Random, words: int) -> str:
    """One paragraph."""
    chosen = rng.choices(WORDS, k=words)
    lines = [" ".join(chosen[start : start + 14]) for start in range(0, words, 14)]
    return ".\n".join(line.capitalize() for line in lines) + "."


def part(rng: random.Random) -> str:
    """About a hundred words as people write them: a heading, a paragraph, a list."""
    first, second = text(rng, 30), text(rng, 30)
    marked = second.replace(" the ", " *the* ").replace(" of ", " [of](https://example.org/of) ")
    items = [f"- **{rng.choice(WORDS)}**: {text(rng, 12)}" for _ in range(3)]
    return f"## {text(rng, 4)}\n\n{first}\n{marked}\n\n" + "\n".join(items)


def write_content(content: Path, opportunities: int, words: int = 600) -> None:
    """Briefs of about `words` words, one update each, and the pages that the theme links to."""
    for number in range(opportunities):
        rng = random.Random(number)  # noqa: S311 - the same corpus every time
        folder = content / "opportunities" / slug_of(number)
        (folder / "updates").mkdir(parents=True, exist_ok=True)
        begun = BEGIN + timedelta(minutes=number * 7)
        head = [
            f"Title: {text(rng, 6).rstrip('.')} {number}",
            f"Date: {begun:%Y-%m-%d %H:%M}",
            f"Phase: {rng.choice(PHASES)}",
            f"Facilitator: Person {number % 20}",
            f"Summary: {text(rng, 12)}",
            f"Tags: {', '.join(rng.sample(TAGS, 3))}",
        ]
        parts = [part(rng) for _ in range(words // 100)]
        brief = "\n".join(head) + "\n\n" + "\n\n".join(parts) + "\n"
        (folder / "brief.md").write_text(brief, encoding="utf-8")
        update = f"Title: What they told us\nDate: {begun:%Y-%m-%d %H:%M}\n\n{text(rng, 60)}\n"
        (folder / "updates/first-words.md").write_text(update, encoding="utf-8")
    (content / "pages").mkdir(exist_ok=True)


def mint(number: int) -> str:
    """An id as the service mints them."""
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(85, -5, -5))


def discussions(opportunities: int, comments: int) -> Iterator[dict[str, Any]]:
    """What is said of each opportunity: twelve people of a network, half of them speak."""
    network = max(INVITED, opportunities // 4)
    for number in range(opportunities):
        rng = random.Random(-1 - number)  # noqa: S311 - the same corpus every time
        invited = sorted(rng.sample(range(network), INVITED))
        said: list[dict[str, Any]] = []
        for place in range(comments):
            parent = rng.choice(said)["id"] if said and rng.random() < 0.6 else None
            author = mint(1 + rng.choice(invited[: INVITED // 2]))
            said.append(comment(number, place, author, parent, rng))
        yield {
            "slug": slug_of(number),
            "answer_to": f"discuss+{slug_of(number)}@mail.example",
            "people": [person(each, each == invited[0]) for each in invited],
            "comments": said,
        }


def person(number: int, facilitates: bool = False) -> dict[str, Any]:
    """Somebody of the network."""
    return {
        "id": mint(1 + number),
        "name": f"Person {number} of the Network",
        "status": STATUSES[number % 4],
        "know_how": "fields, sensors and the people between them",
        "language": "en",
        "as": "facilitator" if facilitates else "expert",
        "introduction": "<p>They have done this before, and gladly.</p>",
        "since": BEGIN.isoformat(),
        "left": None,
    }


def comment(
    opportunity: int, place: int, author: str, parent: str | None, rng: random.Random
) -> dict[str, Any]:
    """One comment of some sixty words; `place` is its place in the discussion."""
    id = mint((1 << 70) + (opportunity << 32) + (place << 8) + 1)
    written = BEGIN + timedelta(minutes=opportunity * 7, hours=place)
    return {
        "id": id,
        "parent": parent,
        "update": None if parent or place % 3 else "first-words",
        "author": author,
        "state": "published",
        "written": written.isoformat(),
        "edited": None,
        "html": f"<p>{text(rng, 60)}</p>",
        "answer_to": f"answer+{id}@mail.example",
        "message_id": f"<{id}@mail.example>",
    }


def main() -> None:
    """Write a corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--opportunities", type=int, default=100)
    parser.add_argument("--comments", type=int, default=10)
    arguments = parser.parse_args()
    write_content(arguments.folder / "content", arguments.opportunities)
    document = {
        "format": "emergence-discussions/1",
        "service": "corpus",
        "since": 0,
        "cursor": arguments.opportunities,
        "more": False,
        "discussions": list(discussions(arguments.opportunities, arguments.comments)),
    }
    with (arguments.folder / "discussions.json").open("w", encoding="utf-8") as file:
        json.dump(document, file)


if __name__ == "__main__":
    main()
