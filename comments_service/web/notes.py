"""Facilitators' notes: shown on a person's page and an opportunity's page of the desk only."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response

from .. import errors
from ..actions import notes
from ..domain.notes import LONGEST_NOTE, Note
from ..domain.people import Person
from ..gettext import N_
from . import directory, here, pages, session

blueprint = Blueprint("notes", __name__)


@blueprint.get("/-/desk/o/<slug>/notes")
def show(slug: str) -> Response:
    return _page(session.require_person(), slug)


@blueprint.post("/-/desk/o/<slug>/notes")
def add(slug: str) -> Response:
    person = _at_the_desk()
    try:
        text = pages.form().get("note", "")
        notes.note_on_opportunity(here.store(), person, slug, text, here.now())
    except errors.Invalid as refusal:
        return _page(person, slug, pages.typed(), refusal)
    return pages.go_to(pages.at(f"/-/desk/o/{quote(slug)}/notes"))


@blueprint.post("/-/desk/people/<id>/notes")
def add_on_person(id: str) -> Response:
    person = _at_the_desk()
    try:
        form = pages.form()
        slug, text = form.get("slug", ""), form.get("note", "")
        notes.note_on_person(here.store(), person, id, slug, text, here.now())
    except errors.Invalid as refusal:
        return directory.person_page(person, id, pages.typed(), refusal)
    return pages.go_to(pages.at(f"/-/desk/people/{quote(id)}#notes"))


@blueprint.post("/-/desk/notes/<id>")
def drop(id: str) -> Response:
    person = _at_the_desk()
    if pages.form().get("do") != "delete":
        raise errors.Invalid(N_("This is not one of the choices."), field="do")
    note = notes.drop_note(here.store(), person, id)
    return pages.go_to(pages.at(_back(note, pages.form().get("from", ""))))


def _back(note: Note, slug: str) -> str:
    if slug:
        return f"/-/desk/o/{quote(slug, safe='')}/notes"
    return f"/-/desk/people/{note.person_id}#notes" if note.person_id else "/-/desk/"


def _page(
    by: Person,
    slug: str,
    typed: Mapping[str, str] | None = None,
    refusal: errors.Refusal | None = None,
) -> Response:
    opportunity, found = notes.notes_on_opportunity(here.store(), by, slug)
    return pages.show(
        "desk_notes.html",
        refusal.http_status if refusal else 200,
        opportunity=opportunity,
        notes=found,
        longest=LONGEST_NOTE,
        typed=typed or {},
        refusal=refusal,
    )


def _at_the_desk() -> Person:
    session.require_from_us()
    return session.require_person()
