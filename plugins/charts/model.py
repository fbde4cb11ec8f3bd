"""What the theme is given to draw: plain numbers in the units of a drawing that is WIDTH wide, and
the same things as rows to be read. No colours and no words but people's names."""

from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH = 360
TEXT = 12  # height of the letters


@dataclass(frozen=True, slots=True)
class Bar:
    """The comments of one step of the timeline."""

    x: float
    y: float
    width: float
    height: float
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class PhaseMark:
    """Where a phase begins. Its name stands before or after the line; `y` is None without room."""

    x: float
    y: float | None
    anchor: str
    day: date
    phase: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day on which something happened."""

    day: date
    comments: int
    updates: tuple[Any, ...]
    phases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Comments a day, or in `step` days where there are too many for a bar each.

    `updates` are where the facilitator's updates stand; `first` and `last` are the ends of the
    line, in UTC; `rows` hold only days on which something happened, oldest first.
    """

    height: int
    top: int
    base: int
    step: int
    first: date
    last: date
    count: int
    most: int
    bars: tuple[Bar, ...]
    updates: tuple[float, ...]
    phases: tuple[PhaseMark, ...]
    rows: tuple[DayRow, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody who has spoken. `label` is the name as far as there is room, and is at `label_x` and
    `y`; `quiet` are those who left and those who were passing by."""

    x: float
    y: float
    label_x: float
    anchor: str
    label: str
    name: str
    capacity: str
    left: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Answers between two people, either way: a curve with one control point. `weight` is 1 for
    one answer, 2 for two or three, 3 for more."""

    x1: float
    y1: float
    cx: float
    cy: float
    x2: float
    y2: float
    weight: int


@dataclass(frozen=True, slots=True)
class AnswersRow:
    """How often one person answered another. `span` is how many rows are about `who` from the
    first of them on, and 0 in the others."""

    who: str
    whom: str
    times: int
    span: int


@dataclass(frozen=True, slots=True)
class Network:
    """Who answers whom. People are in the order of their names, all of the same size; so are the
    rows. False when nobody has answered anybody."""

    top: float
    height: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    rows: tuple[AnswersRow, ...]

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def capacities(self) -> tuple[str, ...]:
        """What the people who are here are, each once, for a legend."""
        return tuple(dict.fromkeys(sorted(node.capacity for node in self.nodes if not node.left)))

    @property
    def anybody_left(self) -> bool:
        """Whether somebody is in it who left."""
        return any(node.left for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Charts:
    """Both pictures of one discussion."""

    timeline: Timeline
    network: Network
