"""The texts of an opportunity, for a facilitator who knows no git: where each is changed or begun
at the forge, with what first words, and whether the last change is live. Nothing changes here."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from .. import drafts, scaffold, words
from ..actions import texts
from ..actions.finding import LONGEST_LINE
from ..actions.texts import Texts
from ..domain.people import one_line
from ..domain.phases import Opportunity, Phase
from ..domain.times import from_text
from ..forge_pages import Begun, ForgePages
from . import desk, here, pages, session

blueprint = Blueprint("texts", __name__)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is not there yet, the words that it begins with, and the ways to begin it."""

    kind: str
    path: str
    text: str
    begun: Begun | None  # at the forge
    command: str  # for who sits at the machine


@dataclass(frozen=True, slots=True)
class Standing:
    """How the last build went: `live`, `coming`, `failed`, `elsewhere`, or empty when nobody told;
    and what it found in the files of one opportunity."""

    state: str
    at: datetime | None
    problems: list[dict[str, Any]]


@blueprint.get("/-/desk/o/<slug>/texts")
def show(slug: str) -> Response:
    found = texts.texts(here.store(), session.require_person(), slug)
    forge = ForgePages(here.settings().edit_url)
    title = one_line(request.args.get("title", ""))[:LONGEST_LINE]
    return pages.show(
        "desk_texts.html",
        opportunity=found.opportunity,
        texts=found.by_kind,
        titles={update.slug: update.title for update in found.opportunity.updates},
        forge=forge,
        begun=list(_drafted(found, forge)),
        title=title,
        update=_update(found.opportunity, forge, title) if title else None,
        translations=_translations(found, forge),
        phases=list(Phase),
        quoted_folder=shlex.quote(found.opportunity.folder),
        standing=_standing(found),
    )


def _drafted(found: Texts, forge: ForgePages) -> Iterator[NewFile]:
    writers = {"summary": drafts.summary, "agreement": drafts.agreement}
    for kind, write in writers.items():
        if found.draft and not found.has(kind):
            path = f"{found.opportunity.folder}/{kind}.md"
            text = write(found.draft, found.opportunity.in_short, here.now())
            command = shlex.join(["emergence", "draft", kind, found.opportunity.slug])
            yield NewFile(kind, path, text, forge.begin(path, text), command)


def _update(opportunity: Opportunity, forge: ForgePages, title: str) -> NewFile:
    taken = {name for one in opportunity.updates for name in (one.slug, *one.aliases)}
    name = scaffold.update_name(title, here.now(), taken)
    path = f"{opportunity.folder}/updates/{name}"
    text = scaffold.update(title, opportunity.language, here.now())
    command = shlex.join(["emergence", "new", "update", opportunity.slug, title])
    return NewFile("update", path, text, forge.begin(path, text), command)


def _translations(found: Texts, forge: ForgePages) -> list[tuple[str, str, Begun | None]]:
    """Languages that the brief is not in yet: the file that it would be, and where to begin it."""
    there = {one.language for one in found.by_kind.get("brief", [])}
    paths = {
        code: f"{found.opportunity.folder}/brief.{code.lower()}.md"
        for code in words.languages()
        if code.lower() not in there
    }
    return [(code, path, forge.begin(path)) for code, path in paths.items()]


def _standing(found: Texts) -> Standing:
    settings = here.settings()
    build = None if settings.site_is_elsewhere else desk.last_build(settings.data)
    push = desk.last_bad_push(settings.data)
    told = [problem for one in (build, push) if one for problem in one.problems]
    own = [problem for problem in told if _is_within(problem, found.opportunity.folder)]
    own = [problem for index, problem in enumerate(own) if problem not in own[:index]]
    if push or (build and build.state == "failed"):
        state = "failed"
    elif settings.site_is_elsewhere:
        state = "elsewhere"
    elif found.coming or (build and build.state == "building"):
        state = "coming"
    else:
        state = "live" if build and build.state == "ok" else ""
    return Standing(state, _moment(build.at) if build else None, own)


def _is_within(problem: dict[str, Any], folder: str) -> bool:
    """Problems are named from the folder of the site, which may be within the repository."""
    inner = "/".join(folder.split("/")[-2:])
    return f"/{inner}/" in f"/{problem.get('file', '')}"


def _moment(text: str) -> datetime | None:
    try:
        return from_text(text)
    except ValueError:
        return None
