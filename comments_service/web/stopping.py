"""Stopping what a letter belongs to: the link in its footer, and the button of mail programs.

The POST is RFC 8058's: the token alone says who asks, so it needs no cookie and no page of ours.
"""

from flask import Blueprint, Response

from ..actions import following, looking
from . import here, language, pages, session

blueprint = Blueprint("stopping", __name__)


@blueprint.get("/-/stop/<token>")
def show(token: str) -> Response:
    return _page(session.read_stop_token(token))


@blueprint.post("/-/stop/<token>")
def stop(token: str) -> Response:
    letter_id = session.read_stop_token(token)
    following.stop(here.store(), letter_id, here.now())
    return _page(letter_id)


def _page(letter_id: str | None) -> Response:
    """What would stop, or that it has."""
    opportunity, person = following.what_stops(here.store(), letter_id)
    language.speak_to(person)
    standing = looking.standing(here.store(), person, opportunity.slug) if opportunity else None
    return pages.show("stop.html", opportunity=opportunity, person=person, standing=standing)
