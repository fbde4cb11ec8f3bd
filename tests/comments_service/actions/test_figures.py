"""What the desk counts, from a real store; and how often it asks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import comments, figures, invitations, people, suggesting
from comments_service.domain.bounces import Bounce
from comments_service.domain.discussion import Comment, Door, State
from comments_service.domain.ids import mint
from comments_service.domain.inviting import InvitationFate
from comments_service.domain.people import Capacity, Person
from comments_service.storage.queries import Queries

from ..conftest import Circle, entry


def look_at(circle: Circle, slug: str = "farm") -> figures.Figures:
    return figures.figures_of(circle.store, circle.facilitator, slug, circle.now)


def names(found: list[Person]) -> list[str]:
    return [person.name for person in found]


def test_an_opportunity_without_anybody_has_no_figures(circle: Circle) -> None:
    counted = look_at(circle)
    assert (counted.invited, counted.days_to_exchange, counted.to_introduce) == (0, None, 0)
    assert not counted.wrote and not counted.trouble and not counted.unanswered


def test_invitations_have_their_fates(circle: Circle) -> None:
    circle.bring_in("Ada")
    declined = circle.invite("Bob").invitation
    invitations.decline(circle.store, declined.id, circle.now)
    lost, looked = circle.invite("Cid").invitation, circle.invite("Dan").invitation
    circle.invite("Eve")
    with circle.store.transaction() as t:
        t.add_bounce(Bounce(lost.person.id, circle.now, True, "5.1.1"))
        t.change_invitation(replace(looked, looked=circle.now))
    counted = look_at(circle)
    fates = {fate: [i.person.name for i in some] for fate, some in counted.fates.items()}
    assert fates == {
        InvitationFate.SENT: ["Eve"],
        InvitationFate.BOUNCED: ["Cid"],
        InvitationFate.LOOKED: ["Dan"],
        InvitationFate.ACCEPTED: ["Ada"],
        InvitationFate.DECLINED: ["Bob"],
        InvitationFate.SILENT: [],
    }
    assert counted.invited == 5


def test_a_discussion_is_counted(circle: Circle) -> None:
    ada, bob = circle.bring_in("Ada", introduction="Rivers."), circle.bring_in("Bob")
    circle.bring_in("Cid")
    question = circle.say(ada, "How deep?")
    lone = circle.say(circle.facilitator, "What was said at the meeting.")
    circle.wait(days=2, hours=1)
    circle.say(bob, "Two metres.", answer=question.id)
    gone = circle.bring_in("Dan")
    people.leave(circle.store, circle.house, gone, "farm", circle.now)
    held = circle.confirm(circle.drop_by("Zoe", "Hello."))
    circle.wait(days=4)
    counted = look_at(circle)
    assert set(names(counted.wrote)) == {"Ada", "Bob", "Camille Le Goff"}
    assert [part.person.name for part in counted.quiet] == ["Cid"]
    assert [part.person.name for part in counted.left] == ["Dan"]
    assert counted.days_to_exchange == 2
    assert [comment.id for comment in counted.unanswered] == [lone.id]
    assert names(counted.people_unanswered) == ["Bob"]
    assert [comment.id for comment in counted.held] == [held.id]
    assert (counted.introduced, counted.to_introduce) == (1, 3)


def test_news_begin_where_the_last_visit_ended(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    circle.say(ada, "Before.")
    before = look_at(circle)
    assert before.news.since is None and len(before.news.comments) == 1
    figures.seen(circle.store, circle.facilitator, "farm", before.cursor, before.at, circle.now)
    assert not look_at(circle).news
    circle.wait(hours=1)
    circle.say(circle.bring_in("Bob"), "After.")
    suggesting.suggest(circle.store, ada, "farm", circle.now, name="Eve", email="", why="Soil.")
    people.leave(circle.store, circle.house, ada, "farm", circle.now)
    news = look_at(circle).news
    assert [comment.text for comment in news.comments] == ["After."]
    assert [part.person.name for part in news.came] == ["Bob"]
    assert [part.person.name for part in news.left] == ["Ada"]
    assert [one.name for one in news.suggestions] == ["Eve"]


def test_an_older_page_takes_nothing_back_and_no_page_is_of_tomorrow(circle: Circle) -> None:
    older = look_at(circle)
    circle.wait(hours=1)
    circle.bring_in("Ada")
    newer = look_at(circle)
    who = circle.facilitator
    figures.seen(circle.store, who, "farm", newer.cursor, newer.at, circle.now)
    figures.seen(circle.store, who, "farm", older.cursor, older.at, circle.now)
    assert not look_at(circle).news
    tomorrow = circle.now + timedelta(days=1)
    figures.seen(circle.store, who, "farm", newer.cursor, tomorrow, circle.now)
    figures.seen(circle.store, who, "farm", 1_000_000, circle.now, circle.now)
    assert look_at(circle).news.since == newer.at


def test_figures_are_for_those_who_lead(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    for refused in (
        lambda: figures.figures_of(circle.store, ada, "farm", circle.now),
        lambda: figures.seen(circle.store, ada, "farm", 1, circle.now, circle.now),
        lambda: figures.across(circle.store, ada),
    ):
        with pytest.raises(errors.NotAllowed):
            refused()


def test_across_opportunities_each_tells_how_it_does(circle: Circle) -> None:
    circle.publish(entry("mill", phase="brief"), entry("farm"))
    ada, bob = circle.bring_in("Ada"), circle.bring_in("Bob")
    circle.wait(minutes=1)
    circle.bring_in("Ada", "mill")
    circle.invite("Eve", "mill")
    first = circle.say(ada, "How deep?")
    circle.wait(days=3)
    circle.say(bob, "Two metres.", answer=first.id)
    whole = figures.across(circle.store, circle.facilitator)
    assert [
        (one.opportunity.slug, one.comments, one.last, one.days_to_exchange)
        for one in whole.opportunities
    ] == [("farm", 2, circle.now, 3), ("mill", 0, None, None)]
    assert [one.present - 1 for one in whole.opportunities] == [2, 1]  # and Camille
    assert [
        (person.name, [opportunity.slug for opportunity, _ in where])
        for person, where in whole.people
        if not person.facilitates
    ] == [("Ada", ["farm", "mill"]), ("Bob", ["farm"])]
    miles = circle.bring_in("Miles", "mill", capacity=Capacity.FACILITATOR)
    assert [o.opportunity.slug for o in figures.across(circle.store, miles).opportunities] == [
        "mill"
    ]


def test_one_and_across_agree_on_the_first_exchange(circle: Circle) -> None:
    ada, bob = circle.bring_in("Ada"), circle.bring_in("Bob")
    first = circle.say(ada, "How deep?")
    circle.wait(days=1)
    early = circle.say(bob, "Two metres.", answer=first.id)
    circle.wait(days=1)
    circle.say(bob, "Three.", answer=first.id)
    comments.withdraw(circle.store, bob, early.id, circle.now)
    [faring] = figures.across(circle.store, circle.facilitator).opportunities
    assert faring.days_to_exchange == look_at(circle).days_to_exchange == 2


def test_a_thousand_comments_are_counted_with_a_handful_of_queries(
    circle: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    authors = [circle.bring_in(f"P{number}") for number in range(43)]
    with circle.store.transaction() as t:
        opportunity = t.opportunity("farm")
        assert opportunity
        made: list[Comment] = []
        for number in range(1_000):
            id = mint(circle.now)
            made.append(
                Comment(
                    id,
                    opportunity.id,
                    authors[number * 7 % 43].id,
                    "Water " * 50,
                    "",
                    State.PUBLISHED,
                    Door.PAGE,
                    f"<{id}@x>",
                    circle.now + timedelta(minutes=number),
                    parent_id=made[number // 3].id if number % 4 else None,
                )
            )
            t.add_comment(made[-1], id)
            t.note_change(opportunity.id, id, circle.now)
    circle.wait(days=5)
    counted = look_at(circle)
    figures.seen(circle.store, circle.facilitator, "farm", counted.cursor, counted.at, circle.now)
    asked: list[str] = []
    for name in ("_one", "_all"):
        monkeypatch.setattr(Queries, name, counted_in(asked, getattr(Queries, name)))
    look_at(circle)
    assert counted.unanswered
    assert len(asked) < 40, "a handful of queries, however much was said"


def counted_in(asked: list[str], query: Any) -> Any:
    def counting(self: Queries, sql: str, **values: Any) -> Any:
        asked.append(sql)
        return query(self, sql, **values)

    return counting
