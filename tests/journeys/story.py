"""A discussion that is held mostly by mail: its people, and what each of them can do in a test."""

import json
import random
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from ..servers.postfix import Postfix
from .at_the_page import Reader, facilitator_at_the_page, path_in
from .conftest import BRIEF, House, until
from .mail_program import Correspondent, text_of

Comment = dict[str, Any]


@dataclass
class Story:
    """`farm`, discussed by Camille (page and mail), Ada and Bob (mail only) and Chloe (page only),
    read by Dora, who says nothing, and by Vera, whom nobody invited."""

    house: House
    postfix: Postfix
    at_the_page: dict[str, Reader] = field(default_factory=dict)
    by_mail: dict[str, Correspondent] = field(default_factory=dict)
    expected: dict[str, str | None] = field(default_factory=dict)  # words → those they answer

    def begin(self) -> None:
        """Publish the brief, open the house, and invite everybody."""
        self.house.write("opportunities/farm/brief.md", BRIEF)
        self.house.start()
        self.at_the_page["camille"] = facilitator_at_the_page(self.house)
        self.by_mail["camille"] = self.correspondent("Camille Le Goff", "camille@example.org")
        for name in ("Ada", "Bob", "Chloe", "Dora"):
            self.invite(name)

    def correspondent(self, name: str, address: str) -> Correspondent:
        return Correspondent(self.postfix, name, address)

    def invite(self, name: str) -> None:
        """Invite somebody; the invitation is in their mailbox when this returns."""
        address = f"{name.lower()}@example.org"
        self.by_mail[name.lower()] = self.correspondent(name, address)
        self.house.run(
            *("invite", "farm", address, "--name", name, "--why", f"{name} knows the fields."),
            *("--introduction", f"{name} has walked along every ditch."),
        )
        self.by_mail[name.lower()].letter(f"{name} knows the fields.")

    def accept_by_link(self, name: str) -> None:
        """Press the button behind the invitation's link."""
        letter = self.by_mail[name].letter("knows the fields.")
        reader = self.at_the_page[name] = Reader(self.house)
        reader.send(path_in(self.house, text_of(letter), "invitation"), do="accept")

    def say_at_the_page(self, name: str, words: str, answer: str | None = None) -> None:
        """Send the page's form; the words stand in the discussion when this returns."""
        parent = self.comment(answer)["id"] if answer else ""
        self.at_the_page[name].write(words, parent)
        self.expect(words.splitlines()[0], answer)

    def answer_by_mail(self, name: str, answer: str, words: str, style: str = "top") -> None:
        """Answer the letter that brought a comment; its words are there when this returns."""
        letter = self.by_mail[name].letter(self.comment(answer)["message_id"])
        self.by_mail[name].answer(letter, words, style=style)
        self.expect(words.splitlines()[0], answer)

    def expect(self, words: str, answer: str | None) -> None:
        """Wait until the words stand in the discussion, and remember where they have to."""
        self.comment(words)
        self.expected[words] = answer

    def discussion(self) -> dict[str, Any]:
        """The discussion as the service tells it to the site."""
        found: dict[str, Any] = json.loads(self.house.get("/api/v1/discussions/farm")[1])
        discussion: dict[str, Any] = found["discussion"]
        return discussion

    def find(self, words: str) -> Comment | None:
        """The first comment that says these words; later ones may quote them."""
        said = [one for one in self.discussion()["comments"] if words in one["html"]]
        return min(said, key=lambda one: one["id"], default=None)

    def comment(self, words: str) -> Comment:
        """The same; waits for it."""
        until(lambda: self.find(words), f"somebody says: {words} {self.house.log()}")
        found = self.find(words)
        assert found is not None
        return found

    def takes_part(self, name: str) -> bool:
        """Whether somebody came in and did not leave."""
        people = self.discussion()["people"]
        return any(p["since"] and not p["left"] for p in people if p["name"] == name)

    def wait_for_the_post(self) -> None:
        """Return when every letter that was written has arrived in a mailbox."""
        until(lambda: self._written() == 0, "all letters are sent", 120)
        until(lambda: self.postfix.waiting() == 0, "Postfix has delivered them")

    def _written(self) -> int:
        with sqlite3.connect(f"file:{self.house.folder}/var/emergence.db?mode=ro", uri=True) as db:
            asked = db.execute(
                "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND due_at IS NOT NULL"
            )
            waiting: int = asked.fetchone()[0]
        db.close()
        return waiting

    def talk(self, comments: int, seed: int) -> None:
        """Everybody answers everybody, at random, by their own doors."""
        rng = random.Random(seed)  # noqa: S311 - the same talk every time
        authors = {"Ada": "ada", "Bob": "bob", "Chloe": "chloe", "Camille Le Goff": "camille"}
        names = {person["id"]: person["name"] for person in self.discussion()["people"]}
        said = {
            words: authors.get(names.get(self.comment(words)["author"], ""), "")
            for words in self.expected
        }
        for number in range(comments):
            name = rng.choice(list(authors.values()))
            answer = rng.choice([words for words, author in said.items() if author != name])
            words = f"Thought {number} of {name} on this."
            by_mail = name in ("ada", "bob") or (name == "camille" and rng.random() < 0.5)
            if by_mail:
                self.answer_by_mail(name, answer, words, rng.choice(["top", "bottom"]))
            else:
                self.at_the_page[name].say(words, self.comment(answer)["id"])
                self.expect(words, answer)
            said[words] = name
