"""Erasing somebody: everywhere, for good, and from an older backup again."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from comments_service import errors
from comments_service.actions import (
    access,
    archive,
    erasing,
    gathering,
    invitations,
    people,
    receiving,
    roles,
    suggesting,
    supports,
    taking_along,
)
from comments_service.actions.gathering import Row
from comments_service.actions.invitations import Guest
from comments_service.domain.directory import Listed
from comments_service.domain.discussion import Comment, Door
from comments_service.domain.erasures import Words
from comments_service.domain.following import Dose
from comments_service.domain.incoming import Answering, Discussing, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.marks import Mark, MarkKind
from comments_service.domain.notes import Note, Suggestion
from comments_service.domain.people import Capacity, Person
from comments_service.domain.rereading import Rereading
from comments_service.domain.team import Role, Support
from comments_service.opening import open_house
from comments_service.settings import from_environment
from comments_service.storage.sqlite import SqliteStore

from ..conftest import FACILITATOR, Circle, entry

SECRETS = ("Inestimable", "ines@example.org", "ines@elsewhere.example", "inesroofs", "Inesland")


@pytest.fixture
def ines(circle: Circle) -> Person:
    """Somebody of whom as much is known as can be."""
    guest = Guest(
        "Inestimable",
        "ines@example.org",
        why="Inesland has the best roofs.",
        introduction="Inestimable knows roofs.",
        know_how="inesroofs",
    )
    camille = circle.facilitator
    made = invitations.invite(circle.store, circle.house, camille, "farm", guest, circle.now)
    invitations.accept(circle.store, circle.house, made.invitation.id, circle.now)
    person, where = made.invitation.person, made.opportunity.id
    ada = circle.bring_in("Ada")
    said, asked = circle.say(person, "The first word."), circle.say(ada, "Which roofs?")
    circle.say(ada, "Indeed.", answer=said.id)
    circle.choose(person, Dose.DIGEST)
    circle.wait(seconds=1)
    mail(circle, person, "By mail, from Inesland.")
    access.make_api_token(circle.store, person, "Inesland", circle.now)
    with circle.store.transaction() as t:
        t.add_address("ines@elsewhere.example", person.id)
        t.change_person(replace(person, links=("https://inesroofs.example",), tags=("inesroofs",)))
        t.add_role(
            Role("r1", where, person.id, "inesroofs", "w", "<p>w</p>", circle.now, taken=circle.now)
        )
        t.add_role(Role("r2", where, ada.id, "Words", "", "", circle.now, taken=circle.now))
        t.set_support(Support("r2", person.id, circle.now))
        t.set_mark(Mark(MarkKind.KEEP, where, person.id, asked.id, circle.now))
        t.add_rereading(Rereading(where, person.id, "abc", circle.now))
        t.add_note(Note("n1", camille.id, "Inestimable is dear.", circle.now, None, person.id))
        t.add_suggestion(
            Suggestion("s1", where, ada.id, "Inestimable", "ines@example.org", "w", circle.now)
        )
        t.letter_failed(t.letters_to(person.id)[0].id, "550 <ines@example.org> unknown", None)
        found = t.person(person.id)
    assert found
    return found


def mail(circle: Circle, person: Person, text: str) -> None:
    raw = f"From: {person.email}\n\n{text}".encode()
    to = Discussing("farm")
    kept = receiving.keep(circle.store, "lmtp", person.email, "discuss+farm", raw, circle.now)
    said = Mail(person.email, text=text, message_id="<ines@Inesland.example>", dmarc="pass")
    receiving.settle(circle.store, circle.house, kept, said, to, circle.now)


def erase(circle: Circle, person: Person, words: Words = Words.WITHDRAWN) -> None:
    erasing.erase(circle.store, person, words, circle.now)


def dump(circle: Circle) -> str:
    look = sqlite3.connect(circle.store._path)
    told = "\n".join(look.iterdump())
    look.close()
    return told


def said_by(circle: Circle, words: str) -> Comment:
    with circle.store.reading() as look:
        [found] = [c for c, _ in look.comments_within(None, words) if c.text == words]
    return found


@pytest.mark.parametrize("words", list(Words))
def test_nothing_is_left_of_them_anywhere_in_the_file(
    circle: Circle, ines: Person, words: Words
) -> None:
    before = dump(circle)
    assert all(secret in before for secret in SECRETS)
    erase(circle, ines, words)
    left = dump(circle).replace("By mail, from Inesland.", "")  # kept words are kept
    assert [secret for secret in SECRETS if secret in left] == []
    with circle.store.reading() as look:
        shell = look.person(ines.id)
    assert shell and (shell.name, shell.erased) == ("", circle.now)
    assert shell.email == f"erased-{ines.id}@erased.invalid"


def test_their_words_go_and_the_answers_stay(circle: Circle, ines: Person) -> None:
    since = circle.changes()["cursor"]
    erase(circle, ines)
    [told] = circle.changes(since)["discussions"]
    assert {(c["state"], c["author"], c["html"]) for c in told["comments"]} == {
        ("withdrawn", None, "")
    }
    assert len(told["comments"]) == 3  # two by her, and what introduced her
    assert ines.id not in [p["id"] for p in told["people"]]
    assert told["roles"][0]["supporters"] == [] and len(told["roles"]) == 1
    assert told["rereadings"] == []
    standing = [c["html"] for c in circle.exported()["comments"] if c["state"] == "published"]
    assert sorted(standing) == ["<p>Indeed.</p>", "<p>Which roofs?</p>"]


def test_their_words_stand_on_without_a_name_if_they_like(circle: Circle, ines: Person) -> None:
    first = said_by(circle, "The first word.")
    erase(circle, ines, Words.KEPT)
    [told] = [c for c in circle.exported()["comments"] if c["id"] == first.id]
    assert (told["state"], told["author"], told["html"]) == (
        "published",
        None,
        "<p>The first word.</p>",
    )
    [introduced] = [c for c in circle.exported()["comments"] if c["state"] == "withdrawn"]
    assert introduced["author"] is None
    assert ines.id not in [p["id"] for p in circle.exported()["people"]]


def test_nobody_mails_them_and_no_old_way_in_opens(circle: Circle, ines: Person) -> None:
    signed_in = access.make_sign_in_link(circle.store, ines, circle.now)
    with circle.store.reading() as look:
        letter = look.letters_to(ines.id)[0]
        before = len(look.letters_to(ines.id))
    erase(circle, ines)
    circle.wait(days=1)
    circle.say(circle.facilitator, "News.")
    access.ask_to_sign_in(circle.store, circle.house, "ines@example.org", "", circle.now)
    with circle.store.reading() as look:
        assert len(look.letters_to(ines.id)) <= before
        assert look.grants_of(ines.id) == [] and look.person_by_email(ines.email) is None
    with pytest.raises(errors.BadLink):
        access.open_session(circle.store, access.Scope.SIGN_IN, signed_in.id, circle.now)
    kept = receiving.keep(circle.store, "lmtp", ines.email, "reply", b"back", circle.now)
    with pytest.raises(errors.BadLink):
        said = Mail(ines.email, text="I am back", dmarc="pass")
        receiving.settle(circle.store, circle.house, kept, said, Answering(letter.id), circle.now)


def test_they_may_come_again_as_somebody_new(circle: Circle, ines: Person) -> None:
    erase(circle, ines)
    again = circle.bring_in("Ines")
    assert again.id != ines.id and circle.say(again, "Hello").author_id == again.id


def test_a_facilitator_of_the_settings_is_taken_out_there_first(circle: Circle) -> None:
    with pytest.raises(errors.Conflict, match="EMERGENCE_FACILITATORS"):
        erase(circle, circle.facilitator)
    camille = circle.facilitator
    circle.bring_in("Ines", introduction="Ines knows roofs.")
    circle.appoint(("Jo", "jo@example.org"))
    erase(circle, camille, Words.KEPT)
    [told] = circle.exported()["comments"]
    assert (told["author"], told["state"]) == (None, "published")


@pytest.mark.parametrize("words", list(Words))
def test_how_an_erased_facilitator_introduced_others_stays_theirs(
    circle: Circle, words: Words
) -> None:
    eve = circle.bring_in("Eve", capacity=Capacity.FACILITATOR)
    bob, jo = circle.bring_in("Bob"), circle.bring_in("Jo")
    for person in (bob, jo):
        people.introduce(circle.store, circle.house, eve, "farm", person.id, "X.", circle.now)
    mended = "I, Bob, in my own words."
    people.mend_introduction(circle.store, circle.house, bob, "farm", mended, circle.now)
    people.mend_introduction(circle.store, circle.house, jo, "farm", "Jo draws.", circle.now)
    erase(circle, eve, words)
    part = circle.part_of(bob)
    assert part and part.introduction == mended
    told = [c for c in circle.exported()["comments"] if c["introduces"] in (bob.id, jo.id)]
    assert [(c["state"], c["author"]) for c in told] == [("published", None)] * 2
    erase(circle, jo, words)
    [told] = [c for c in circle.exported()["comments"] if c["introduces"]]
    assert told["introduces"] == bob.id


def test_mail_from_an_address_that_was_forgotten_since_goes_too(
    circle: Circle, ines: Person
) -> None:
    with circle.store.transaction() as t:
        t.add_address("old@private.example", ines.id)
    mail(circle, replace(ines, email="old@private.example"), "From Oldland.")
    people.forget_address(circle.store, ines, "old@private.example")
    assert "old@private.example" in dump(circle)
    erase(circle, ines)
    left = dump(circle)
    assert "old@private.example" not in left and "Oldland" not in left
    assert b"Oldland".hex() not in left.lower()


@pytest.mark.parametrize("decide", [suggesting.note_invited, suggesting.set_aside])
@pytest.mark.parametrize("email", ["ines@example.org", ""])
def test_a_decided_suggestion_of_them_goes_too(
    circle: Circle, ines: Person, decide: Callable[..., Suggestion], email: str
) -> None:
    made = suggesting.suggest(
        circle.store,
        circle.bring_in("Eve"),
        "farm",
        circle.now,
        name="Tall Roof",
        email=email,
        why="Lives in Roofland.",
    )
    more = {} if email or decide is suggesting.set_aside else {"person_id": ines.id}
    decide(circle.store, circle.facilitator, "farm", made.id, circle.now, **more)
    erase(circle, ines)
    known = bool(email or more)
    assert ("Roofland" not in dump(circle)) is known


def test_no_name_of_theirs_stands_in_what_others_wrote_for_their_role(
    circle: Circle, ines: Person
) -> None:
    circle.publish(entry("farm", phase="convergence"))
    bob = circle.bring_in("Bob")
    role = roles.claim_role(circle.store, ines, "farm", "Roofs of Inesland", "", circle.now)
    supports.support_in_words(
        circle.store, circle.house, bob, role.id, "I would.", door=Door.PAGE, now=circle.now
    )
    erase(circle, ines)
    assert [c["html"] for c in circle.said() if c["author"] == bob.id] == ["<p>I would.</p>"]
    assert [secret for secret in SECRETS if secret in dump(circle)] == []


def test_the_shell_of_somebody_is_nobody_who_is_invited_listed_or_writes(
    circle: Circle, ines: Person
) -> None:
    erase(circle, ines)
    with circle.store.reading() as look:
        shell = look.person(ines.id)
    assert shell
    guest = Guest("Ines", shell.email, know_how="inesroofs")
    with pytest.raises(errors.Invalid):
        invitations.invite(
            circle.store, circle.house, circle.facilitator, "farm", guest, circle.now
        )
    listed = Row(2, Listed("Ines", shell.email.upper(), "inesroofs", tags=("secret",)))
    gathered = gathering.gather(circle.store, circle.facilitator, [listed], "en", circle.now)
    assert [one.line for one in gathered.passed_over] == [2]
    said = len(circle.exported()["comments"])
    with pytest.raises(errors.Invalid):
        mail(circle, shell, "I am back.")
    with circle.store.reading() as look:
        assert look.person(ines.id) == shell
    assert len(circle.exported()["comments"]) == said


def test_erasing_twice_is_refused_and_a_stranger_is_nobody(circle: Circle, ines: Person) -> None:
    erase(circle, ines)
    for person in (ines, replace(ines, id="0" * 18)):
        with pytest.raises(errors.NotFound):
            erase(circle, person)


def test_without_a_place_for_the_note_nothing_is_erased(circle: Circle, ines: Person) -> None:
    (circle.store._path.parent / "erased").mkdir()
    with pytest.raises(errors.Unavailable):
        erase(circle, ines)
    with circle.store.reading() as look:
        assert look.person(ines.id) == ines


@pytest.mark.parametrize("words", list(Words))
def test_an_older_backup_does_not_bring_them_back(
    circle: Circle,
    ines: Person,
    words: Words,
    tmp_path: Path,
    open_store: Callable[..., SqliteStore],
) -> None:
    path = circle.store._path
    backup = sqlite3.connect(tmp_path / "backup.db")
    circle.store._writer.conn.backup(backup)
    backup.close()
    erase(circle, ines, words)
    note = (path.parent / "erased").read_text(encoding="utf-8")
    assert ines.id in note and not any(secret in note for secret in SECRETS)
    circle.store.close()
    for beside in ("emergence.db", "emergence.db-wal", "emergence.db-shm"):
        (path.parent / beside).unlink(missing_ok=True)
    (tmp_path / "backup.db").rename(path)

    environ = {"EMERGENCE_DATA": str(tmp_path), "EMERGENCE_MAIL_DOMAIN": "talk.example.org"}
    environ["EMERGENCE_FACILITATORS"] = f"{FACILITATOR[0]} <{FACILITATOR[1]}>"
    old = Circle(open_store())
    assert "ines@example.org" in dump(old)
    since = old.changes()["cursor"]
    house = open_house(from_environment(environ))
    house.store.close()
    left = dump(old).replace("By mail, from Inesland.", "")
    assert [secret for secret in SECRETS if secret in left] == []
    [told] = old.changes(since)["discussions"]
    assert ines.id not in [p["id"] for p in told["people"]]
    kept = [c for c in told["comments"] if c["state"] == "published"]
    assert len(kept) == (2 if words is Words.KEPT else 0)
    at = old.changes()["cursor"]
    open_house(from_environment(environ)).store.close()
    assert old.changes()["cursor"] == at, "once is enough"


def test_a_note_that_a_crash_cut_short_is_passed_over(circle: Circle, ines: Person) -> None:
    notes = circle.store._path.parent / "erased"
    notes.write_text(f"{ines.id} 2026-11-\n\n{ines.id}", encoding="utf-8")
    assert erasing.apply_erasures(circle.store, circle.now) == 0
    erase(circle, ines)
    with circle.store.reading() as look:
        assert [one.person_id for one in look.erasures()] == [ines.id]


def test_the_archive_tells_the_erased_apart_from_nobody_and_comes_back_the_same(
    circle: Circle, ines: Person, tmp_path: Path, open_store: Callable[..., SqliteStore]
) -> None:
    erase(circle, ines, Words.KEPT)
    circle.bring_in("Jo", introduction="Jo draws.")
    told = list(archive.messages(circle.store, circle.house, "farm"))
    assert {m.sender for m in told if m.text == "The first word."} == {"erased@farm.invalid"}
    other = Circle(open_store(tmp_path / "other.db"))
    other.publish(entry("farm"))
    archive.take_in(other.store, other.house, "farm", told, other.now)
    assert list(archive.messages(other.store, other.house, "farm")) == told
    names = [p["name"] for p in other.exported()["people"]]
    assert "" not in names and "erased" not in names


def test_all_that_is_kept_can_be_taken_along_and_no_facilitators_note(
    circle: Circle, ines: Person
) -> None:
    document = taking_along.my_document(circle.store, ines, circle.now)
    assert document["person"]["links"] == ["https://inesroofs.example"]
    assert document["person"]["addresses"] == ["ines@elsewhere.example", "ines@example.org"]
    [part], [invitation] = document["participations"], document["invitations"]
    assert (part["opportunity"], part["introduction"]) == ("farm", "Inestimable knows roofs.")
    assert (invitation["why"], invitation["answer"]) == ("Inesland has the best roofs.", "accepted")
    assert [c["text"] for c in document["comments"]] == [
        "The first word.",
        "By mail, from Inesland.",
    ]
    assert [r["title"] for r in document["roles"]] == ["inesroofs"]
    for name in ("supports", "marks", "rereadings", "following", "mails", "access"):
        assert document[name], name
    assert {x["kind"] for x in document["letters"]} >= {Kind.INVITATION.value}
    assert "is dear" not in str(document)


def test_ones_words_are_messages_across_opportunities(circle: Circle, ines: Person) -> None:
    circle.publish(entry("farm"), entry("mill"))
    invited = invitations.invite(
        circle.store, circle.house, circle.facilitator, "mill", Guest("I", ines.email), circle.now
    )
    invitations.accept(circle.store, circle.house, invited.invitation.id, circle.now)
    circle.say(ines, "At the mill.", "mill")
    mine = list(taking_along.my_messages(circle.store, circle.house, ines))
    assert [(title, [m.text for m in messages]) for title, messages in mine] == [
        ("Farm", ["The first word.", "By mail, from Inesland."]),
        ("Mill", ["At the mill."]),
    ]


def test_leaving_keeps_the_words_or_withdraws_them_here_and_only_here(
    circle: Circle, ines: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    circle.bring_in("Inestimable", "mill")
    people.leave(circle.store, circle.house, ines, "farm", circle.now)
    assert said_by(circle, "The first word.").author_id == ines.id
    people.leave(circle.store, circle.house, ines, "farm", circle.now, Words.WITHDRAWN)
    states = {c["state"] for c in circle.exported()["comments"] if c["html"] == ""}
    assert states == {"withdrawn"}
    assert not people.has_words_in(circle.store, ines, "farm")
    introduced = [c for c in circle.exported()["comments"] if c["introduces"]]
    assert [c["introduces"] for c in introduced] == [ines.id], "leaving keeps the introduction"
    assert len(circle.letters(Kind.GOODBYE)) == 1
    back = people.come_back(circle.store, circle.house, ines, "farm", circle.now)
    assert back.present
