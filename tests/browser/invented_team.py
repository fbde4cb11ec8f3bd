"""The team that takes shape in an invented discussion: roles, topics, introductions, marks."""

from datetime import timedelta
from typing import Any

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorffkrankheit"[:43]
ROLES: list[tuple[str, str, str, str | None, list[str]]] = [
    (
        "the river’s figures",
        "antoine",
        "I bring the nineteen stations into one table, and keep it running for a year. "
        "Two days a week until March.",
        None,
        ["tomasz", "elise", "baptiste"],
    ),
    ("talking with the mills", "salome", "", None, ["judith"]),
    (
        "a warning that reaches the phone in time",
        "baptiste",
        "The boxes are mine already: I know where they fail. <em>I would not do this alone.</em>",
        "maelle",
        [],
    ),
    ("papers and shares", "noor", "", "maelle", []),
]
WAITING = {"papers and shares"}
LABELS = ("technical", "business", "the mills")
MANY_LABELS = (*LABELS, "soil", "sowing", "sharing", "sensors", "tables", "x" * 60)
INTRODUCED = {1: "antoine", 2: "salome", 4: "idris", 9: "noor"}


def roles(start: Any, comments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who carries what, spoken for by some of what was said."""
    said = [each for each in comments if each["state"] == "published" and each["author"]]
    return [
        {
            "id": f"role{number}",
            "title": title,
            "html": f"<p>{words}</p>" if words else "",
            "person": person,
            "proposed_by": by,
            "taken": None if title in WAITING else (start + timedelta(days=number)).isoformat(),
            "supporters": supporters,
            "comments": [each["id"] for each in said[number * 3 + 1 : number * 3 + 3]],
        }
        for number, (title, person, words, by, supporters) in enumerate(ROLES)
    ]


def topics(comments: list[dict[str, Any]], labels: tuple[str, ...]) -> dict[str, str]:
    """Two threads of three have a label."""
    first = [each["id"] for each in comments if not each["parent"] and not each["update"]]
    kinds = (label for _ in first for label in labels)
    found = {id: next(kinds) for number, id in enumerate(first) if number % 3}
    return found | {"members": labels[0]}


def marks(comments: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What the client carries away: two people, and two thoughts that she had had herself."""
    said = [each["id"] for each in comments if each["state"] == "published"]
    carriers = [("carries", "antoine"), ("carries", "salome")]
    recognised = [("recognised", id) for id in (said[6], said[8])]
    return [
        {"kind": kind, "by": "claire", "subject": subject}
        for kind, subject in carriers + recognised
    ]


def introduce(comments: list[dict[str, Any]]) -> None:
    """Make introductions by the facilitator of some of the comments."""
    for number, person in INTRODUCED.items():
        first = person.capitalize().replace("Salome", "Salomé")
        words = f"<p>This is {first}, who knows our river from its other bank. Do ask.</p>"
        comments[number] |= {"author": "maelle", "introduces": person, "parent": None}
        comments[number] |= {"state": "published", "html": words, "update": None}
