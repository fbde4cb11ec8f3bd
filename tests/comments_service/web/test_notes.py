"""A facilitator's notes on two pages of the desk, added and deleted."""

import pytest
from flask.testing import FlaskClient

from comments_service.domain.people import Person

from ..conftest import Circle
from .conftest import Page

FARM = "/-/desk/o/farm/notes"


def test_a_note_is_added_and_deleted(facilitator: FlaskClient, circle: Circle, ada: Person) -> None:
    person = f"/-/desk/people/{ada.id}"
    facilitator.post(FARM, data={"note": "Late.\n\nAgain."})
    facilitator.post(f"{person}/notes", data={"note": "Ask her.", "slug": "farm"})
    facilitator.post(f"{person}/notes", data={"note": "Shy.", "slug": ""})
    on_farm, on_ada = facilitator.get(FARM).text, facilitator.get(person).text
    assert [words in on_farm for words in ("Late.", "Ask her.", "Shy.")] == [True, True, False]
    assert [words in on_ada for words in ("Late.", "Ask her.", "Shy.")] == [False, True, True]
    with circle.store.reading() as look:
        kept = look.notes()
    for note in kept:
        assert facilitator.post(f"/-/desk/notes/{note.id}", data={}).status_code == 400
        form = {"do": "delete", "from": "farm"}
        assert facilitator.post(f"/-/desk/notes/{note.id}", data=form).status_code == 303
    assert "Late." not in facilitator.get(FARM).text


@pytest.mark.parametrize("note", ["", "x" * 5_000])
def test_a_note_that_is_refused_comes_back_as_typed(
    facilitator: FlaskClient, ada: Person, note: str
) -> None:
    for path in (FARM, f"/-/desk/people/{ada.id}/notes"):
        answer = facilitator.post(path, data={"note": note, "slug": "farm"})
        assert (answer.status_code, Page(answer).fields["note"]) == (400, note)


def test_the_notes_are_for_facilitators(visitor: FlaskClient, expert: FlaskClient) -> None:
    for client, status in ((visitor, 401), (expert, 403)):
        assert client.get(FARM).status_code == status
        assert client.post(FARM, data={"note": "x"}).status_code == status
        assert client.post("/-/desk/notes/x", data={"do": "delete"}).status_code == status
