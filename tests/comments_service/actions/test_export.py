"""What crosses to the site: no address, nothing that was never shown; its cursor only grows."""

import json
import re
from typing import Any

from comments_service.actions import comments, moderation, people
from comments_service.domain.discussion import State

from ..conftest import Circle, entry


def merge(kept: dict[str, Any], document: dict[str, Any]) -> None:
    """What the site does with an answer: people are replaced, comments put in by their id."""
    for told in document["discussions"]:
        mine = kept.setdefault(told["slug"], {"comments": {}})
        mine["people"] = told["people"]
        mine["comments"] |= {comment["id"]: comment for comment in told["comments"]}


def fetch_all(circle: Circle, limit: int) -> tuple[dict[str, Any], list[int]]:
    kept: dict[str, Any] = {}
    cursors = [0]
    while True:
        document = circle.changes(cursors[-1], limit)
        merge(kept, document)
        cursors.append(document["cursor"])
        if not document["more"]:
            return kept, cursors


def busy_days(circle: Circle) -> None:
    """Everything that can happen, in two discussions."""
    circle.publish(entry("farm"), entry("mill"))
    ines, jo = circle.bring_in("Ines", introduction="Roofs."), circle.bring_in("Jo", "mill")
    for number in range(20):
        circle.wait(minutes=1)
        first = circle.say(ines, f"Farm {number}")
        circle.say(circle.facilitator, f"Answer {number}", answer=first.id)
        circle.say(jo, f"Mill {number}", slug="mill")
    circle.edit(ines, first.id, "Farm, mended")
    comments.withdraw(circle.store, ines, first.id, circle.now)
    gone = circle.say(ines, "Off topic")
    moderation.hide(circle.store, circle.house, circle.facilitator, gone.id, circle.now)
    approved = circle.confirm(circle.drop_by("Vera", "A visitor's word"))
    moderation.approve(circle.store, circle.house, circle.facilitator, approved.id, circle.now)
    people.leave(circle.store, circle.house, ines, "farm", circle.now)


def test_no_address_is_ever_exported(circle: Circle) -> None:
    busy_days(circle)
    circle.confirm(circle.drop_by("Held", "Waiting"))
    circle.drop_by("Unsure", "Not even confirmed")
    text = json.dumps([circle.changes(), circle.exported(), circle.exported("mill")])
    text = re.sub(r'"(answer_to|message_id)": "[^"]*@talk\.example\.org>?"', "", text)
    assert "@" not in text


def test_pages_put_together_are_the_whole(circle: Circle) -> None:
    busy_days(circle)
    whole, _ = fetch_all(circle, limit=5_000)
    for limit in (1, 2, 7, 50):
        paged, cursors = fetch_all(circle, limit)
        assert paged == whole
        assert cursors[:-1] == sorted(set(cursors[:-1]))
    for slug in ("farm", "mill"):
        alone = circle.exported(slug)
        assert alone["people"] == whole[slug]["people"]
        assert alone["comments"] == [c for _, c in sorted(whole[slug]["comments"].items())]


def test_after_the_cursor_only_what_changed_is_told(circle: Circle) -> None:
    busy_days(circle)
    cursor = circle.changes()["cursor"]
    nothing = circle.changes(cursor)
    assert (nothing["discussions"], nothing["cursor"], nothing["more"]) == ([], cursor, False)
    news = circle.say(circle.facilitator, "News", slug="mill")
    [told] = circle.changes(cursor)["discussions"]
    assert (told["slug"], [c["id"] for c in told["comments"]]) == ("mill", [news.id])


def test_a_page_that_ends_at_the_last_change_has_no_more(circle: Circle) -> None:
    for number in range(3):
        circle.say(circle.facilitator, f"Comment {number}")
    noted = circle.changes()["cursor"]
    assert not circle.changes(0, limit=noted)["more"]
    assert circle.changes(0, limit=noted - 1)["more"]


def test_who_is_ahead_of_the_service_is_told_everything_anew(circle: Circle) -> None:
    circle.say(circle.facilitator, "Before the backup")
    assert circle.changes(10_000) == circle.changes(0)
    assert circle.changes(-5)["since"] == 0


def test_a_comment_that_nobody_saw_never_crosses(circle: Circle) -> None:
    for end in ("hidden", "withdrawn", "hidden and withdrawn", "unconfirmed"):
        written = circle.drop_by(f"Vera{len(end)}", f"Never {end}")
        with circle.store.reading() as look:
            author = look.person(written.author_id)
        assert author is not None
        if end != "unconfirmed":
            assert circle.confirm(written).state is State.HELD
        if "hidden" in end:
            moderation.hide(circle.store, circle.house, circle.facilitator, written.id, circle.now)
        if "withdrawn" in end:
            comments.withdraw(circle.store, author, written.id, circle.now)
        assert written.id not in json.dumps([circle.changes(), circle.exported()])
        assert author.name not in json.dumps([circle.changes(), circle.exported()])


def test_a_visitor_is_named_only_while_a_word_of_theirs_is_shown(circle: Circle) -> None:
    written = circle.confirm(circle.drop_by("Vera", "A word"))
    moderation.approve(circle.store, circle.house, circle.facilitator, written.id, circle.now)
    shown = next(p for p in circle.exported()["people"] if p["name"] == "Vera")
    assert (shown["as"], shown["since"]) == ("visitor", None)
    moderation.hide(circle.store, circle.house, circle.facilitator, written.id, circle.now)
    assert "Vera" not in json.dumps(circle.exported())


def test_who_takes_part_is_no_visitor(circle: Circle) -> None:
    written = circle.confirm(circle.drop_by("Vera", "A word", email="vera@example.org"))
    moderation.approve(circle.store, circle.house, circle.facilitator, written.id, circle.now)
    circle.bring_in("Vera")
    shown = [p["as"] for p in circle.exported()["people"] if p["name"] == "Vera"]
    assert shown == ["expert"]


def test_a_comment_crosses_as_the_contract_has_it(circle: Circle) -> None:
    comment = circle.say(circle.facilitator, "Hello", update="first-day")
    assert circle.exported()["comments"] == [
        {
            "id": comment.id,
            "parent": None,
            "update": "first-day",
            "author": circle.facilitator.id,
            "state": "published",
            "written": "2026-11-03T09:00:00.000Z",
            "edited": None,
            "html": "<p>Hello</p>",
            "answer_to": f"answer+{comment.id}@talk.example.org",
            "message_id": f"<{comment.id}@talk.example.org>",
            "introduces": None,
        }
    ]
