"""The directory on the desk: the people whom a facilitator knows, as a table, as lists to take
along or bring in, and each of them closely.
"""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response, make_response, request

from .. import errors
from ..actions import directory, gathering
from ..domain.directory import split_links, split_tags
from ..domain.people import Person
from ..people_list import COLUMNS, read_people, write_table
from ..vcard import MEDIA_TYPE, write_cards
from . import here, pages, session, sheets

blueprint = Blueprint("directory", __name__)

LONGEST_QUERY = 200


@blueprint.get("/-/desk/people")
def show() -> Response:
    return _people(session.require_person())


@blueprint.post("/-/desk/people")
def bring_in() -> Response:
    session.require_from_us()
    person = session.require_person()
    try:
        file = request.files.get("list")
        rows = read_people(file.read() if file else b"")
        language = here.settings().language
        gathered = gathering.gather(here.store(), person, rows, language, here.now())
    except errors.Refusal as refusal:
        return _people(person, refusal=refusal)
    return _people(person, gathered)


@blueprint.get("/-/desk/people.csv")
def as_table() -> Response:
    known = gathering.given_out(here.store(), session.require_person())
    return _attached(write_table(known), "text/csv", "people.csv")


@blueprint.get("/-/desk/people.vcf")
def as_cards() -> Response:
    known = gathering.given_out(here.store(), session.require_person())
    return _attached(write_cards(known), MEDIA_TYPE, "people.vcf")


@blueprint.get("/-/desk/people/<id>")
def show_person(id: str) -> Response:
    return person_page(session.require_person(), id)


@blueprint.post("/-/desk/people/<id>")
def describe(id: str) -> Response:
    session.require_from_us()
    person = session.require_person()
    try:
        form = pages.form()
        directory.describe(
            here.store(),
            person,
            id,
            here.now(),
            know_how=form.get("know_how", ""),
            status=form.get("status", ""),
            links=split_links(form.get("links", "")),
            tags=split_tags(form.get("tags", "")),
            seen=form.get("seen"),
        )
    except (errors.Invalid, errors.Conflict) as refusal:
        return person_page(person, id, pages.typed(), refusal)
    return pages.go_to(pages.at(f"/-/desk/people/{quote(id)}"))


@blueprint.get("/-/desk/people/<id>/invite")
def invite(id: str) -> Response:
    """To the form of the chosen opportunity that invites; it finds there who is meant."""
    closely = directory.known_closely(here.store(), session.require_person(), id)
    slug = request.args.get("to", "")
    if slug not in {opportunity.slug for opportunity in closely.elsewhere}:
        return pages.go_to(pages.at(f"/-/desk/people/{quote(id)}"))
    return pages.go_to(pages.at(f"/-/desk/o/{quote(slug)}?person={quote(id)}#invite"))


def person_page(
    by: Person,
    id: str,
    typed: Mapping[str, str] | None = None,
    refusal: errors.Refusal | None = None,
) -> Response:
    """Somebody closely, with what was typed and refused."""
    closely = directory.known_closely(here.store(), by, id)
    return pages.show(
        "desk_person.html",
        refusal.http_status if refusal else 200,
        closely=closely,
        person=closely.person,
        seen=directory.edition(closely.person),
        typed=typed or {},
        refusal=refusal,
        me=by,
    )


def _people(
    by: Person,
    gathered: gathering.Gathered | None = None,
    refusal: errors.Refusal | None = None,
) -> Response:
    words = request.args.get("q", "")[:LONGEST_QUERY].strip()
    tag = request.args.get("tag", "")[:LONGEST_QUERY]
    circle = directory.people(here.store(), by, words, tag)
    sheet = sheets.sheet("page", circle.people)
    return pages.show(
        "desk_people.html",
        refusal.http_status if refusal else 200,
        number=len(circle.people),
        sheet=sheet,
        known=directory.known(here.store(), by, sheet.rows),
        tags=circle.tags,
        words=words,
        tag=tag,
        columns=", ".join(COLUMNS),
        can_bring_in=by.facilitates,
        gathered=gathered,
        refusal=refusal,
    )


def _attached(text: str, kind: str, name: str) -> Response:
    response = make_response(text.encode())
    response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
