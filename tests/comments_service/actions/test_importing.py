"""Comments of other systems: who wrote them, who is not brought back, and that nobody is mailed."""

from datetime import timedelta
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import comments, erasing, following, importing
from comments_service.domain.archive import NOWHERE, Message, Report, Skip
from comments_service.domain.discussion import State
from comments_service.domain.erasures import Words
from comments_service.domain.following import Dose
from comments_service.domain.people import Person

from ..conftest import MORNING, Circle, entry

LONG_AGO = MORNING - timedelta(days=900)


def said(id: int, sender: str = "bob@example.net", **more: Any) -> Message:
    given: dict[str, Any] = {
        "sender": sender,
        "name": sender.partition("@")[0].title(),
        "written": LONG_AGO,
        "text": f"Words of {id}.",
        "message_id": f"<disqus.{id}@{NOWHERE}>",
    }
    return Message(**given | more)


@pytest.fixture
def circle(circle: Circle) -> Circle:
    circle.publish(entry("farm"), entry("mill"))
    return circle


def take(circle: Circle, *, dry_run: bool = False, **brought: list[Message | Skip]) -> list[Report]:
    sifted = importing.sift(circle.store, brought)
    taken = importing.take(circle.store, circle.house, sifted, circle.now, dry_run=dry_run)
    return [report for _, report in taken]


def the_person(circle: Circle, email: str) -> Person:
    with circle.store.reading() as look:
        person = look.person_by_email(email)
    assert person
    return person


def test_authors_are_counted_once_for_all_discussions(circle: Circle) -> None:
    circle.bring_in("Ada")
    brought: dict[str, list[Message | Skip]] = {
        "farm": [said(1), said(2, "ada@example.org")],
        "mill": [said(3), said(4, f"withdrawn@{NOWHERE}", state=State.WITHDRAWN), Skip.SPAM],
    }
    sifted = importing.sift(circle.store, brought)
    assert (sifted.authors, sifted.new_people) == (2, 1)
    told = take(circle, **brought, dry_run=True)
    assert take(circle, **brought)[0].taken == told[0].taken == 2
    again = importing.sift(circle.store, brought)
    assert (again.authors, again.new_people) == (0, 0)


@pytest.mark.parametrize("words", list(Words))
def test_whoever_was_erased_does_not_come_back_with_a_newer_export(
    circle: Circle, words: Words
) -> None:
    take(circle, farm=[said(1), said(2, "eve@example.net")])
    erasing.erase(circle.store, the_person(circle, "bob@example.net"), words, circle.now)
    before = circle.exported()
    newer: list[Message | Skip] = [said(1), said(2, "eve@example.net"), said(5)]
    farm, mill = take(circle, farm=newer, mill=[said(6), said(7, "eve@example.net")])
    assert farm.skipped == ((1, Skip.HERE), (2, Skip.HERE), (3, Skip.ERASED))
    assert (mill.taken, mill.skipped) == (1, ((1, Skip.ERASED),))
    assert circle.exported() == before
    with circle.store.reading() as look:
        assert look.person_by_email("bob@example.net") is None


def test_nobody_is_mailed_and_who_has_no_address_never_will_be(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    circle.choose(ada, Dose.DIGEST)
    with circle.store.reading() as look:
        before = look.letters(1_000)
    take(circle, farm=[said(1), said(2, f"disqus-1@{NOWHERE}"), said(3, ada.email)])
    circle.wait(days=2)
    following.write_digests(circle.store, circle.house, circle.now)
    with circle.store.reading() as look:
        assert look.letters(1_000) == before
    assert the_person(circle, f"disqus-1@{NOWHERE}").unreachable
    assert the_person(circle, "bob@example.net").unreachable is None
    assert the_person(circle, ada.email).name == ada.name


def test_what_was_taken_back_or_moved_here_stays_so(circle: Circle) -> None:
    take(circle, farm=[said(1), said(2)])
    with circle.store.transaction() as t:
        comment = t.comment_by_message_id(f"<disqus.1@{NOWHERE}>")
        assert comment
    comments.withdraw(circle.store, the_person(circle, "bob@example.net"), comment.id, circle.now)
    before = circle.exported()
    [report] = take(circle, mill=[said(1), said(2)])
    assert (report.taken, report.skipped) == (0, ((1, Skip.HERE), (2, Skip.HERE)))
    assert circle.exported() == before


def test_an_opportunity_that_nobody_knows_takes_nothing(circle: Circle) -> None:
    with pytest.raises(errors.NotFound):
        take(circle, farm=[said(1)], nowhere=[said(2)])
    assert circle.said() == []
