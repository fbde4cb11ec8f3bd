"""Writing through the page: who is published, who waits, and what comes back when it fails."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.domain.house import Visitors
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle, entry
from .conftest import WRITE, Auth, Page

WORDS = {"text": "A well, and *who* digs it.", "do": "send"}
STRANGER = WORDS | {"name": "Zoe", "email": "zoe@example.net"}


@pytest.fixture
def static_page(tmp_path: Path) -> Path:
    """The page of `farm` as the builder left it."""
    page = tmp_path / "site" / "opportunities" / "farm" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<main>the brief</main>", encoding="utf-8")
    return page


@pytest.fixture
def builder(circle: Circle, static_page: Path) -> Callable[[], None]:
    """Start something that puts the next comment on the page, atomically, as the builder does."""

    def build(since: int) -> None:
        circle.store.wait_for_change(since, 10)
        [*_, newest] = circle.said()
        fresh = static_page.with_suffix(".new")
        fresh.write_text(f'<article id="c-{newest["id"]}">', encoding="utf-8")
        fresh.replace(static_page)

    def start() -> None:
        with circle.store.reading() as look:
            threading.Thread(target=build, args=[look.cursor()], daemon=True).start()

    return start


def test_a_participants_words_are_published_and_lead_back_to_the_page(
    expert: FlaskClient, circle: Circle, ada: Person, builder: Callable[[], None]
) -> None:
    builder()
    answer = expert.post(WRITE, data=WORDS)
    [comment] = circle.said()
    assert (answer.status_code, comment["author"]) == (303, ada.id)
    assert answer.headers["Location"] == f"/opportunities/farm/#c-{comment['id']}"


def test_with_the_builder_away_the_page_says_that_the_words_are_kept(
    expert: FlaskClient, circle: Circle, static_page: Path
) -> None:
    answer = expert.post(WRITE, data=WORDS, follow_redirects=True)
    [comment] = circle.said()
    where = f"/opportunities/farm/#c-{comment['id']}"
    assert "appear on the page in a moment" in answer.text
    assert where in Page(answer).links()
    assert f'content="3; url={where}"' in answer.text


def test_a_visitor_confirms_by_mail_and_then_waits_for_the_facilitator(
    visitor: FlaskClient, facilitator: FlaskClient, circle: Circle, auth: Auth
) -> None:
    answer = visitor.post(WRITE, data=STRANGER, follow_redirects=True)
    assert "look into your mail" in answer.text
    link = auth.confirm_link()
    assert "A well, and <em>who</em> digs it." in visitor.get(link).text
    assert circle.letters(Kind.HELD) == []
    assert (
        "The facilitator reads your words first" in visitor.post(link, follow_redirects=True).text
    )
    assert circle.said() == []
    assert "A well" in facilitator.get("/-/desk/").text


def test_each_policy_on_visitors(
    visitor_by_policy: tuple[Visitors, FlaskClient], circle: Circle, auth: Auth
) -> None:
    policy, visitor = visitor_by_policy
    answer = visitor.post(WRITE, data=STRANGER)
    if policy is Visitors.INVITED:
        assert answer.status_code == 403
        assert Page(answer).fields["text"] == WORDS["text"]
        assert "Only invited people write here" in visitor.get(WRITE).text
        return
    assert answer.status_code == 303
    visitor.post(auth.confirm_link())
    assert len(circle.said()) == (policy is Visitors.OPEN)


def test_answers_and_updates_are_quoted_and_kept_through_a_preview(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    first = circle.say(ada, "Is there *water*?")
    circle.wait(seconds=1)
    page = expert.get(f"{WRITE}?answer={first.id}")
    assert "Ada wrote on 3 November 2026" in page.text
    assert "Is there <em>water</em>?" in page.text
    preview = expert.post(WRITE, data=WORDS | {"do": "preview", "answer": first.id})
    assert "<em>who</em> digs" in preview.text
    assert len(circle.said()) == 1
    expert.post(WRITE, data=Page(preview).fields | {"do": "send"})
    assert circle.said()[1]["parent"] == first.id
    circle.wait(seconds=1)
    update = expert.get(f"{WRITE}?update=first-day")
    assert "To the update “First day”" in update.text
    expert.post(WRITE, data=Page(update).fields | WORDS)
    assert circle.said()[2]["update"] == "first-day"


def test_the_same_form_posted_twice_is_one_comment(
    expert: FlaskClient, visitor: FlaskClient, circle: Circle
) -> None:
    for browser, words in ((expert, WORDS), (visitor, STRANGER)):
        first, second = browser.post(WRITE, data=words), browser.post(WRITE, data=words)
        assert first.headers["Location"] == second.headers["Location"]
    assert len(circle.said()) == 1
    assert len(circle.letters(Kind.CONFIRM)) == 1


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"text": ""}, 400, "There are no words in it yet"),
        ({"text": " \r\n "}, 400, "There are no words in it yet"),
        ({"text": "é" * 16_385}, 400, "That is 16385 characters; 16384 fit"),
        ({"name": ""}, 400, "This cannot be left empty"),
        ({"name": "n" * 81}, 400, "That is 81 characters; 80 fit"),
        ({"email": "nobody"}, 400, "This is not an e-mail address"),
        ({"email": "zoe@example.net\nBcc: all@example.net"}, 400, "not an e-mail address"),
        ({"name": "", "email": ""}, 401, "Say who you are"),
        ({"answer": "nothing"}, 400, "The comment that this answers is not in this discussion"),
        ({"update": "nothing"}, 400, "The update that this answers is not in this opportunity"),
    ],
)
def test_bad_input_comes_back_with_all_that_was_typed(
    visitor: FlaskClient, circle: Circle, change: dict[str, str], status: int, words: str
) -> None:
    given = STRANGER | change
    answer = visitor.post(WRITE, data=given)
    page = Page(answer)
    assert (answer.status_code, words in page.words) == (status, True)
    for field in ("text", "name", "email"):
        assert page.fields[field].splitlines() == given[field].splitlines()
    assert circle.letters(Kind.CONFIRM) == []


def test_the_longest_comment_of_the_widest_characters_fits(expert: FlaskClient) -> None:
    assert expert.post(WRITE, data={"text": "𝄞" * 16_384}).status_code == 303


def test_a_text_keeps_its_first_blank_lines_when_it_comes_back(visitor: FlaskClient) -> None:
    text = "\n\n    code first"
    assert Page(visitor.post(WRITE, data={"text": text})).fields["text"] == text


def test_an_answer_in_another_opportunity_is_refused(
    expert: FlaskClient, circle: Circle, ada: Person
) -> None:
    first = circle.say(ada, "Here.")
    circle.publish(entry("farm"), entry("mill"))
    assert expert.get(f"/-/o/mill/write?answer={first.id}").status_code == 400
    answer = expert.post("/-/o/mill/write", data=WORDS | {"answer": first.id})
    assert answer.status_code == 400
    assert Page(answer).fields == {"text": WORDS["text"]}  # sent again, it opens a thread


def test_a_closed_opportunity_is_not_answered_and_gives_the_words_back(
    expert: FlaskClient, circle: Circle
) -> None:
    circle.publish(entry("farm", phase="closed"))
    assert expert.get(WRITE).status_code == 409
    answer = expert.post(WRITE, data=WORDS)
    assert (answer.status_code, WORDS["text"] in Page(answer).words) == (409, True)
    assert "This opportunity is closed" in answer.text


def test_bytes_that_are_no_utf8_are_refused(visitor: FlaskClient, circle: Circle) -> None:
    for body in (b"text=caf\xe9&name=Zoe", b"text=caf%E9&name=Zoe&email=zoe%40example.net"):
        answer = visitor.post(WRITE, data=body, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, "not text in UTF-8" in answer.text) == (400, True)


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "nonsense"])
def test_what_is_no_form_is_refused(visitor: FlaskClient, content_type: str) -> None:
    assert visitor.post(WRITE, data=b"{}", content_type=content_type).status_code == 415


def test_a_form_with_files_is_read_as_well(expert: FlaskClient, circle: Circle) -> None:
    expert.post(WRITE, data=WORDS, content_type="multipart/form-data")
    assert len(circle.said()) == 1


def test_too_much_at_once_is_refused(visitor: FlaskClient) -> None:
    answer = visitor.post(WRITE, data={"text": "x" * 300_000})
    assert (answer.status_code, "too much at once" in answer.text) == (413, True)


def test_a_filled_trap_gets_a_kind_answer_and_nothing_is_kept(
    visitor: FlaskClient, circle: Circle, dump: Callable[[], list[str]]
) -> None:
    before = dump()
    trapped = visitor.post(WRITE, data=STRANGER | {"website": "https://spam.example"})
    assert dump() == before
    assert trapped.headers["Location"] == visitor.post(WRITE, data=STRANGER).headers["Location"]


def test_a_page_of_another_site_cannot_write_with_somebodys_cookie(
    expert: FlaskClient, circle: Circle
) -> None:
    answer = expert.post(WRITE, data=WORDS, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    page = Page(answer)
    assert page.fields["text"] == WORDS["text"]
    assert circle.said() == []
    expert.post(WRITE, data=page.fields | {"do": "send"})
    assert len(circle.said()) == 1


def test_a_site_elsewhere_posts_its_form_for_a_stranger(
    furnish: Callable[..., Flask], circle: Circle
) -> None:
    talk = furnish(EMERGENCE_SERVICE_URL="https://talk.example.com").test_client()
    theirs = {"Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"}
    assert talk.post(WRITE, data=STRANGER, headers=theirs).status_code == 303
    others = theirs | {"Origin": "https://evil.example"}
    assert talk.post(WRITE, data=STRANGER, headers=others).status_code == 403


def test_who_writes_too_much_hears_when_to_try_again(visitor: FlaskClient) -> None:
    for number in range(11):
        last = visitor.post(WRITE, data=STRANGER | {"text": f"Words {number}"})
    assert last.status_code == 429
    assert Page(last).fields["text"] == "Words 10"


def test_the_page_speaks_the_opportunitys_language_or_the_readers_own(
    visitor: FlaskClient, expert: FlaskClient, circle: Circle
) -> None:
    circle.publish(entry("farm", language="fr"))
    assert '<html lang="fr"' in visitor.get(WRITE, headers={"Accept-Language": "en"}).text
    assert '<html lang="en"' in expert.get(WRITE).text
    assert "Il n’y a pas encore de mots" in visitor.post(WRITE, data=STRANGER | {"text": ""}).text


def test_an_old_name_of_an_opportunity_still_takes_words(
    expert: FlaskClient, circle: Circle
) -> None:
    circle.publish(entry("orchard", "farm"))
    expert.post(WRITE, data=WORDS)
    assert len(circle.said("orchard")) == 1


def test_nobody_waits_for_a_site_that_is_not_on_this_machine(
    expert: FlaskClient, circle: Circle
) -> None:
    answer = expert.post(WRITE, data=WORDS)
    assert answer.headers["Location"].startswith("/-/o/farm/received?as=published&c=")
