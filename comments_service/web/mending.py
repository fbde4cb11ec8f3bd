"""One's own comment: mend it within its quarter of an hour, or take it back."""

from flask import Blueprint, Response

from .. import errors
from ..actions import comments, looking
from ..domain.discussion import LONGEST_TEXT, State
from . import here, pages, session
from .published import StaticPage

blueprint = Blueprint("mending", __name__)


@blueprint.get("/-/c/<id>/edit")
def show_edit(id: str) -> Response:
    written = looking.words_to_mend(here.store(), session.require_person(), id, here.now())
    return _edit_page(written, written.comment.text)


@blueprint.post("/-/c/<id>/edit")
def edit(id: str) -> Response:
    session.require_from_us()
    author = session.require_person()
    written = looking.own_words(here.store(), author, id)
    text = pages.typed().get("text", "")
    page = StaticPage(here.settings(), written.opportunity)
    try:
        form = pages.form()
        if form.get("do") == "preview":
            return _edit_page(written, text, preview=comments.preview(text))
        comment = comments.edit(
            here.store(), here.house(), author, id, form.get("text", ""), here.now()
        )
    except errors.Refusal as refusal:
        return _edit_page(written, text, refusal=refusal)
    if comment.state is State.PUBLISHED and comment != written.comment:
        page.changes()
    return pages.go_to(pages.page_of(written.opportunity, id))


@blueprint.get("/-/c/<id>/withdraw")
def show_withdraw(id: str) -> Response:
    written = looking.own_words(here.store(), session.require_person(), id)
    return pages.show("withdraw.html", written=written)


@blueprint.post("/-/c/<id>/withdraw")
def withdraw(id: str) -> Response:
    session.require_from_us()
    author = session.require_person()
    written = looking.own_words(here.store(), author, id)
    page = StaticPage(here.settings(), written.opportunity)
    comments.withdraw(here.store(), author, id, here.now())
    if written.comment.state is State.PUBLISHED:
        page.changes()
    return pages.go_to(pages.page_of(written.opportunity, id))


def _edit_page(
    written: looking.WrittenComment,
    text: str,
    *,
    preview: str = "",
    refusal: errors.Refusal | None = None,
) -> Response:
    return pages.show(
        "edit.html",
        refusal.http_status if refusal else 200,
        written=written,
        typed={"text": text},
        preview=preview,
        refusal=refusal,
        longest=LONGEST_TEXT,
    )
