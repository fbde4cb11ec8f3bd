"""A discussion as an mbox: what stands in it, what does not, and that it comes back to the byte."""

import io
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from comments_service.actions import archive, comments, erasing, moderation
from comments_service.domain.archive import Message
from comments_service.domain.discussion import Comment
from comments_service.domain.erasures import Words
from comments_service.domain.ids import mint
from comments_service.domain.people import Person
from comments_service.mail.archive import read_ours, write
from comments_service.mail.mbox import split
from comments_service.mail.unpack import unpack
from comments_service.storage.sqlite import SqliteStore
from tests.servers import notmuch

from ..conftest import MORNING, Circle, entry

TRICKY = {
    "From at a line's start": "From here on:\n\nFrom ada Tue Nov  3 09:00:00 2026\nX: y\n>From z",
    "a long line": "word " * 3_000,
    "a long word": "é" * 8_000,
    "spaces at line ends": "two  \nthree   \nend",
    "emoji": "🌱👩🏽‍🌾🇫🇷 and 𝕬",
    "right to left": "مرحبا بالعالم\nשלום",
    "line separators": "one\u2028two\u2029three\x85four",
    "CRLF in source": "one\r\ntwo\r\n\r\nthree",
    "looks like headers": "Subject: no\nFrom: nobody@example.org\n\n--\nSignature",
    "looks encoded": "=?utf-8?q?x?= =20 =C3=A9 a=\nb",
    "a quote": "> She said\n>> that he said\n\nOn Monday, Ada wrote:\n> yes",
    "dots": ".\n..\nend",
    "MIME": "--boundary\nContent-Type: text/html\n\n<b>\n--boundary--",
}
NAMES = [
    "Éloïse Ménard",
    'Ada, the "first" (of her name) <ada>',
    "J. R. O'Neil-Smith",
    "李小龍",
    "ليلى حداد",
    "🌱",
    "=?utf-8?q?not_encoded?=",
    "x=?=y",
    "Withdrawn",
    "a\u00a0b",
    "Zoë " + "van der " * 20 + "Berg",
    "é" * 150,
]


@pytest.fixture
def elsewhere(open_store: Callable[..., SqliteStore], tmp_path: Path) -> Circle:
    """An empty house with the same opportunity."""
    other = Circle(open_store(tmp_path / "elsewhere.db"))
    other.publish(entry("farm"))
    return other


def exported(circle: Circle) -> bytes:
    return b"".join(write("Farm", archive.messages(circle.store, circle.house, "farm")))


def taken_in(circle: Circle, data: bytes, **more: bool) -> archive.Report:
    now = circle.now + timedelta(days=400)
    found = unpack(io.BytesIO(data))
    return archive.take_in(circle.store, circle.house, "farm", found, now, **more)


def parsed(data: bytes) -> list[EmailMessage]:
    raws = [piece.raw or b"" for piece in split(io.BytesIO(data))]
    return [message_from_bytes(raw, policy=policy.default) for raw in raws]  # type: ignore[misc]


def called(circle: Circle, name: str, number: int = 0) -> Person:
    """Somebody who takes part under any name."""
    person = replace(circle.bring_in(f"Person{number}"), name=name)
    with circle.store.transaction() as t:
        t.change_person(person)
    return person


def test_a_message_is_a_comment_with_all_that_mail_programs_need(circle: Circle) -> None:
    ada = called(circle, "Éloïse Ménard")
    first = circle.say(circle.facilitator, "**Water first.** Where does it come from?")
    circle.wait(minutes=5)
    second = circle.say(ada, "From the hills.\n\n- one\n- two", answer=first.id)
    circle.edit(ada, second.id, "From the *hills*.")
    circle.wait(minutes=5)
    third = circle.say(circle.facilitator, "Good.", answer=second.id)
    one, two, three = parsed(exported(circle))
    assert [m["Message-ID"] for m in (one, two, three)] == [
        c.message_id for c in (first, second, third)
    ]
    assert one["From"] == "Camille Le Goff <camille-le-goff@farm.invalid>"
    assert two["From"] == "Éloïse Ménard <eloise-menard@farm.invalid>"
    assert one["In-Reply-To"] is None
    assert three["In-Reply-To"] == second.message_id
    assert three["References"] == f"{first.message_id} {second.message_id}"
    assert three["Date"] == "Tue, 03 Nov 2026 09:10:00 +0000"
    subject = str(one["Subject"])
    assert [str(m["Subject"]) for m in (two, three)] == [f"Re: {subject}"] * 2
    assert two["X-Emergence-Edited"] == "2026-11-03T09:05:00.000Z"
    assert two.get_content() == "From the *hills*.\n"
    assert two.get_content_charset() == "utf-8"


def test_no_address_of_anybody_stands_in_it(circle: Circle) -> None:
    circle.say(circle.bring_in("Ada"), "Hello.")
    circle.confirm(circle.drop_by("Zoe", "Not read yet by a facilitator."))
    circle.drop_by("Kim", "Not confirmed.")
    text = exported(circle).decode()
    for word in ("ada@example", "camille@", "example.net", "Zoe", "Kim", "confirmed", "by a"):
        assert word not in text


def test_what_was_taken_back_or_hidden_keeps_its_place_only(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    secret = circle.say(ada, "Taken back.")
    circle.wait(seconds=1)
    rude = circle.say(ada, "Hidden.", answer=secret.id)
    circle.wait(seconds=1)
    circle.say(circle.facilitator, "Thank you.", answer=rude.id)
    comments.withdraw(circle.store, ada, secret.id, circle.now)
    moderation.hide(circle.store, circle.house, circle.facilitator, rude.id, circle.now)
    first, second, third = parsed(exported(circle))
    assert [m["X-Emergence-State"] for m in (first, second, third)] == ["withdrawn", "hidden", None]
    assert first["From"] == second["From"] == "withdrawn@farm.invalid"
    assert third["References"] == f"{secret.message_id} {rude.message_id}"
    text = exported(circle).decode()
    assert not [word for word in ("Taken back", "Hidden", "Ada") if word in text]


def test_what_lets_somebody_in_is_cut_out_wherever_it_was_pasted(
    circle: Circle, elsewhere: Circle
) -> None:
    token = f"{mint(circle.now)}{'abcdefgh' * 3}"
    link, address = f"https://example.org/-/hello/{token}", f"reply+1{token}@talk.example.org"
    circle.say(circle.facilitator, f"Come in: {link}, or write to {address.upper()}.")
    data = exported(circle)
    assert token not in data.decode().lower()
    assert "Come in: …, or write to …" in data.decode()
    taken_in(elsewhere, data)
    assert exported(elsewhere) == data


def test_a_comment_under_an_update_answers_its_mail(circle: Circle) -> None:
    comment = circle.say(circle.facilitator, "About it.", update="first-day")
    circle.wait(seconds=1)
    circle.say(circle.facilitator, "And more.", answer=comment.id)
    first, second = parsed(exported(circle))
    update = "<update.first-day.farm@talk.example.org>"
    assert first["In-Reply-To"] == first["References"] == update
    assert second["References"] == f"{update} {comment.message_id}"
    assert (first["X-Emergence-Update"], second["X-Emergence-Update"]) == ("first-day", None)
    assert str(first["Subject"]).startswith("Re: ")
    assert str(first["Subject"]) == str(second["Subject"])


def test_two_of_one_name_have_an_address_each_and_always_the_same(circle: Circle) -> None:
    people = [called(circle, "Ada Martin", n) for n in range(3)]
    for person in (*people, *reversed(people)):
        circle.say(person, f"I am {person.id} at {circle.now}.")
        circle.wait(seconds=1)
    senders = [str(m["From"]).partition("<")[2] for m in parsed(exported(circle))]
    one, two, three = (f"ada-martin{end}@farm.invalid>" for end in ("", "-2", "-3"))
    assert senders == [one, two, three, three, two, one]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_comes_back_as_it_was(name: str) -> None:
    message = Message("x@farm.invalid", name, MORNING, "Hello.", message_id="<a@b>", ours=True)
    [piece] = split(io.BytesIO(b"".join(write("Farm", [message]))))
    assert piece.raw
    assert max(map(len, piece.raw.split(b"\n"))) < 998
    assert read_ours(piece.raw) == replace(message, text="Hello.\n")


@pytest.mark.parametrize(
    "name",
    ["=?utf-8?b?a?=", "=?none?q?a=FF?=", "=?utf-8?q?=FF?=", "=?idna?q?xn--a-?=", "(" * 5_000 + "a"],
)
def test_a_name_that_cannot_be_decoded_stands_as_it_is(circle: Circle, name: str) -> None:
    circle.say(called(circle, "Ada"), "Yes.")
    data = exported(circle).replace(b"From: Ada ", f"From: {name} ".encode())
    [piece] = [one.raw or b"" for one in split(io.BytesIO(data))]
    read = read_ours(piece.replace(b"MIME-Version", f"X-Emergence-Update: {name}\nX".encode(), 1))
    if "?" in name:
        assert read is not None and (read.name, read.update) == (name, name)
    assert len(list(unpack(io.BytesIO(data)))) == 1


@pytest.mark.parametrize("text", TRICKY.values(), ids=TRICKY.keys())
def test_any_words_come_back_as_they_were(circle: Circle, elsewhere: Circle, text: str) -> None:
    comment = circle.say(circle.facilitator, text)
    data = exported(circle)
    assert max(map(len, data.split(b"\n"))) <= 999
    for sent in (data, data.replace(b"\n", b"\r\n")):
        taken_in(elsewhere, sent)
        with elsewhere.store.reading() as look:
            again = look.comment_by_message_id(comment.message_id)
        assert again and (again.text, again.html) == (comment.text, comment.html)
    assert exported(elsewhere) == data


def invented(circle: Circle, seed: int, size: int, depth: int) -> list[Comment]:
    """A discussion of many people under many names, with all that can become of a comment."""
    dice = random.Random(seed)  # noqa: S311 - invented
    people = [called(circle, name, n) for n, name in enumerate(["Ada", "Ada", *NAMES])]
    said: list[tuple[Comment, int]] = []
    for number in range(size):
        circle.wait(seconds=dice.choice((0, 0, 1, 400)))
        open_ones = [(c, deep) for c, deep in said if deep < depth]
        parent, deep = (
            dice.choice(open_ones[-6:]) if open_ones and dice.random() < 0.9 else (None, 0)
        )
        place = {"answer": parent.id} if parent else {}
        if parent is None and dice.random() < 0.4:
            place = {"update": "first-day"}
        author = dice.choice(people)
        text = f"{number}: {dice.choice(list(TRICKY.values()))}"
        said.append((circle.say(author, text, **place), deep + 1))
        if dice.random() < 0.2:
            comments.edit(
                circle.store, circle.house, author, said[-1][0].id, f"{text} Mended.", circle.now
            )
    for comment, _ in dice.sample(said, size // 8):
        with circle.store.reading() as look:
            author = look.person(comment.author_id)
        assert author
        if dice.random() < 0.5:
            comments.withdraw(circle.store, author, comment.id, circle.now)
        else:
            moderation.hide(circle.store, circle.house, circle.facilitator, comment.id, circle.now)
    assert max(deep for _, deep in said) == depth
    return [comment for comment, _ in said]


@pytest.mark.parametrize("seed", range(5))
def test_out_in_and_out_again_is_the_same_to_the_byte(
    circle: Circle, elsewhere: Circle, seed: int
) -> None:
    circle.house = replace(circle.house, posts_an_hour=1_000)
    said = invented(circle, seed, size=80, depth=8)
    data = exported(circle)
    assert taken_in(elsewhere, data).taken == len(said)
    assert exported(elsewhere) == data


@pytest.mark.parametrize("name", [*NAMES, "Erased"])
def test_introductions_and_the_erased_come_back_to_the_byte(
    circle: Circle, elsewhere: Circle, name: str
) -> None:
    gone = circle.bring_in("Gone")
    comment = circle.say(gone, "Words that stay.")
    named = circle.bring_in("Ines", introduction="Ines knows *roofs*.")
    with circle.store.transaction() as t:
        t.change_person(replace(named, name=name))
    circle.say(named, "Thank you.", answer=comment.id)
    erasing.erase(circle.store, gone, Words.KEPT, circle.now)
    data = exported(circle)
    assert b"\nX-Emergence-Introduces: " in data and b"\nFrom: erased@farm.invalid\n" in data
    assert taken_in(elsewhere, data).taken == 3
    assert exported(elsewhere) == data
    [told] = [c for c in elsewhere.exported()["comments"] if c["introduces"]]
    assert told["introduces"] != told["author"]
    assert (taken_in(circle, data).taken, exported(circle)) == (0, data)


def test_notmuch_sees_the_comment_tree(circle: Circle, tmp_path: Path) -> None:
    circle.house = replace(circle.house, posts_an_hour=1_000)
    said = invented(circle, seed=8, size=80, depth=8)
    (tmp_path / "farm.mbox").write_bytes(exported(circle))
    tree = notmuch.threads(notmuch.into_maildir(tmp_path / "farm.mbox", tmp_path / "maildir"))
    below: dict[str, notmuch.Tree] = {comment.id: {} for comment in said}
    whole: notmuch.Tree = {}
    for comment in said:
        above = below[comment.parent_id] if comment.parent_id else whole
        above[comment.message_id] = below[comment.id]
    assert len(said) == 80
    assert tree == whole
