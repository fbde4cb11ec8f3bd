"""A discussion of four people, from invitation to goodbye, with Postfix in the middle: two of them
never open the page, one never answers a mail, one does both."""

import email
import mailbox
import re
from collections import Counter
from contextlib import closing
from email import policy
from pathlib import Path

import pytest

from ..servers import notmuch
from ..servers.postfix import Postfix
from .at_the_page import tree_on
from .conftest import House, until
from .mail_program import Correspondent
from .story import Story

pytestmark = pytest.mark.postfix

INTRODUCED = "has walked along every ditch."
UPDATE = """\
Title: We saw the fields
Date: 2026-11-05 09:00

They are *wet*.
"""


def test_a_discussion_held_by_mail_is_right_everywhere(house: House, postfix: Postfix) -> None:
    story = Story(house, postfix)
    story.begin()
    everybody_comes_in(story)
    they_answer_each_other_eight_deep(story)
    a_new_thread_begins_by_mail(story)
    an_update_goes_out_once(story)
    a_visitor_is_let_in_by_mail(story)
    story.talk(46, seed=3)
    story.wait_for_the_post()
    they_go(story)
    each_introduction_is_one_entry(story)

    assert len(story.expected) >= 60
    the_discussion_is_what_was_said(story)
    the_page_shows_it(story)
    a_silent_readers_mail_program_shows_it(story)
    the_archive_holds_it(story)
    nobody_got_a_mail_twice_or_their_own(story)


def everybody_comes_in(story: Story) -> None:
    """By the link, by one word, and by simply answering; each is introduced to those present."""
    story.accept_by_link("dora")
    story.say_at_the_page("camille", "What would your fields need?")
    story.accept_by_link("chloe")
    bob, ada = story.by_mail["bob"], story.by_mail["ada"]
    bob.answer(bob.letter("knows the fields."), "OK.")
    until(lambda: story.takes_part("Bob"), "Bob takes part")
    ada.answer(ada.letter("knows the fields."), "Good morning, I am Ada.\n\nI measure rivers.")
    story.expect("Good morning, I am Ada.", None)
    for name in ("Ada", "Bob", "Chloe"):
        story.by_mail["dora"].letter(f"{name} {INTRODUCED}")
    assert "Ada has walked" in story.house.page("farm")
    story.answer_by_mail("bob", f"Ada {INTRODUCED}", "Welcome, Ada.")


def they_answer_each_other_eight_deep(story: Story) -> None:
    story.say_at_the_page("camille", "How deep is the river?")
    story.answer_by_mail("ada", "How deep is the river?", "Two metres, in March.")
    story.answer_by_mail("bob", "Two metres, in March.", "Three in April.", "bottom")
    questions = "And in summer?\n\nWho measures it then?"
    story.say_at_the_page("chloe", questions, "Three in April.")
    answers = "Half a metre, or less.\nI do, every day."
    story.answer_by_mail("ada", "And in summer?", answers, "between")
    story.answer_by_mail("camille", "Half a metre, or less.", "Could a farm live with that?")
    story.answer_by_mail("bob", "Could a farm live with that?", "Most do.\n\nMine did not.")
    story.say_at_the_page("chloe", "What became of it?", "Most do.")
    assert depth(story, "What became of it?") == 8


def a_new_thread_begins_by_mail(story: Story) -> None:
    bob = story.by_mail["bob"]
    bob.write("discuss+farm@talk.example.org", "Sensors", "I can lend twelve of them.")
    story.expect("I can lend twelve of them.", None)
    assert "<strong>Sensors</strong>" in story.comment("I can lend twelve of them.")["html"]
    story.answer_by_mail("ada", "I can lend twelve of them.", "Twelve would do.")


def an_update_goes_out_once(story: Story) -> None:
    story.house.write("opportunities/farm/updates/fields.md", UPDATE)
    letter = story.by_mail["ada"].letter("We saw the fields")
    story.by_mail["ada"].answer(letter, "Wet is good news.")
    story.expect("Wet is good news.", None)
    assert story.comment("Wet is good news.")["update"] == "fields"
    for name in ("ada", "bob", "chloe", "dora"):
        story.by_mail[name].letter(letter["Message-ID"])


def a_visitor_is_let_in_by_mail(story: Story) -> None:
    """Vera writes, confirms by answering; Camille approves by answering."""
    vera = story.by_mail["vera"] = story.correspondent("Vera", "vera@example.net")
    camille = story.by_mail["camille"]
    vera.write("discuss+farm@talk.example.org", "A question", "May I come along?", verified=False)
    vera.answer(vera.letter("May I come along?"), "ok")
    letter = camille.letter("May I come along?")
    assert story.find("May I come along?") is None, "it waits for Camille"
    camille.answer(letter, "ok")
    story.expect("May I come along?", None)
    until(lambda: len(vera.letters()) == 2, "Vera is told that it stands on the page")


def they_go(story: Story) -> None:
    """Bob says stop, Chloe leaves at the page; what is said then reaches the others only."""
    bob, chloe = story.by_mail["bob"], story.by_mail["chloe"]
    bob.answer(bob.letters()[-1], "Stop")
    until(lambda: not story.takes_part("Bob"), "Bob has left")
    story.wait_for_the_post()
    to_bob = len(bob.letters())
    story.say_at_the_page("camille", "Bob has gone.", "Most do.")
    story.answer_by_mail("ada", "Bob has gone.", "He will be missed.")
    story.wait_for_the_post()

    to_chloe = len(chloe.letters())
    story.at_the_page["chloe"].send("/-/me", do="leave", slug="farm")
    until(lambda: len(chloe.letters()) == to_chloe + 1, "Chloe is told goodbye")
    story.answer_by_mail("camille", "He will be missed.", "We meet again on Monday.")
    story.by_mail["dora"].letter("We meet again on Monday.")
    story.wait_for_the_post()
    assert len(bob.letters()) == to_bob, "nothing after stop"
    assert len(chloe.letters()) == to_chloe + 1, "nothing after the goodbye"


def each_introduction_is_one_entry(story: Story) -> None:
    for name in ("Ada", "Bob", "Chloe", "Dora"):
        story.expect(f"{name} {INTRODUCED}", None)


def depth(story: Story, words: str | None) -> int:
    return 1 + depth(story, story.expected[words]) if words else 0


def tree(story: Story) -> dict[str, str | None]:
    """By Message-ID, what each comment has to answer; the update's by that of its letter."""
    ids = {words: story.comment(words)["message_id"] for words in story.expected}
    parents = {ids[words]: ids[said] if said else None for words, said in story.expected.items()}
    parents[ids["Wet is good news."]] = story.by_mail["dora"].letter("We saw the fields")[
        "Message-ID"
    ]
    return parents


def the_discussion_is_what_was_said(story: Story) -> None:
    comments = story.discussion()["comments"]
    assert len(comments) == len(story.expected)
    ids = {words: story.comment(words)["id"] for words in story.expected}
    assert {one["id"]: one["parent"] for one in comments} == {
        ids[words]: ids[said] if said else None for words, said in story.expected.items()
    }
    between = story.comment("Half a metre, or less.")["html"]
    in_order = r"And in summer\?.*Half a metre.*Who measures it then\?.*I do, every day\."
    assert re.search(in_order, between, re.DOTALL), between
    for one in comments:
        assert "reply+" not in one["html"] and "wrote:" not in one["html"], one["html"]


def the_page_shows_it(story: Story) -> None:
    comments = {one["id"]: one["parent"] for one in story.discussion()["comments"]}
    until(lambda: tree_on(story.house.page("farm")).keys() == comments.keys(), "the page follows")
    assert tree_on(story.house.page("farm")) == comments


def a_silent_readers_mail_program_shows_it(story: Story) -> None:
    """Dora wrote nothing, so that she was mailed everything but how she was introduced."""
    dora = story.by_mail["dora"]
    expected = tree(story)
    expected.pop(story.comment(f"Dora {INTRODUCED}")["message_id"])
    found = parents_in(notmuch.threads(story.postfix.maildir(dora.address)))
    assert {id: found.get(id, "missing") for id in expected} == expected


def the_archive_holds_it(story: Story) -> None:
    path = story.house.folder / "farm.mbox"
    story.house.run("export", "farm", "--format", "mbox", "--output", str(path))
    with closing(mailbox.mbox(path)) as archive:
        held = Counter(message["Message-ID"] for message in archive)
    assert held == Counter(list(tree(story)))
    folder = notmuch.into_maildir(path, story.house.folder / "archive")
    found = parents_in(notmuch.threads(folder))
    update = tree(story)[story.comment("Wet is good news.")["message_id"]]
    assert found == {id: None if up == update else up for id, up in tree(story).items()}
    assert not any(
        f"{name}@example" in path.read_text(encoding="utf-8") for name in ("ada", "bob", "vera")
    )


def nobody_got_a_mail_twice_or_their_own(story: Story) -> None:
    names = {person["id"]: person["name"] for person in story.discussion()["people"]}
    said = [c for c in story.discussion()["comments"] if not c["introduces"]]
    wrote = {c["message_id"]: names[c["author"]] for c in said}
    for person in story.by_mail.values():
        got = Counter(ids_in(person))
        assert got.most_common(1)[0][1] == 1, f"{person.name} got one mail twice"
        assert not [id for id in got if wrote.get(id) == person.name], f"{person.name}’s own"


def ids_in(person: Correspondent) -> list[str]:
    paths = person.postfix.maildir(person.address).glob("new/*")
    return [_message_id(path) for path in paths]


def _message_id(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    return str(message["Message-ID"])


def parents_in(threads: notmuch.Tree) -> dict[str, str | None]:
    """By Message-ID, what each message stands under."""
    parents: dict[str, str | None] = {}
    waiting: list[tuple[str | None, notmuch.Tree]] = [(None, threads)]
    while waiting:
        above, answers = waiting.pop()
        for id, below in answers.items():
            parents[id] = above
            waiting.append((id, below))
    return parents
