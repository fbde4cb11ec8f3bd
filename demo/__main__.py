"""`make demo`: tells the story of demo/story/ to the service, in the two weeks in which it happens.

Every event goes through the same actions as a person's own, with the time at which it happens.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from comments_service import errors
from comments_service.actions import (
    access,
    comments,
    invitations,
    looking,
    moderation,
    people,
    visitors,
)
from comments_service.domain.access import Scope
from comments_service.domain.discussion import Door, Place
from comments_service.domain.people import Capacity, Person, Status
from comments_service.domain.times import from_text
from comments_service.mail.compose import personal_link
from comments_service.manifest import ManifestSource
from comments_service.opening import OpenHouse, open_house
from comments_service.settings import from_environment

STORY = Path(__file__).parent / "story"
Event = dict[str, Any]


@dataclass
class Teller:
    """Tells one opportunity's events, and remembers who and what they were about."""

    house: OpenHouse
    slug: str
    cast: dict[str, Event]
    invitations: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

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
        """Opening a link leaves no trace: a GET changes nothing."""

    def accept(self, event: Event, now: datetime) -> None:
        invitations.accept(
            self.house.store, self.house.settings.house, self.invitations[event["who"]], now
        )

    def decline(self, event: Event, now: datetime) -> None:
        invitations.decline(self.house.store, self.invitations[event["who"]], now)

    def introduce(self, event: Event, now: datetime) -> None:
        store, person = self.house.store, self.person(event["who"])
        people.introduce(
            store,
            self.house.settings.house,
            self.person(event["by"]),
            self.slug,
            person.id,
            event["text"],
            now,
        )

    def leave(self, event: Event, now: datetime) -> None:
        people.leave(
            self.house.store, self.house.settings.house, self.person(event["who"]), self.slug, now
        )

    def _place(self, event: Event) -> Place:
        answer = self.comments[event["answer"]] if event.get("answer") else None
        return Place(answer=answer, update=event.get("update"))

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


def tell_all(house: OpenHouse) -> int:
    """Tell every story; how many events there were."""
    cast = {one["key"]: one for one in json.loads((STORY / "people.json").read_text("utf-8"))}
    stories = [
        json.loads(path.read_text("utf-8"))
        for path in sorted(STORY.glob("*.json"))
        if path.name != "people.json"
    ]
    tellers = {s["opportunity"]: Teller(house, s["opportunity"], cast) for s in stories}
    events = [(event["at"], s["opportunity"], event) for s in stories for event in s["events"]]
    for _, slug, event in sorted(events, key=lambda one: one[0]):
        try:
            tellers[slug].tell(event)
        except errors.Refusal as refusal:
            raise click.ClickException(f"{slug}, {event['at']}, {event['do']}: {refusal}") from None
    return len(events)


def learn_of_opportunities(house: OpenHouse, now: datetime) -> None:
    """Take in the manifest; build the site first when nothing has built it yet."""
    if house.manifest.refresh(house.store, now) or Path(house.settings.manifest).exists():
        return
    output = house.settings.data / "output"
    command = [
        sys.executable,
        "-m",
        "pelican",
        "content",
        "-s",
        "pelicanconf.py",
        "-o",
        str(output),
    ]
    subprocess.run([*command, "--fatal", "errors"], check=True)  # noqa: S603 - our own command
    ManifestSource(str(output / "opportunities.json"), house.settings.house).refresh(
        house.store, now
    )


@click.command()
def main() -> None:
    """Fill the service with the story, once; print the links by which to walk through it."""
    house = open_house(from_environment())
    now = datetime.now(UTC)
    learn_of_opportunities(house, now)
    cast = json.loads((STORY / "people.json").read_text("utf-8"))
    told = any(looking.find_person(house.store, one["email"]) for one in cast)
    if told:
        click.echo("The story was told already; here are new links to walk through it.")
    else:
        click.echo(f"Told: {tell_all(house)} events.")
    click.echo(f"\n  The site      {house.settings.site_url}/\n")
    for one in cast:
        person = looking.find_person(house.store, one["email"])
        if one.get("walk") and person:
            grant = access.make_sign_in_link(house.store, person, now)
            link = personal_link(house.settings, grant)
            click.echo(f"  {one['walk']:<12}  {person.name}\n                {link}")
    house.store.close()


if __name__ == "__main__":
    main()
