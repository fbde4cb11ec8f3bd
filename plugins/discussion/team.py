"""The team that takes shape: roles and the client's marks, from what the service tells. People are
in the order of their names; nothing is counted."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from .document import RawDiscussion, RawRole, moment
from .model import Entry, Links, Person, RoleName, SpokenFor

SHORT_TEAM = 700  # characters of all their words, and
FEW_ROLES = 5  # roles, up to which nothing of a team is folded


@dataclass(frozen=True, slots=True, eq=False)
class Role:
    """What somebody carries, or was proposed to carry while `taken` is None, in their own words.

    `supporters` would work with them on it; `entries` are comments that speak for it.
    """

    id: str
    title: str
    html: Markup
    person: Person
    proposed_by: Person | None
    taken: datetime | None
    supporters: tuple[Person, ...]
    entries: tuple[Entry, ...]
    links: Links = field(repr=False)

    @property
    def anchor(self) -> str:
        """The id of its element on the page."""
        return f"role-{self.id}"

    @property
    def url(self) -> str:
        """Where a participant supports it, and its person answers or lays it down."""
        return f"{self.links.opportunity}/roles/{self.id}"


def plain(text: str) -> str:
    """The text as it is compared, without accents and capitals."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(each for each in letters if not unicodedata.combining(each)).casefold()


def by_name(person: Person) -> tuple[str, str, str]:
    """The key by which people are sorted."""
    return plain(person.name), person.name, person.id


def roles_of(
    raw: RawDiscussion, people: Mapping[str, Person], entries: Iterable[Entry], links: Links
) -> tuple[Role, ...]:
    """The roles of people who are here, in the order in which the service tells them: by time."""
    known = {entry.id: entry for entry in entries if entry.state == "published"}
    return tuple(
        _role(role, people, known, links)
        for role in raw.get("roles", ())
        if _is_here(people.get(role["person"]))
    )


def _role(
    raw: RawRole, people: Mapping[str, Person], known: Mapping[str, Entry], links: Links
) -> Role:
    others = {id: people[id] for id in raw["supporters"] if id in people and id != raw["person"]}
    return Role(
        id=raw["id"],
        title=raw["title"],
        html=Markup(raw["html"]),  # noqa: S704 - sanitised by the service
        person=people[raw["person"]],
        proposed_by=people.get(raw["proposed_by"] or ""),
        taken=moment(raw["taken"]) if raw["taken"] else None,
        supporters=tuple(sorted(filter(_is_here, others.values()), key=by_name)),
        entries=tuple(known[id] for id in sorted(set(raw["comments"])) if id in known),
        links=links,
    )


def _is_here(person: Person | None) -> bool:
    return person is not None and person.left is None


def role_names(raw: RawDiscussion) -> dict[str, tuple[RoleName, ...]]:
    """What each person carries, by their id."""
    names: dict[str, list[RoleName]] = defaultdict(list)
    for role in raw.get("roles", ()):
        if role["taken"]:
            names[role["person"]].append(RoleName(role["id"], role["title"]))
    return {id: tuple(titles) for id, titles in names.items()}


def spoken_for(
    raw: RawDiscussion, people: Mapping[str, Person]
) -> dict[str, tuple[SpokenFor, ...]]:
    """The roles that each comment speaks for, by its id; roles by time, of people who are here."""
    found: dict[str, tuple[SpokenFor, ...]] = defaultdict(tuple)
    for role in raw.get("roles", ()):
        person = people.get(role["person"])
        if person and _is_here(person):
            for id in set(role["comments"]):
                found[id] += (SpokenFor(role["id"], role["title"], person),)
    return found


def marks_of(raw: RawDiscussion, kind: str) -> dict[str, set[str]]:
    """By the id of what is marked, the ids of who marked it so."""
    marked: dict[str, set[str]] = defaultdict(set)
    for mark in raw.get("marks", ()):
        if mark["kind"] == kind:
            marked[mark["subject"]].add(mark["by"])
    return marked


def is_short(team: Iterable[Role]) -> bool:
    """Whether the words of a team are few enough to stand there unfolded."""
    words = [role.html.striptags() for role in team]
    return len(words) <= FEW_ROLES and sum(map(len, words)) <= SHORT_TEAM
