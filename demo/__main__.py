"""`make demo`: tells the story of demo/story/ to the service, in the two weeks in which it happens.

Every event goes through the same actions as a person's own, with the time at which it happens.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from comments_service import errors
from comments_service.actions import access, looking
from comments_service.mail.compose import personal_link
from comments_service.manifest import ManifestSource
from comments_service.opening import OpenHouse, open_house
from comments_service.settings import from_environment

from .teller import Teller

STORY = Path(__file__).parent / "story"


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
