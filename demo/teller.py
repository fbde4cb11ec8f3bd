"""Tells the events of one opportunity through the same actions as a person's own."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click

from comments_service.actions import (
    comments,
    export,
    invitations,
    looking,
    marks,
    moderation,
    notes,
    people,
    reminding,
    rereading,
    roles,
    suggesting,
    supports,
    topics,
    visitors,
)
from comments_service.domain.access import Scope
from comments_service.domain.discussion import Door, Place
from comments_service.domain.marks import Audience
from comments_service.domain.people import Capacity, Person, Status
from comments_service.domain.times import from_text
from comments_service.opening import OpenHouse

Event = dict[str, Any]


@dataclass
class Teller:
    """Tells one opportunity's events, and remembers who and what they were about."""

    house: OpenHouse
    slug: str
    cast: dict[str, Event]
    invitations: dict[str, str] = field(default_factory=dict)
    introductions: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def tell(self, event: Event) -> None:
        """Let the event happen at its time."""
        getattr(self, event["do"])(event, from_text(event["at"]))

    def person(self, key: str) -> Person:
        """The person whom the story calls `key`."""
        person = looking.find_person(self.house.store, self.cast[key]["email"])
        if person is None:
            raise click.ClickException(f"the story speaks of {key} before inviting them")
        return person

    def invite(self, event: Event, now: datetime) -> None:
        who = self.cast[event["who"]]
        guest = invitations.Guest(
            name=who["name"],
            email=who["email"],
            why=event["why"],
            introduction=event.get("introduction", ""),
            capacity=Capacity(event["as"]),
            status=Status(who["status"]),
            know_how=who["know_how"],
            language=who["language"],
        )
        by = self.person(event["by"]) if "by" in event else self.house.facilitators[0]
        rules = self.house.settings.house
        invited = invitations.invite(self.house.store, rules, by, self.slug, guest, now)
        self.invitations[event["who"]] = invited.invitation.id

    def look(self, event: Event, now: datetime) -> None:
        invitations.look_at_project(self.house.store, self.invitations[event["who"]], now)

    def remind(self, event: Event, now: datetime) -> None:
        store, rules = self.house.store, self.house.settings.house
        who, by = self.person(event["who"]), self.person(event["by"])
        reminding.remind(store, rules, by, self.slug, who.id, now)

    def suggest(self, event: Event, now: datetime) -> None:
        who = self.person(event["who"])
        words = {key: event[key] for key in ("name", "email", "why")}
        suggesting.suggest(self.house.store, who, self.slug, now, **words)

    def accept(self, event: Event, now: datetime) -> None:
        """Take part; the form that is sent holds the introduction as it was read."""
        store, rules, who = self.house.store, self.house.settings.house, event["who"]
        read = self.introductions.get(who)
        invitations.accept(store, rules, self.invitations[who], now, read)

    def decline(self, event: Event, now: datetime) -> None:
        invitations.decline(self.house.store, self.invitations[event["who"]], now)

    def introduce(self, event: Event, now: datetime) -> None:
        store, rules, by = self.house.store, self.house.settings.house, self.person(event["by"])
        who = self.person(event["who"])
        people.introduce(store, rules, by, self.slug, who.id, event["text"], now)
        self.introductions[event["who"]] = event["text"]

    def leave(self, event: Event, now: datetime) -> None:
        people.leave(
            self.house.store, self.house.settings.house, self.person(event["who"]), self.slug, now
        )

    def _place(self, event: Event) -> Place:
        if "introduction" in event:
            return Place(answer=self._introduction(self.person(event["introduction"])))
        answer = self.comments[event["answer"]] if event.get("answer") else None
        return Place(answer=answer, update=event.get("update"))

    def _introduction(self, of: Person) -> str:
        """The id of the comment that introduces somebody."""
        told = export.discussion(self.house.store, self.house.settings.house, self.slug)
        comments = told["discussion"]["comments"]
        return next(str(one["id"]) for one in comments if one["introduces"] == of.id)

    def comment(self, event: Event, now: datetime) -> None:
        comment = comments.contribute(
            self.house.store,
            self.house.settings.house,
            self.person(event["who"]),
            self.slug,
            event["text"],
            self._place(event),
            door=Door.PAGE,
            now=now,
        )
        self.comments[event["id"]] = comment.id

    def edit(self, event: Event, now: datetime) -> None:
        id = self.comments[event["comment"]]
        author = looking.find_comment(self.house.store, id).author
        rules = self.house.settings.house
        comments.edit(self.house.store, rules, author, id, event["text"], now)

    def withdraw(self, event: Event, now: datetime) -> None:
        id = self.comments[event["comment"]]
        author = looking.find_comment(self.house.store, id).author
        comments.withdraw(self.house.store, author, id, now)

    def visitor_comment(self, event: Event, now: datetime) -> None:
        store, rules = self.house.store, self.house.settings.house
        visitor = visitors.Visitor(event["name"], event["email"], event["language"])
        comment = visitors.contribute_as_visitor(
            store,
            rules,
            visitor,
            self.slug,
            event["text"],
            self._place(event),
            door=Door.PAGE,
            now=now,
        )
        self.comments[event["id"]] = comment.id
        author = looking.find_comment(store, comment.id).author
        for grant in looking.my_data(store, author, now).grants:
            if grant.scope is Scope.CONFIRM and grant.subject == comment.id:
                visitors.confirm(store, rules, grant.id, now)

    def approve(self, event: Event, now: datetime) -> None:
        id = self.comments[event["comment"]]
        rules = self.house.settings.house
        moderation.approve(self.house.store, rules, self.person(event["by"]), id, now)

    def label(self, event: Event, now: datetime) -> None:
        thread = event.get("update") or self.comments[event["comment"]]
        by = self.person(event["by"])
        topics.label_thread(self.house.store, by, self.slug, thread, event["topic"], now)

    def keep(self, event: Event, now: datetime) -> None:
        who = self.person(event["who"])
        for comment in event["comments"]:
            marks.keep(self.house.store, who, self.comments[comment], now)

    def recognise(self, event: Event, now: datetime) -> None:
        who = self.person(event["who"])
        for comment in event["comments"]:
            marks.recognise(self.house.store, who, self.slug, self.comments[comment], now)

    def carries(self, event: Event, now: datetime) -> None:
        who = self.person(event["who"])
        for key in event["people"]:
            marks.say_who_carries(self.house.store, who, self.slug, self.person(key).id, now)

    def audience(self, event: Event, now: datetime) -> None:
        by = self.person(event["by"])
        marks.set_audience(self.house.store, by, self.slug, Audience(event["audience"]), now)

    def claim(self, event: Event, now: datetime) -> None:
        who, title, words = self.person(event["who"]), event["title"], event["words"]
        role = roles.claim_role(self.house.store, who, self.slug, title, words, now)
        self.roles[event["id"]] = role.id

    def propose(self, event: Event, now: datetime) -> None:
        role = roles.propose_role(
            self.house.store,
            self.house.settings.house,
            self.person(event["by"]),
            self.slug,
            self.person(event["who"]).id,
            event["title"],
            event["words"],
            now,
        )
        self.roles[event["id"]] = role.id

    def take(self, event: Event, now: datetime) -> None:
        who = self.person(event["who"])
        roles.accept_role(self.house.store, who, self.roles[event["role"]], now)

    def lay_down(self, event: Event, now: datetime) -> None:
        who = self.person(event["who"])
        roles.lay_down_role(self.house.store, who, self.roles[event["role"]], now)

    def support(self, event: Event, now: datetime) -> None:
        comment = self.comments[event["comment"]] if "comment" in event else None
        who = self.person(event["who"])
        supports.support_role(self.house.store, who, self.roles[event["role"]], comment, now)

    def note(self, event: Event, now: datetime) -> None:
        store, by, text = self.house.store, self.person(event["by"]), event["text"]
        if "who" in event:
            notes.note_on_person(store, by, self.person(event["who"]).id, self.slug, text, now)
        else:
            notes.note_on_opportunity(store, by, self.slug, text, now)

    def stand_by(self, event: Event, now: datetime) -> None:
        store, who = self.house.store, self.person(event["who"])
        rereading.stand_by(store, who, self.slug, self._version(who), now)

    def ask_to_reread(self, event: Event, now: datetime) -> None:
        store, rules, by = self.house.store, self.house.settings.house, self.person(event["by"])
        rereading.ask_to_reread(store, rules, by, self.slug, self._version(by), now)

    def _version(self, reader: Person) -> str:
        return rereading.how_far_reread(self.house.store, reader, self.slug).opportunity.agreement
