"""The facilitator's table of threads: what each is about, and moving comments between them."""

from flask import Blueprint, Response, request

from .. import errors
from ..actions import looking, topics
from ..actions.topics import BUSINESS, LONGEST_LABEL, TECHNICAL
from ..domain.discussion import Place
from ..domain.people import Person
from ..gettext import N_
from . import here, pages, session
from .published import StaticPage

blueprint = Blueprint("topics", __name__)

OWN = "own"  # of the labels to choose from: the one that is typed beside them


@blueprint.get("/-/desk/o/<slug>/threads")
def show(slug: str) -> Response:
    return _page(session.require_person(), slug)


@blueprint.post("/-/desk/o/<slug>/threads")
def act(slug: str) -> Response:
    """`do` is `label` or `move`."""
    session.require_from_us()
    person = session.require_person()
    opportunity = looking.find_opportunity(here.store(), slug)
    page = StaticPage(here.settings(), opportunity)
    try:
        form = pages.form()
        match form.get("do"):
            case "label":
                thread, label = form.get("thread", ""), form.get("label", "")
                if label == OWN:
                    label = form.get("own", "")
                topics.label_thread(here.store(), person, slug, thread, label, here.now())
                anchor = "threads"
            case "move":
                anchor = _move(person, slug, form.get("to", ""), alone=bool(form.get("alone")))
            case _:
                raise errors.Invalid(N_("This is not one of the choices."), field="do")
    except errors.Refusal as refusal:
        return _page(person, slug, refusal)
    page.changes()
    return pages.go_to(pages.at(f"/-/desk/o/{opportunity.slug}/threads#{anchor}"))


def _move(person: Person, slug: str, to: str, *, alone: bool) -> str:
    """The anchor of what moved. `to` is `new`, `u:` and an update, `c:` and a comment."""
    kind, _, name = to.partition(":")
    match kind:
        case "new":
            place = Place()
        case "u":
            place = Place(update=name)
        case "c":
            place = Place(answer=name)
        case _:
            raise errors.Invalid(N_("Choose where they go."), field="to")
    ids = request.form.getlist("comment")
    topics.move(here.store(), person, slug, ids, place, here.now(), alone=alone)
    return f"c-{min(ids)}"


def _page(person: Person, slug: str, refusal: errors.Refusal | None = None) -> Response:
    found = topics.threads(here.store(), person, slug)
    typed = pages.typed() if refusal else {}
    return pages.show(
        "desk_threads.html",
        refusal.http_status if refusal else 200,
        found=found,
        opportunity=found.opportunity,
        labels=["", TECHNICAL, BUSINESS, *found.labels],
        typed=typed,
        ticked=set(request.form.getlist("comment")) if typed else set(),
        longest_label=LONGEST_LABEL,
        refusal=refusal,
    )
