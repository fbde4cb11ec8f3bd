"""What a mail may do, once its bytes are read: each rule of `actions.receiving` as a claim."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import (
    access,
    comments,
    following,
    invitations,
    moderation,
    people,
    receiving,
    visitors,
)
from comments_service.actions.sending import matter_to_send
from comments_service.domain.access import Scope
from comments_service.domain.discussion import Comment, Door, State
from comments_service.domain.following import Dose
from comments_service.domain.house import House, Visitors
from comments_service.domain.incoming import (
    Addressed,
    Answering,
    AnsweringInPublic,
    Attachment,
    Bouncing,
    DeliveryReport,
    Discussing,
    Fate,
    Incoming,
    Mail,
    Stopping,
)
from comments_service.domain.letters import Kind, Letter
from comments_service.domain.people import Capacity, Person
from comments_service.words import kept_refusal

from ..conftest import FACILITATOR, Circle, entry

FARM = Discussing("farm")


class Post:
    """Verbs for mail: to be delivered to a circle, and what became of it."""

    def __init__(self, circle: Circle) -> None:
        self.circle = circle
        self._sent = 0

    def deliver(
        self, to: Addressed, text: str = "Two metres.", *, envelope: str = "?", **said: Any
    ) -> Incoming:
        self._sent += 1
        raw = f"mail {self._sent}".encode()
        kept = receiving.keep(self.circle.store, "lmtp", envelope, str(to), raw, self.circle.now)
        mail = Mail(**{"sender": None, "message_id": f"<{self._sent}@home>", "text": text} | said)
        return self.settle(kept, mail, to)

    def settle(self, kept: Incoming, mail: Mail, to: Addressed) -> Incoming:
        circle = self.circle
        return receiving.settle(circle.store, circle.house, kept, mail, to, circle.now)

    def last(self) -> Incoming:
        with self.circle.store.reading() as look:
            opportunity = look.opportunity("farm")
            assert opportunity
            return look.incoming_about(opportunity.id, 1)[0]

    def letter_to(self, person: Person, kind: Kind = Kind.COMMENT, about: str = "") -> Letter:
        """A letter of the kind to somebody; the one about `about`, where there are several."""
        letters = [x for x in self.circle.letters(kind) if x.person_id == person.id]
        [letter] = [x for x in letters if not about or x.subject == about][:1]
        return letter

    def comment(self, incoming: Incoming) -> Comment:
        with self.circle.store.reading() as look:
            found = look.comment(incoming.comment_id or "")
        assert found
        return found


@pytest.fixture
def post(circle: Circle) -> Post:
    return Post(circle)


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


@pytest.fixture
def bob(circle: Circle) -> Person:
    return circle.bring_in("Bob")


def test_an_answer_to_a_letter_is_a_comment_under_what_it_answers(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    asked = circle.say(bob, "How deep?")
    taken = post.deliver(Answering(post.letter_to(ada).id), sender=ada.email)
    said = post.comment(taken)
    assert (taken.fate, said.state, said.door) == (Fate.TAKEN, State.PUBLISHED, Door.MAIL)
    assert (said.author_id, said.parent_id, said.text) == (ada.id, asked.id, "Two metres.")
    assert post.letter_to(bob, about=said.id), "the others are told"


def test_a_token_from_an_unknown_address_waits_until_its_owner_confirms(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    circle.say(bob, "How deep?")
    letter = Answering(post.letter_to(ada).id)
    held = post.deliver(letter, sender="ada@phone.example")
    assert (held.fate, post.comment(held).state) == (Fate.HELD, State.UNCONFIRMED)
    ask = post.letter_to(ada, Kind.CONFIRM)
    confirmed = visitors.confirm(
        circle.store, circle.house, ask.subject or "", circle.now, know_address=True
    )
    assert (confirmed.state, confirmed.author_id) == (State.PUBLISHED, ada.id)
    again = post.deliver(letter, "And wide.", sender="ada@phone.example")
    assert again.fate is Fate.TAKEN, "the address was confirmed as hers"


def test_a_mail_that_fails_dmarc_waits_even_from_the_right_address(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    circle.say(bob, "How deep?")
    answer = Answering(post.letter_to(ada).id)
    held = post.deliver(answer, sender=ada.email, dmarc="fail")
    assert (held.fate, post.comment(held).state) == (Fate.HELD, State.UNCONFIRMED)


@pytest.mark.parametrize(("dmarc", "fate"), [("pass", Fate.TAKEN), ("", Fate.HELD)])
def test_the_public_addresses_believe_only_what_our_mail_server_vouches_for(
    circle: Circle, post: Post, ada: Person, dmarc: str, fate: Fate
) -> None:
    thread = post.deliver(FARM, sender=ada.email, dmarc=dmarc, subject="Money")
    assert (thread.fate, post.comment(thread).parent_id) == (fate, None)
    assert post.comment(thread).text == "**Money**\n\nTwo metres."
    said = circle.say(ada, "Here")
    answer = post.deliver(AnsweringInPublic(said.id), "Yes.", sender=ada.email, dmarc=dmarc)
    assert (answer.fate, post.comment(answer).parent_id) == (fate, said.id)


def test_a_stranger_is_asked_to_confirm_and_then_waits_for_the_facilitator(
    circle: Circle, post: Post
) -> None:
    held = post.deliver(FARM, sender="eve@example.net", sender_name="Eve")
    assert post.comment(held).state is State.UNCONFIRMED
    [ask] = circle.letters(Kind.CONFIRM)
    with circle.store.reading() as look:
        eve = look.person(ask.person_id)
    assert eve and (eve.name, eve.email) == ("Eve", "eve@example.net")
    said = visitors.confirm(circle.store, circle.house, ask.subject or "", circle.now)
    assert said.state is State.HELD


def test_nobody_hears_of_a_stranger_whose_mail_is_forged(circle: Circle, post: Post) -> None:
    ignored = post.deliver(FARM, sender="eve@example.net", dmarc="fail")
    assert (ignored.fate, ignored.reason) == (Fate.IGNORED, "DMARC failed")
    with circle.store.reading() as look:
        assert look.person_by_email("eve@example.net") is None
    assert circle.letters(Kind.CONFIRM) == []


def test_where_only_the_invited_write_a_stranger_is_refused_and_it_is_noted(
    circle: Circle, post: Post
) -> None:
    circle.house = House("talk.example.org", visitors=Visitors.INVITED)
    with pytest.raises(errors.InvitedOnly):
        post.deliver(FARM, sender="eve@example.net")
    assert post.last().fate is Fate.REFUSED and "invited" in post.last().reason
    assert circle.letters(Kind.CONFIRM) == []


@pytest.mark.parametrize("word", ["stop", "STOP.", " Stop\n", "unsubscribe", "arrêt", "désabonner"])
def test_an_answer_of_one_word_stop_leaves_without_another_mail(
    circle: Circle, post: Post, ada: Person, bob: Person, word: str
) -> None:
    circle.say(bob, "How deep?")
    before = len(circle.letters(Kind.GOODBYE))
    post.deliver(Answering(post.letter_to(ada).id), word, sender=ada.email)
    part = circle.part_of(ada)
    assert part and part.left == circle.now
    circle.say(bob, "Anybody?")
    unsent = [x for kind in Kind for x in circle.letters(kind) if x.person_id == ada.id and x.due]
    assert [x for x in unsent if x.kind in (Kind.COMMENT, Kind.GOODBYE)] == []
    assert len(circle.letters(Kind.GOODBYE)) == before


def test_stop_inside_a_sentence_is_a_word(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    circle.say(bob, "How deep?")
    said = post.deliver(Answering(post.letter_to(ada).id), "We should stop here.", sender=ada.email)
    part = circle.part_of(ada)
    assert post.comment(said).text == "We should stop here." and part and part.left is None


def test_any_mail_to_the_address_that_stops_stops(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    circle.say(bob, "How deep?")
    post.deliver(Stopping(post.letter_to(ada).id), "", sender="whoever@example.net")
    part = circle.part_of(ada)
    assert part and part.left


def test_an_invitation_is_accepted_by_simply_answering_it(circle: Circle, post: Post) -> None:
    ines = circle.invite("Ines").invitation.person
    letter = post.letter_to(ines, Kind.INVITATION)
    said = post.deliver(Answering(letter.id), "Gladly. What roof?", sender=ines.email)
    part = circle.part_of(ines)
    assert post.comment(said).state is State.PUBLISHED and part and part.present


@pytest.mark.parametrize(("word", "present"), [("ok", True), ("Oui", True), ("no", False)])
def test_an_invitation_is_answered_by_one_word(
    circle: Circle, post: Post, word: str, present: bool
) -> None:
    ines = circle.invite("Ines").invitation.person
    answer = Answering(post.letter_to(ines, Kind.INVITATION).id)
    done = post.deliver(answer, word, sender=ines.email)
    part = circle.part_of(ines)
    assert (done.fate, done.comment_id, part and part.present) == (Fate.TAKEN, None, present)


def test_a_facilitator_approves_or_hides_by_answering(circle: Circle, post: Post) -> None:
    for word, state in (("ok", State.PUBLISHED), ("hide", State.HIDDEN)):
        held = circle.confirm(circle.drop_by(f"Eve{word}", f"Hello, {word}."))
        letter = post.letter_to(circle.facilitator, Kind.HELD, held.id)
        post.deliver(Answering(letter.id), word, sender=FACILITATOR[1])
        with circle.store.reading() as look:
            after = look.comment(held.id)
        assert after and after.state is state
    assert len(circle.letters(Kind.APPROVED)) == len(circle.letters(Kind.REFUSED)) == 1


@pytest.mark.parametrize(
    ("text", "sender", "dmarc", "refusal"),
    [
        ("Between us: I do not trust him.", FACILITATOR[1], "pass", errors.Invalid),
        ("ok", "eve@example.net", "pass", errors.NotAllowed),
        ("ok", FACILITATOR[1], "fail", errors.NotAllowed),
    ],
)
def test_what_answers_a_held_comment_is_never_published(
    circle: Circle, post: Post, text: str, sender: str, dmarc: str, refusal: type[Exception]
) -> None:
    held = circle.confirm(circle.drop_by("Eve", "Hello."))
    answer = Answering(post.letter_to(circle.facilitator, Kind.HELD).id)
    with pytest.raises(refusal):
        post.deliver(answer, text, sender=sender, dmarc=dmarc)
    with circle.store.reading() as look:
        after = look.comment(held.id)
    assert after and after.state is State.HELD and circle.exported()["comments"] == []


def test_a_comment_is_confirmed_by_answering_ok(circle: Circle, post: Post, ada: Person) -> None:
    held = post.deliver(FARM, sender=ada.email)
    done = post.deliver(Answering(post.letter_to(ada, Kind.CONFIRM).id), "ok", sender=ada.email)
    assert done.fate is Fate.TAKEN and post.comment(held).state is State.PUBLISHED


@pytest.mark.parametrize(
    ("said", "envelope", "reason"),
    [
        ({"automatic": "Auto-Submitted: auto-replied"}, "ada@example.org", "auto-replied"),
        ({}, "", "null envelope sender"),
        ({"sender": "discuss+farm@talk.example.org"}, "?", "from ourselves"),
    ],
)
def test_what_a_machine_wrote_is_ignored_and_noted(
    circle: Circle, post: Post, ada: Person, said: dict[str, Any], envelope: str, reason: str
) -> None:
    ignored = post.deliver(FARM, envelope=envelope, **{"sender": ada.email} | said)
    assert ignored.fate is Fate.IGNORED and reason in ignored.reason
    assert circle.exported()["comments"] == [] and circle.letters(Kind.CONFIRM) == []


def test_the_same_mail_by_two_ways_is_one_comment(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    circle.say(bob, "How deep?")
    said = {"sender": ada.email, "message_id": "<same@home>", "dmarc": "pass"}
    first = post.deliver(Answering(post.letter_to(ada).id), **said)
    circle.wait(hours=3)
    second = post.deliver(FARM, **said)
    assert (second.fate, second.comment_id) == (Fate.IGNORED, first.comment_id)
    assert len(circle.exported()["comments"]) == 2


def test_the_same_message_id_with_other_words_is_another_comment(
    circle: Circle, post: Post, ada: Person
) -> None:
    said = {"sender": ada.email, "message_id": "<same@home>", "dmarc": "pass"}
    ids = {post.deliver(FARM, words, **said).comment_id for words in ("One.", "Other.")}
    assert len(ids) == 2


def test_mails_without_a_message_id_are_told_apart_by_their_words(
    circle: Circle, post: Post, ada: Person
) -> None:
    said = {"sender": ada.email, "message_id": None, "dmarc": "pass"}
    first = post.deliver(FARM, "One.", **said)
    circle.wait(minutes=5)
    again, other = post.deliver(FARM, "One.", **said), post.deliver(FARM, "Other.", **said)
    assert again.comment_id == first.comment_id != other.comment_id
    circle.wait(days=10)
    assert post.deliver(FARM, "One.", **said).comment_id != first.comment_id, "said once more"


def test_settling_twice_is_settling_once(circle: Circle, post: Post, ada: Person) -> None:
    kept = receiving.keep(circle.store, "lmtp", "?", "discuss+farm", b"raw", circle.now)
    assert kept == receiving.keep(circle.store, "lmtp", "?", "discuss+farm", b"raw", circle.now)
    mail = Mail(sender=ada.email, text="Once.", dmarc="pass")
    first = post.settle(kept, mail, FARM)
    circle.wait(hours=1)
    assert post.settle(kept, mail, FARM) == first
    assert len(circle.exported()["comments"]) == 1


def test_an_answer_finds_its_thread_by_the_messages_that_it_names(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    said = circle.say(bob, "How deep?")
    by_mail = post.comment(post.deliver(FARM, "Wide.", sender=ada.email, dmarc="pass"))
    named = {"sender": ada.email, "dmarc": "pass"}
    for number, (names, parent) in enumerate(
        [
            ({"in_reply_to": said.message_id}, said.id),
            ({"references": ("<root@x>", said.message_id)}, said.id),
            ({"in_reply_to": by_mail.message_id}, by_mail.id),
            ({"in_reply_to": "<2@nowhere>", "references": ("<1@home>",)}, by_mail.id),
            ({"in_reply_to": "<none@x>", "subject": "Re: How deep?"}, None),
        ]
    ):
        answer = post.comment(post.deliver(FARM, f"Answer {number}.", **named, **names))
        assert answer.parent_id == parent, names


def test_an_answer_under_an_update_is_found_by_the_updates_message(
    circle: Circle, post: Post, ada: Person
) -> None:
    answers = "<update.first-day.farm@talk.example.org>"
    said = post.comment(post.deliver(FARM, sender=ada.email, dmarc="pass", in_reply_to=answers))
    assert (said.update, said.parent_id) == ("first-day", None)


def test_an_orphan_moves_under_its_parent_when_that_arrives(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    named = {"dmarc": "pass", "in_reply_to": "<parent@home>"}
    orphan = post.comment(post.deliver(FARM, "Yes!", sender=bob.email, **named))
    assert orphan.parent_id is None
    parent = post.deliver(FARM, "So?", sender=ada.email, dmarc="pass", message_id="<parent@home>")
    told = {c["id"]: c["parent"] for c in circle.exported()["comments"]}
    assert told == {orphan.id: parent.comment_id, parent.comment_id: None}


def test_two_mails_that_answer_each_other_make_no_circle(
    circle: Circle, post: Post, ada: Person
) -> None:
    one = {"message_id": "<1@x>", "in_reply_to": "<2@x>", "sender": ada.email, "dmarc": "pass"}
    other = one | {"message_id": "<2@x>", "in_reply_to": "<1@x>"}
    itself = one | {"message_id": "<3@x>", "in_reply_to": "<3@x>"}
    for number, said in enumerate((one, other, itself)):
        post.deliver(FARM, f"Words {number}.", **said)
    parents = {c["id"]: c["parent"] for c in circle.exported()["comments"]}
    for id in parents:
        seen = set()
        while id := parents.get(id):  # type: ignore[assignment]  # noqa: PLW2901
            assert id not in seen
            seen.add(id)


@pytest.mark.parametrize("how", ["expired", "revoked", "unknown"])
def test_a_worthless_answer_address_is_refused_with_the_next_step(
    circle: Circle, post: Post, ada: Person, bob: Person, how: str
) -> None:
    circle.say(bob, "How deep?")
    letter_id = post.letter_to(ada).id
    if how == "expired":
        circle.wait(days=366)
    elif how == "revoked":
        circle.wait(minutes=1)
        with circle.store.transaction() as t:
            t.change_person(replace(ada, answers_since=circle.now))
    else:
        letter_id = "0" * 18
    with pytest.raises(errors.BadLink, match="newer mail"):
        post.deliver(Answering(letter_id), sender=ada.email)


def test_a_closed_opportunity_takes_no_mail(circle: Circle, post: Post, ada: Person) -> None:
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        post.deliver(FARM, sender=ada.email, dmarc="pass")
    assert post.last().fate is Fate.REFUSED


def test_too_many_mails_are_put_off_and_not_lost(circle: Circle, post: Post, ada: Person) -> None:
    circle.house = House("talk.example.org", posts_an_hour=1)
    post.deliver(FARM, "One.", sender=ada.email, dmarc="pass")
    kept = receiving.keep(circle.store, "lmtp", "?", "discuss+farm", b"two", circle.now)
    mail = Mail(sender=ada.email, text="Two.", dmarc="pass")
    with pytest.raises(errors.TooMany):
        post.settle(kept, mail, FARM)
    circle.wait(hours=2)
    assert post.settle(kept, mail, FARM).fate is Fate.TAKEN


def test_many_machines_that_answer_each_other_fill_a_thread_only_so_far(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    circle.house = replace(circle.house, posts_an_hour=2)
    thread = circle.say(circle.facilitator, "Water?")
    writers = [ada, bob, *(circle.bring_in(f"Expert{n}") for n in range(3))]
    deep = thread
    for number in range(8):
        answer, sender = AnsweringInPublic(deep.id), writers[number % 5].email
        deep = post.comment(post.deliver(answer, f"No {number}.", sender=sender, dmarc="pass"))
    with pytest.raises(errors.TooMany, match="thread"):
        post.deliver(AnsweringInPublic(deep.id), "Once more.", sender=writers[3].email)
    elsewhere = post.deliver(FARM, "Another matter.", sender=writers[3].email, dmarc="pass")
    assert elsewhere.fate is Fate.TAKEN


def test_a_polite_no_to_an_invitation_publishes_nothing_before_it_is_confirmed(
    circle: Circle, post: Post
) -> None:
    chloe = circle.invite("Chloe").invitation.person
    answer = Answering(post.letter_to(chloe, Kind.INVITATION).id)
    said = "No thank you, I am too busy this winter.\n\nChloe"
    assert post.deliver(answer, said, sender=chloe.email).fate is Fate.HELD
    part = circle.part_of(chloe)
    assert part and not part.present and circle.exported()["comments"] == []
    confirm = Answering(post.letter_to(chloe, Kind.CONFIRM).id)
    assert post.deliver(confirm, "No", sender=chloe.email).reason == "declined"
    circle.say(circle.facilitator, "Who knows the river?")
    assert [x for x in circle.letters(Kind.COMMENT) if x.person_id == chloe.id] == []


def test_who_meant_yes_confirms_and_takes_part(circle: Circle, post: Post) -> None:
    chloe = circle.invite("Chloe").invitation.person
    answer = Answering(post.letter_to(chloe, Kind.INVITATION).id)
    post.deliver(answer, "No problem, I am in.", sender=chloe.email)
    post.deliver(Answering(post.letter_to(chloe, Kind.CONFIRM).id), "Ok", sender=chloe.email)
    part = circle.part_of(chloe)
    assert part and part.present and len(circle.exported()["comments"]) == 1


@pytest.mark.parametrize("text", ["Stop.\n\nAda", "STOP\n\nMerci,\nAda Lovelace"])
def test_a_name_under_stop_is_no_word_of_it(
    circle: Circle, post: Post, ada: Person, text: str
) -> None:
    circle.say(circle.facilitator, "Hello")
    letter = Answering(post.letter_to(ada).id)
    post.deliver(letter, text, sender=ada.email, sender_name="Ada Lovelace")
    part = circle.part_of(ada)
    assert part and not part.present


def test_who_lives_at_our_own_domain_is_somebody(circle: Circle, post: Post) -> None:
    [eve] = circle.appoint(("Eve", "eve@talk.example.org"))
    assert post.deliver(FARM, sender=eve.email, dmarc="pass").fate is Fate.TAKEN
    ours = post.deliver(FARM, sender="discuss+farm@talk.example.org", dmarc="pass")
    assert (ours.fate, ours.reason) == (Fate.IGNORED, "from ourselves")


def test_nothing_is_mailed_after_a_no_whatever_was_chosen_before(
    circle: Circle, ada: Person
) -> None:
    circle.choose(ada, Dose.DIGEST)
    circle.choose(ada, Dose.EACH)
    with circle.store.reading() as look:
        opportunity = look.opportunity("farm")
        invitation = look.invitation_of(opportunity.id, ada.id) if opportunity else None
    assert invitation
    invitations.decline(circle.store, invitation.id, circle.now)
    circle.say(circle.facilitator, "After the no")
    assert [x for x in circle.letters(Kind.COMMENT) if x.person_id == ada.id] == []


def test_a_refusal_that_is_mailed_forgives_strangers_nothing(
    circle: Circle, post: Post, ada: Person
) -> None:
    for _ in range(circle.house.strangers_an_hour):
        access.ask_to_sign_in(circle.store, circle.house, "eve@x.org", "net", circle.now)
    with pytest.raises(errors.Invalid):
        post.deliver(FARM, " ", sender=ada.email, dmarc="pass")
    receiving.tell_refusal(circle.store, circle.house, post.last(), circle.now)
    with pytest.raises(errors.TooMany):
        access.ask_to_sign_in(circle.store, circle.house, "eve@x.org", "net", circle.now)


def test_words_that_changed_after_they_were_shown_are_not_approved_by_mail(
    circle: Circle, post: Post
) -> None:
    held = circle.confirm(circle.drop_by("Vera", "Innocent"))
    [asked] = circle.letters(Kind.HELD)
    with circle.store.transaction() as t:
        t.letter_sent(asked.id, circle.now)
        vera = t.person(held.author_id)
    assert vera
    circle.wait(minutes=2)
    circle.edit(vera, held.id, "Buy pills")
    yes = {"text": "ok", "sender": FACILITATOR[1]}
    with pytest.raises(errors.Conflict, match="changed it since"):
        post.deliver(Answering(asked.id), **yes)
    newer = next(x for x in circle.letters(Kind.HELD) if x.id != asked.id)
    assert post.deliver(Answering(newer.id), **yes).reason == "approved"


def test_strangers_by_mail_are_one_crowd(circle: Circle, post: Post) -> None:
    for number in range(circle.house.strangers_an_hour):
        post.deliver(FARM, "Spam", sender=f"eve@x{number}.org")
    with pytest.raises(errors.TooMany):
        post.deliver(FARM, "Spam", sender="eve@another.org")


def test_a_visitor_who_stops_hears_nothing_of_their_comment_until_they_write_again(
    circle: Circle, post: Post
) -> None:
    held = circle.confirm(circle.drop_by("Vera", "One", email="vera@example.net"))
    asked = circle.letters(Kind.CONFIRM)[0]
    following.stop(circle.store, asked.id, circle.now)
    moderation.approve(circle.store, circle.house, circle.facilitator, held.id, circle.now)
    [approved] = circle.letters(Kind.APPROVED)
    assert matter_to_send(circle.store, circle.house, approved, circle.now) is None
    circle.wait(minutes=1)
    circle.confirm(circle.drop_by("Vera", "Two", email="vera@example.net"))
    assert matter_to_send(circle.store, circle.house, approved, circle.now) is not None


def test_what_was_stopped_while_it_was_claimed_is_neither_sent_nor_due_again(
    circle: Circle, post: Post, ada: Person
) -> None:
    circle.say(circle.facilitator, "Hello")
    circle.wait(minutes=5)
    with circle.store.transaction() as t:
        claimed = t.claim_letters(circle.now, circle.now + timedelta(minutes=5), 50)
    letter = next(x for x in claimed if x.kind is Kind.COMMENT and x.person_id == ada.id)
    following.stop(circle.store, letter.id, circle.now)
    assert matter_to_send(circle.store, circle.house, letter, circle.now) is None
    with circle.store.transaction() as t:
        t.letter_failed(letter.id, "451 later", circle.now)
        stopped = t.letter(letter.id)
    assert stopped and stopped.due is None


def test_stop_by_its_own_address_needs_nothing_else(
    circle: Circle, post: Post, ada: Person
) -> None:
    circle.say(circle.facilitator, "Hello")
    letter = post.letter_to(ada)
    circle.wait(days=400)
    people.void_answer_addresses(circle.store, ada, circle.now)
    by_machine = {"automatic": "Auto-Submitted: auto-generated", "sender": "robot@example.net"}
    assert post.deliver(Stopping(letter.id), "unsubscribe", **by_machine).reason == "stop"


def test_who_changes_from_digests_to_each_comment_misses_none(
    circle: Circle, ada: Person, bob: Person
) -> None:
    circle.choose(ada, Dose.DIGEST)
    circle.say(bob, "In between")
    circle.choose(ada, Dose.EACH)
    assert [x.person_id for x in circle.letters(Kind.DIGEST)] == [ada.id]
    circle.choose(ada, Dose.DIGEST)
    circle.choose(ada, Dose.EACH)
    assert len(circle.letters(Kind.DIGEST)) == 1, "nothing new since"


def test_an_orphan_finds_a_parent_that_had_to_be_confirmed(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    named = {"dmarc": "pass", "in_reply_to": "<parent@home>"}
    child = post.deliver(FARM, "An answer", sender=bob.email, **named)
    parent = post.deliver(FARM, "The parent", sender=ada.email, message_id="<parent@home>")
    assert parent.fate is Fate.HELD
    asked = next(x for x in circle.letters(Kind.CONFIRM) if x.person_id == ada.id)
    visitors.confirm(circle.store, circle.house, asked.subject or "", circle.now)
    assert post.comment(child).parent_id == parent.comment_id


def test_an_update_keeps_its_thread_when_the_opportunity_is_renamed(
    circle: Circle, post: Post, ada: Person
) -> None:
    update = {"slug": "day", "title": "Day", "url": "https://example.org/#day", "text": "Hi"}
    circle.publish(entry("farm", updates=[update]))
    [told] = {x.message_id for x in circle.letters(Kind.UPDATE)}
    circle.publish(entry("ranch", "farm", updates=[update]))
    said = post.deliver(FARM, "Under it", sender=ada.email, dmarc="pass", in_reply_to=told)
    assert post.comment(said).update == "day"


def test_made_up_addresses_are_refused_before_anything_is_kept(circle: Circle) -> None:
    assert not receiving.expects(circle.store, AnsweringInPublic("01m6ga60m00d0gmc2t"))
    assert not receiving.expects(circle.store, Discussing("nowhere"))


def test_a_kept_refusal_is_told_in_every_language(circle: Circle, post: Post, ada: Person) -> None:
    with pytest.raises(errors.Invalid):
        post.deliver(FARM, "x" * 20_000, sender=ada.email, dmarc="pass")
    refused = post.last()
    told = kept_refusal(refused.reason, refused.values, "fr")
    assert (
        "16" in told
        and "%" not in told
        and told != kept_refusal(refused.reason, refused.values, "en")
    )


def test_files_that_came_along_are_named_and_not_lost(
    circle: Circle, post: Post, ada: Person
) -> None:
    files = (Attachment("plan.pdf", "application/pdf", 120_000),)
    said = post.comment(
        post.deliver(FARM, "See the plan.", sender=ada.email, dmarc="pass", attachments=files)
    )
    assert said.text == "See the plan.\n\n📎 *plan.pdf (118 kB)*"


def test_a_mail_without_words_is_refused(circle: Circle, post: Post, ada: Person) -> None:
    with pytest.raises(errors.Invalid, match="no words"):
        post.deliver(FARM, " \n", sender=ada.email, dmarc="pass")


def failed(status: str = "5.1.1") -> dict[str, Any]:
    return {"report": DeliveryReport("failed", status), "automatic": "a report"}


def test_bounces_add_up_one_a_day_and_then_nothing_more_is_mailed(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    def unreachable() -> bool:
        with circle.store.reading() as look:
            person = look.person(ada.id)
        return bool(person and person.unreachable)

    circle.say(bob, "One")
    letter = Bouncing(post.letter_to(ada).id)
    for _ in range(5):
        post.deliver(letter, envelope="", **failed())
    assert not unreachable(), "five on one day count as one"
    for _ in range(2):
        circle.wait(days=1)
        post.deliver(letter, envelope="", **failed())
    assert unreachable()
    circle.say(bob, "Two")
    assert [x for x in circle.letters(Kind.COMMENT) if x.person_id == ada.id][1:] == []
    post.deliver(Answering(letter.letter_id), "I am here.", sender=ada.email)
    assert not unreachable(), "somebody who writes can be written to"
    circle.say(bob, "Three")
    assert len([x for x in circle.letters(Kind.COMMENT) if x.person_id == ada.id]) == 2


@pytest.mark.parametrize(
    "said", [{}, {"report": DeliveryReport("delivered", "2.0.0")}, {"automatic": "vacation"}]
)
def test_what_is_no_failure_does_not_count_as_a_bounce(
    circle: Circle, post: Post, ada: Person, bob: Person, said: dict[str, Any]
) -> None:
    circle.say(bob, "One")
    post.deliver(Bouncing(post.letter_to(ada).id), envelope="", **said)
    with circle.store.reading() as look:
        assert look.bounces(ada.id) == []


def test_a_refusal_is_mailed_to_people_we_know_once_a_day(
    circle: Circle, post: Post, ada: Person
) -> None:
    def refused(sender: str) -> None:
        with pytest.raises(errors.Refusal):
            post.deliver(FARM, " ", sender=sender, dmarc="pass")
        receiving.tell_refusal(circle.store, circle.house, post.last(), circle.now)

    for _ in range(3):
        refused(ada.email)
    refused("stranger@example.net")
    assert len(circle.letters(Kind.NOT_TAKEN)) == 1
    circle.wait(days=1)
    refused(ada.email)
    assert len(circle.letters(Kind.NOT_TAKEN)) == 2


def test_a_visitor_follows_after_confirming_and_stops_by_one_click(
    circle: Circle, post: Post, ada: Person
) -> None:
    def told() -> int:
        return len([x for x in circle.letters(Kind.COMMENT) if x.person_id == ask.person_id])

    store, now = circle.store, circle.now
    ask_them = (store, circle.house, "farm", "Eve@Example.net", "", "fr", "")
    following.ask_to_follow(*ask_them, now)
    [ask] = circle.letters(Kind.FOLLOW)
    circle.say(ada, "Before")
    assert told() == 0
    following.follow(store, ask.subject, following.Dose.EACH, now)
    circle.say(ada, "After")
    assert told() == 1
    letter = next(x for x in circle.letters(Kind.COMMENT) if x.person_id == ask.person_id)
    with store.transaction() as t:
        t.letter_sent(letter.id, now)
    for _ in range(2):
        following.stop(store, letter.id, now)
    circle.say(ada, "Much later")
    assert told() == 1, "nothing comes after"


def test_a_digest_tells_once_a_morning_what_is_unseen(
    circle: Circle, post: Post, ada: Person, bob: Person
) -> None:
    def digests() -> list[str | None]:
        following.write_digests(circle.store, circle.house, circle.now)
        return [x.subject for x in circle.letters(Kind.DIGEST) if x.person_id == ada.id]

    circle.say(bob, "Mailed already")
    following.choose_dose(
        circle.store, circle.house, ada, "farm", following.Dose.DIGEST, circle.now
    )
    circle.say(bob, "New")
    assert digests() == [], "it is not morning"
    assert [x for x in circle.letters(Kind.COMMENT) if x.person_id == ada.id][1:] == []
    circle.wait(days=1)
    assert len(digests()) == 1
    assert len(digests()) == 1
    circle.say(ada, "My own")
    circle.wait(days=1)
    assert len(digests()) == 1, "one's own words are no news"
    circle.say(bob, "More")
    circle.wait(days=1)
    assert len(digests()) == 2


@pytest.mark.parametrize(
    ("zone", "hours", "due"),
    [
        ("UTC", 21, False),
        ("UTC", 23, True),
        ("Pacific/Auckland", 8, False),
        ("Asia/Tokyo", 14, True),
    ],
)
def test_the_morning_is_the_readers_own(
    circle: Circle, ada: Person, bob: Person, zone: str, hours: int, due: bool
) -> None:
    """The choice is made at nine in the morning, UTC."""
    with circle.store.transaction() as t:
        t.change_person(replace(ada, time_zone=zone))
    following.choose_dose(
        circle.store, circle.house, ada, "farm", following.Dose.DIGEST, circle.now
    )
    circle.say(bob, "New")
    circle.now += timedelta(hours=hours)
    assert following.write_digests(circle.store, circle.house, circle.now) == int(due)


def test_an_update_is_mailed_once_whatever_happens_to_its_text(circle: Circle, ada: Person) -> None:
    def told() -> list[str | None]:
        return [x.subject for x in circle.letters(Kind.UPDATE) if x.person_id == ada.id]

    updates = [{"slug": "first-day", "title": "First", "url": "https://example.org/u"}]
    circle.publish(entry("farm", updates=updates))
    assert told() == [], "what stood there before anybody came is not mailed"
    updates.append({"slug": "second", "title": "Second", "url": "https://example.org/2"})
    circle.publish(entry("farm", updates=updates))
    for text in ("With a typo", "Without"):
        updates[1]["text"] = text
        circle.publish(entry("farm", updates=updates))
    circle.publish(entry("farm", updates=updates[:1]))
    circle.publish(entry("farm", updates=updates))
    assert told() == ["second"]


def test_authors_are_told_of_the_client_before_the_client_is(
    circle: Circle, ada: Person, bob: Person
) -> None:
    circle.say(ada, "Here")
    circle.wait(minutes=1)
    client = circle.invite("Jeanne", capacity=Capacity.CLIENT).invitation.person
    [warning] = circle.letters(Kind.CLIENT_JOINS)
    [invitation, *_] = circle.letters(Kind.INVITATION)
    assert (warning.person_id, invitation.person_id) == (ada.id, client.id)
    assert warning.due and invitation.due and warning.due < invitation.due


def test_an_introduction_is_told_once_when_its_person_agreed(circle: Circle, ada: Person) -> None:
    def told() -> int:
        return len([x for x in circle.letters(Kind.INTRODUCTION) if x.person_id == ada.id])

    invited = circle.invite("Ines", introduction="Ines knows roofs.")
    assert told() == 0
    invitations.accept(circle.store, circle.house, invited.invitation.id, circle.now)
    assert told() == 1
    ines = invited.invitation.person
    people.mend_introduction(circle.store, circle.house, ines, "farm", "And walls.", circle.now)
    assert told() == 1


def test_leaving_by_a_button_ends_with_a_goodbye_and_coming_back_brings_mail_again(
    circle: Circle, ada: Person, bob: Person
) -> None:
    circle.choose(ada, Dose.EACH)
    people.leave(circle.store, circle.house, ada, "farm", circle.now)
    assert [x.person_id for x in circle.letters(Kind.GOODBYE)] == [ada.id]
    circle.say(bob, "Gone?")
    assert ada.id not in {x.person_id for x in circle.letters(Kind.COMMENT)}
    people.come_back(circle.store, circle.house, ada, "farm", circle.now)
    circle.say(bob, "Welcome back")
    assert ada.id in {x.person_id for x in circle.letters(Kind.COMMENT)}


def test_a_link_to_follow_opens_nothing_else(circle: Circle) -> None:
    given = (circle.store, circle.house, "farm", "eve@example.net", "", "en", "")
    following.ask_to_follow(*given, circle.now)
    [ask] = circle.letters(Kind.FOLLOW)
    with pytest.raises(errors.BadLink):
        access.open_session(circle.store, Scope.SIGN_IN, ask.subject or "", circle.now)


def test_withdrawing_a_comment_empties_the_mail_that_it_came_in(
    circle: Circle, post: Post, ada: Person
) -> None:
    said = post.deliver(FARM, sender=ada.email, dmarc="pass", cut="On Monday, Bob wrote:")
    assert said.comment_id and receiving.raw_mail(circle.store, said.id)
    comments.withdraw(circle.store, ada, said.comment_id, circle.now)
    assert receiving.raw_mail(circle.store, said.id) == b"" and post.last().cut == ""


def test_stop_to_a_public_address_is_explained_and_never_published(
    circle: Circle, post: Post, ada: Person
) -> None:
    with pytest.raises(errors.Invalid, match="answer one of our mails"):
        post.deliver(FARM, "Stop", sender=ada.email, dmarc="pass")
    assert circle.exported()["comments"] == []
