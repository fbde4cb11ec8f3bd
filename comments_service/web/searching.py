"""Looking for words on the desk."""

from flask import Blueprint, Response, request

from ..actions import searching
from . import here, pages, session

blueprint = Blueprint("searching", __name__)

LONGEST_QUERY = 200


@blueprint.get("/-/desk/search")
def show() -> Response:
    words = request.args.get("q", "")[:LONGEST_QUERY].strip()
    found = searching.search(here.store(), session.require_person(), words)
    return pages.show("desk_search.html", found=found, words=words)
