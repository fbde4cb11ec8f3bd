"""Answers as people write them, and what became of them."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from comments_service.domain.incoming import Fate, Incoming
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.mail.addresses import answer_address

if TYPE_CHECKING:
    from .conftest import Town


def asked(town: "Town", person: Person) -> str:
    """The address at which `person` answers the newest comment that was mailed to them."""
    with town.house.store.reading() as look:
        letters = [
            letter
            for letter in look.letters(1_000)
            if letter.kind is Kind.COMMENT and letter.person_id == person.id
        ]
    return answer_address(town.house.settings, max(letters, key=lambda letter: letter.id))


def answer(sender: str, text: str, id: str = "", **headers: str) -> bytes:
    """A mail as it comes over the wire; without `id` it has no Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = sender, "Re: A data platform"
    if id:
        message["Message-ID"] = f"<{id}@mail.example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def said(town: "Town") -> list[str]:
    """The words of all comments, in the order in which they came."""
    rows = town.house.store._writer.execute("SELECT text FROM comment ORDER BY rowid").fetchall()
    return [row["text"] for row in rows]


def came_in(town: "Town", fate: Fate | None = None) -> list[Incoming]:
    """The mails that were kept, or those of one fate."""
    rows = town.house.store._writer.execute("SELECT id FROM incoming ORDER BY rowid").fetchall()
    with town.house.store.reading() as look:
        found = [look.incoming(row["id"]) for row in rows]
    return [one for one in found if one and fate in (None, one.fate)]


def revoke_answers(town: "Town", person: Person) -> None:
    """Make the answer addresses that `person` was given so far worth nothing."""
    with town.house.store.transaction() as t:
        t.change_person(replace(person, answers_since=town.now + timedelta(seconds=1)))
