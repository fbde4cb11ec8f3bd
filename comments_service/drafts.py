"""A first summary and a first agreement as markdown; docs/writing.md says what their parts mean.

Each draft ends with a comment that bears its digest: a file that a person has changed since is
never written over.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from . import words
from .actions.drafting import Carried, Draft, Point
from .domain.people import Capacity

STANDARD = "{standard}"
_OURS = re.compile(rb"\A(.*)<!-- drafted: sha256:([0-9a-f]{64}) -->\n\Z", re.DOTALL)
_MEANS_SOMETHING = re.compile(r"([\\`*_\[\]#|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "{": "&#123;", "}": "&#125;"}
_LIKE_A_CITATION = re.compile(r"\{(?=(?:comment|standard)\})")
_LIKE_A_LIST = re.compile(r"^(\d+)([.)])|^([-+:])")
Say = Callable[[str], str]


class Edited(Exception):
    """The file holds something that is not a draft as we wrote it; it was left as it is."""


def summary(draft: Draft, scope: str, now: datetime) -> str:
    """Where the discussion stands: agreed, open, set aside; each point cites its comment."""
    _ = _speak(draft)
    lines = [
        *_header(_("Where the discussion stands"), draft, now),
        *_about(draft, scope, _),
        *_section(_("Who carries what") + " {.other}", _roles(draft.team)),
        *_section(_("What is agreed"), _points(draft.kept), always=True),
        *_section(_("What stays open"), _points(draft.open), always=True),
        *_section(_("What is set aside"), [], always=True),
    ]
    return _with_digest(lines)


def agreement(draft: Draft, scope: str, now: datetime) -> str:
    """Clauses: parties, scope, team, what was agreed, what stays open, dates."""
    _ = _speak(draft)
    clauses = [
        (_("Parties"), _parties(draft, _)),
        (_("What it is about"), [plain(scope or draft.opportunity.title), "", STANDARD]),
        (_("Who carries what"), _grounded(draft.team)),
        (_("What was agreed"), _points(draft.kept)),
        (_("What stays open"), _points(draft.open)),
        (_("Dates"), [_("From when, until when, in which steps."), "", STANDARD]),
    ]
    lines = _header(_("Agreement, first draft"), draft, now)
    lines += [_("This draft records what the discussion has settled. Put every clause right."), ""]
    for number, (heading, body) in enumerate((c for c in clauses if c[1]), start=1):
        lines += [f"## {number}. {heading}", "", *body, ""]
    return _with_digest(lines)


def keep(path: Path, text: str) -> None:
    """Write a draft where there is no file, or one of ours that nobody changed. Raises Edited."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            return
    except FileExistsError:
        if not _is_ours(path.read_bytes()):
            raise Edited(path) from None
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


def plain(text: str) -> str:
    """Words as markdown that says just them: no markup, no citation, no list."""
    apart = _LIKE_A_CITATION.sub("{ ", " ".join(text.split()))
    escaped = _MEANS_SOMETHING.sub(r"\\\1", apart)
    escaped = "".join(_ENTITIES.get(letter, letter) for letter in escaped)
    return _LIKE_A_LIST.sub(r"\1\\\2\3" if escaped[:1].isdigit() else r"\\\3", escaped)


def _speak(draft: Draft) -> Say:
    """The words of the house in the opportunity's language."""
    say: Say = words.translations(draft.opportunity.language).gettext
    return say


def _header(title: str, draft: Draft, now: datetime) -> list[str]:
    language = draft.opportunity.language
    return [f"Title: {title}", f"Date: {now:%Y-%m-%dT%H:%MZ}", f"Lang: {language}", ""]


def _about(draft: Draft, scope: str, _: Say) -> Iterator[str]:
    if scope:
        yield from (plain(scope), "")
    if draft.first and draft.last:
        language = draft.opportunity.language
        days = [words.day_words(moment, language) for moment in (draft.first, draft.last)]
        drafted = _("Drafted from the discussion of %(first)s to %(last)s.")
        yield from (drafted % {"first": days[0], "last": days[1]}, "")


def _section(heading: str, body: Sequence[str], *, always: bool = False) -> list[str]:
    return [f"## {heading}", "", *body, *([""] if body else [])] if body or always else []


def _points(points: Sequence[Point]) -> list[str]:
    return [f"- {plain(point.words)} {cited(point.comment.id)}" for point in points]


def _parties(draft: Draft, _: Say) -> list[str]:
    lines = []
    for part in draft.parties:
        roles = [one.role.title for one in draft.team if one.person.id == part.person.id]
        what = ", ".join([_("client")] * (part.capacity is Capacity.CLIENT) + roles)
        name = plain(part.person.name)
        lines.append(f"- {name} – {plain(what)}" if what else f"- {name}")
    return [*lines, "", STANDARD] if lines else []


def _roles(team: Sequence[Carried]) -> list[str]:
    return [
        " ".join(
            [
                f"- **{plain(one.role.title)}** – {plain(one.person.name)}.",
                *map(cited, one.comments),
            ]
        )
        for one in team
    ]


def _grounded(team: Sequence[Carried]) -> list[str]:
    """The roles; where no comment speaks for any, they are what was claimed, and no more."""
    lines = _roles(team)
    grounded = not team or any(one.comments for one in team)
    return lines if grounded else [*lines, "", STANDARD]


def cited(id: str) -> str:
    """A citation of a comment."""
    return f"{{comment}}{id}"


def _with_digest(lines: Sequence[str]) -> str:
    text = "\n".join(lines).rstrip("\n") + "\n\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text}<!-- drafted: sha256:{digest} -->\n"


def _is_ours(data: bytes) -> bool:
    found = _OURS.match(data)
    return bool(found and hashlib.sha256(found[1]).hexdigest().encode() == found[2])
