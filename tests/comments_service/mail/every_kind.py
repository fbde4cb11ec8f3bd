"""A small story in which every kind of letter is written, all to readers of one language."""

from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

from comments_service import errors
from comments_service.actions import (
    access,
    comments,
    following,
    moderation,
    people,
    pushes,
    receiving,
    reminding,
    rereading,
    roles,
    visitors,
)
from comments_service.domain.discussion import Comment, Door, Place
from comments_service.domain.following import Dose
from comments_service.domain.incoming import Discussing, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person
from comments_service.domain.phases import Opportunity
from comments_service.domain.pushes import Forge, Problem, PushState
from comments_service.storage.interface import Reading

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
    _a_bad_push(town, typed)
    town.post()
    _a_digest_and_a_goodbye(town, typed, language, spoken)
    _a_reminder(town)
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
    _the_agreement(town, title=typed.title, language=language, updates=[update])
    _a_role(town, typed, speaker, reader)
    return reader, spoken


def _a_reminder(town: Town) -> None:
    """Of the invitation that nobody answered."""
    store, house = town.house.store, town.house.settings.house
    town.wait(days=2)
    with store.reading() as look:
        silent = look.person_by_email("odile@example.org")
    assert silent is not None
    reminding.remind(store, house, town.facilitator, "farm", silent.id, town.now)
    town.post()


def _a_role(town: Town, typed: Typed, by: Person, whom: Person) -> None:
    """Somebody thinks of somebody else."""
    store, house = town.house.store, town.house.settings.house
    title, words = typed.title[:120], typed.text[:1000]
    roles.propose_role(store, house, by, "farm", whom.id, title, words, town.now)


def _the_agreement(town: Town, **told: Any) -> None:
    """The phase changes, and the facilitator asks the parties to reread what is written."""
    store, house = town.house.store, town.house.settings.house
    agreement = {"version": "4f1c2d", "url": f"{town.url}#agreement"}
    town.publish(phase="engagement", agreement=agreement, **told)
    with store.transaction() as t:
        [part] = [p for p in t.participants(_farm(t).id) if p.person.email == "ada@example.org"]
        t.change_participant(replace(part, capacity=Capacity.CLIENT))
    rereading.ask_to_reread(store, house, town.facilitator, "farm", "4f1c2d", town.now)


def _farm(look: Reading) -> Opportunity:
    found = look.opportunity("farm")
    assert found is not None
    return found


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


def _a_bad_push(town: Town, typed: Typed) -> None:
    store, house = town.house.store, town.house.settings.house
    pushes.note(store, "digest", Forge.GITEA, "main", "4f1c2d" * 6, "", town.now)
    problem = Problem("content/opportunities/farm/brief.md", 3, f"unknown phase “{typed.text}”")
    bad = pushes.Published(PushState.BAD, "4f1c2d" * 6, (problem,))
    pushes.settle(store, house, pushes.begin(store), bad, town.now)


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
