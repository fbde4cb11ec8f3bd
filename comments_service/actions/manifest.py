"""Taking in `opportunities.json`, by which the site tells what opportunities there are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..domain.house import House
from ..domain.ids import mint
from ..domain.people import Capacity, Participant
from ..domain.phases import Opportunity, Phase, Update
from ..storage.interface import Store, Writing
from .phases import tell_of_phase
from .telling import tell_of_update, update_message_id

FORMAT = "emergence-opportunities/1"


class BadManifest(ValueError):
    """The document is not a manifest; the message says where it goes wrong. Nothing was taken."""


def take_manifest(store: Store, house: House, document: Mapping[str, Any], now: datetime) -> bool:
    """Make the store know what the manifest says; True when something changed.

    A slug that moved to another's aliases keeps its discussion. An opportunity that the manifest
    does not name any more is marked as gone and keeps everything. Raises BadManifest.
    """
    entries = _entries(document)
    with store.reading() as look:
        known = {o.slug: o for o in look.opportunities()}
        by_id = {o.id: o for o in known.values()}
        aliases = look.aliases()
    owners = _owners([names for _, names in entries], known, aliases, by_id)
    told = [
        (before, replace(entry, id=before.id if before else ""), names[1:])
        for (entry, names), before in zip(entries, owners, strict=True)
    ]
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
            _take(t, house, before, opportunity, names, now)
    return True


def _owners(
    named: list[list[str]],
    known: Mapping[str, Opportunity],
    aliases: Mapping[str, str],
    by_id: Mapping[str, Opportunity],
) -> list[Opportunity | None]:
    """For each list of names, the opportunity that bears them already; each is found once.

    The slug that it has counts most, then one that it had by its own account, then by ours.
    """
    owners: list[Opportunity | None] = [None] * len(named)
    free = dict(by_id)
    by_slug = {slug: opportunity.id for slug, opportunity in known.items()}
    for ids, how_many in ((by_slug, 1), (by_slug, None), (aliases, None)):
        for index, names in enumerate(named):
            if owners[index] is None:
                candidates = [ids[name] for name in names[:how_many] if name in ids]
                owner = next((id for id in candidates if id in free), None)
                owners[index] = free.pop(owner) if owner else None
    return owners


def _take(
    t: Writing,
    house: House,
    before: Opportunity | None,
    told: Opportunity,
    aliases: list[str],
    now: datetime,
) -> None:
    if before is None:
        told = replace(told, id=mint(now))
        t.add_opportunity(told)
        t.note_phase_told(told.id, told.phase.value, 0)
        for update in told.updates:  # nobody was here to be told
            t.note_update_told(told.id, update.slug, update_message_id(house, told, update.slug), 0)
    elif before != told:
        tell_of_phase(t, house, told, now)
        t.change_opportunity(told)
        if before.slug != told.slug:
            t.note_change(told.id, None, now)
    t.set_aliases(told.id, aliases)
    for update in told.updates if before and before != told else ():
        tell_of_update(t, house, told, update.slug, now)
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
    items = document.get("opportunities")
    if not isinstance(items, list):
        raise BadManifest("its opportunities are not a list")
    for index, item in enumerate(items):
        try:
            opportunity, names = _entry(item)
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise BadManifest(f"opportunity number {index + 1}: {problem!r}") from problem
        if clash := taken.intersection(names):
            raise BadManifest(f"opportunity number {index + 1}: {clash.pop()!r} is taken")
        taken.update(names)
        entries.append((opportunity, names))
    return entries


def _entry(item: Mapping[str, Any]) -> tuple[Opportunity, list[str]]:
    updates = tuple(
        Update(str(u["slug"]), str(u["title"]), str(u["url"]), str(u.get("text") or ""))
        for u in item["updates"]
    )
    agreement = item.get("agreement") or {}
    opportunity = Opportunity(
        id="",
        slug=_name(item["slug"]),
        title=str(item["title"]),
        language=str(item["language"]),
        phase=Phase(item["phase"]),
        url=str(item["url"]),
        facilitator=str(item.get("facilitator") or ""),
        updates=updates,
        agreement=str(agreement.get("version") or ""),
        agreement_commit=str(agreement.get("commit") or ""),
        agreement_url=str(agreement.get("url") or ""),
    )
    if not isinstance(item["aliases"], list):
        raise TypeError("its aliases are not a list")
    return opportunity, [opportunity.slug, *map(_name, item["aliases"])]


def _name(slug: object) -> str:
    if not isinstance(slug, str) or not slug:
        raise ValueError(f"{slug!r} is not a slug")
    return slug
