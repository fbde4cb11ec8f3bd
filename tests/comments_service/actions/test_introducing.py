"""An introduction is an entry in the discussion: told once, answered, mended, withdrawn, kept."""

from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import (
    archive,
    comments,
    invitations,
    moderation,
    people,
    receiving,
)
from comments_service.domain.discussion import Comment, State
from comments_service.domain.house import House
from comments_service.domain.incoming import Answering, Fate, Incoming, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry


def entry_of(circle: Circle, person: Person) -> Comment:
    with circle.store.reading() as look:
        opportunity = look.opportunity("farm")
        found = look.introduction_of(opportunity.id, person.id) if opportunity else None
    assert found
    return found


def shown(circle: Circle) -> list[dict[str, Any]]:
    return [c for c in circle.exported()["comments"] if c["introduces"]]


def test_who_accepts_is_introduced_in_the_discussion_by_who_invited(circle: Circle) -> None:
    ines = circle.invite("Ines", introduction="*Ines* knows roofs.").invitation
    assert shown(circle) == []
    invitations.accept(circle.store, circle.house, ines.id, circle.now)
    [told] = shown(circle)
    assert (told["introduces"], told["author"]) == (ines.person.id, circle.facilitator.id)
    assert (told["html"], told["parent"]) == ("<p><em>Ines</em> knows roofs.</p>", None)
    names = {p["name"]: p["introduction"] for p in circle.exported()["people"]}
    assert names["Ines"] == told["html"]


def test_who_writes_of_oneself_where_nobody_did_speaks_oneself(circle: Circle) -> None:
    ines = circle.invite("Ines").invitation
    invitations.accept(circle.store, circle.house, ines.id, circle.now, "I know roofs.")
    assert entry_of(circle, ines.person).author_id == ines.person.id
    jo = circle.invite("Jo", introduction="Jo draws.").invitation
    invitations.accept(circle.store, circle.house, jo.id, circle.now, "Jo draws and paints.")
    said = entry_of(circle, jo.person)
    assert (said.author_id, said.text) == (circle.facilitator.id, "Jo draws and paints.")


def test_it_is_mailed_under_its_own_message_id_to_all_but_the_introduced(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    told = circle.letters(Kind.INTRODUCTION)
    assert {x.person_id for x in told} == {ada.id, circle.facilitator.id}
    said = entry_of(circle, ines)
    assert {(x.message_id, x.subject) for x in told} == {(said.message_id, said.id)}
    assert circle.letters(Kind.COMMENT) == []


def test_an_answer_to_the_letter_stands_under_the_entry(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    [letter] = [x for x in circle.letters(Kind.INTRODUCTION) if x.person_id == ada.id]
    kept = receiving.keep(circle.store, "lmtp", ada.email, "reply", b"welcome", circle.now)
    mail = Mail(ada.email, text="Welcome!", message_id="<1@home>", dmarc="pass")
    settled: Incoming = receiving.settle(
        circle.store, circle.house, kept, mail, Answering(letter.id), circle.now
    )
    assert settled.fate is Fate.TAKEN
    [answer] = [c for c in circle.exported()["comments"] if not c["introduces"]]
    assert answer["parent"] == entry_of(circle, ines).id


def test_mending_it_changes_the_entry_and_says_when_and_mails_nobody(circle: Circle) -> None:
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    first, letters = entry_of(circle, ines), circle.letters(Kind.INTRODUCTION)
    circle.wait(days=1)
    people.mend_introduction(circle.store, circle.house, ines, "farm", "And walls.", circle.now)
    mended = entry_of(circle, ines)
    assert (mended.id, mended.text, mended.edited) == (first.id, "And walls.", circle.now)
    assert circle.letters(Kind.INTRODUCTION) == letters
    people.mend_introduction(circle.store, circle.house, ines, "farm", "And walls.", circle.now)
    assert entry_of(circle, ines) == mended


def test_what_a_facilitator_mends_waits_until_its_person_agreed(circle: Circle) -> None:
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    second = circle.bring_in("Jo", capacity=Capacity.FACILITATOR)
    people.introduce(circle.store, circle.house, second, "farm", ines.id, "Roofs!", circle.now)
    assert entry_of(circle, ines).text == "Ines knows roofs."
    people.mend_introduction(circle.store, circle.house, ines, "farm", "Roofs!", circle.now)
    said = entry_of(circle, ines)
    assert (said.text, said.author_id) == ("Roofs!", second.id)


def test_clearing_it_withdraws_the_entry_and_writing_it_anew_shows_it_again(circle: Circle) -> None:
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    answer = circle.say(ines, "Thank you!", answer=entry_of(circle, ines).id)
    people.mend_introduction(circle.store, circle.house, ines, "farm", " ", circle.now)
    said = {
        c["id"]: (c["state"], c["html"], c["introduces"]) for c in circle.exported()["comments"]
    }
    assert said.pop(entry_of(circle, ines).id) == ("withdrawn", "", None)
    assert said == {answer.id: ("published", "<p>Thank you!</p>", None)}
    assert circle.letters(Kind.INTRODUCTION) == []
    people.mend_introduction(circle.store, circle.house, ines, "farm", "Roofs.", circle.now)
    assert [c["html"] for c in shown(circle)] == ["<p>Roofs.</p>"]


def test_leaving_keeps_it_and_coming_back_says_it_no_second_time(circle: Circle) -> None:
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    before, letters = entry_of(circle, ines), circle.letters(Kind.INTRODUCTION)
    people.leave(circle.store, circle.house, ines, "farm", circle.now)
    assert [c["id"] for c in shown(circle)] == [before.id]
    people.come_back(circle.store, circle.house, ines, "farm", circle.now)
    assert entry_of(circle, ines) == before
    assert circle.letters(Kind.INTRODUCTION) == letters


def test_a_facilitator_introduces_himself(circle: Circle) -> None:
    camille = circle.facilitator
    people.introduce(circle.store, circle.house, camille, "farm", camille.id, "I ask.", circle.now)
    [told] = shown(circle)
    assert (told["author"], told["introduces"]) == (camille.id, camille.id)


def test_a_facilitator_who_introduces_takes_part_and_is_no_visitor(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill", facilitator="Somebody else"))
    circle.bring_in("Ines", "mill", introduction="Roofs.")
    named = {p["name"]: p["as"] for p in circle.exported("mill")["people"]}
    assert named == {"Camille Le Goff": "facilitator", "Ines": "expert"}


def test_introductions_do_not_count_as_posts(circle: Circle) -> None:
    circle.house = House("talk.example.org", posts_an_hour=1)
    for name in ("Ines", "Jo", "Kim"):
        circle.bring_in(name, introduction=f"{name} is here.")
    circle.say(circle.facilitator, "Welcome.")
    with pytest.raises(errors.TooMany):
        circle.say(circle.facilitator, "Once more.")


def test_an_introduction_is_not_edited_as_a_comment_and_withdrawing_it_empties_it(
    circle: Circle,
) -> None:
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    said = entry_of(circle, ines)
    with pytest.raises(errors.NotAllowed):
        circle.edit(circle.facilitator, said.id, "Ines knows nothing.")
    comments.withdraw(circle.store, circle.facilitator, said.id, circle.now)
    part = circle.part_of(ines)
    assert part and part.introduction == ""


def test_what_a_facilitator_took_off_the_page_stays_off_when_it_is_mended(circle: Circle) -> None:
    ines = circle.bring_in("Ines", introduction="Ines knows roofs.")
    said = entry_of(circle, ines)
    moderation.hide(circle.store, circle.house, circle.facilitator, said.id, circle.now)
    people.mend_introduction(circle.store, circle.house, ines, "farm", "And more.", circle.now)
    assert entry_of(circle, ines).state is State.HIDDEN


def test_nothing_is_added_to_a_closed_discussion(circle: Circle) -> None:
    invited = circle.invite("Ines", introduction="Ines knows roofs.").invitation
    circle.publish(entry("farm", phase="closed"))
    invitations.accept(circle.store, circle.house, invited.id, circle.now)
    assert circle.exported()["comments"] == []


def test_an_archive_says_whom_each_introduces(circle: Circle) -> None:
    circle.bring_in("Ines", introduction="Ines knows roofs.")
    [message] = archive.messages(circle.store, circle.house, "farm")
    assert message.introduces == ("Ines", "ines@farm.invalid")
    assert (message.name, message.sender) == ("Camille Le Goff", "camille-le-goff@farm.invalid")
