"""Looking for words on the desk: in comments of what one leads, in any state, and in people."""

from dataclasses import dataclass

from ..domain.discussion import Comment
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..storage.interface import Reading, Store
from .reaching import as_seen_by, reach_of

MOST_PEOPLE = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A comment that has the words, and where in it: pieces of text, the found ones marked."""

    comment: Comment
    author: Person
    opportunity: Opportunity
    excerpt: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for and found: comments the best first, people by name."""

    words: str
    comments: list[Hit]
    people: list[Person]


def search(store: Store, by: Person, words: str) -> Found:
    """Comments and people with all these words. Raises NotAllowed."""
    with store.reading() as look:
        reach = reach_of(look, by)
        if not words.strip():
            return Found("", [], [])
        hits = _hits(look, look.comments_within(reach, words))
        people = look.people_within(reach, words, by_tags=by.facilitates)[:MOST_PEOPLE]
        return Found(words, hits, [as_seen_by(by, person) for person in people])


def pieces(excerpt: str) -> list[tuple[str, bool]]:
    """An excerpt whose found words stand between \\x02 and \\x03, in pieces."""
    found = []
    for part in excerpt.split("\x02"):
        marked, closed, plain = part.partition("\x03")
        if not closed:
            marked, plain = "", part
        found += [(marked, True), (plain, False)]
    return [piece for piece in found if piece[0]]


def _hits(look: Reading, found: list[tuple[Comment, str]]) -> list[Hit]:
    opportunities = {one.id: one for one in look.opportunities()}
    people = {id: look.person(id) for id in {comment.author_id for comment, _ in found}}
    hits = []
    for comment, excerpt in found:
        author = people[comment.author_id]
        assert author is not None  # noqa: S101 - a foreign key holds it
        where = opportunities[comment.opportunity_id]
        hits.append(Hit(comment, author, where, pieces(excerpt)))
    return hits
