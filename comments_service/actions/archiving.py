"""Each public discussion as one document of an archive: what the site shows of it, and what else a
restored service needs and anybody may read. No address, no note, no word that is not published.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..domain.discussion import State
from ..domain.house import House
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from .export import whole_discussion
from .updates import updates_taken_back

FORMAT = "emergence-archive/1"
Document = dict[str, Any]

# The order in which things stand in a file; what an export tells besides follows by name.
_DISCUSSION: tuple[str, ...] = (
    "slug",
    "changed",
    "answer_to",
    "people",
    "roles",
    "marks",
    "rereadings",
)
_DISCUSSION += ("topics", "taken_back", "comments")
_PERSON: tuple[str, ...] = ("id", "name", "status", "know_how", "language", "as", "since", "left")
_PERSON += ("introduction", "introduction_text")
_ROLE: tuple[str, ...] = (
    "id",
    "person",
    "title",
    "words",
    "html",
    "proposed_by",
    "taken",
    "supporters",
    "comments",
)
_COMMENT: tuple[str, ...] = (
    "id",
    "parent",
    "update",
    "author",
    "introduces",
    "state",
    "written",
    "edited",
    "text",
)
_COMMENT += ("html", "answer_to", "message_id")


def documents(store: Store, house: House) -> Iterator[Document]:
    """Every discussion of which something was ever told, by slug."""
    with store.reading() as look:
        aliases: dict[str, list[str]] = defaultdict(list)
        for alias, owner in sorted(look.aliases().items()):
            aliases[owner].append(alias)
        for opportunity in sorted(look.opportunities(), key=lambda one: one.slug):
            if look.changed(opportunity.id):
                yield _document(look, house, opportunity, aliases[opportunity.id])


def _document(
    look: Reading, house: House, opportunity: Opportunity, aliases: list[str]
) -> Document:
    return {
        "format": FORMAT,
        "slug": opportunity.slug,
        "aliases": aliases,
        "title": opportunity.title,
        "language": opportunity.language,
        "phase": opportunity.phase.value,
        "url": opportunity.url,
        "facilitator": opportunity.facilitator,
        "gone": opportunity.gone,
        "updates": list(_updates(look, opportunity)),
        "discussion": _discussion(look, house, opportunity),
    }


def _updates(look: Reading, opportunity: Opportunity) -> Iterator[Document]:
    """All that were told. What is gone without anybody having heard of it is not."""
    urls = {update.slug: update.url for update in opportunity.updates}
    lost = {one.slug for one in updates_taken_back(look, opportunity)}
    for one in look.all_updates_told(opportunity.id):
        if one.slug in urls or one.slug in lost:
            yield {
                "slug": one.slug,
                "former": list(one.former),
                "title": one.title,
                "date": one.date,
                "url": urls.get(one.slug),
                "message_id": one.message_id,
                "digest": one.digest,
            }


def _discussion(look: Reading, house: House, opportunity: Opportunity) -> Document:
    told = whole_discussion(look, house, opportunity)
    texts = {
        comment.id: comment.text
        for comment in look.comments_ever_shown(opportunity.id)
        if comment.state is State.PUBLISHED
    }
    words = {role.id: role.words for role in look.roles(opportunity.id)}
    said = dict(_introductions(look, opportunity.id))
    people = [one | {"introduction_text": said.get(one["id"])} for one in told["people"]]
    comments = [one | {"text": texts.get(one["id"], "")} for one in told["comments"]]
    roles = [one | {"words": words[one["id"]]} for one in told["roles"]]
    several = {
        "people": _all_in_order(people, _PERSON),
        "comments": _all_in_order(comments, _COMMENT),
        "roles": _all_in_order(roles, _ROLE),
        "topics": dict(sorted(told["topics"].items())),
    }
    return _in_order(told | several, _DISCUSSION)


def _introductions(look: Reading, opportunity_id: str) -> Iterator[tuple[str, str]]:
    """The words of those that the export tells, by person."""
    for part in look.participants(opportunity_id):
        if part.introduction_public:
            if part.introduction:
                yield part.person.id, part.introduction
            continue
        entry = look.introduction_of(opportunity_id, part.person.id)
        if entry and entry.state is State.PUBLISHED:
            yield part.person.id, entry.text


def _all_in_order(items: Iterable[Document], names: Sequence[str]) -> list[Document]:
    return [_in_order(item, names) for item in items]


def _in_order(item: Mapping[str, Any], names: Sequence[str]) -> Document:
    first = [name for name in names if name in item]
    return {name: item[name] for name in (*first, *sorted(item.keys() - set(first)))}
