"""What the form that invites begins with: somebody of the directory, or who was suggested.

The query names them by id, so that no address stands in a URL.
"""

from flask import request

from ..actions import directory, suggesting
from ..domain.people import Person
from . import here


def invite_form(by: Person, slug: str) -> dict[str, str]:
    """The fields for `?person=` or `?suggestion=`; empty without them.

    Raises NotFound, NotAllowed; Conflict for a suggestion that was decided about.
    """
    if id := request.args.get("person"):
        person = directory.known_closely(here.store(), by, id).person
        return {
            "name": person.name,
            "email": person.email if person.has_address else "",
            "know_how": person.know_how,
            "status": person.status.value,
            "language": person.language,
        }
    if id := request.args.get("suggestion"):
        suggestion = suggesting.the_suggestion(here.store(), by, slug, id)
        return {
            "name": suggestion.name,
            "email": suggestion.email,
            "why": suggestion.why,
            "suggestion": suggestion.id,
        }
    return {}
