"""Writing in a discussion: the form, its preview, and where it leads."""

from flask import Blueprint, Response, request

from .. import errors
from ..actions import comments, looking, visitors
from ..actions.visitors import Visitor
from ..domain.discussion import LONGEST_TEXT, Comment, Door, Place, State
from ..domain.house import Visitors
from ..domain.phases import Opportunity
from ..gettext import N_
from . import here, language, network, pages, session
from .published import StaticPage

blueprint = Blueprint("writing", __name__)


@blueprint.get("/-/o/<slug>/write")
def show_form(slug: str) -> Response:
    place = Place(request.args.get("answer") or None, request.args.get("update") or None)
    where = looking.place_to_write(here.store(), slug, place)
    language.speak_of(where.opportunity)
    return _page(where, {})


@blueprint.post("/-/o/<slug>/write")
def write(slug: str) -> Response:
    opportunity = looking.find_opportunity(here.store(), slug)
    language.speak_of(opportunity)
    try:
        form = pages.form()
        if not session.from_us():
            raise errors.NotAllowed(
                N_("These words came here from another site. If they are yours, press “Send”.")
            )
        if form.get("do") == "preview":
            html = comments.preview(form.get("text", ""))
            return _page(looking.place_to_write(here.store(), slug, _place()), form, preview=html)
        return _send(opportunity, slug)
    except errors.Refusal as refusal:
        return _given_back(slug, refusal)


@blueprint.get("/-/o/<slug>/received")
def received(slug: str) -> Response:
    """What becomes of the words now. `as` says which of three things; `c` where they will be."""
    opportunity = looking.find_opportunity(here.store(), slug)
    language.speak_of(opportunity)
    state = request.args.get("as")
    if state not in (State.PUBLISHED, State.HELD, State.UNCONFIRMED):
        raise errors.NotFound(N_("There is nothing at this address."))
    where = pages.page_of(opportunity, _an_id(request.args.get("c")))
    return pages.show("received.html", opportunity=opportunity, state=state, where=where)


def lead_to(opportunity: Opportunity, comment: Comment) -> Response:
    """After writing: to the comment on the page, or to what is said while it is not there."""
    if comment.state is State.PUBLISHED:
        if StaticPage(here.settings(), opportunity).shows(comment.id):
            return pages.go_to(pages.page_of(opportunity, comment.id))
        return _received(opportunity, State.PUBLISHED, comment.id)
    unconfirmed = comment.state is State.UNCONFIRMED
    return _received(opportunity, State.UNCONFIRMED if unconfirmed else State.HELD)


def _received(opportunity: Opportunity, state: State, comment_id: str = "") -> Response:
    about = f"&c={comment_id}" if comment_id else ""
    return pages.go_to(pages.at(f"/-/o/{opportunity.slug}/received?as={state}{about}"))


def _send(opportunity: Opportunity, slug: str) -> Response:
    form, store, house, now = pages.form(), here.store(), here.house(), here.now()
    text = form.get("text", "")
    if author := session.person():
        comment = comments.contribute(
            store, house, author, slug, text, _place(), door=Door.PAGE, now=now
        )
        return lead_to(opportunity, comment)
    if form.get("website"):  # a field that no person sees
        return _received(opportunity, State.UNCONFIRMED)
    if not form.get("name", "").strip() and not form.get("email", "").strip():
        raise errors.NeedsIdentity(_who_are_you(), field="name")
    visitor = Visitor(
        form.get("name", ""), form.get("email", ""), language.current(), network.client_network()
    )
    comment = visitors.contribute_as_visitor(
        store, house, visitor, slug, text, _place(), door=Door.PAGE, now=now
    )
    return lead_to(opportunity, comment)


def _who_are_you() -> str:
    """A browser keeps the session's cookie back from what a page of another site posts."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return N_(
            "If you are signed in, press “Send” once more: that can be seen from here alone. "
            "If not, fill in name and e-mail."
        )
    return N_("Say who you are: fill in name and e-mail, or sign in.")


def _given_back(slug: str, refusal: errors.Refusal) -> Response:
    """The form again, with what was typed and what was wrong with it."""
    typed = pages.typed()
    place = _place() if refusal.field not in ("answer", "update") else Place()
    try:
        where = looking.place_to_write(here.store(), slug, place)
    except errors.Refusal:
        raise refusal from None  # no form to show: the page of refusals gives the words back
    return _page(where, typed, refusal=refusal)


def _place() -> Place:
    typed = pages.typed()
    return Place(typed.get("answer") or None, typed.get("update") or None)


def _page(
    where: looking.WritingPlace,
    typed: object,
    *,
    preview: str = "",
    refusal: errors.Refusal | None = None,
) -> Response:
    return pages.show(
        "write.html",
        refusal.http_status if refusal else 200,
        where=where,
        opportunity=where.opportunity,
        typed=typed,
        preview=preview,
        refusal=refusal,
        longest=LONGEST_TEXT,
        invited_only=here.house().visitors is Visitors.INVITED,
    )


def _an_id(text: str | None) -> str | None:
    return text if text and text.isascii() and text.isalnum() else None
