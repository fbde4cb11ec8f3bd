"""What an archive of mail becomes: people, comments and threads, once, and nobody hears of it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import archive, following, moderation
from comments_service.domain.archive import Message, Report, Skip
from comments_service.domain.discussion import Comment
from comments_service.domain.following import Dose
from comments_service.domain.incoming import Attachment, Fate, Incoming
from comments_service.storage.sqlite import SqliteStore

from ..conftest import MORNING, Circle, entry

LONG_AGO = MORNING - timedelta(days=90)


def mail(id: str, answers: str = "", *, sender: str = "bob@example.net", **more: Any) -> Message:
    """A message `<id@example.net>` that answers others, the parent last."""
    given: dict[str, Any] = {
        "sender": sender,
        "name": sender.partition("@")[0].title(),
        "written": LONG_AGO,
        "text": f"Words of {id}.",
        "message_id": f"<{id}@example.net>",
        "references": tuple(f"<{one}@example.net>" for one in answers.split()),
    }
    return Message(**given | more)


def take_in(circle: Circle, *found: Message | Skip, slug: str = "farm", **more: bool) -> Report:
    return archive.take_in(circle.store, circle.house, slug, found, circle.now, **more)


def tree(circle: Circle, slug: str = "farm") -> dict[str, str | None]:
    """Words → the words that they answer."""
    with circle.store.reading() as look:
        opportunity = look.opportunity(slug)
        assert opportunity
        comments = {c.id: c for c in look.comments_to_archive(opportunity.id)}
    said = {c.id: c.text.removeprefix("Words of ").strip(".") for c in comments.values()}
    return {said[c.id]: said[c.parent_id] if c.parent_id else None for c in comments.values()}


def the_comment(circle: Circle, id: str) -> Comment:
    with circle.store.reading() as look:
        found = look.comment_by_message_id(f"<{id}@example.net>")
    assert found
    return found


def test_dates_authors_and_ids_are_kept_and_the_site_hears_of_it(circle: Circle) -> None:
    since = circle.changes()["cursor"]
    later = mail("two", "one", sender="eve@example.net", written=LONG_AGO + timedelta(hours=3))
    report = take_in(circle, mail("one", name="Bob Stone"), later)
    assert report == Report(taken=2, authors=2, new_people=2, files=0, skipped=())
    [told] = circle.changes(since)["discussions"]
    first, second = told["comments"]
    assert (first["message_id"], second["message_id"]) == ("<one@example.net>", "<two@example.net>")
    assert (first["written"], second["parent"]) == ("2026-08-05T09:00:00.000Z", first["id"])
    assert {p["name"] for p in told["people"] if p["as"] == "visitor"} == {"Bob Stone", "Eve"}
    assert the_comment(circle, "one").door == "mail"


def test_nobody_is_invited_or_mailed_not_even_by_a_digest(circle: Circle) -> None:
    ada, kim = circle.bring_in("Ada"), circle.bring_in("Kim")
    circle.choose(ada, Dose.DIGEST)
    with circle.store.reading() as look:
        before = look.letters(1_000)
    take_in(circle, mail("one"), mail("two", "one", sender=kim.email))
    circle.wait(days=2)
    following.write_digests(circle.store, circle.house, circle.now)
    with circle.store.reading() as look:
        assert look.letters(1_000) == before
        bob = look.person_by_email("bob@example.net")
        assert bob
        assert look.participations(bob.id) == []


def test_an_author_is_found_by_any_address_and_keeps_the_name_that_is_known(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    with circle.store.transaction() as t:
        t.add_address("ada@work.example", ada.id)
    report = take_in(circle, mail("one", sender="ada@work.example", name="A. at work"))
    assert (report.authors, report.new_people) == (1, 0)
    assert the_comment(circle, "one").author_id == ada.id


def test_doing_it_again_changes_nothing(circle: Circle) -> None:
    found = [mail("one"), mail("two", "one"), mail("", message_id=None), Skip.AUTOMATIC]
    take_in(circle, *found)
    before = circle.exported(), circle.changes()["cursor"]
    report = take_in(circle, *found)
    assert (report.taken, report.new_people) == (0, 0)
    here = [(number, Skip.HERE) for number in (1, 2, 3)]
    assert report.skipped == (*here, (4, Skip.AUTOMATIC))
    assert (circle.exported(), circle.changes()["cursor"]) == before


def test_a_dry_run_tells_the_same_and_keeps_nothing(circle: Circle) -> None:
    before = circle.exported(), circle.changes()["cursor"]
    told = take_in(circle, mail("one"), mail("two", "one"), dry_run=True)
    assert (circle.exported(), circle.changes()["cursor"]) == before
    assert take_in(circle, mail("one"), mail("two", "one")) == told


def test_what_fails_in_the_middle_leaves_nothing(
    circle: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = circle.exported()
    kept = SqliteStore.__module__ + "._Transaction.note_change"
    calls: list[int] = []

    def fails(*_: object) -> int:
        calls.append(1)
        if len(calls) == 3:
            raise ZeroDivisionError
        return 0

    monkeypatch.setattr(kept, fails)
    with pytest.raises(ZeroDivisionError):
        take_in(circle, *(mail(str(n), sender=f"p{n}@example.net") for n in range(5)))
    monkeypatch.undo()
    assert circle.exported() == before
    with circle.store.reading() as look:
        assert [person.name for person in look.people()] == ["Camille Le Goff"]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([mail("a"), mail("b", "a"), mail("c", "a b")], {"a": None, "b": "a", "c": "b"}),
        ([mail("b", "a"), mail("a")], {"a": None, "b": "a"}),  # the parent comes later
        ([mail("b", "gone")], {"b": None}),
        ([mail("a"), mail("c", "a gone")], {"a": None, "c": "a"}),  # the nearest that is there
        ([mail("a", "a")], {"a": None}),
        ([mail("a", "b"), mail("b", "a")], {"a": None, "b": "a"}),
        ([mail("a", "c"), mail("b", "a"), mail("c", "b")], {"a": None, "b": "a", "c": "b"}),
        ([mail("d", "a"), mail("a", "b"), mail("b", "a")], {"a": None, "b": "a", "d": "a"}),
    ],
)
def test_what_answers_what_is_found_in_any_order(
    circle: Circle, messages: list[Message], expected: dict[str, str | None]
) -> None:
    take_in(circle, *messages)
    assert tree(circle) == expected


def test_what_an_archive_answers_may_be_here_already(circle: Circle) -> None:
    comment = circle.say(circle.facilitator, "Words of here.")
    hidden_from_all = circle.drop_by("Zoe", "Words of waiting.")
    update = "<update.first-day.farm@talk.example.org>"
    take_in(
        circle,
        mail("one", references=("<x@y>", comment.message_id)),
        mail("two", references=(update,)),
        mail("three", references=(hidden_from_all.message_id,)),
        mail("four", references=(comment.message_id, "<x@y>")),
    )
    answers = {"here": None, "one": "here", "two": None, "three": None, "four": "here"}
    assert tree(circle) == answers
    assert the_comment(circle, "two").update == "first-day"


def test_the_same_thread_in_two_discussions_is_twice_there_and_stays_so(circle: Circle) -> None:
    circle.publish(entry("farm"), entry("mill"))
    found = [mail("one"), mail("two", "one")]
    for slug in ("farm", "mill"):
        assert take_in(circle, *found, slug=slug).taken == 2
        assert take_in(circle, *found, slug=slug).taken == 0
    assert take_in(circle, *found, mail("three", "one two"), slug="mill").taken == 1
    assert tree(circle, "farm") == {"one": None, "two": "one"}
    assert tree(circle, "mill") == {"one": None, "two": "one", "three": "two"}


def test_two_messages_under_one_id_are_two_and_the_same_twice_is_one(circle: Circle) -> None:
    found = [mail("one"), mail("one", text="Words  of\none.\n"), mail("one", text="Others.")]
    assert take_in(circle, *found).skipped == ((2, Skip.HERE),)
    assert take_in(circle, *found).taken == 0
    assert set(tree(circle)) == {"one", "Others"}


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (mail("a", text=" \n\u200b"), Skip.EMPTY),
        (mail("a", text="x" * 16_385), Skip.TOO_LONG),
        (mail("a", written=MORNING + timedelta(days=2)), Skip.NO_DATE),
        (mail("a", sender="discuss+farm@talk.example.org"), Skip.AUTOMATIC),
        (Skip.NO_SENDER, Skip.NO_SENDER),
    ],
)
def test_what_cannot_be_a_comment_is_passed_over_with_a_reason(
    circle: Circle, message: Message | Skip, why: Skip
) -> None:
    report = take_in(circle, mail("one"), message, mail("two", "one a"))
    assert (report.taken, report.skipped) == (2, ((2, why),))
    assert tree(circle) == {"one": None, "two": "one"}


def test_a_thread_begins_with_its_subject_and_names_the_files_that_came_along(
    circle: Circle,
) -> None:
    plan = (Attachment("plan.pdf", "application/pdf", 2_000),)
    report = take_in(
        circle,
        mail("one", subject="Water for the hills"),
        mail("two", "one", subject="Another subject", attachments=plan),
        mail("three", subject="Re: Something"),
    )
    assert the_comment(circle, "one").text == "**Water for the hills**\n\nWords of one."
    assert the_comment(circle, "two").text == "Words of two.\n\n📎 *plan.pdf (2 kB)*"
    assert the_comment(circle, "three").text == "Words of three."
    assert report.files == 1


def test_ids_sort_as_the_messages_do_even_within_a_second(circle: Circle) -> None:
    found = [mail(f"m{n:03}", sender=f"p{n % 3}@example.net") for n in range(300)]
    take_in(circle, *found)
    assert [c["message_id"][1:5] for c in circle.exported()["comments"]] == [
        f"m{n:03}" for n in range(300)
    ]


def test_an_answer_that_came_by_mail_before_finds_its_place(circle: Circle) -> None:
    ada = circle.bring_in("Ada")
    comment = circle.say(ada, "Words of early.")
    with circle.store.transaction() as t:
        t.keep_incoming(
            Incoming(
                id="0" * 18,
                received=circle.now,
                door="lmtp",
                sender=ada.email,
                recipient="discuss+farm@talk.example.org",
                digest="d",
                fate=Fate.TAKEN,
                message_id="<early@example.net>",
                answers="<one@example.net>",
                person_id=ada.id,
                opportunity_id=comment.opportunity_id,
                comment_id=comment.id,
            ),
            b"",
        )
    assert take_in(circle, mail("one"), mail("early", "one")).skipped == ((2, Skip.HERE),)
    assert tree(circle) == {"early": "one", "one": None}


def test_a_thread_as_deep_as_a_well_and_a_circle_as_wide_as_a_field_are_taken(
    circle: Circle,
) -> None:
    well = [mail(f"w{n}", f"w{n - 1}") for n in range(3_000)]
    ring = [mail(f"r{n}", f"r{(n + 1) % 3_000}") for n in range(3_000)]
    found = [*well, *ring]
    random.Random(3).shuffle(found)  # noqa: S311 - invented
    assert take_in(circle, *found).taken == 6_000
    roots = [words for words, above in tree(circle).items() if above is None]
    assert len(roots) == 2
    deepest = list(archive.messages(circle.store, circle.house, "farm"))
    assert max(len(message.references) for message in deepest) == archive.MOST_REFERENCES


def test_an_unknown_opportunity_is_refused_before_anything_is_read(circle: Circle) -> None:
    def found() -> Iterator[Message]:
        raise AssertionError
        yield

    with pytest.raises(errors.NotFound):
        archive.take_in(circle.store, circle.house, "nowhere", found(), circle.now)
    with pytest.raises(errors.NotFound):
        next(archive.messages(circle.store, circle.house, "nowhere"))


def test_words_of_nobody_cannot_be_published(
    circle: Circle, open_store: Callable[..., SqliteStore], tmp_path: Path
) -> None:
    comment = circle.say(circle.bring_in("Ada"), "Rude.")
    moderation.hide(circle.store, circle.house, circle.facilitator, comment.id, circle.now)
    left = list(archive.messages(circle.store, circle.house, "farm"))
    elsewhere = replace(circle, store=open_store(tmp_path / "elsewhere.db"))
    elsewhere.appoint(("Camille", "camille@example.org"))
    elsewhere.publish(entry("farm"))
    take_in(elsewhere, *left)
    [hidden] = elsewhere.exported()["comments"]
    assert (hidden["state"], hidden["author"], hidden["html"]) == ("hidden", None, "")
    with pytest.raises(errors.Conflict):
        by = elsewhere.facilitator
        moderation.approve(elsewhere.store, elsewhere.house, by, hidden["id"], elsewhere.now)
