"""An update opens a thread and is mailed once, whatever becomes of its file."""

from typing import Any

import pytest

from comments_service.actions.sending import matter_to_send
from comments_service.domain.letters import NO_LONGER_WANTED, Kind, Letter
from comments_service.domain.people import Person

from ..conftest import Circle, entry

FIRST = {"slug": "first-day", "title": "First day", "url": "https://example.org/u"}
FROST = {
    "slug": "first-frost",
    "title": "First frost",
    "url": "https://example.org/#u-first-frost",
    "date": "2026-11-03T00:00:00+01:00",
    "text": "The pumps stopped at minus four.",
}


def publish(circle: Circle, *updates: dict[str, Any]) -> None:
    circle.wait(seconds=1)
    circle.publish(entry("farm", updates=[FIRST, *updates]))


def letters_to(circle: Circle, person: Person) -> list[Letter]:
    return [one for one in circle.letters(Kind.UPDATE) if one.person_id == person.id]


def mailed(circle: Circle, person: Person) -> list[str | None]:
    return [letter.subject for letter in letters_to(circle, person)]


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


@pytest.mark.parametrize(
    "renamed",
    [
        pytest.param({"slug": "frost", "text": "New words.", "title": "Other", "date": ""}
                     | {"aliases": ["first-frost"]}, id="its header says so"),
        pytest.param({"slug": "frost", "text": "New words.", "title": "Other"}
                     | {"renamed": ["first-frost"]}, id="git saw it, and the day is the same"),
        pytest.param({"slug": "frost", "title": "Cold"}, id="the same words"),
        pytest.param({"slug": "frost", "text": "Minus five."}, id="the same title and day"),
        pytest.param({"slug": "frost", "text": ""}, id="an old one, without its words"),
    ],
)  # fmt: skip
def test_a_renamed_update_keeps_its_thread_and_is_not_mailed_again(
    circle: Circle, ada: Person, renamed: dict[str, Any]
) -> None:
    publish(circle, FROST)
    answer = circle.say(ada, "And at minus three?", update="first-frost")
    publish(circle, FROST | renamed)
    assert mailed(circle, ada) == ["frost"]
    assert {c["id"]: c["update"] for c in circle.said()} == {answer.id: "frost"}
    assert circle.exported()["taken_back"] == []
    circle.say(ada, "Now by its new name", update="frost")
    publish(circle, FROST)
    assert mailed(circle, ada) == ["first-frost"], "back to the old name, and no second mail"


def test_what_only_git_takes_for_the_same_is_another_update(circle: Circle, ada: Person) -> None:
    publish(circle, FROST)
    circle.say(ada, "And at minus three?", update="first-frost")
    other = {"slug": "thaw", "title": "Thaw", "text": "It rains.", "date": "2026-11-12T00:00Z"}
    publish(circle, FROST | other | {"renamed": ["first-frost"]})
    assert set(mailed(circle, ada)) == {"first-frost", "thaw"}
    assert [c["update"] for c in circle.said()] == ["first-frost"]


def test_updates_that_exchange_their_names_take_their_threads_along(
    circle: Circle, ada: Person
) -> None:
    thaw = FROST | {"slug": "thaw", "title": "Thaw", "text": "It rains."}
    publish(circle, FROST, thaw)
    about_frost = circle.say(ada, "And at minus three?", update="first-frost")
    about_thaw = circle.say(ada, "How much?", update="thaw")
    publish(circle, FROST | {"slug": "thaw"}, thaw | {"slug": "first-frost"})
    assert {c["id"]: c["update"] for c in circle.said()} == {
        about_frost.id: "thaw",
        about_thaw.id: "first-frost",
    }
    assert len(letters_to(circle, ada)) == 2


def test_a_name_that_is_handed_on_mails_nobody_twice(circle: Circle, ada: Person) -> None:
    thaw = FROST | {"slug": "thaw", "title": "Thaw", "text": "It rains."}
    publish(circle, FROST, thaw)
    publish(circle, FROST | {"slug": "thaw"}, thaw | {"slug": "rain"})
    assert set(mailed(circle, ada)) == {"thaw", "rain"}


def test_a_new_update_under_a_former_name_has_a_message_of_its_own(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    frost = FROST | {"slug": "frost"}
    publish(circle, frost)
    other = {"title": "Other", "text": "Something else.", "date": "2026-11-20T00:00:00Z"}
    publish(circle, frost, FROST | other)
    ids = [letter.message_id for letter in letters_to(circle, ada)]
    assert len(ids) == len(set(ids)) == 2


def test_a_letter_that_was_claimed_brings_its_update_by_its_new_name(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    (letter,) = letters_to(circle, ada)
    publish(circle, FROST | {"slug": "frost"})
    matter = matter_to_send(circle.store, circle.house, letter, circle.now)
    assert matter and matter.updates[0].update.slug == "frost"


def test_the_site_is_told_again_of_answers_that_moved_with_their_update(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    answer = circle.say(ada, "And at minus three?", update="first-frost")
    cursor = circle.changes()["cursor"]
    publish(circle, FROST | {"slug": "frost"})
    (told,) = circle.changes(cursor)["discussions"]
    assert [(c["id"], c["update"]) for c in told["comments"]] == [(answer.id, "frost")]


def test_another_update_of_the_same_title_on_another_day_is_another(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    publish(circle, FROST | {"slug": "later", "date": "2026-11-10T00:00:00+01:00", "text": "New"})
    assert set(mailed(circle, ada)) == {"first-frost", "later"}


def test_a_mended_update_is_not_mailed_again(circle: Circle, ada: Person) -> None:
    publish(circle, FROST)
    publish(circle, FROST | {"text": "The pumps stopped at minus five.", "title": "Frost"})
    assert mailed(circle, ada) == ["first-frost"]


def test_the_thread_of_an_update_that_was_taken_back_stays_and_can_be_answered(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    circle.say(ada, "And at minus three?", update="first-frost")
    cursor = circle.changes()["cursor"]
    publish(circle)
    (told,) = circle.changes(cursor)["discussions"]
    assert told["taken_back"] == [{"slug": "first-frost", "date": FROST["date"]}]
    circle.say(ada, "A last word", update="first-frost")
    assert [c["update"] for c in circle.said()] == ["first-frost"] * 2


def test_an_update_that_nobody_heard_of_leaves_nothing_behind(circle: Circle) -> None:
    publish(circle, FROST)
    publish(circle)
    assert circle.exported()["taken_back"] == []


def test_builders_that_disagree_mail_an_update_once(circle: Circle, ada: Person) -> None:
    for _ in range(3):
        publish(circle, FROST)
        publish(circle)
    publish(circle, FROST)
    assert mailed(circle, ada) == ["first-frost"]


def test_a_letter_given_up_while_its_update_was_lost_goes_out_when_it_is_back(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    publish(circle)
    with circle.store.transaction() as t:
        claimed = t.claim_letters(circle.now, circle.now, 50)
        ours = {one.id for one in letters_to(circle, ada)}
        (letter,) = (one for one in claimed if one.id in ours)
        t.letter_failed(letter.id, NO_LONGER_WANTED, None)
    publish(circle, FROST)
    (again,) = letters_to(circle, ada)
    assert (again.id, again.due, again.error) == (letter.id, circle.now, None)


def test_a_letter_that_went_out_does_not_go_again_when_its_update_is_back(
    circle: Circle, ada: Person
) -> None:
    publish(circle, FROST)
    (letter,) = letters_to(circle, ada)
    with circle.store.transaction() as t:
        t.letter_sent(letter.id, circle.now)
    publish(circle)
    publish(circle, FROST)
    (still,) = letters_to(circle, ada)
    assert still.sent is not None
