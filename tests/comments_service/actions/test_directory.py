"""Who is in a facilitator's network, and what he may keep of them."""

from dataclasses import replace

import pytest

from comments_service import errors
from comments_service.actions import directory, people
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry

TOLD = {
    "know_how": "Rain",
    "status": "founder",
    "links": ["https://a.example"],
    "tags": ["#A", "b"],
}


@pytest.fixture
def mill(circle: Circle) -> Person:
    """Miles, who facilitates `mill` by invitation; Ada and Eve are in `farm`, Ada and Bob there."""
    circle.publish(entry("farm"), entry("mill"))
    miles = circle.bring_in("Miles", "mill", capacity=Capacity.FACILITATOR)
    for name, slugs in (("Ada", ("farm", "mill")), ("Bob", ("mill",)), ("Eve", ("farm",))):
        for slug in slugs:
            circle.bring_in(name, slug, know_how="Rivers" if name != "Bob" else "Soil")
    return miles


def names(found: directory.Circle) -> list[str]:
    return [person.name for person in found.people if not person.facilitates]


def find(circle: Circle, name: str) -> Person:
    with circle.store.reading() as look:
        found = look.person_by_email(f"{name}@example.org")
    assert found
    return found


def test_a_named_facilitator_knows_everybody_and_another_those_he_leads(
    circle: Circle, mill: Person
) -> None:
    everybody = directory.people(circle.store, circle.facilitator)
    assert names(everybody) == ["Ada", "Bob", "Eve", "Miles"]
    assert names(directory.people(circle.store, mill)) == ["Ada", "Bob", "Miles"]


def test_an_expert_knows_nobody(circle: Circle, mill: Person) -> None:
    for who in (find(circle, "ada"), replace(mill, id="nobody")):
        with pytest.raises(errors.NotAllowed):
            directory.people(circle.store, who)


def test_a_facilitator_by_invitation_sees_no_other_opportunity_of_somebody(
    circle: Circle, mill: Person
) -> None:
    ada = find(circle, "ada")
    circle.say(ada, "Of the farm.")
    circle.wait(minutes=1)
    circle.say(ada, "Of the mill.", "mill")
    closely = directory.known_closely(circle.store, mill, ada.id)
    assert [opportunity.slug for opportunity, _ in closely.parts] == ["mill"]
    assert [comment.text for _, comment in closely.wrote] == ["Of the mill."]
    assert closely.heard == circle.now
    whole = directory.known_closely(circle.store, circle.facilitator, ada.id)
    assert len(whole.parts) == len(whole.wrote) == 2
    with pytest.raises(errors.NotFound):
        directory.known_closely(circle.store, mill, find(circle, "eve").id)


def test_words_and_tags_narrow_the_list(circle: Circle, mill: Person) -> None:
    ada, camille = find(circle, "ada"), circle.facilitator
    directory.describe(circle.store, camille, ada.id, circle.now, **TOLD)
    assert names(directory.people(circle.store, mill, "rai")) == ["Ada"]
    assert names(directory.people(circle.store, mill, "soil")) == ["Bob"]
    assert names(directory.people(circle.store, camille, tag="a")) == ["Ada"]
    assert names(directory.people(circle.store, camille, "soil", "a")) == []
    assert directory.people(circle.store, camille).tags == ["a", "b"]


def test_who_is_erased_is_not_there(circle: Circle, mill: Person) -> None:
    ada = find(circle, "ada")
    with circle.store.transaction() as t:
        t.change_person(replace(ada, erased=circle.now))
    assert "Ada" not in names(directory.people(circle.store, circle.facilitator))
    assert directory.people(circle.store, mill, "Ada").people == []
    with pytest.raises(errors.NotFound):
        directory.known_closely(circle.store, circle.facilitator, ada.id)


def test_what_is_public_of_a_description_reaches_the_page(circle: Circle, mill: Person) -> None:
    ada = find(circle, "ada")
    before, camille = circle.changes()["cursor"], circle.facilitator
    changed = directory.describe(circle.store, camille, ada.id, circle.now, **TOLD)
    assert (changed.tags, changed.links) == (("a", "b"), ("https://a.example",))
    told = circle.changes(before)
    assert {discussion["slug"] for discussion in told["discussions"]} == {"farm", "mill"}
    assert "https://a.example" not in str(told)
    after = told["cursor"]
    directory.describe(circle.store, camille, ada.id, circle.now, **TOLD | {"tags": ["c"]})
    assert circle.changes(after)["discussions"] == []


@pytest.mark.parametrize(
    "change",
    [{"know_how": "x" * 201}, {"status": "king"}, {"links": ["javascript:alert(1)"]}]
    + [{"links": ["https://a.example"] * 6}, {"tags": ["x" * 41]}, {"tags": map(str, range(21))}]
    + [{"tags": ["x" * 5_000]}, {"links": ["\ud800"]}, {"links": ["https://a/" + "x" * 5_000]}],
)
def test_what_cannot_be_kept_is_refused(
    circle: Circle, mill: Person, change: dict[str, object]
) -> None:
    ada = find(circle, "ada")
    with pytest.raises(errors.Invalid):
        directory.describe(circle.store, mill, ada.id, circle.now, **TOLD | change)  # type: ignore[arg-type]
    assert find(circle, "ada") == ada


def test_of_two_at_once_the_second_is_told(circle: Circle, mill: Person) -> None:
    ada = find(circle, "ada")
    seen = directory.edition(ada)
    directory.describe(circle.store, circle.facilitator, ada.id, circle.now, seen=seen, **TOLD)
    with pytest.raises(errors.Conflict):
        directory.describe(circle.store, circle.facilitator, ada.id, circle.now, seen=seen, **TOLD)


def test_one_can_invite_to_what_one_leads_and_is_open(circle: Circle, mill: Person) -> None:
    circle.publish(entry("farm"), entry("mill"), entry("shut", phase="closed"), entry("port"))
    bob = find(circle, "bob")
    closely = directory.known_closely(circle.store, circle.facilitator, bob.id)
    assert [one.slug for one in closely.elsewhere] == ["farm", "port"]
    assert directory.known_closely(circle.store, mill, bob.id).elsewhere == []


def test_who_leads_no_more_sees_no_more(circle: Circle, mill: Person) -> None:
    people.leave(circle.store, circle.house, mill, "mill", circle.now)
    with pytest.raises(errors.NotAllowed):
        directory.known(circle.store, mill, [])
