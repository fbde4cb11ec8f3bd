"""A small story in which every kind of letter is written, all to readers of one language."""

from dataclasses import dataclass, replace
from email.message import EmailMessage

from comments_service import errors
from comments_service.actions import (
    access,
    comments,
    following,
    moderation,
    people,
    receiving,
    visitors,
)
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.following import Dose
from comments_service.domain.incoming import Discussing, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person

from .conftest import Town


@dataclass(frozen=True)
class Typed:
    """What people type, wherever they can."""

    name: str = "Zoé Kerr"
    title: str = "A data platform for a farmers’ cooperative"
    text: str = "Two **metres** in summer, by [the almanac](https://tides.example.net/2026)."


def write_every_kind(
    town: Town,
    language: str = "en",
    typed: Typed = Typed(),  # noqa: B008 - frozen
) -> dict[Kind, EmailMessage]:
    """Let the story happen and send its letters; one of each kind."""
    store, house = town.house.store, town.house.settings.house
    town.publish(title=typed.title, language=language)
    camille = replace(town.facilitator, language=language)
    with store.transaction() as t:
        t.change_person(camille)
    reader, spoken = _the_discussion(town, typed, language)
    town.invite(
        typed.name,
        "odile@example.org",
        why=f"You sang there in 1991.\n\n{typed.text}",
        introduction=typed.text,
        language=language,
    )
    town.invite(typed.name, "client@example.org", capacity=Capacity.CLIENT)
    access.ask_to_sign_in(store, house, reader.email, "", town.now)
    following.ask_to_follow(
        store, house, "farm", "follower@example.net", typed.name, language, "", town.now
    )
    _the_visitors(town, typed, language)
    _a_mail_that_cannot_be_taken(town, reader)
    town.post()
    _a_digest_and_a_goodbye(town, typed, language, spoken)
    best = ("odile@example.org", "ada@example.org")  # whose letters say most
    letters = sorted(town.received(), key=lambda m: m["To"].addresses[0].addr_spec in best)
    letters.sort(key=lambda m: m["In-Reply-To"] is not None)
    found = {town.kind_of(message): message for message in letters}
    assert found.keys() == set(Kind)
    return found


def _the_discussion(town: Town, typed: Typed, language: str) -> tuple[Person, Comment]:
    reader = town.bring_in("Ada Morvan", "ada@example.org", language=language)
    town.bring_in(typed.name, "zoe@example.org", language=language, introduction=typed.text)
    with town.house.store.reading() as look:
        speaker = look.person_by_email("zoe@example.org")
    assert speaker is not None
    question = town.say(reader, "How deep is the river?")
    spoken = town.say(speaker, typed.text, answer=question.id)
    update = {"slug": "u", "title": typed.title, "url": f"{town.url}#u", "text": typed.text}
    town.publish(title=typed.title, language=language, updates=[update])
    return reader, spoken


def _the_visitors(town: Town, typed: Typed, language: str) -> None:
    """Three strangers write: one is published, one is not, one has to confirm."""
    store, house = town.house.store, town.house.settings.house
    decided = {"one": moderation.approve, "two": moderation.hide}
    for name in ("one", "two", "three", "four"):
        visitor = visitors.Visitor(typed.name, f"{name}@example.net", language)
        comment = visitors.contribute_as_visitor(
            store, house, visitor, "farm", f"{typed.text} {name}", door=Door.PAGE, now=town.now
        )
        with store.reading() as look:
            [grant, *_] = look.grants_of(comment.author_id)
        if name != "four":
            visitors.confirm(store, house, grant.id, town.now)
        if decide := decided.get(name):
            decide(store, house, town.facilitator, comment.id, town.now)


def _a_mail_that_cannot_be_taken(town: Town, sender: Person) -> None:
    store, house = town.house.store, town.house.settings.house
    recipient = "discuss+farm@talk.example.org"
    kept = receiving.keep(store, "pipe", sender.email, recipient, b"empty", town.now)
    mail = Mail(sender.email, message_id="<empty@example.org>", dmarc="pass")
    try:
        receiving.settle(store, house, kept, mail, Discussing("farm"), town.now)
    except errors.Invalid:
        receiving.tell_refusal(store, house, kept, town.now)


def _a_digest_and_a_goodbye(town: Town, typed: Typed, language: str, spoken: Comment) -> None:
    store, house = town.house.store, town.house.settings.house
    late = town.bring_in("Bea Late", "bea@example.org", language=language)
    following.choose_dose(store, house, late, "farm", Dose.DIGEST, town.now)
    with store.reading() as look:
        speaker = look.person(spoken.author_id)
    assert speaker is not None
    mine = comments.contribute(
        store, house, late, "farm", "And in winter?", Place(), door=Door.PAGE, now=town.now
    )
    town.say(speaker, f"{typed.text} Five in winter.", answer=mine.id)
    town.wait(days=1)
    assert following.write_digests(store, house, town.now) == 1
    town.post()
    people.leave(store, house, late, "farm", town.now)
    town.post()
