"""From a discussion as the service tells it to the model that the theme prints; pure, and without
recursion, because how deep people answer each other is theirs to choose."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from .document import RawComment, RawDiscussion, moment
from .model import Discussion, Entry, Links, Person, SpokenFor, Thread
from .team import by_name, is_short, marks_of, plain, role_names, roles_of, spoken_for
from .topics import labelled, topics_of

Comments = dict[str, RawComment]
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A comment where it stands in the depth-first order."""

    comment: RawComment
    depth: int
    answers: str | None
    root: str


def build(
    raw: RawDiscussion, links: Links, updates: Sequence[Any] = (), person_url: str = ""
) -> Discussion:
    """The discussion of one page.

    `updates` have `slug` and `date`; `person_url` is a pattern with `{id}`. Answers to nothing
    known, to themselves or in a circle stand as first comments until their parent arrives.
    """
    comments = {comment["id"]: comment for comment in sorted(raw["comments"], key=_by_id)}
    said = [comment for comment in comments.values() if comment["state"] == "published"]
    people = {person.id: person for person in _people(raw, said, person_url)}
    placed = _without_hidden_leaves(list(_depth_first(comments)))
    speaks_for = spoken_for(raw, people)
    entries = _entries(placed, people, links, marks_of(raw, "recognised"), speaks_for)
    lost = {one["slug"]: one["date"] for one in raw.get("taken_back", ())}
    threads = _threads(entries, placed, comments, updates, lost)
    roles = roles_of(raw, people, entries, links)
    threads = labelled(threads, raw.get("topics", {}))
    return Discussion(
        slug=links.slug,
        links=links,
        answer_to=raw["answer_to"],
        people=tuple(people.values()),
        threads=threads,
        topics=topics_of(threads),
        roles=roles,
        short_team=is_short(roles),
        count=len(said),
        spoken=len({comment["author"] for comment in said if comment["author"]}),
        last=max((moment(comment["written"]) for comment in said), default=None),
    )


def _by_id(comment: RawComment) -> str:
    return comment["id"]


def _people(raw: RawDiscussion, said: Iterable[RawComment], person_url: str) -> Iterator[Person]:
    carries, marked = role_names(raw), marks_of(raw, "carries")
    names = {person["id"]: person["name"] for person in raw["people"]}
    spoken: Counter[str] = Counter()
    last: dict[str, str] = {}
    for comment in said:
        if author := comment["author"]:
            spoken[author] += 1
            last[author] = comment["written"]
    for person in raw["people"]:
        id, capacity = person["id"], str(person.get("as"))
        yield Person(
            id=id,
            name=person["name"],
            initials=initials(person["name"]),
            status=person["status"],
            know_how=person["know_how"],
            capacity=capacity,
            language=person["language"],
            introduction=Markup(person["introduction"]) if person["introduction"] else None,  # noqa: S704 - sanitised by the service
            since=_maybe(person["since"]),
            left=_maybe(person["left"]),
            url=person_url.format(id=id) if capacity != "visitor" or spoken[id] else "",
            spoken=spoken[id],
            last=_maybe(last.get(id)),
            carried_by=tuple(
                sorted((names[by] for by in marked.get(id, ()) if by in names), key=plain)
            ),
            roles=carries.get(id, ()) if person["left"] is None else (),
        )


def initials(name: str) -> str:
    """Two letters at most for the circle that stands for a face."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper()


def _maybe(text: str | None) -> datetime | None:
    return moment(text) if text else None


def _depth_first(comments: Comments) -> Iterator[_Placed]:
    answers: dict[str, list[str]] = defaultdict(list)
    roots = []
    for id, comment in comments.items():
        parent = comment["parent"]
        if parent is None or parent == id or parent not in comments:
            roots.append(id)
        else:
            answers[parent].append(id)
    seen: set[str] = set()
    # What no root leads to hangs on a circle, which its oldest comment then opens.
    for root in (*roots, *comments):
        waiting: list[tuple[str, int, str | None]] = [(root, 0, None)]
        while waiting:
            id, depth, parent = waiting.pop()
            if id in seen:
                continue
            seen.add(id)
            yield _Placed(comments[id], depth, parent, root)
            waiting.extend((answer, depth + 1, id) for answer in reversed(answers[id]))


def _without_hidden_leaves(placed: list[_Placed]) -> list[_Placed]:
    needed: set[str | None] = set()
    kept = []
    for place in reversed(placed):  # answers come before what they answer
        if place.comment["state"] != "hidden" or place.comment["id"] in needed:
            needed.add(place.answers)
            kept.append(place)
    kept.reverse()
    return kept


def _entries(
    placed: Iterable[_Placed],
    people: dict[str, Person],
    links: Links,
    recognised: dict[str, set[str]],
    speaks_for: dict[str, tuple[SpokenFor, ...]],
) -> list[Entry]:
    entries: dict[str | None, Entry] = {}
    for place in placed:
        comment = place.comment
        words = comment["html"] if comment["state"] == "published" else ""
        same = [people[id] for id in recognised.get(comment["id"], ()) if id in people]
        entries[comment["id"]] = Entry(
            id=comment["id"],
            author=people.get(comment["author"]) if comment["author"] else None,
            html=Markup(words),  # noqa: S704 - sanitised by the service
            written=moment(comment["written"]),
            edited=_maybe(comment["edited"]),
            state=comment["state"],
            depth=place.depth,
            answers=entries.get(place.answers),
            answer_to=comment["answer_to"],
            message_id=comment["message_id"],
            links=links,
            introduces=people.get(comment.get("introduces") or ""),
            recognised_by=tuple(sorted(same, key=by_name)),
            speaks_for=speaks_for.get(comment["id"], ()) if words else (),
        )
    return list(entries.values())


def _threads(
    entries: list[Entry],
    placed: list[_Placed],
    comments: Comments,
    updates: Sequence[Any],
    taken_back: Mapping[str, str | None],
) -> tuple[Thread, ...]:
    """Threads by the time that they began; all that answers an update is in its one thread, by
    whatever name it was answered, and when its text is no more."""
    named = {name: each for each in updates for name in _former_names(each)}
    named = {name: each for name, each in named.items() if name not in taken_back}
    named |= {update.slug: update for update in updates}
    gathered: dict[tuple[str, str], list[Entry]] = {("u", each.slug): [] for each in updates}
    gathered |= {("u", slug): [] for slug in taken_back if slug not in named}
    for entry, place in zip(entries, placed, strict=True):
        answered = comments[place.root]["update"] or ""
        key = ("u", named[answered].slug if answered in named else answered)
        gathered.setdefault(key if key in gathered else ("c", place.root), []).append(entry)
    begun = []
    for (kind, slug), members in gathered.items():
        update = named[slug] if kind == "u" and slug in named else None
        lost = slug if kind == "u" and update is None else ""
        first = update.date if update else _maybe(taken_back[slug]) if lost else None
        start = _aware(first) if first else members[0].written if members else _BEFORE_ALL
        last = max((entry.written for entry in members), default=start)
        thread = Thread(f"thread-{kind}-{slug}", update, tuple(members), last, lost)
        begun.append((start, thread))
    return tuple(thread for _, thread in sorted(begun, key=lambda each: each[0]))


def _former_names(update: Any) -> Iterator[str]:
    yield from getattr(update, "aliases", ())
    yield from getattr(update, "renamed", ())


def _aware(date: datetime) -> datetime:
    # Pelican's own dates can lack an offset; a thread's order must not depend on the machine's.
    return date if date.tzinfo else date.replace(tzinfo=UTC)
