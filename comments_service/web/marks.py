"""Marks: a comment worth keeping, and what the client recognised, and in whom."""

from flask import Blueprint, Response

from .. import errors
from ..actions import looking, marks
from ..domain.marks import Audience
from ..domain.people import Person
from ..gettext import N_
from . import here, language, pages, session, sheets

blueprint = Blueprint("marks", __name__)


@blueprint.get("/-/c/<id>/keep")
def show_keep(id: str) -> Response:
    kept = marks.kept(here.store(), session.require_person(), id)
    return pages.show("keep.html", written=kept.written, keeps=kept.keeps)


@blueprint.post("/-/c/<id>/keep")
def keep(id: str) -> Response:
    """`do` is `drop`, or anything else to keep it: pressed twice, it is kept."""
    session.require_from_us()
    person = session.require_person()
    on = pages.form().get("do") != "drop"
    marks.keep(here.store(), person, id, here.now(), on=on)
    written = looking.find_comment(here.store(), id)
    return pages.go_to(pages.page_of(written.opportunity, id))


@blueprint.get("/-/o/<slug>/marks")
def show_marks(slug: str) -> Response:
    return _page(session.require_person(), slug)


@blueprint.post("/-/o/<slug>/marks")
def mark(slug: str) -> Response:
    """`do` is `carries` or `recognised`, with `off` to take it back; or `audience`."""
    session.require_from_us()
    person = session.require_person()
    try:
        anchor = _marked(person, slug)
    except errors.Refusal as refusal:
        return _page(person, slug, refusal)
    return pages.go_to(pages.at(f"/-/o/{slug}/marks#{anchor}"))


def _marked(person: Person, slug: str) -> str:
    """Where on the page it was. Raises Refusal."""
    form, store, now = pages.form(), here.store(), here.now()
    on = not form.get("off")
    match form.get("do"):
        case "carries":
            marks.say_who_carries(store, person, slug, form.get("person", ""), now, on=on)
            return "people"
        case "recognised":
            comment_id = form.get("comment", "")
            marks.recognise(store, person, slug, comment_id, now, on=on)
            return f"c-{comment_id}"
        case "audience":
            audience = marks.read_audience(form.get("audience"))
            marks.set_audience(store, person, slug, audience, now)
            return "audience"
    raise errors.Invalid(N_("This is not one of the choices."), field="do")


def _page(person: Person, slug: str, refusal: errors.Refusal | None = None) -> Response:
    seen = marks.marks_seen_by(here.store(), person, slug)
    if not seen.reader and not seen.leads:
        raise errors.NotAllowed(N_("Only those who take part in this opportunity can do that."))
    language.speak_of(seen.opportunity)
    return pages.show(
        "marks.html",
        refusal.http_status if refusal else 200,
        seen=seen,
        said=sheets.sheet("said", seen.comments),
        opportunity=seen.opportunity,
        me=person,
        audiences=list(Audience),
        refusal=refusal,
    )
