"""When phases began, from the brief's "Phase:" in each of its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .model import Change, File, PhaseChange
from .versions import Versions

_FIRST = "brief"  # the phase of a brief that names none


class Phases:
    """Reads the phases of briefs; `known` are their names, or nothing when any name will do."""

    def __init__(self, versions: Versions, known: Sequence[str]) -> None:
        self._versions = versions
        self._known = known

    def told(
        self, changes: Sequence[Change], path: str, is_brief: bool
    ) -> tuple[tuple[Change, ...], tuple[PhaseChange, ...]]:
        """The changes (newest first) with those of the phase, and these alone, oldest first.
        `path` is that of the brief. A phase that was misspelt for a while changed nothing."""
        said = self._said(changes, path, is_brief)
        history: list[Change] = []
        phases: list[PhaseChange] = []
        current = None
        for change in reversed(changes):
            after, before = said.get(change.hash, (None, []))
            earlier = next((phase for phase in before if phase), current)
            current = after or current
            if after and after != earlier and after not in before:
                begun = PhaseChange(after, change.date, earlier)
                change = replace(change, phase_change=begun)
                if change.date:
                    phases.append(begun)
            history.append(change)
        return tuple(reversed(history)), tuple(phases)

    def _said(
        self, changes: Sequence[Change], path: str, is_brief: bool
    ) -> dict[str, tuple[str | None, list[str | None]]]:
        """By commit, what the brief says after it, and what its versions before it said."""
        files = {
            change.hash: file
            for change in changes
            for file in change.files
            if file.path == path and file.after is not None
        }

        def phase(file: File, version: str | None) -> str | None:
            head = self._versions.head(file, version)
            said = (head.phase or (_FIRST if is_brief else "")) if head else ""
            return said if said and (not self._known or said in self._known) else None

        return {
            hash: (phase(file, file.after), [phase(file, id) for id in file.before])
            for hash, file in files.items()
        }
