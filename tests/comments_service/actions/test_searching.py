"""The search on the desk finds what one leads, in whatever state."""

import pytest

from comments_service import errors
from comments_service.actions import comments, moderation, searching
from comments_service.domain.discussion import State
from comments_service.domain.people import Capacity

from ..conftest import Circle, entry


def test_comments_in_any_state_are_found_where_one_leads(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    miles = circle.bring_in("Miles", "mill", capacity=Capacity.FACILITATOR)
    ada = circle.bring_in("Ada", know_how="Rivers")
    shown = circle.say(ada, "The river is deep.")
    hidden = circle.say(ada, "The river is deep, and mine.")
    moderation.hide(circle.store, circle.house, circle.facilitator, hidden.id, circle.now)
    gone = circle.say(ada, "The river is gone.")
    comments.withdraw(circle.store, ada, gone.id, circle.now)
    held = circle.confirm(circle.drop_by("Zoe", "Rivers of the north."))
    elsewhere = circle.say(miles, "A river at the mill.", "mill")
    found = searching.search(circle.store, circle.facilitator, "river")
    states = {hit.comment.id: hit.comment.state for hit in found.comments}
    assert states == {
        shown.id: State.PUBLISHED,
        hidden.id: State.HIDDEN,
        held.id: State.HELD,
        elsewhere.id: State.PUBLISHED,
    }
    assert [person.name for person in found.people] == ["Ada"]
    narrow = searching.search(circle.store, miles, "river")
    assert ([hit.comment.id for hit in narrow.comments], narrow.people) == ([elsewhere.id], [])
    with pytest.raises(errors.NotAllowed):
        searching.search(circle.store, ada, "river")


def test_the_best_comes_first_and_its_words_are_marked(circle: Circle) -> None:
    circle.say(circle.facilitator, "One river among many other things that stand in this text.")
    circle.say(circle.facilitator, "River, river.")
    [best, other] = searching.search(circle.store, circle.facilitator, "RIVER").comments
    assert best.excerpt == [("River", True), (", ", False), ("river", True), (".", False)]
    assert other.excerpt[0] == ("One ", False)


@pytest.mark.parametrize(
    ("excerpt", "pieces"),
    [
        ("", []),
        ("plain", [("plain", False)]),
        ("\x02a\x03", [("a", True)]),
        ("…b \x02a\x03\x02c\x03 d", [("…b ", False), ("a", True), ("c", True), (" d", False)]),
        ("\x02cut", [("cut", False)]),
    ],
)
def test_an_excerpt_falls_into_pieces(excerpt: str, pieces: list[tuple[str, bool]]) -> None:
    assert searching.pieces(excerpt) == pieces
