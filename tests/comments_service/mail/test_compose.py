from email.message import EmailMessage

import pytest

from .conftest import Town


def parts(message: EmailMessage) -> tuple[str, str]:
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None and html is not None
    return text.get_content(), html.get_content()


def test_invitation_says_who_asks_why_you_and_that_it_binds_to_nothing(town: Town) -> None:
    town.invite("Ada", "ada@example.org", why="You measured rivers.", introduction="*Ada* knows.")
    town.post()
    (message,) = town.received()
    text, html = parts(message)
    assert message["Subject"] == "Camille Le Goff invites you: A data platform"
    assert message["To"] == "Ada <ada@example.org>"
    assert "You measured rivers." in text and "You measured rivers." in html
    assert "Nothing to sign, nothing to promise" in text
    assert "http://127.0.0.1:8000/-/invitation/" in text
    assert "<em>Ada</em> knows." in html


def test_letters_are_in_their_readers_language(town: Town) -> None:
    town.invite("Zoé", "zoe@example.org", language="fr")
    town.post()
    (message,) = town.received()
    text, html = parts(message)
    assert message["Subject"] == "Camille Le Goff vous invite\u00a0: A data platform"
    assert "Rien à signer, rien à promettre." in text
    assert '<html lang="fr">' in html


def test_a_comment_and_its_answer_thread_by_message_id(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    first = town.say(ada, "How deep is the river?")
    answer = town.say(bob, "Two **metres**.", answer=first.id)
    town.post()
    by_id = {(m["Message-ID"], m["To"].addresses[0].addr_spec): m for m in town.received()}
    to_ada = by_id[answer.message_id, "ada@example.org"]
    assert to_ada["In-Reply-To"] == first.message_id
    assert to_ada["From"].addresses[0].addr_spec == "discuss+farm@talk.example.org"
    assert to_ada["Archived-At"] == (f"<http://127.0.0.1:8000/opportunities/farm/#c-{answer.id}>")
    text, html = parts(to_ada)
    assert "Two **metres**." in text
    assert "Two <strong>metres</strong>." in html


def test_an_author_does_not_get_their_own_comment(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.say(ada, "Hello")
    town.post()
    recipients = {message["To"].addresses[0].addr_spec for message in town.received()}
    assert recipients == {"camille@example.org"}


@pytest.mark.parametrize(
    "name", ["Eve\r\nBcc: all@example.org", "Eve\x00\x0bX", "Ève “the” <b>", "=?utf-8?q?x?="]
)
def test_a_name_cannot_reach_a_header_or_the_markup(town: Town, name: str) -> None:
    town.bring_in("Ada", "ada@example.org")
    eve = town.bring_in(name, "eve@example.org")
    town.say(eve, "Hello <script>alert(1)</script>")
    town.post()
    for message in town.received():
        assert message["Bcc"] is None
        assert "<script" not in parts(message)[1]
        assert "<b>" not in parts(message)[1]
