"""What threads are about, and the choices that a page offers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plugins.discussion.model import Discussion, Links
from plugins.discussion.threads import build

from .standin import comment


@dataclass
class Update:
    slug: str
    date: datetime = datetime(2026, 11, 4, tzinfo=UTC)


def discuss(labels: dict[str, str], *comments: dict[str, Any], updates: Any = ()) -> Discussion:
    raw: Any = {"slug": "water", "answer_to": None, "people": [], "comments": list(comments)}
    return build(raw | {"topics": labels}, Links.of("water", "Water"), updates)


def test_a_thread_is_labelled_by_its_first_comment_or_the_slug_of_its_update() -> None:
    labels = {"a": "business", "what-they-said": "technical", "b": "not of a first comment"}
    said = [comment("a"), comment("b", parent="a"), comment("c")]
    found = discuss(labels, *said, updates=[Update("what-they-said")])
    assert {t.id: t.label for t in found.threads} == {
        "thread-u-what-they-said": "technical", "thread-c-a": "business", "thread-c-c": "",
    }  # fmt: skip
    assert [(t.key, t.label) for t in found.topics] == [
        ("topic-1", "business"), ("topic-2", "technical"),
    ]  # fmt: skip


def test_labels_that_differ_in_capitals_or_spaces_are_one() -> None:
    labels = {"a": "The  mills", "b": "the mills ", "c": "THE MILLS"}
    found = discuss(labels, comment("a"), comment("b"), comment("c"))
    assert [t.label for t in found.topics] == ["The mills"]
    assert {t.label for t in found.threads} == {"The mills"}


def test_beyond_eight_labels_the_last_choice_is_all_the_others() -> None:
    ids = [f"c{number}" for number in range(9)]
    labels = {id: f"label {number}" for number, id in enumerate(ids)}
    found = discuss(labels, *map(comment, ids))
    assert [t.label for t in found.topics] == [*(f"label {n}" for n in range(7)), ""]
    assert [t.topic.number for t in found.threads if t.topic] == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert found.threads[-1].label == "label 8"
    eight = discuss({id: labels[id] for id in ids[:8]}, *map(comment, ids))
    assert [t.label for t in eight.topics] == [f"label {n}" for n in range(8)]


def test_the_label_of_a_thread_that_is_not_shown_is_no_choice() -> None:
    found = discuss({"a": "gone", "zz": "nowhere"}, comment("a", state="hidden"), comment("b"))
    assert found.topics == ()
    assert [t.topic for t in found.threads] == [None]
