"""Where a letter stands in its thread, as mail programs understand it."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from comments_service.actions import comments, receiving
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.incoming import Fate
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.mail import headers

from .conftest import Town


def letter_of(town: Town, comment: Comment, reader: str) -> EmailMessage:
    """The copy of a comment that one reader got."""
    (found,) = (m for m in town.sent_to(reader) if m["Message-ID"] == comment.message_id)
    return found


def references(message: EmailMessage) -> list[str]:
    return str(message["References"] or "").split()


def as_if_by_mail(town: Town, comment: Comment, message_id: str) -> None:
    """Let the comment have come in a mail of its author's with this Message-ID."""
    store, now = town.house.store, town.now
    kept = receiving.keep(store, "lmtp", "ada@example.org", "discuss", message_id.encode(), now)
    settled = replace(
        kept, fate=Fate.TAKEN, message_id=message_id, comment_id=comment.id, settled=now
    )
    with store.transaction() as t:
        t.settle_incoming(settled)


def test_answers_name_all_that_is_above_them_and_keep_the_subject(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    root = town.say(ada, "How deep is the river?")
    answer = town.say(bob, "Two **metres**.", answer=root.id)
    deeper = town.say(ada, "In winter?", answer=answer.id)
    town.post()
    first = letter_of(town, root, "bob@example.org")
    assert first["In-Reply-To"] is None and first["References"] is None
    assert first["Subject"] == "[A data platform] How deep is the river?"
    second = letter_of(town, answer, "ada@example.org")
    third = letter_of(town, deeper, "bob@example.org")
    assert second["In-Reply-To"] == root.message_id
    assert third["In-Reply-To"] == answer.message_id
    assert references(third) == [root.message_id, answer.message_id]
    assert second["Subject"] == third["Subject"] == f"Re: {first['Subject']}"
    assert second["From"].addresses[0].addr_spec == "discuss+farm@talk.example.org"
    assert second["Archived-At"] == f"<{town.url}#c-{answer.id}>"


def test_every_copy_of_a_comment_has_one_message_id(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    for name in ("bob", "cleo"):
        town.bring_in(name, f"{name}@example.org")
    said = town.say(ada, "Hello")
    town.post()
    copies = [m for m in town.received() if m["Message-ID"] == said.message_id]
    assert len(copies) == 3
    assert len({m["Reply-To"] for m in copies}) == 3


def test_a_comment_under_an_update_belongs_to_the_mail_that_brought_it(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.publish(updates=[{"slug": "frost", "title": "First frost", "url": f"{town.url}#f"}])
    comment = comments.contribute(
        town.house.store,
        town.house.settings.house,
        ada,
        "farm",
        "How cold?",
        Place(update="frost"),
        door=Door.PAGE,
        now=town.now,
    )
    town.post()
    (update,) = (m for m in town.sent_to("camille@example.org") if town.kind_of(m) is Kind.UPDATE)
    answer = letter_of(town, comment, "camille@example.org")
    assert answer["In-Reply-To"] == update["Message-ID"]
    assert answer["Subject"] == f"Re: {update['Subject']}" == "Re: [A data platform] First frost"


def test_only_the_author_of_a_mail_sees_its_own_message_id(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    root = town.say(ada, "From my own program")
    as_if_by_mail(town, root, "<1@adas-laptop.example>")
    answer = town.say(bob, "Good", answer=root.id)
    town.post()
    to_ada = letter_of(town, answer, "ada@example.org")
    to_camille = letter_of(town, answer, "camille@example.org")
    assert references(to_ada) == ["<1@adas-laptop.example>", root.message_id]
    assert to_ada["In-Reply-To"] == root.message_id
    assert references(to_camille) == [root.message_id]
    assert "adas-laptop" not in to_camille.as_string()


@pytest.mark.parametrize(
    "id", ["<a b@x>", "<é@x>", "no-brackets", "<" + "x" * 2_000 + "@x>", "<a@x>\r\nBcc: b@x"]
)
def test_a_message_id_that_is_none_is_left_out(town: Town, id: str) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    root = town.say(ada, "From a strange program")
    as_if_by_mail(town, root, id)
    answer = town.say(bob, "Good", answer=root.id)
    town.post()
    assert references(letter_of(town, answer, "ada@example.org")) == [root.message_id]


def test_a_long_message_id_is_not_encoded_as_words(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    long = f"<{'AM0PR07MB' * 20}@eurprd07.prod.outlook.example>"
    root = town.say(ada, "From Exchange")
    as_if_by_mail(town, root, long)
    answer = town.say(bob, "Good", answer=root.id)
    town.post()
    message = letter_of(town, answer, "ada@example.org")
    assert references(message) == [long, root.message_id]
    kept = [path.read_bytes() for path in town.house.settings.mailbox.glob("new/*")]
    assert any(f"\n {root.message_id}\n".encode() in raw for raw in kept)
    assert not any(b"=?utf-8" in raw for raw in kept)


def test_references_of_a_deep_thread_keep_the_root_and_the_last(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headers, "MOST_REFERENCES", 5)
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    said = [town.say(ada, "Root")]
    for number in range(10):
        town.wait(minutes=2)
        speaker: Person = (ada, bob)[number % 2]
        said.append(town.say(speaker, f"Answer {number}", answer=said[-1].id))
    town.post()
    reader = "bob@example.org" if said[-1].author_id == ada.id else "ada@example.org"
    found = references(letter_of(town, said[-1], reader))
    assert len(found) == 5
    assert found[0] == said[0].message_id and found[-1] == said[-2].message_id


def test_a_root_that_was_withdrawn_lends_its_words_to_no_subject(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    root = town.say(ada, "A secret")
    answer = town.say(bob, "Hm", answer=root.id)
    comments.withdraw(town.house.store, ada, root.id, town.now)
    town.post()
    message = letter_of(town, answer, "ada@example.org")
    assert message["Subject"] == "Re: [A data platform]"
    assert message["In-Reply-To"] == root.message_id
