"""Changes of brief, summary and agreement: each is noted once, and told in the next digest."""

from typing import Any

import pytest

from comments_service.actions import following
from comments_service.actions.manifest import BadManifest
from comments_service.domain.changes import Run, RunKind, TextChange
from comments_service.domain.following import Dose
from comments_service.domain.letters import Kind

from ..conftest import Circle, entry


def change(id: str, **more: Any) -> dict[str, Any]:
    text = {"text": "brief", "how": "changed", "language": None, "came": 1, "went": 1}
    words = [[["same", "in"], ["out", "three"], ["in", "four"], ["same", "weeks"]]]
    return {
        "id": id,
        "date": "2026-11-03T08:00:00+00:00",
        "subject": "More time",
        "authors": ["Camille Le Goff"],
        "url": "https://example.org/history/#v-1",
        "texts": [text | {"words": words}],
    } | more


def publish(circle: Circle, *changes: dict[str, Any]) -> None:
    circle.wait(seconds=1)
    circle.publish(entry("farm", changes=list(changes)))


def told(circle: Circle) -> list[TextChange]:
    with circle.store.reading() as look:
        opportunity = look.opportunity("farm")
        assert opportunity is not None
        return look.text_changes(opportunity.id, 0, look.cursor())


def test_a_change_is_noted_once_in_the_words_that_changed(circle: Circle) -> None:
    publish(circle, change("a"))
    for _ in range(2):
        publish(circle, change("b"), change("a"))
        publish(circle)  # a builder without history
    (one,) = told(circle)
    assert (one.id, one.subject, one.authors) == ("b", "More time", ("Camille Le Goff",))
    ((first, *_),) = one.texts[0].paragraphs
    assert first == Run(RunKind.SAME, "in")


def test_what_had_changed_before_the_site_told_of_changes_is_no_news(circle: Circle) -> None:
    publish(circle, change("b"), change("a"))
    assert told(circle) == []


def test_a_change_is_reason_enough_for_a_digest(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    publish(circle, change("a"))
    circle.choose(ada, Dose.DIGEST)
    circle.wait(days=1)
    assert following.write_digests(circle.store, circle.house, circle.now) == 0
    publish(circle, change("b"), change("a"))
    circle.wait(days=1)
    assert following.write_digests(circle.store, circle.house, circle.now) == 1
    circle.wait(days=1)
    assert following.write_digests(circle.store, circle.house, circle.now) == 0
    assert len(circle.letters(Kind.DIGEST)) == 1


def test_what_a_rewritten_history_lets_come_up_again_is_no_news(circle: Circle) -> None:
    publish(circle, change("c"), change("b"), change("a"))
    publish(circle, change("d"), change("c"), change("b"))
    publish(circle, change("b"), change("a"), change("of-long-ago"))
    publish(circle, change("e"), change("b"), change("a"))
    assert [one.id for one in told(circle)] == ["d", "e"]


def test_a_builder_without_history_swallows_no_change(circle: Circle) -> None:
    publish(circle, change("a"))
    publish(circle)
    publish(circle, change("b"), change("a"))
    assert [one.id for one in told(circle)] == ["b"]


def test_of_an_endless_change_some_is_told(circle: Circle) -> None:
    publish(circle, change("a"))
    publish(circle, change("b", texts=[TEXT | {"words": [[["in", "x"]] * 3000] * 50}]))
    (one,) = told(circle)
    assert len(one.texts[0].paragraphs) == 20 and len(one.texts[0].paragraphs[0]) == 200


TEXT = {"text": "brief", "how": "changed", "language": None, "came": 1, "went": 1}


@pytest.mark.parametrize(
    "broken",
    [
        {"date": "yesterday"},
        {"authors": 3},
        {"texts": [{}]},
        {"texts": [TEXT | {"words": [[["shouted", "x"]]]}]},
        {"date": "9999-12-31T23:59:59-12:00"},
    ],
    ids=["date", "authors", "text", "kind", "end of time"],
)
def test_an_unreadable_change_is_refused_with_its_place(
    circle: Circle, broken: dict[str, Any]
) -> None:
    with pytest.raises(BadManifest, match="opportunity number 1"):
        publish(circle, change("a", **broken))
