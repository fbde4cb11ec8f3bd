"""Asking the hosts that build the site for a new build, when a discussion changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..domain.hosts import HostKind, Target
from ..domain.rebuilding import SILENT, UNREACHABLE, Answer, Asked, is_due, settled
from ..gettext import N_
from ..storage.interface import Reading, Store

MOST_SLUGS = 1_000


@dataclass(frozen=True, slots=True)
class Question:
    """What a host is to be asked: to take in all changes up to `cursor`."""

    target: Target
    service: str
    cursor: int
    discussions: list[str]  # the slugs of what changed since it was last asked, MOST_SLUGS of them


@dataclass(frozen=True, slots=True)
class Host:
    """How a host fares, for people to read."""

    name: str
    asked: datetime | None
    tried_again: datetime | None
    status: str = ""  # that it answered
    trouble: str = ""  # and what to do, as a msgid; empty: all is well


def due(store: Store, targets: Sequence[Target], quiet: timedelta, now: datetime) -> list[Question]:
    """What is to be asked now. A host that was never heard of is asked after the next change."""
    _get_to_know(store, targets)
    with store.reading() as look:
        return [
            _question(look, target, asked)
            for target, asked in _each(look, targets)
            if is_due(asked, look.changes_waiting(asked.cursor), quiet, now)
        ]


def at_once(store: Store, targets: Sequence[Target]) -> list[Question]:
    """What is asked when somebody wants a new build, whatever changed."""
    _get_to_know(store, targets)
    with store.reading() as look:
        return [_question(look, target, asked) for target, asked in _each(look, targets)]


def settle(store: Store, question: Question, answer: Answer, now: datetime) -> None:
    """Note what became of a question."""
    with store.transaction() as t:
        for _, asked in _each(t, [question.target]):
            t.note_rebuild_asked(settled(asked, question.cursor, answer, now))


def hosts(store: Store, targets: Sequence[Target]) -> list[Host]:
    """How each host fares."""
    with store.reading() as look:
        found = [(target, look.rebuild_asked(target.key)) for target in targets]
    return [_host(target, asked or Asked(target.key, 0)) for target, asked in found]


def trouble(kind: HostKind, error: str) -> str:
    """What an answer means and what to do, as a msgid."""
    if kind is not HostKind.WEBHOOK and error in ("401", "403"):
        return N_("It does not take the token: put one in EMERGENCE_REBUILD_TOKEN that may build.")
    if kind is HostKind.GITHUB and error == "404":
        return N_(
            "The repository is not there for this token: check its name in EMERGENCE_REBUILD, and "
            "that the token may write its contents."
        )
    if kind is HostKind.GITLAB and error in ("400", "404"):
        return N_(
            "No pipeline came of it: check the project, the branch and the token, and that the "
            "project's .gitlab-ci.yml lets a trigger build."
        )
    if error.startswith("3"):
        return N_("It has moved: put its new address in EMERGENCE_REBUILD.")
    if error == SILENT:
        return N_("It did not answer in time.")
    if error == UNREACHABLE:
        return N_("It cannot be reached.")
    if error.startswith("5") or error in ("408", "425", "429"):
        return N_("It cannot do it now.")
    return N_("It refuses: check its address in EMERGENCE_REBUILD.")


def _get_to_know(store: Store, targets: Sequence[Target]) -> None:
    with store.reading() as look:
        new = [target.key for target in targets if look.rebuild_asked(target.key) is None]
    if new:
        with store.transaction() as t:
            for key in new:
                if t.rebuild_asked(key) is None:
                    t.note_rebuild_asked(Asked(key, t.cursor()))


def _each(look: Reading, targets: Sequence[Target]) -> list[tuple[Target, Asked]]:
    known = ((target, look.rebuild_asked(target.key)) for target in targets)
    return [(target, asked) for target, asked in known if asked]


def _question(look: Reading, target: Target, asked: Asked) -> Question:
    cursor = look.cursor()
    slugs = look.slugs_changed(asked.cursor, cursor, MOST_SLUGS)
    return Question(target, look.service_id(), cursor, slugs)


def _host(target: Target, asked: Asked) -> Host:
    if asked.error is None:
        return Host(target.name, asked.at, None)
    status = asked.error if asked.error.isdigit() else ""
    words = trouble(target.kind, asked.error)
    return Host(target.name, asked.at, asked.due, status, words)
