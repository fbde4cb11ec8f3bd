"""Who answers whom, and how people are seated."""

import random
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from plugins.charts import charts_of
from plugins.charts.model import TEXT, WIDTH, Network, Node
from plugins.charts.names import shortened, width_of
from plugins.charts.network import network_of

from ..discussion.standin import comment, person
from .conversation import article, crowd, discuss

THREE = [person("cyd", "Cyd"), person("ada", "Ada"), person("bob", "Bob")]


def drawn(*comments: dict[str, Any], people: list[dict[str, Any]] | None = None) -> Network:
    return network_of(discuss(list(comments), people or THREE))


def pairs(network: Network) -> list[tuple[str, str, int]]:
    return [(row.who, row.whom, row.times) for row in network.rows]


def box(node: Node) -> tuple[float, float, float, float]:
    """Where the label is: left, right, top, bottom."""
    width = width_of(node.label, TEXT)
    left = node.label_x - width if node.anchor == "end" else node.label_x
    return left, left + width, node.y - TEXT / 2, node.y + TEXT / 2


def test_answers_are_told_both_ways_and_drawn_as_one_line() -> None:
    network = drawn(
        comment("a", "ada"), comment("b", "bob", parent="a"), comment("c", "ada", parent="b"),
        comment("d", "bob", parent="c"), comment("e", "cyd"),
    )  # fmt: skip
    assert pairs(network) == [("Ada", "Bob", 1), ("Bob", "Ada", 2)]
    assert [line.weight for line in network.lines] == [2]
    assert [node.name for node in network.nodes] == ["Ada", "Bob", "Cyd"]


@pytest.mark.parametrize("state", ["withdrawn", "hidden"])
def test_what_was_withdrawn_or_hidden_neither_answers_nor_is_answered(state: str) -> None:
    network = drawn(
        comment("a", "ada"), comment("b", "bob", parent="a", state=state),
        comment("c", "cyd", parent="b"),
    )  # fmt: skip
    assert (network.rows, network.lines, bool(network)) == ((), (), False)
    assert [node.name for node in network.nodes] == ["Ada", "Cyd"]


def test_an_answer_to_oneself_or_by_nobody_any_more_is_no_line() -> None:
    network = drawn(
        comment("a", "ada"), comment("b", "ada", parent="a"), comment("c", None, parent="a"),
        comment("d", "bob", parent="c"),
    )  # fmt: skip
    assert network.lines == ()


def test_those_who_never_spoke_are_left_in_peace() -> None:
    network = drawn(comment("a", "ada"), comment("b", "bob", parent="a"))
    assert [node.name for node in network.nodes] == ["Ada", "Bob"]


def test_visitors_and_those_who_left_are_in_it_quietly() -> None:
    people = [
        person("ada", "Ada", "facilitator"), person("bob", "Bob", left="2026-11-09T00:00:00Z"),
        person("eve", "Eve", "visitor"),
    ]  # fmt: skip
    network = drawn(
        comment("a", "ada"), comment("b", "bob", parent="a"), comment("c", "eve"), people=people
    )
    told = [(node.name, node.capacity, node.left, node.quiet) for node in network.nodes]
    assert told == [
        ("Ada", "facilitator", False, False),
        ("Bob", "expert", True, True),
        ("Eve", "visitor", False, True),
    ]
    assert (network.capacities, network.anybody_left) == (("facilitator", "visitor"), True)


def test_nobodys_seat_depends_on_how_much_they_said() -> None:
    said, people = crowd()
    everybody = [comment(f"x{each['id']}", each["id"]) for each in people]
    loud = [comment(f"y{n:03}", "p007", parent=f"xp{n % 43:03}") for n in range(80)]
    seats = {network_of(discuss(words, people)).nodes for words in (everybody, everybody + loud)}
    assert len(seats) == 1
    assert "spoken" not in Node.__slots__


def test_people_are_in_the_order_of_their_names_accents_and_capitals_last() -> None:
    names = ["Zoé", "élise", "Emil", "Adam", "Ádám"]
    people = [person(f"p{number}", name) for number, name in enumerate(names)]
    said = [comment(f"c{number}", f"p{number}") for number in range(5)]
    network = drawn(*said, people=people)
    assert [node.name for node in network.nodes] == ["Adam", "Ádám", "élise", "Emil", "Zoé"]


def test_two_people_of_one_name_stay_two() -> None:
    people = [person("one", "Anna"), person("two", "Anna")]
    network = drawn(comment("a", "one"), comment("b", "two", parent="a"), people=people)
    assert (len(network.nodes), pairs(network)) == (2, [("Anna", "Anna", 1)])


def test_the_same_discussion_is_drawn_the_same_in_whatever_order_it_was_heard() -> None:
    said, people = crowd()
    first = repr(network_of(discuss(said, people)))
    random.Random(1).shuffle(said)  # noqa: S311
    random.Random(2).shuffle(people)  # noqa: S311
    assert repr(network_of(discuss(said, people))) == first


@pytest.mark.parametrize("people", [2, 3, 4, 7, 12, 13, 43, 120])
def test_no_two_labels_overlap_and_all_are_within_the_drawing(people: int) -> None:
    network = network_of(discuss(*crowd(people, max(186, people))))
    assert len(network.nodes) == people
    boxes = [box(node) for node in network.nodes]
    for (left, right, top, bottom), other in combinations(boxes, 2):
        assert right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
    assert min(each[0] for each in boxes) >= 0
    assert max(each[1] for each in boxes) <= WIDTH
    assert min(each[2] for each in boxes) >= network.top
    assert max(each[3] for each in boxes) <= network.top + network.height


def test_no_label_covers_anybodys_mark() -> None:
    network = network_of(discuss(*crowd()))
    for left, right, top, bottom in map(box, network.nodes):
        for node in network.nodes:
            beside = node.x + 4 <= left or node.x - 4 >= right
            assert beside or node.y + 4 <= top or node.y - 4 >= bottom


def test_every_row_of_186_comments_by_43_people_is_right() -> None:
    said, people = crowd()
    names = {each["id"]: each["name"] for each in people}
    spoken = {each["id"]: each["author"] for each in said if each["state"] == "published"}
    expected = Counter(
        (names[each["author"]], names[spoken[each["parent"]]])
        for each in said
        if each["id"] in spoken and each["parent"] in spoken
        if spoken[each["parent"]] != each["author"]
    )
    network = network_of(discuss(said, people))
    assert {(who, whom): times for who, whom, times in pairs(network)} == expected
    order = [node.name for node in network.nodes]
    places = [(order.index(row.who), order.index(row.whom)) for row in network.rows]
    assert places == sorted(places)
    assert sum(row.span for row in network.rows) == len(network.rows)
    assert {line.weight for line in network.lines} <= {1, 2, 3}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Ada", "Ada"),
        ("Jean-Luc de la Rochefoucauld", "Jean-Luc R."),
        ("Rosa Maria Fernández (née)", "Rosa F."),
        ("Donaudampfschifffahrt", "Donaudampf…"),
        ("דוד בן־גוריון הארוך מאוד", "דוד מ.\u200f"),
        ("\u0645" * 40, "\u0645" * 10 + "…\u200f"),
        ("山田太郎" * 4, "山田太郎山田…"),
    ],
)
def test_a_long_name_is_shortened_on_the_side_on_which_it_goes_on(name: str, label: str) -> None:
    assert shortened(name, 7.5, 1) == label


@pytest.mark.parametrize(
    ("comments", "people"), [(4, 2), (6, 1), (0, 0)], ids=["few words", "one person", "nobody"]
)
def test_where_there_is_too_little_to_see_there_are_no_charts(comments: int, people: int) -> None:
    said = [comment(f"c{n}", f"p{n % people}") for n in range(comments)]
    invited = [person(f"p{n}", f"P {n}") for n in range(people)]
    assert charts_of(article(discuss(said, invited))) is None
