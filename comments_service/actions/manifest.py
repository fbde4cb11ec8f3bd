"""Taking in `opportunities.json`, by which the site tells what opportunities there are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..domain.ids import mint
from ..domain.people import Capacity, Participant
from ..domain.phases import Opportunity, Phase, Update
from ..storage.interface import Store, Writing

FORMAT = "emergence-opportunities/1"


class BadManifest(ValueError):
    """The document is not a manifest; the message says where it goes wrong. Nothing was taken."""


def take_manifest(store: Store, document: Mapping[str, Any], now: datetime) -> bool:
    """Make the store know what the manifest says; True when something changed.

    A slug that moved to another's aliases keeps its discussion. An opportunity that the manifest
    does not name any more is marked as gone and keeps everything. Raises BadManifest.
    """
    entries = _entries(document)
    with store.reading() as look:
        known = {o.slug: o for o in look.opportunities()}
        by_id = {o.id: o for o in known.values()}
        aliases = look.aliases()
    told = []
    for entry, names in entries:
        before = next(
            (known.get(n) or by_id.get(aliases.get(n, "")) for n in names if n in known), None
        ) or next((by_id[aliases[n]] for n in names if n in aliases), None)
        told.append((before, replace(entry, id=before.id if before else ""), names[1:]))
    kept = {before.id for before, _, _ in told if before}
    gone = [o for o in known.values() if o.id not in kept and not o.gone]
    wanted_aliases = {a: o.id for _, o, names in told for a in names}
    changes = [(b, o, names) for b, o, names in told if b != o]
    if not changes and not gone and wanted_aliases == aliases:
        return False
    with store.transaction() as t:
        for opportunity in gone:
            t.change_opportunity(replace(opportunity, gone=True))
        for before, opportunity, _ in changes:
            if before and before.slug != opportunity.slug:  # make room: names may have been swapped
                t.change_opportunity(replace(before, slug=f"~{before.id}"))
        for before, opportunity, names in told:
            _take(t, before, opportunity, names, now)
    return True


def _take(
    t: Writing, before: Opportunity | None, told: Opportunity, aliases: list[str], now: datetime
) -> None:
    if before is None:
        told = replace(told, id=mint(now))
        t.add_opportunity(told)
    elif before != told:
        t.change_opportunity(told)
        if before.slug != told.slug:
            t.note_change(told.id, None, now)
    t.set_aliases(told.id, aliases)
    for person in t.facilitators(told.id):
        named = person.name.casefold() == told.facilitator.casefold()
        if named and t.participant(told.id, person.id) is None:
            t.add_participant(Participant(told.id, person, Capacity.FACILITATOR, joined=now))
            t.note_change(told.id, None, now)


def _entries(document: Mapping[str, Any]) -> list[tuple[Opportunity, list[str]]]:
    """Each opportunity that the document tells of, with its names: the slug, then its aliases."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise BadManifest(f"this is not a manifest in the format {FORMAT}")
    entries = []
    taken: set[str] = set()
    for index, item in enumerate(document.get("opportunities", ())):
        try:
            opportunity, names = _entry(item)
        except (KeyError, TypeError, ValueError) as problem:
            raise BadManifest(f"opportunity number {index + 1}: {problem!r}") from problem
        if clash := taken.intersection(names):
            raise BadManifest(f"opportunity number {index + 1}: {clash.pop()!r} is taken")
        taken.update(names)
        entries.append((opportunity, names))
    return entries


def _entry(item: Mapping[str, Any]) -> tuple[Opportunity, list[str]]:
    updates = tuple(Update(str(u["slug"]), str(u["title"]), str(u["url"])) for u in item["updates"])
    opportunity = Opportunity(
        id="",
        slug=str(item["slug"]),
        title=str(item["title"]),
        language=str(item["language"]),
        phase=Phase(item["phase"]),
        url=str(item["url"]),
        facilitator=str(item.get("facilitator") or ""),
        updates=updates,
    )
    return opportunity, [opportunity.slug, *(str(alias) for alias in item["aliases"])]
