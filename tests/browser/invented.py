"""An invented site to look at: briefs in two languages, and discussions of any length as the
service would tell of them. Deterministic: the same every time."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from . import invented_team as team

LONG_TITLE = ("A title that somebody wrote in a hurry and nobody dared to shorten, " * 3)[:140]
LONG_WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunter"[:60]

PEOPLE = [
    ("maelle", "Maëlle Le Goff", "founder", "facilitator", "co-operatives, business"),
    ("antoine", "Antoine Ferrand", "freelance", "expert", "data engineering, PostgreSQL"),
    ("salome", "Salomé Nguyen", "freelance", "expert", "field interviews"),
    ("idris", "Idris Haddad", "employed", "expert", "agronomy, soil sensors"),
    ("judith", "Judith Kerr", "friend", "expert", "service design"),
    ("tomasz", "Tomasz Zieliński", "employed", "expert", "geographic information systems"),
    ("noor", "Noor van den Berg", "freelance", "expert", "legal matters of shared data"),
    ("baptiste", "Baptiste Roux", "founder", "expert", "embedded electronics"),
    ("elise", "Élise Quéméner", "other", "expert", "facilitation of farmers’ groups"),
    ("paul", "Paul O’Brien", "freelance", "expert", "statistics"),
    ("awa", "Awa Diop", "employed", "expert", "accounting of co-operatives"),
    ("yann", "Yann Kermarrec", "friend", "expert", "hydrology"),
    ("claire", "Claire Abgrall", "other", "client", "director of the co-operative"),
    ("wolf", team.LONG_NAME, "freelance", "expert", "bridges"),
]
LEFT = {"paul", "yann"}
TALK = """
the members measure rain and soil by hand and send it on paper so that nobody can see what
the neighbour already knows which is why a shared table would help more than another sensor
and a first version could be ready before the sowing in March if two of us meet them there
"""
WORDS = TALK.split()
NASTY = (
    f"<p>{LONG_WORD} https://example.org/{'a' * 90}</p><pre><code>{'x = ' * 40}</code></pre>"
    "<table><thead><tr>" + "<th>a long heading</th>" * 6 + "</tr></thead>"
    "<tbody><tr>" + "<td>value number</td>" * 6 + "</tr></tbody></table>"
)
START = datetime(2026, 11, 3, 9, tzinfo=UTC)

BRIEF = {
    "en": """Title: {title}
Date: 2026-11-03 09:00
Phase: {phase}
Facilitator: Maëlle Le Goff
Client: a co-operative in Brittany
Summary: Three hundred farms measure rain and soil, each for itself, and would share it.
Tags: agriculture, open data
{more}
The co-operative brings together three hundred farms between Rennes and the coast. For ten years its
members have measured rain, soil moisture and yield, each with their own tools.

## What is wanted

A place where these figures meet, simple enough to be used at the kitchen table.

- first figures visible before the sowing in March;
- the members decide who sees what.

> We do not need more data, we need to talk about the data that we have.

{words}
""",
    "fr": """Title: {title}
Date: 2026-11-03 09:00
Phase: {phase}
Facilitator: Maëlle Le Goff
Client: une coopérative de Bretagne
Summary: Trois cents fermes mesurent pluie et sol, chacune pour soi, et partageraient.
Tags: agriculture, données ouvertes
{more}
La coopérative rassemble trois cents fermes entre Rennes et la côte. Depuis dix ans, ses membres
mesurent la pluie, l’humidité du sol et les récoltes, chacun avec ses outils.

## Ce qui est souhaité

Un endroit où ces chiffres se rencontrent, assez simple pour la table de la cuisine.

- les premiers chiffres avant les semis de mars\u202f;
- les membres décident de qui voit quoi.

{words}
""",
}
UPDATE = """Title: What the members told us
Date: 2026-11-04 08:00

I spent Monday with six members of the co-operative. They already measure a lot; what they lack is a
place where the figures meet.
"""
CLOSED_BECAUSE = "Closed-because: The co-operative has hired the two of them.\n"
SUMMARY = """## Agreed

- A shared table first, sensors later. {comment}SLUG000000 {comment}SLUG000005
- Members keep their data. {standard}

## Open

- Who hosts it.
"""
# slug, comments, people, phase, title in English, title in French
PAGES: list[tuple[str, int, int, str, str, str]] = [
    ("quiet", 0, 0, "brief", "An orchard for the school", "Un verger pour l’école"),
    ("begun", 1, 2, "divergence", "A ferry that runs on wind", "Un bac qui marche au vent"),
    (
        "dozen",
        12,
        13,
        "divergence",
        "A data platform for a farmers’ co-operative",
        "Une plate-forme de données pour une coopérative",
    ),
    ("long", 186, 13, "engagement", "The harvest map", "La carte des récoltes"),
    (
        "river",
        43,
        14,
        "engagement",
        "A river that warns its neighbours",
        "Une rivière qui prévient",
    ),
    ("nasty", 12, 13, "underway", LONG_TITLE, LONG_TITLE),
    ("ended", 12, 13, "closed", "A library of tools", "Une bibliothèque d’outils"),
]


def write_content(folder: Path) -> None:
    """Briefs of all PAGES below `folder`/opportunities, in English and French."""
    for slug, count, _, phase, english, french in PAGES:
        home = folder / "opportunities" / slug
        (home / "updates").mkdir(parents=True)
        words = f"{LONG_WORD}\n\n    {'x = ' * 60}\n" if slug == "nasty" else ""
        more = CLOSED_BECAUSE if phase == "closed" else "Closes: 2026-12-20\n"
        for lang, title in (("en", english), ("fr", french)):
            name = "brief.md" if lang == "en" else f"brief.{lang}.md"
            text = BRIEF[lang].format(title=title, phase=phase, words=words, more=more)
            (home / name).write_text(text, encoding="utf-8")
        if count > 1:
            (home / "updates" / "2026-11-04-members.md").write_text(UPDATE, encoding="utf-8")
            (home / "summary.md").write_text(SUMMARY.replace("SLUG", slug), encoding="utf-8")


def document() -> dict[str, Any]:
    """All discussions, as `GET /api/v1/discussions?since=0` gives them."""
    return {
        "format": "emergence-discussions/1",
        "service": "invented",
        "since": 0,
        "cursor": 1,
        "more": False,
        "discussions": [discussion(slug, n, people) for slug, n, people, *_ in PAGES if people],
    }


def discussion(slug: str, comments: int, people: int) -> dict[str, Any]:
    """One discussion: answers to answers, some withdrawn, some changed, one by nobody any more."""
    chance = random.Random(slug)  # noqa: S311 - invented words
    said = list(_comments(slug, comments, people, chance))
    whole = {
        "slug": slug,
        "answer_to": f"discuss+{slug}@talk.example.org",
        "people": [person(*each) for each in PEOPLE[:people]],
        "comments": said,
    }
    if slug == "river":
        team.introduce(said)
        whole |= {"roles": team.roles(START, said), "marks": team.marks(said)}
        whole |= {"topics": team.topics(said, team.LABELS)}
    if slug == "long":
        whole |= {"topics": team.topics(said, team.MANY_LABELS)}
    return whole


def person(id: str, name: str, status: str, capacity: str, know_how: str) -> dict[str, Any]:
    """Somebody, as the export tells of them."""
    first = name.split()[0]
    return {
        "id": id,
        "name": name,
        "status": status,
        "know_how": know_how,
        "language": "fr" if id == "maelle" else "en",
        "as": capacity,
        "introduction": f"<p>{first} asked the question that saved us a year.</p>",
        "since": START.isoformat(),
        "left": (START + timedelta(days=9)).isoformat() if id in LEFT else None,
    }


def _comments(slug: str, count: int, people: int, chance: random.Random) -> Any:
    earlier: list[str] = []
    moment = START
    for number in range(count):
        moment += timedelta(minutes=chance.randint(20, 200))
        id = f"{slug}{number:06d}"
        parent = None
        if earlier and chance.random() < 0.75:
            parent = earlier[-1] if chance.random() < 0.5 else chance.choice(earlier)
        earlier.append(id)
        state = "withdrawn" if number % 23 == 9 else "published"
        html = NASTY if slug == "nasty" and number == 1 else _words(chance)
        yield {
            "id": id,
            "parent": parent,
            "update": "members" if parent is None and number % 9 == 2 else None,
            "author": None if number % 40 == 39 else PEOPLE[chance.randrange(people)][0],
            "state": state,
            "written": moment.isoformat(),
            "edited": (moment + timedelta(minutes=5)).isoformat() if number % 11 == 3 else None,
            "html": html if state == "published" else "",
            "answer_to": f"answer+{id}@talk.example.org",
            "message_id": f"<{id}@talk.example.org>",
        }


def _words(chance: random.Random) -> str:
    return "".join(
        f"<p>{' '.join(chance.sample(WORDS, chance.randint(8, 45))).capitalize()}.</p>"
        for _ in range(chance.randint(1, 3))
    )
