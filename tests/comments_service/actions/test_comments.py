"""Writing in a discussion: who may, what becomes of it, and what is one comment."""

import threading
from datetime import timedelta

import pytest

from comments_service import errors
from comments_service.actions import comments, invitations, moderation, people
from comments_service.actions.looking import waiting
from comments_service.domain.discussion import LONGEST_TEXT, Comment, State
from comments_service.domain.house import House, Visitors
from comments_service.domain.letters import Kind

from ..conftest import Circle, entry


def test_a_participants_comment_is_on_the_page_at_once(any_policy: Circle) -> None:
    comment = any_policy.say(any_policy.bring_in("Ines"), "Which heat pump?")
    assert comment.state is State.PUBLISHED
    assert [c["html"] for c in any_policy.exported()["comments"]] == ["<p>Which heat pump?</p>"]


def test_an_invited_person_who_simply_answers_takes_part(any_policy: Circle) -> None:
    invited = any_policy.invite("Ines", introduction="She knows roofs.")
    comment = any_policy.say(invited.invitation.person, "Yes.")
    assert comment.state is State.PUBLISHED
    part = any_policy.part_of(invited.invitation.person)
    assert part is not None and part.present and part.introduction_public
    assert {p["name"] for p in any_policy.exported()["people"]} == {"Camille Le Goff", "Ines"}


def test_somebody_who_left_is_back_by_writing(circle: Circle) -> None:
    person = circle.bring_in("Ines")
    people.leave(circle.store, circle.house, person, "farm", circle.now)
    circle.say(person, "One thing more.")
    part = circle.part_of(person)
    assert part is not None and part.present


@pytest.mark.parametrize(
    ("policy", "state"), [(Visitors.OPEN, State.PUBLISHED), (Visitors.HELD, State.HELD)]
)
def test_a_visitor_confirms_and_then_waits_or_not(
    circle: Circle, policy: Visitors, state: State
) -> None:
    circle.house = House("talk.example.org", visitors=policy)
    written = circle.drop_by("Vera", "May I join?")
    assert written.state is State.UNCONFIRMED
    assert circle.exported()["comments"] == []
    assert circle.confirm(written).state is state
    assert circle.confirm(written).state is state  # twice is once
    assert len(circle.exported()["comments"]) == (state is State.PUBLISHED)


def test_where_only_the_invited_write_a_visitor_is_told_so(circle: Circle) -> None:
    circle.house = House("talk.example.org", visitors=Visitors.INVITED)
    with pytest.raises(errors.InvitedOnly):
        circle.drop_by("Vera", "May I join?")
    with circle.store.reading() as look:
        assert look.person_by_email("vera@example.net") is None


def test_an_invited_person_without_a_session_confirms_and_takes_part(any_policy: Circle) -> None:
    invited = any_policy.invite("Ines")
    written = any_policy.drop_by("Somebody", "It is me.", email=" INES@example.org ")
    assert written.state is State.UNCONFIRMED
    assert any_policy.confirm(written).state is State.PUBLISHED
    part = any_policy.part_of(invited.invitation.person)
    assert part is not None and part.present and part.person.name == "Ines"


@pytest.mark.parametrize(
    ("policy", "state"), [(Visitors.OPEN, State.PUBLISHED), (Visitors.HELD, State.HELD)]
)
def test_a_signed_in_visitor_need_not_confirm_again(
    circle: Circle, policy: Visitors, state: State
) -> None:
    circle.house = House("talk.example.org", visitors=policy)
    circle.confirm(circle.drop_by("Vera", "First."))
    with circle.store.reading() as look:
        vera = look.person_by_email("vera@example.net")
    assert vera is not None
    assert circle.say(vera, "Second.").state is state
    circle.house = House("talk.example.org", visitors=Visitors.INVITED)
    with pytest.raises(errors.InvitedOnly):
        circle.say(vera, "Third.")


def test_a_comment_confirmed_after_the_closing_is_refused(circle: Circle) -> None:
    written = circle.drop_by("Vera", "Late?")
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        circle.confirm(written)


def test_nobody_writes_in_a_closed_opportunity_or_one_that_is_gone(circle: Circle) -> None:
    person = circle.bring_in("Ines")
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        circle.say(person, "Still there?")
    circle.publish(entry("farm"))
    circle.say(person, "Open again.")
    circle.publish()
    with pytest.raises(errors.Closed):
        circle.say(person, "And now?")
    with pytest.raises(errors.NotFound):
        circle.say(person, "Where?", slug="nowhere")


def test_an_edit_is_marked_until_the_window_closes(circle: Circle) -> None:
    comment = circle.say(circle.facilitator, "Teh roof.")
    circle.wait(minutes=15, milliseconds=-1)
    assert comments.edit(
        circle.store, circle.house, circle.facilitator, comment.id, "The roof.", circle.now
    )
    [shown] = circle.exported()["comments"]
    assert (shown["html"], shown["edited"]) == ("<p>The roof.</p>", "2026-11-03T09:14:59.999Z")
    circle.wait(milliseconds=1)
    with pytest.raises(errors.TooLate):
        comments.edit(
            circle.store, circle.house, circle.facilitator, comment.id, "Later.", circle.now
        )


def test_nobody_edits_or_withdraws_the_words_of_another(circle: Circle) -> None:
    comment = circle.say(circle.facilitator, "Mine.")
    other = circle.bring_in("Ines")
    with pytest.raises(errors.NotAllowed):
        circle.edit(other, comment.id, "Hers.")
    with pytest.raises(errors.NotAllowed):
        comments.withdraw(circle.store, other, comment.id, circle.now)


def test_a_withdrawn_comment_keeps_its_place_and_no_word(circle: Circle) -> None:
    comment = circle.say(circle.bring_in("Ines"), "Regrettable words.")
    circle.wait(seconds=1)
    circle.say(circle.facilitator, "An answer.", answer=comment.id)
    circle.wait(days=30)
    with circle.store.reading() as look:
        author = look.person(comment.author_id)
    assert author is not None
    comments.withdraw(circle.store, author, comment.id, circle.now)
    comments.withdraw(circle.store, author, comment.id, circle.now)
    first, second = circle.exported()["comments"]
    assert (first["state"], first["html"], first["author"]) == ("withdrawn", "", None)
    assert second["parent"] == comment.id
    with circle.store.reading() as look:
        kept = look.comment(comment.id)
    assert kept is not None and kept.text == "" == kept.html


def test_a_held_comment_is_approved_and_people_are_told(circle: Circle) -> None:
    expert = circle.bring_in("Ines")
    held = circle.confirm(circle.drop_by("Vera", "May I join?"))
    assert [w.comment.id for w in waiting(circle.store, circle.facilitator)] == [held.id]
    assert waiting(circle.store, expert) == []
    with pytest.raises(errors.NotAllowed):
        moderation.approve(circle.store, circle.house, expert, held.id, circle.now)
    moderation.approve(circle.store, circle.house, circle.facilitator, held.id, circle.now)
    moderation.approve(circle.store, circle.house, circle.facilitator, held.id, circle.now)
    assert {x.person_id for x in circle.letters(Kind.COMMENT)} >= {expert.id}
    assert [x.person_id for x in circle.letters(Kind.APPROVED)] == [held.author_id]
    assert len(circle.exported()["comments"]) == 1


def test_a_visitor_cannot_change_what_a_facilitator_approved(circle: Circle) -> None:
    held = circle.confirm(circle.drop_by("Vera", "A friendly word."))
    moderation.approve(circle.store, circle.house, circle.facilitator, held.id, circle.now)
    with circle.store.reading() as look:
        vera = look.person(held.author_id)
    assert vera is not None
    with pytest.raises(errors.TooLate):
        circle.edit(vera, held.id, "Buy my pills.")


def test_a_hidden_comment_shows_no_word_and_comes_back(circle: Circle) -> None:
    comment = circle.say(circle.bring_in("Ines"), "Off topic.")
    moderation.hide(circle.store, circle.house, circle.facilitator, comment.id, circle.now)
    [shown] = circle.exported()["comments"]
    assert (shown["state"], shown["html"], shown["author"]) == ("hidden", "", None)
    moderation.approve(circle.store, circle.house, circle.facilitator, comment.id, circle.now)
    assert circle.exported()["comments"][0]["html"] == "<p>Off topic.</p>"


def test_an_unconfirmed_comment_cannot_be_published_by_hiding_it_first(circle: Circle) -> None:
    written = circle.drop_by("Vera", "Is this address mine?")
    for decide in (
        lambda: moderation.hide(
            circle.store, circle.house, circle.facilitator, written.id, circle.now
        ),
        lambda: moderation.approve(
            circle.store, circle.house, circle.facilitator, written.id, circle.now
        ),
    ):
        with pytest.raises(errors.Conflict):
            decide()


def test_the_same_form_twice_is_one_comment_and_one_mail(circle: Circle) -> None:
    circle.bring_in("Jonas")
    person = circle.bring_in("Ines")
    first = circle.say(person, "Hello  ")
    circle.wait(minutes=9)
    assert circle.say(person, "Hello").id == first.id
    assert len(circle.letters(Kind.COMMENT)) == 2
    circle.wait(minutes=2)
    assert circle.say(person, "Hello").id != first.id
    other = circle.say(circle.facilitator, "Hello")
    assert circle.say(person, "Hello", answer=other.id).id not in (first.id, other.id)
    assert circle.drop_by("Vera", "Same").id == circle.drop_by("Vera", "Same").id
    assert len(circle.letters(Kind.CONFIRM)) == 1


def test_two_clicks_at_the_same_moment_are_one_comment(circle: Circle) -> None:
    person, made = circle.bring_in("Ines"), list[Comment]()
    gate = threading.Barrier(8)

    def click() -> None:
        gate.wait()
        made.append(circle.say(person, "Now"))

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert len(made) == 8
    assert len({comment.id for comment in made}) == 1
    assert len(circle.exported()["comments"]) == 1


def test_one_answers_only_what_can_be_read_in_the_same_discussion(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    person = circle.bring_in("Ines")
    elsewhere = circle.say(circle.facilitator, "In the mill.", slug="mill")
    hidden = circle.say(person, "Hidden.")
    moderation.hide(circle.store, circle.house, circle.facilitator, hidden.id, circle.now)
    held = circle.confirm(circle.drop_by("Vera", "Held."))
    for answered in (elsewhere.id, hidden.id, held.id, "0" * 18, "nonsense", "\ud800", ""):
        with pytest.raises(errors.Invalid) as refusal:
            circle.say(person, "Indeed.", answer=answered)
        assert refusal.value.field == "answer"
    withdrawn = circle.say(person, "Withdrawn.")
    comments.withdraw(circle.store, person, withdrawn.id, circle.now)
    assert circle.say(person, "Still answered.", answer=withdrawn.id).parent_id == withdrawn.id
    assert circle.say(person, "To an update.", update="first-day").update == "first-day"
    with pytest.raises(errors.Invalid):
        circle.say(person, "To none.", update="last-day")


@pytest.mark.parametrize(
    "text", ["", " \n\t ", "\x00", "\u200b\u200b", "x" * (LONGEST_TEXT + 1), "half \ud83d", 7, None]
)
def test_a_text_that_cannot_be_taken_is_refused_by_name(circle: Circle, text: str) -> None:
    with pytest.raises(errors.Invalid) as refusal:
        circle.say(circle.facilitator, text)
    assert refusal.value.field == "text"
    assert circle.exported()["comments"] == []


def test_the_longest_text_fits(circle: Circle) -> None:
    assert len(circle.say(circle.facilitator, "é" * LONGEST_TEXT).text) == LONGEST_TEXT


def test_the_hour_has_an_end_for_one_person_and_for_strangers(circle: Circle) -> None:
    circle.house = House("talk.example.org", posts_an_hour=3, strangers_an_hour=2)
    for number in range(3):
        circle.say(circle.facilitator, f"Post {number}")
    with pytest.raises(errors.TooMany):
        circle.say(circle.facilitator, "Post 4")
    for number in range(2):
        circle.drop_by(f"Vera{number}", "Hello", network="192.0.2.0/24")
    with pytest.raises(errors.TooMany):
        circle.drop_by("Vera9", "Hello", network="192.0.2.0/24")
    circle.wait(hours=1, seconds=1)
    circle.say(circle.facilitator, "Post 4")
    circle.drop_by("Vera9", "Hello", network="192.0.2.0/24")


def test_letters_go_to_each_other_person_who_is_there_after_a_grace(circle: Circle) -> None:
    author = circle.bring_in("Ines")
    others = [circle.bring_in(name) for name in ("Jonas", "Maria")]
    gone = circle.bring_in("Left")
    people.leave(circle.store, circle.house, gone, "farm", circle.now)
    circle.invite("Silent")
    declined = circle.invite("Declined")
    invitations.decline(circle.store, declined.invitation.id, circle.now)
    comment = circle.say(author, "Hello")
    letters = circle.letters(Kind.COMMENT)
    wanted = [circle.facilitator.id, *(person.id for person in others)]
    assert sorted(x.person_id for x in letters) == sorted(wanted)
    assert {x.message_id for x in letters} == {comment.message_id}
    assert {x.due for x in letters} == {circle.now + timedelta(minutes=2)}


def test_withdrawing_and_leaving_drop_the_letters_that_wait(circle: Circle) -> None:
    author, reader = circle.bring_in("Ines"), circle.bring_in("Jonas")
    circle.say(author, "Kept")
    comment = circle.say(author, "Regretted")
    comments.withdraw(circle.store, author, comment.id, circle.now)
    assert comment.id not in {x.subject for x in circle.letters(Kind.COMMENT)}
    people.leave(circle.store, circle.house, reader, "farm", circle.now)
    assert reader.id not in {x.person_id for x in circle.letters(Kind.COMMENT)}
    assert circle.facilitator.id in {x.person_id for x in circle.letters(Kind.COMMENT)}


def test_words_that_wait_for_a_link_stand_once_their_author_says_them_signed_in(
    circle: Circle,
) -> None:
    waiting = circle.drop_by("Ada", "Hello", "ada@example.org")
    ada = circle.bring_in("Ada")
    said = circle.say(ada, "Hello")
    assert (said.id, said.state) == (waiting.id, State.PUBLISHED)
