"""Marks: whose they are, what they may be on, and who sees the client's."""

from collections.abc import Callable

import pytest

from comments_service import errors
from comments_service.actions import comments, marks, people
from comments_service.domain.marks import Audience, MarkKind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry

Who = dict[str, Person | None]


@pytest.fixture
def who(circle: Circle) -> Who:
    """A client, and those who see more or less of what he marks."""
    return {
        "client": circle.bring_in("Clio", capacity=Capacity.CLIENT),
        "ada": circle.bring_in("Ada"),
        "bob": circle.bring_in("Bob"),
        "camille": circle.facilitator,
        "nobody": None,
    }


@pytest.fixture
def person(who: Who) -> Callable[[str], Person]:
    def find(name: str) -> Person:
        found = who[name]
        assert found
        return found

    return find


def kept(circle: Circle) -> list[tuple[str, str]]:
    with circle.store.reading() as look:
        farm = look.opportunity("farm")
        assert farm
        return [(mark.person_id, mark.subject) for mark in look.marks(farm.id, MarkKind.KEEP)]


def test_who_takes_part_marks_what_is_worth_keeping_once(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    ada, camille = person("ada"), person("camille")
    comment = circle.say(ada, "Two metres.")
    for _ in range(2):
        marks.keep(circle.store, ada, comment.id, circle.now)
    marks.keep(circle.store, camille, comment.id, circle.now)
    assert sorted(kept(circle)) == sorted([(ada.id, comment.id), (camille.id, comment.id)])
    assert marks.kept(circle.store, ada, comment.id).keeps
    for _ in range(2):
        marks.keep(circle.store, ada, comment.id, circle.now, on=False)
    assert kept(circle) == [(camille.id, comment.id)]


def test_what_is_worth_keeping_is_nobody_elses_to_see_on_the_site(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    comment = circle.say(person("ada"), "Two metres.")
    marks.set_audience(circle.store, person("camille"), "farm", Audience.EVERYBODY, circle.now)
    marks.keep(circle.store, person("bob"), comment.id, circle.now)
    assert circle.exported()["marks"] == []
    assert not marks.kept(circle.store, person("ada"), comment.id).keeps


def test_a_stranger_an_invited_person_and_one_who_left_keep_nothing(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    comment = circle.say(person("ada"), "Two metres.")
    invited = circle.invite("Ines").invitation.person
    people.leave(circle.store, circle.house, person("bob"), "farm", circle.now)
    circle.publish(entry("farm"), entry("mill"))
    elsewhere = circle.bring_in("Mia", "mill")
    for one in (invited, person("bob"), elsewhere):
        with pytest.raises(errors.NotAllowed):
            marks.keep(circle.store, one, comment.id, circle.now)


def test_what_nobody_can_read_is_not_kept(circle: Circle, person: Callable[[str], Person]) -> None:
    ada = person("ada")
    held = circle.confirm(circle.drop_by("Zoe", "Hello."))
    comment = circle.say(ada, "Two metres.")
    comments.withdraw(circle.store, ada, comment.id, circle.now)
    with pytest.raises(errors.Conflict):
        marks.keep(circle.store, ada, comment.id, circle.now)
    for id in (held.id, "nothing", "'; DROP TABLE mark"):
        with pytest.raises(errors.NotFound):
            marks.keep(circle.store, ada, id, circle.now)
    marks.keep(circle.store, ada, comment.id, circle.now, on=False)


def test_only_the_client_recognises_and_says_who_carries(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    ada, store, now = person("ada"), circle.store, circle.now
    comment = circle.say(person("bob"), "Two metres.")
    for one in (ada, person("camille")):
        with pytest.raises(errors.NotAllowed):
            marks.recognise(store, one, "farm", comment.id, now)
        with pytest.raises(errors.NotAllowed):
            marks.say_who_carries(store, one, "farm", ada.id, now)


def test_the_client_marks_others_and_what_stands_here(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    client, store, now = person("client"), circle.store, circle.now
    circle.publish(entry("farm"), entry("mill"))
    own, elsewhere = circle.say(client, "Mine."), circle.say(circle.facilitator, "There.", "mill")
    invited = circle.invite("Ines").invitation.person
    with pytest.raises(errors.Conflict, match="about yourself"):
        marks.recognise(store, client, "farm", own.id, now)
    with pytest.raises(errors.Conflict, match="about yourself"):
        marks.say_who_carries(store, client, "farm", client.id, now)
    with pytest.raises(errors.NotFound):
        marks.recognise(store, client, "farm", elsewhere.id, now)
    for id in (invited.id, "nothing"):
        with pytest.raises(errors.NotFound):
            marks.say_who_carries(store, client, "farm", id, now)


@pytest.mark.parametrize(
    ("audience", "sees"),
    [
        (Audience.FACILITATORS, {"client", "camille"}),
        (Audience.CONCERNED, {"client", "camille", "ada"}),
        (Audience.EVERYBODY, {"client", "camille", "ada", "bob", "nobody"}),
    ],
)
def test_the_facilitator_chooses_who_sees_the_clients_marks(
    circle: Circle, who: Who, person: Callable[[str], Person], audience: Audience, sees: set[str]
) -> None:
    client, ada, store, now = person("client"), person("ada"), circle.store, circle.now
    comment = circle.say(ada, "Two metres.")
    marks.recognise(store, client, "farm", comment.id, now)
    marks.say_who_carries(store, client, "farm", ada.id, now)
    with pytest.raises(errors.NotAllowed):
        marks.set_audience(store, client, "farm", audience, now)
    marks.set_audience(store, person("camille"), "farm", audience, now)
    for name, reader in who.items():
        with store.reading() as look:
            farm = look.opportunity("farm")
            assert farm
            found = marks.marks_visible(look, farm, reader)
        assert len(found) == (2 if name in sees else 0), name
        seen = marks.marks_seen_by(store, reader, "farm")
        assert any(one.by for one in seen.people) == (name in sees), name
        assert any(one.by for one in seen.comments) == (name in sees), name
    assert len(circle.exported()["marks"]) == (2 if audience is Audience.EVERYBODY else 0)


def test_what_everybody_sees_reaches_the_page_and_leaves_it(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    client, ada, store, now = person("client"), person("ada"), circle.store, circle.now
    marks.set_audience(store, person("camille"), "farm", Audience.EVERYBODY, now)
    for on, left in ((True, 1), (False, 0)):
        before = circle.changes()["cursor"]
        marks.say_who_carries(store, client, "farm", ada.id, now, on=on)
        assert circle.changes()["cursor"] > before
        assert len(circle.exported()["marks"]) == left


def test_a_closed_opportunity_is_not_marked(
    circle: Circle, person: Callable[[str], Person]
) -> None:
    comment = circle.say(person("ada"), "Two metres.")
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        marks.keep(circle.store, person("ada"), comment.id, circle.now)
    with pytest.raises(errors.Closed):
        marks.recognise(circle.store, person("client"), "farm", comment.id, circle.now)
    assert not marks.marks_seen_by(circle.store, person("client"), "farm").may_mark
