"""The desk's pages about mail: who may read them, what they say, and their two buttons."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from comments_service.actions import comments
from comments_service.domain.incoming import (
    Answering,
    Bouncing,
    DeliveryReport,
    Discussing,
    Incoming,
)
from comments_service.domain.letters import Kind, Letter
from comments_service.domain.people import Capacity, Person

from ..conftest import Circle, entry
from .conftest import Auth, Page

DESK, MAIL, LOST = "/-/desk/", "/-/desk/o/farm/mail", "/-/desk/mail"
FARM = Discussing("farm")
Deliver = Callable[..., Incoming]


@pytest.fixture
def letter(circle: Circle, ada: Person) -> Letter:
    """One that told Ada of a comment, and was given up."""
    circle.say(circle.facilitator, "Welcome.")
    [letter] = circle.letters(Kind.COMMENT)
    with circle.store.transaction() as t:
        t.letter_failed(letter.id, "550 no <such> user", None)
    return letter


def test_nobody_but_facilitators_reads_the_mail(
    visitor: FlaskClient,
    expert: FlaskClient,
    facilitator: FlaskClient,
    deliver: Deliver,
    letter: Letter,
    ada: Person,
    dump: Callable[[], list[str]],
) -> None:
    mails = [deliver(to, "zoe@example.net") for to in (FARM, Discussing("nothing"))]
    pages = [MAIL, LOST] + [f"/-/desk/mails/{m.id}{raw}" for m in mails for raw in ("", "/raw")]
    posts = [f"/-/desk/letters/{letter.id}", f"/-/desk/o/farm/people/{ada.id}/reach"]
    before = dump()
    for browser, status in ((visitor, 401), (expert, 403)):
        for path in pages:
            answer = browser.get(path)
            assert (answer.status_code, "zoe" in answer.text) == (status, False), path
        assert [browser.post(path).status_code for path in posts] == [status] * 2
    assert dump() == before
    assert [facilitator.get(path).status_code for path in pages] == [200] * len(pages)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert [facilitator.post(p, headers=elsewhere).status_code for p in posts] == [403, 403]
    assert dump() == before


def test_a_facilitator_by_invitation_reads_only_the_mail_of_what_he_leads(
    app: Flask, auth: Auth, circle: Circle, deliver: Deliver
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    browser = app.test_client()
    auth.open_link(browser, circle.bring_in("Bob", capacity=Capacity.FACILITATOR))
    for to, status in ((FARM, 200), (Discussing("mill"), 403), (Discussing("nothing"), 403)):
        mail = deliver(to, "zoe@example.net", f"To {to}.")
        assert browser.get(f"/-/desk/mails/{mail.id}").status_code == status
        assert browser.get(f"/-/desk/mails/{mail.id}/raw").status_code == status
    assert browser.get(MAIL).status_code == 200
    assert [browser.get(p).status_code for p in ("/-/desk/o/mill/mail", LOST)] == [403, 403]


def test_a_mail_is_told_by_name_with_what_became_of_it(
    facilitator: FlaskClient, circle: Circle, deliver: Deliver, letter: Letter, ada: Person
) -> None:
    mail = deliver(Answering(letter.id), ada.email, "Two metres.", cut="> Welcome.")
    page = facilitator.get(MAIL).text
    assert "<td>Ada</td>" in page and "ada@example.org" not in page
    assert "became a comment" in page
    assert f"/opportunities/farm/#c-{mail.comment_id}" in page
    assert f"/-/desk/mails/{mail.id}#cut" in page
    assert "&gt; Welcome." in facilitator.get(f"/-/desk/mails/{mail.id}").text


@pytest.mark.parametrize(
    ("sender", "said", "words"),
    [
        ("zoe@example.net", {}, "a comment that its author has to confirm"),
        ("zoe@example.net", {"dmarc": "fail"}, "its sender is forged"),
        ("zoe@example.net", {"text": " "}, "There are no words in it yet."),
        ("zoe@example.net", {"automatic": "Precedence: bulk"}, "a machine wrote it"),
        ("", {}, "a mail server"),
        ("camille@example.org", {"dmarc": "pass"}, "became a comment"),
        ("ada@example.org", {}, "a comment that its author has to confirm"),
    ],
)
def test_every_fate_is_told_in_words(
    facilitator: FlaskClient,
    ada: Person,
    deliver: Deliver,
    sender: str,
    said: dict[str, str],
    words: str,
) -> None:
    mail = deliver(FARM, sender, **said)
    assert words in facilitator.get(MAIL).text
    assert words in facilitator.get(f"/-/desk/mails/{mail.id}").text


def test_a_strangers_address_is_shown_and_a_persons_is_not(
    facilitator: FlaskClient, ada: Person, deliver: Deliver
) -> None:
    deliver(FARM, "spam@example.net", dmarc="fail")
    deliver(FARM, ada.email, "", dmarc="pass")
    page = facilitator.get(MAIL).text
    assert "spam@example.net" in page and ada.email not in page


def test_mails_of_no_opportunity_have_a_page(facilitator: FlaskClient, deliver: Deliver) -> None:
    deliver(Discussing("nothing"), "zoe@example.net")
    assert "There is no opportunity called “nothing” here." in facilitator.get(LOST).text
    assert "zoe@" not in facilitator.get(MAIL).text


def test_a_mail_is_downloaded_as_it_came_and_never_opened(
    facilitator: FlaskClient, deliver: Deliver
) -> None:
    raw = b"From: zoe@example.net\r\nSubject: <script>\r\nContent-Type: text/html\r\n\r\n\xff\x00"
    mail = deliver(FARM, "zoe@example.net", raw=raw)
    answer = facilitator.get(f"/-/desk/mails/{mail.id}/raw")
    assert (answer.data, answer.mimetype) == (raw, "message/rfc822")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=mail-")
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert facilitator.get("/-/desk/mails/nothing").status_code == 404
    assert facilitator.get("/-/desk/mails/nothing/raw").status_code == 404


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject: =?utf-8?q?L=C3=A0?=\n\n", "Là"),
        (b"Subject: two\n lines\n\n", "two lines"),
        (b"Subject: \xe9t\xe9\n\n", "t"),
        (b"Subject: =?no-such-charset?q?x?=\n\n", "A mail without a subject"),
        (b"Subject: =?utf-8?b?!?=\n\n", "A mail"),
        (b"Subject: " + b"x" * 100_000 + b"\n\n", "x" * 300),
        (b"\x00\xff\n\n", "A mail without a subject"),
        (b"", "A mail without a subject"),
    ],
)
def test_a_subject_is_read_as_well_as_it_can_be(
    facilitator: FlaskClient, deliver: Deliver, raw: bytes, subject: str
) -> None:
    mail = deliver(FARM, "zoe@example.net", raw=raw)
    answer = facilitator.get(f"/-/desk/mails/{mail.id}")
    heading = answer.text.partition("<h1")[2].partition("</h1>")[0]
    assert (answer.status_code, subject in heading) == (200, True), heading


def test_a_letter_is_sent_again_by_its_button(
    facilitator: FlaskClient, circle: Circle, letter: Letter
) -> None:
    page = facilitator.get(MAIL).text
    assert "given up" in page and "550 no &lt;such&gt; user" in page
    answer = facilitator.post(f"/-/desk/letters/{letter.id}")
    assert answer.headers["Location"] == f"{MAIL}#letters"
    assert circle.letters(Kind.COMMENT)[0].due == circle.now
    assert f"/-/desk/letters/{letter.id}" not in facilitator.get(MAIL).text  # it waits
    assert facilitator.post("/-/desk/letters/nothing").status_code == 404


def test_what_went_out_says_what_it_is_about_and_is_folded_once_it_arrived(
    facilitator: FlaskClient, circle: Circle, letter: Letter, ada: Person
) -> None:
    with circle.store.transaction() as t:
        t.letter_sent(letter.id, circle.now)
    for path in (MAIL, DESK):
        page = facilitator.get(path).text
        assert f'#c-{letter.subject}">Camille Le Goff: Welcome.</a>' in page
    row = facilitator.get(MAIL).text.partition(f'id="l-{letter.id}"')[2].partition("</tr>")[0]
    assert row.index("Not arrived?") < row.index("Send again") < row.index("</details>")
    said = letter.subject
    assert said
    circle.edit(circle.facilitator, said, "*Good* day.")
    assert "Camille Le Goff: Good day." in facilitator.get(MAIL).text
    comments.withdraw(circle.store, circle.facilitator, said, circle.now)
    assert "Camille Le Goff: withdrawn" in facilitator.get(MAIL).text


def test_nobody_reads_an_unconfirmed_comment_in_a_list_of_letters(
    facilitator: FlaskClient, circle: Circle
) -> None:
    circle.drop_by("Zoe", "Not yet mine to show.")
    for path in (MAIL, DESK):
        page = facilitator.get(path).text
        assert "to confirm a comment" in page and "Not yet mine" not in page


def test_letters_stand_by_the_time_that_is_shown_fifty_a_page(
    facilitator: FlaskClient, circle: Circle, letter: Letter
) -> None:
    for number in range(50):
        circle.invite(f"Guest{number:02}")
    circle.wait(hours=1)
    with circle.store.transaction() as t:
        t.letter_sent(letter.id, circle.now)  # written first, and the last to go
    page = facilitator.get(MAIL)
    assert page.text.count('<tr id="l-') == 50
    assert page.text.index(f'id="l-{letter.id}"') < page.text.index("Guest")
    assert "?out=2#letters" in Page(page).links()
    older = facilitator.get(f"{MAIL}?in=1&out=2")
    assert older.text.count('<tr id="l-') >= 1
    assert "?in=1&out=1#letters" in Page(older).links()


def test_nothing_is_sent_again_to_who_left(
    facilitator: FlaskClient, expert: FlaskClient, letter: Letter
) -> None:
    expert.post("/-/o/farm/leave")
    answer = facilitator.post(f"/-/desk/letters/{letter.id}")
    assert (answer.status_code, "This person left" in answer.text) == (409, True)


def test_whose_mail_comes_back_is_tried_again_by_a_button(
    facilitator: FlaskClient, circle: Circle, deliver: Deliver, letter: Letter, ada: Person
) -> None:
    for day in range(3):
        report = DeliveryReport("failed", "5.1.1")
        deliver(Bouncing(letter.id), None, f"Day {day}.", report=report)
        circle.wait(days=1)
    assert "1 person whose mail comes back" in facilitator.get(DESK).text
    assert "a letter came back" in facilitator.get(MAIL).text
    answer = facilitator.post(f"/-/desk/o/farm/people/{ada.id}/reach")
    assert answer.headers["Location"] == f"{MAIL}#unreachable"
    assert "mail comes back</a>" not in facilitator.get(DESK).text
    assert facilitator.post("/-/desk/o/farm/people/nobody/reach").status_code == 404


def test_every_figure_on_the_desk_leads_to_what_it_counts(
    facilitator: FlaskClient, circle: Circle, deliver: Deliver, letter: Letter, ada: Person
) -> None:
    deliver(FARM, "zoe@example.net", " ")
    deliver(Discussing("nothing"), "zoe@example.net", "Is anybody there?")
    circle.confirm(circle.drop_by("Yan", "Hello."))
    with circle.store.transaction() as t:
        t.change_person(replace(ada, unreachable=circle.now))
    desk = facilitator.get(DESK).text
    for path, anchor, words in (
        ("", "held", "1 comment waits for you"),
        (MAIL, "unreachable", "1 person whose mail comes back"),
        (MAIL, "letters", "1 letter given up this week"),
        (MAIL, "mails", "1 mail refused this week"),
        (LOST, "mails", "1 mail refused this week"),
    ):
        assert f'<a href="{path}#{anchor}">{words}</a>' in desk
        assert f'id="{anchor}"' in facilitator.get(path or DESK).text


def test_followers_are_counted_and_named(
    facilitator: FlaskClient, visitor: FlaskClient, auth: Auth
) -> None:
    visitor.post(auth.follow_link(), data={"dose": "each"})
    page = facilitator.get(MAIL).text
    assert "1 person follows by mail" in page and "<p>Fay</p>" in page


def test_the_pages_speak_french(
    app: Flask, auth: Auth, circle: Circle, deliver: Deliver, letter: Letter
) -> None:
    browser = app.test_client()
    auth.open_link(browser, circle.bring_in("Bob", capacity=Capacity.FACILITATOR, language="fr"))
    mail = deliver(FARM, "zoe@example.net", " ")
    page = browser.get(MAIL).text
    for words in ("abandonnée", "refusé", "pas encore de mots", "Renvoyer"):
        assert words in page or words in browser.get(DESK).text, words
    assert "Ce qui a été coupé" in browser.get(f"/-/desk/mails/{mail.id}").text
