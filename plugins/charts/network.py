"""Who answers whom, round a table: people on an oval in the order of their names, a line for those
who answer each other. Nobody sits in the middle, and no seat is better than another."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Any

from .model import TEXT, WIDTH, AnswersRow, Line, Network, Node
from .names import by_name, shortened

Pairs = Counter[tuple[str, str]]

PITCH = 15.0  # from one name to the next, at least
SHORTEST = 130.0
RADIUS = 62.0  # across
TO_LABEL = 9.5
MARGIN = 9.0
SOME, MANY = 2, 4  # answers from which a line is broader


def network_of(discussion: Any) -> Network:
    """Everybody who has spoken in a discussion, and their answers to one another.

    A comment that was withdrawn or hidden has nobody who said it, and neither answers nor is
    answered. Answering oneself is no line.
    """
    people = sorted((person for person in discussion.people if person.spoken), key=by_name)
    answers = _answers(discussion.entries)
    nodes = _seated(people)
    seats = {person.id: node for person, node in zip(people, nodes, strict=True)}
    top = min((node.y for node in nodes), default=0.0) - MARGIN
    return Network(
        top=top,
        height=round(max((node.y for node in nodes), default=0.0) + MARGIN - top, 1),
        nodes=nodes,
        lines=tuple(_lines(answers, seats)),
        rows=tuple(_rows(answers, people)),
    )


def _answers(entries: Iterable[Any]) -> Pairs:
    """How often each person answered each other, by their ids."""
    answers: Pairs = Counter()
    for entry in entries:
        who, whom = _speaker(entry), _speaker(entry.answers)
        if who and whom and who != whom:
            answers[who, whom] += 1
    return answers


def _speaker(entry: Any) -> str | None:
    said = entry is not None and entry.state == "published" and entry.author
    return entry.author.id if said else None


def _seated(people: Sequence[Any]) -> tuple[Node, ...]:
    """The first half down the left side of the oval, the others down the right side."""
    half = (len(people) + 1) // 2
    length = max(SHORTEST, half * PITCH)
    left = [_seat(each, row, half, -1, length) for row, each in enumerate(people[:half])]
    others = people[half:]
    right = [_seat(each, row, len(others), 1, length) for row, each in enumerate(others)]
    return (*left, *right)


def _seat(person: Any, row: int, rows: int, side: int, length: float) -> Node:
    along = 2 * (row + 0.5) / rows - 1
    across = RADIUS * sqrt(1 - along * along)
    to_label = across + TO_LABEL
    is_visitor, left = person.capacity == "visitor", person.left is not None
    return Node(
        x=round(WIDTH / 2 + side * across, 1),
        y=round((along + 1) * length / 2, 1),
        label_x=round(WIDTH / 2 + side * to_label, 1),
        anchor="end" if side < 0 else "start",
        label=shortened(person.name, WIDTH / 2 - to_label, TEXT),
        name=person.name,
        capacity=person.capacity,
        left=left,
        quiet=left or is_visitor,
    )


def _lines(answers: Pairs, seats: dict[str, Node]) -> Iterable[Line]:
    order = {id: number for number, id in enumerate(seats)}
    together = {
        (min(pair, key=order.__getitem__), max(pair, key=order.__getitem__)) for pair in answers
    }
    for one, other in sorted(together, key=lambda pair: (order[pair[0]], order[pair[1]])):
        times = answers[one, other] + answers[other, one]
        yield _line(seats[one], seats[other], 1 + (times >= SOME) + (times >= MANY))


def _line(one: Node, other: Node, weight: int) -> Line:
    """A curve that bends to the inside, the more the further apart the two sit on one side."""
    middle_x, middle_y = (one.x + other.x) / 2, (one.y + other.y) / 2
    inwards = min(1.0, 0.35 + abs(one.y - other.y) / SHORTEST)
    bent_x = middle_x + (WIDTH / 2 - middle_x) * inwards
    return Line(one.x, one.y, round(bent_x, 1), round(middle_y, 1), other.x, other.y, weight)


def _rows(answers: Pairs, people: Sequence[Any]) -> Iterable[AnswersRow]:
    order = {person.id: number for number, person in enumerate(people)}
    spans = Counter(who for who, _ in answers)
    for who, whom in sorted(answers, key=lambda pair: (order[pair[0]], order[pair[1]])):
        names = people[order[who]].name, people[order[whom]].name
        yield AnswersRow(*names, answers[who, whom], spans.pop(who, 0))
