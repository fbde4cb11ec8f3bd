"""Taking in `opportunities.json`, by which the site tells what opportunities there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..domain.changes import TextChange
from ..domain.house import House
from ..domain.ids import mint
from ..domain.people import Capacity, Participant, one_line
from ..domain.phases import Opportunity, Phase, TextFile, Update
from ..storage.interface import Reading, Store, Writing
from .changing import read_change, tell_of_changes
from .phases import tell_of_phase
from .updates import follow_names, note_updates, tell_of_updates

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
        if _Plan.of(look, entries).changes_nothing:
            return False
    with store.transaction() as t:
        plan = _Plan.of(t, entries)  # anew: another process may have been quicker
        for opportunity in plan.gone:
            t.change_opportunity(replace(opportunity, gone=True))
        for before, opportunity in ((entry.before, entry.now) for entry in plan.told):
            if before and before.slug != opportunity.slug:  # make room: names may have been swapped
                t.change_opportunity(replace(before, slug=f"~{before.id}"))
        for entry in plan.told:
            _take(t, house, entry, now)
    return not plan.changes_nothing


@dataclass(frozen=True, slots=True)
class _Entry:
    """An opportunity as the document tells of it, by the names that it has and had, and as it was
    known before."""

    now: Opportunity
    aliases: tuple[str, ...]
    changes: tuple[TextChange, ...]  # of its texts, newest first
    before: Opportunity | None = None

    @property
    def names(self) -> list[str]:
        return [self.now.slug, *self.aliases]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the document tells of, beside what is known; and what it tells no more."""

    told: list[_Entry]
    gone: list[Opportunity]
    changes_nothing: bool

    @classmethod
    def of(cls, look: Reading, entries: list[_Entry]) -> "_Plan":
        known = {o.slug: o for o in look.opportunities()}
        by_id, aliases = {o.id: o for o in known.values()}, look.aliases()
        owners = _owners([entry.names for entry in entries], known, aliases, by_id)
        told = [
            replace(entry, before=before, now=replace(entry.now, id=before.id if before else ""))
            for entry, before in zip(entries, owners, strict=True)
        ]
        kept = {entry.before.id for entry in told if entry.before}
        gone = [o for o in known.values() if o.id not in kept and not o.gone]
        same = all(entry.before == entry.now for entry in told) and not gone
        same = same and {a: entry.now.id for entry in told for a in entry.aliases} == aliases
        return cls(told, gone, same and look.opportunities_restored().isdisjoint(kept))


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


def _take(t: Writing, house: House, entry: _Entry, now: datetime) -> None:
    before, told = entry.before, entry.now
    if before is None:
        told = replace(told, id=mint(now))
        t.add_opportunity(told)
        t.note_phase_told(told.id, told.phase.value, 0)
        note_updates(t, house, told)
    elif t.phase_told(told.id) is None:  # it came back from an archive: all of this was told
        t.change_opportunity(told)
        t.note_phase_told(told.id, told.phase.value, 0)
        follow_names(t, told, now)
        note_updates(t, house, told)
    elif before != told:
        tell_of_phase(t, house, told, now)
        t.change_opportunity(told)
        if before.slug != told.slug:
            t.note_change(told.id, None, now)
        tell_of_updates(t, house, before, told, now)
    t.set_aliases(told.id, entry.aliases)
    if before != told:
        tell_of_changes(t, told, entry.changes, now)
    for person in t.facilitators(told.id):
        named = person.name.casefold() == told.facilitator.casefold()
        if named and t.participant(told.id, person.id) is None:
            t.add_participant(Participant(told.id, person, Capacity.FACILITATOR, joined=now))
            t.note_change(told.id, None, now)


def _entries(document: Mapping[str, Any]) -> list[_Entry]:
    """Each opportunity that the document tells of."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise BadManifest(f"this is not a manifest in the format {FORMAT}")
    entries = []
    taken: set[str] = set()
    items = document.get("opportunities")
    if not isinstance(items, list):
        raise BadManifest("its opportunities are not a list")
    for index, item in enumerate(items):
        try:
            entry = _entry(item)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as problem:
            raise BadManifest(f"opportunity number {index + 1}: {problem!r}") from problem
        if clash := taken.intersection(entry.names):
            raise BadManifest(f"opportunity number {index + 1}: {clash.pop()!r} is taken")
        taken.update(entry.names)
        entries.append(entry)
    return entries


def _entry(item: Mapping[str, Any]) -> _Entry:
    changes = tuple(read_change(change) for change in item.get("changes", ()))
    agreement = item.get("agreement") or {}
    opportunity = Opportunity(
        id="",
        slug=_name(item["slug"]),
        title=str(item["title"]),
        language=str(item["language"]),
        phase=Phase(item["phase"]),
        url=str(item["url"]),
        facilitator=str(item.get("facilitator") or ""),
        updates=tuple(map(_update, item["updates"])),
        agreement=str(agreement.get("version") or ""),
        agreement_commit=str(agreement.get("commit") or ""),
        agreement_url=str(agreement.get("url") or ""),
        changes=tuple(change.id for change in changes),
        in_short=one_line(str(item.get("summary") or "")),
        folder=_path(item["folder"]) if item.get("folder") else "",
        texts=tuple(map(_text_file, item.get("texts", ()))),
    )
    return _Entry(opportunity, _names(item["aliases"]), changes)


def _update(item: Mapping[str, Any]) -> Update:
    return Update(
        slug=str(item["slug"]),
        title=str(item["title"]),
        url=str(item["url"]),
        text=str(item.get("text") or ""),
        date=str(item.get("date") or ""),
        aliases=_names(item.get("aliases", [])),
        renamed=_names(item.get("renamed", [])),
    )


def _text_file(item: Mapping[str, Any]) -> TextFile:
    return TextFile(
        text=str(item["text"]),
        language=str(item["language"]),
        path=_path(item["path"]),
        update=str(item.get("update") or ""),
    )


def _path(path: object) -> str:
    if not isinstance(path, str) or {"", ".", ".."} & set(path.split("/")):
        raise ValueError(f"{path!r} is not a path within a repository")
    return path


def _names(slugs: object) -> tuple[str, ...]:
    if not isinstance(slugs, list):
        raise TypeError("its aliases are not a list")
    return tuple(map(_name, slugs))


def _name(slug: object) -> str:
    if not isinstance(slug, str) or not slug:
        raise ValueError(f"{slug!r} is not a slug")
    return slug
