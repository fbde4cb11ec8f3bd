import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from comments_service import words
from comments_service.actions import comments, following, people, visitors
from comments_service.domain.discussion import clean_text
from comments_service.domain.following import Dose
from comments_service.domain.letters import Kind
from comments_service.mail.addresses import read_address, read_stop_token
from comments_service.mail.headers import ANSWERABLE
from comments_service.mail.quotes import delimiter

from .conftest import Town
from .every_kind import Typed, write_every_kind

BOTH = ["en", "fr"]
WITHOUT_A_LIST = {Kind.SIGN_IN, Kind.CONFIRM, Kind.FOLLOW, Kind.HELD, Kind.NOT_TAKEN}
WITHOUT_A_LIST |= {Kind.BAD_PUSH}
OF_A_PERSON = {
    Kind.COMMENT,
    Kind.UPDATE,
    Kind.INVITATION,
    Kind.INTRODUCTION,
    Kind.ROLE,
    Kind.REMINDER,
}
Letters = dict[Kind, EmailMessage]


def parts(message: EmailMessage) -> tuple[str, str]:
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    assert text is not None and html is not None
    return text.get_content(), html.get_content()


@pytest.fixture(params=BOTH)
def letters(request: pytest.FixtureRequest, town: Town) -> Iterator[tuple[str, Letters]]:
    """Every kind of letter, once in English and once in French."""
    yield request.param, write_every_kind(town, request.param)


def test_every_letter_says_the_same_in_two_parts_in_its_readers_language(
    letters: tuple[str, Letters],
) -> None:
    language, by_kind = letters
    for kind, message in by_kind.items():
        text, html = parts(message)
        assert f'<html lang="{language}"' in html, kind
        assert len(text.split()) > 15, kind
        assert "<" not in text.replace("<b>", ""), kind
        assert "{{" not in text + html and "%(" not in text + html, kind
        for url in re.findall(r"https?://127\S+", text):
            assert url in html.replace("&amp;", "&"), (kind, url)


def test_french_letters_hold_no_english_sentence_of_ours(town: Town) -> None:
    said = {id for id, _ in _english_and_french() if len(id.split()) > 2 and "%" not in id}
    for kind, message in write_every_kind(town, "fr").items():
        text = parts(message)[0]
        assert not {sentence for sentence in said if sentence in text}, kind


def _english_and_french() -> list[tuple[str, str]]:
    french = words.translations("fr")
    catalog: dict[str, str] = french._catalog  # type: ignore[attr-defined]
    return [(id, said) for id, said in catalog.items() if isinstance(id, str)]


def test_no_letter_loads_anything_or_needs_a_picture(letters: tuple[str, Letters]) -> None:
    for kind, message in letters[1].items():
        html = parts(message)[1]
        assert not re.search(r"<(img|link|script|iframe|form|input|object|base)\b", html), kind
        assert not re.search(r"url\(|@import|\son\w+=|\ssrc=", html), kind


def test_a_letter_can_be_answered_exactly_when_it_says_so(letters: tuple[str, Letters]) -> None:
    language, by_kind = letters
    for kind, message in by_kind.items():
        text, html = parts(message)
        answerable = kind in ANSWERABLE
        assert (message["Reply-To"] is not None) is answerable, kind
        assert text.count(delimiter(language)) == html.count(delimiter(language)) == answerable


def test_all_that_is_about_an_opportunity_can_be_stopped_in_two_ways(
    town: Town, letters: tuple[str, Letters]
) -> None:
    for kind, message in letters[1].items():
        if kind in WITHOUT_A_LIST:
            assert message["List-Unsubscribe"] is None and message["List-Id"] is None, kind
            continue
        url, mailto = re.findall(r"<([^>]+)>", message["List-Unsubscribe"])
        letter_id = read_stop_token(town.house.settings, url.rpartition("/")[2])
        assert url.startswith("http://127.0.0.1:8000/-/stop/") and letter_id, kind
        stopping = read_address(town.house.settings, mailto.removeprefix("mailto:"))
        assert stopping is not None and stopping.letter_id == letter_id  # type: ignore[union-attr]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Id"] == "<farm.talk.example.org>"
        assert message["List-Archive"] == f"<{town.url}>"


def test_what_no_person_wrote_says_that_a_machine_did(letters: tuple[str, Letters]) -> None:
    for kind, message in letters[1].items():
        expected = None if kind in OF_A_PERSON else "auto-generated"
        if kind is Kind.NOT_TAKEN:
            expected = "auto-replied"
        assert message["Auto-Submitted"] == expected, kind
        assert "NDR" not in message["X-Auto-Response-Suppress"]


def test_words_of_a_person_bear_the_name_and_never_the_address(
    letters: tuple[str, Letters],
) -> None:
    for kind, message in letters[1].items():
        sender = message["From"].addresses[0]
        assert sender.domain == "talk.example.org"
        assert ("(via Emergence)" in sender.display_name) is (kind in OF_A_PERSON), kind
        everything = message.as_string() + "".join(parts(message))
        others = set(re.findall(r"[\w.]+@example\.(?:org|net)", everything))
        assert others <= {message["To"].addresses[0].addr_spec, "empty@example.org"}, kind


def test_every_line_is_short_enough_and_survives_seven_bits(letters: tuple[str, Letters]) -> None:
    for kind, message in letters[1].items():
        raw = message.as_bytes()
        assert raw.isascii(), kind
        assert max(map(len, raw.splitlines())) <= 998, kind


def test_invitation_says_who_asks_why_you_and_that_it_binds_to_nothing(town: Town) -> None:
    town.invite("Ada", "ada@example.org", why="You measured rivers.", introduction="*Ada* knows.")
    town.post()
    (message,) = town.received()
    text, html = parts(message)
    assert message["Subject"] == "Camille Le Goff invites you: A data platform"
    assert message["To"] == "Ada <ada@example.org>"
    assert "You measured rivers." in text and "You measured rivers." in html
    assert "Where it stands: divergence. All ideas and people are welcome" in text
    assert "Nothing to sign, nothing to promise" in text
    assert "http://127.0.0.1:8000/-/invitation/" in text
    assert "“ok” accepts, “no” declines" in text
    assert "Camille Le Goff, 3 November 2026" in text
    assert "<em>Ada</em> knows." in html


def test_letters_are_in_their_readers_language(town: Town) -> None:
    town.invite("Zoé", "zoe@example.org", language="fr")
    town.post()
    (message,) = town.received()
    text, _ = parts(message)
    assert message["Subject"] == "Camille Le Goff vous invite\u00a0: A data platform"
    assert "Rien à signer, rien à promettre." in text


@pytest.mark.parametrize("language", ["xx", "fr-CA", "../../etc"])
def test_a_language_that_is_not_spoken_is_the_next_best(town: Town, language: str) -> None:
    town.invite("Ada", "ada@example.org", language=language)
    town.post()
    (message,) = town.received()
    expected = "fr" if language == "fr-CA" else "en"
    assert f'<html lang="{expected}"' in parts(message)[1]


def test_a_held_comment_is_decided_by_a_word(town: Town) -> None:
    text, _ = parts(write_every_kind(town)[Kind.HELD])
    assert "“ok” puts it on the page, “hide” does not" in text
    assert "Zoé Kerr, who was not invited, wrote" in text


def test_words_from_a_strange_address_are_asked_about_and_the_address_is_masked(
    town: Town,
) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    written = comments.Written.of("From my phone, [see](https://phone.example.net)")
    with town.house.store.transaction() as t:
        visitors.ask_to_confirm_in(
            t,
            town.house.settings.house,
            ada,
            "farm",
            written,
            comments.Place(),
            came_from="ada.private@phone.example",
            door=comments.Door.MAIL,
            now=town.now,
        )
    town.post()
    (message,) = (m for m in town.received() if town.kind_of(m) is Kind.CONFIRM)
    text, html = parts(message)
    assert "from another address (…@phone.example)" in text
    assert "ada.private" not in message.as_string() + text + html
    assert 'href="https://phone' not in html, "no link of somebody unproven works"


def test_a_digest_tells_what_others_said_and_how_to_answer_each(town: Town) -> None:
    message = write_every_kind(town)[Kind.DIGEST]
    text, html = parts(message)
    assert message["Subject"] == "[A data platform for a farmers’…] 1 new comment"
    assert "Zoé Kerr answered you, on 3 November 2026" in text
    assert "Five in winter." in text and "And in winter?" not in text
    answer, at, _ = re.findall(r"(answer\+\w+)(@)(talk)", text)[0]
    assert f"mailto:{answer}{at}talk.example.org" in html


def test_a_digest_brings_updates_and_counts_what_it_has_no_room_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comments_service.actions.matter.MOST_IN_A_DIGEST", 2)
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    following.choose_dose(
        town.house.store, town.house.settings.house, bob, "farm", Dose.DIGEST, town.now
    )
    for text in ("One", "Two", "Three", "Four"):
        town.wait(seconds=1)
        town.say(ada, text)
    update = {"slug": "u", "title": "First frost", "url": f"{town.url}#u", "text": "*Cold.*"}
    town.publish(updates=[update])
    town.wait(days=1)
    following.write_digests(town.house.store, town.house.settings.house, town.now)
    town.post()
    (message,) = (m for m in town.sent_to("bob@example.org") if town.kind_of(m) is Kind.DIGEST)
    text, html = parts(message)
    assert message["Subject"] == "[A data platform] Update: First frost"
    assert "<em>Cold.</em>" in html
    assert "Two" in text and "Three" not in text
    assert "2 more comments stand on the page." in text


def test_a_digest_tells_what_changed_in_the_texts_by_the_word(town: Town) -> None:
    bob = town.bring_in("Bob", "bob@example.org", language="fr")
    runs = [["same", "in"], ["out", "three"], ["in", "<four>"], ["same", "weeks"], ["gap", ""]]
    text = {"text": "brief", "how": "changed", "language": None, "came": 1, "went": 1}
    new = {"text": "summary", "how": "added", "language": "fr", "came": 12, "went": 0, "words": []}
    change = {
        "id": "k",
        "date": "2026-11-03T08:00:00+00:00",
        "subject": "More time & fewer words",
        "authors": ["Camille Le Goff"],
        "url": f"{town.url}history/#v-1",
        "texts": [text | {"words": [runs]}, new],
    }
    town.publish(changes=[change | {"id": "before"}])
    following.choose_dose(
        town.house.store, town.house.settings.house, bob, "farm", Dose.DIGEST, town.now
    )
    town.publish(changes=[change, change | {"id": "before"}])
    town.wait(days=1)
    following.write_digests(town.house.store, town.house.settings.house, town.now)
    town.post()
    (message,) = (m for m in town.sent_to("bob@example.org") if town.kind_of(m) is Kind.DIGEST)
    text_part, html = parts(message)
    assert "Réécrit\u00a0: le brief" in message["Subject"]
    assert "in [-three-] {+<four>+} weeks …" in text_part
    assert "Nouveau\u00a0: la synthèse (français), 12 mots." in text_part
    assert f"{town.url}history/#v-1" in text_part
    assert re.search(r"<del[^>]*>three</del> <ins[^>]*>&lt;four&gt;</ins> weeks", html)
    assert "More time &amp; fewer words" in html


def test_a_comment_mended_after_a_digest_is_not_news_again(town: Town) -> None:
    ada, bob = town.bring_in("Ada", "ada@example.org"), town.bring_in("Bob", "bob@example.org")
    following.choose_dose(
        town.house.store, town.house.settings.house, bob, "farm", Dose.DIGEST, town.now
    )
    town.now = town.now.replace(hour=6, minute=55)
    town.wait(days=1)
    old = town.say(ada, "Frist")
    town.wait(minutes=6)
    following.write_digests(town.house.store, town.house.settings.house, town.now)
    town.edit(ada, old.id, "First")
    town.say(ada, "Second")
    town.wait(days=1)
    following.write_digests(town.house.store, town.house.settings.house, town.now)
    town.post()
    told = [m for m in town.sent_to("bob@example.org") if town.kind_of(m) is Kind.DIGEST]
    assert "Second" in parts(told[-1])[0] and "First" not in parts(told[-1])[0]


def test_an_update_without_its_words_is_a_title_and_a_link(town: Town) -> None:
    town.bring_in("Ada", "ada@example.org")
    town.publish(updates=[{"slug": "u", "title": "First frost", "url": f"{town.url}#u"}])
    town.post()
    (message,) = (m for m in town.sent_to("ada@example.org") if town.kind_of(m) is Kind.UPDATE)
    text, _ = parts(message)
    assert message["Subject"] == "[A data platform] First frost"
    assert message["Archived-At"] == f"<{town.url}#u>"
    assert "First frost" in text and f"{town.url}#u" in text


def test_a_refusal_is_told_in_the_readers_language(town: Town) -> None:
    text, _ = parts(write_every_kind(town, "fr")[Kind.NOT_TAKEN])
    assert "Il n’y a pas encore de mots." in text


def test_a_goodbye_is_the_last_mail_and_says_how_to_come_back(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    people.leave(town.house.store, town.house.settings.house, ada, "farm", town.now)
    town.post()
    (message,) = town.sent_to("ada@example.org")
    text, _ = parts(message)
    assert message["Subject"] == "Goodbye, and thank you: A data platform"
    assert "answer this mail" in text and "/-/o/farm/leave" in text


TYPED = [
    "Eve\r\nBcc: all@example.com",
    "Eve\x00\x0b\x1b[31mX",
    "Ève “the” <b>bold</b>",
    "=?utf-8?q?Bcc=3A_x?=",
    '"><script>alert(1)</script>',
    "{{ 7*7 }} {% raw %} %(name)s %s",
    "\u202egro.elpmaxe\u2066",
    "</div></body><style>*{display:none}</style>",
    "a" * 80,
    "<!--[if mso]> & <![endif]-->",
]


@pytest.mark.parametrize("typed", TYPED)
def test_nothing_typed_reaches_a_header_or_the_markup(town: Town, typed: str) -> None:
    said = f"{typed}\n\n[bank.example](javascript:alert(1)) {typed}"
    letters = write_every_kind(town, "en", Typed(typed, typed, said))
    assert clean_text(said) in parts(letters[Kind.COMMENT])[0]
    for kind, message in letters.items():
        assert message["Bcc"] is None, kind
        for name, value in message.items():
            assert not re.search("[\r\n\x00-\x1f\u2028\u202e\u2066]", value), (kind, name)
        html = parts(message)[1]
        for tag in ("<script", "<b>", "<style>*", "</div></body>"):
            assert tag not in html, (kind, tag)
        assert "javascript:" not in "".join(re.findall(r'href="([^"]*)', html)), kind
        assert html.count("<!--[if mso]>") == 2, kind


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[my bank](https://evil.example/x)", "my bank</a> <span"),
        ("[https://bank.example](https://evil.example)", "(evil.example)"),
        ("[bank.example](https://evil.example/bank.example)", "(evil.example)"),
        ("[x](https://bank.example@evil.example/)", "(evil.example)"),
        ("https://b\u0430nk.example", "(xn--bnk-6cd.example)"),
        ("[x](https://b\u0430nk.example)", "(xn--bnk-6cd.example)"),
        ('[x](https://evil.example "https://bank.example")', "(evil.example)"),
        ("[**bold** words](mailto:eve@evil.example)", "(eve@evil.example)"),
        ("![picture](https://evil.example/p.png)", "(evil.example)"),
        ("[x](https://" + "a" * 70 + ".example)", f"(https://{'a' * 70}"),
    ],
)
def test_a_link_shows_where_it_leads(town: Town, markdown: str, shown: str) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.say(ada, markdown)
    town.post()
    (message,) = town.sent_to("camille@example.org")[-1:]
    html = parts(message)[1]
    assert shown in html
    assert "title=" not in html


@pytest.mark.parametrize("url", ["https://water.example/a", "http://water.example/?a=1&b=2"])
def test_a_bare_address_shows_itself_and_no_more(town: Town, url: str) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.say(ada, f"See {url} there")
    town.post()
    (message,) = town.sent_to("camille@example.org")[-1:]
    html = parts(message)[1]
    assert url.replace("&", "&amp;") in html and 'class="host"' not in html


def test_blank_lines_in_code_stay(town: Town) -> None:
    ada = town.bring_in("Ada", "ada@example.org")
    town.say(ada, "```\none\n\n\ntwo\n```")
    town.post()
    (message,) = town.sent_to("camille@example.org")[-1:]
    text, html = parts(message)
    assert "one\n\n\ntwo" in text
    assert "one\n\n\ntwo" in html
