"""Answers to our own letters, as mail programs write them: exactly the author's words remain."""

import random
from itertools import groupby

import pytest

from comments_service.mail.outbox import text_as_sent
from comments_service.mail.parse import read_mail
from comments_service.mail.quotes import own_words
from comments_service.mail.sent import words_of

from .clients import CLIENTS, Client, Letter, Piece
from .conftest import Town

WORDS = """How deep is the river near the old mill, in **your** measurements of last summer? We \
need it for the pumps, and nobody here could find it in the papers that the mayor left us.

- the bed is gravel
- the banks are steep, and the mayor's brother says that they will not hold another winter of rain

Would two metres be enough? See https://example.org/a_b for the drawings."""
OWN = {
    "en": [
        "Two metres, give or take; in August it was less than one and a half at the old mill.",
        "Yes.",
        "🎉",
    ],
    "fr": [
        "Deux mètres environ ; en août, moins d’un mètre cinquante près du vieux moulin.",
        "Oui.",
        "À bientôt !",
    ],
}
CASES = [
    pytest.param(client, form, language, id=f"{client.name}, {form}, {language}")
    for client in CLIENTS
    for form in client.forms
    for language in OWN
]


def letter_to(town: Town, language: str) -> tuple[Letter, str]:
    """A letter as it is really sent, and what the service remembers of its text."""
    ada = town.bring_in("Ada Lovelace", "ada@example.org")
    town.bring_in("Bob Hoppe", "bob@example.org", language=language)
    comment = town.say(ada, WORDS)
    town.post()
    (message,) = [
        one
        for one in town.received()
        if one["Message-ID"] == comment.message_id and one["To"].addresses[0].username == "bob"
    ]
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text and html
    author = message["From"].addresses[0]
    letter = Letter(
        author.display_name, author.addr_spec, text.get_content(), html.get_content(), language
    )
    with town.house.store.reading() as look:
        (letter_id,) = [
            one.id
            for one in look.letters(1_000)
            if one.message_id == comment.message_id
            and (person := look.person(one.person_id))
            and person.email == "bob@example.org"
        ]
    return letter, text_as_sent(town.house.settings, town.house.store, letter_id)


def runs(text: str) -> list[tuple[bool, list[str]]]:
    """The quotes and what stands between them, without marks and blank lines."""
    lines = [line for line in text.split("\n") if line.strip("> ")]
    found = groupby(lines, key=lambda line: line.startswith(">"))
    return [(quoted, [line.lstrip("> ") for line in run]) for quoted, run in found]


@pytest.mark.parametrize("above", [True, False], ids=["above the quote", "below the quote"])
@pytest.mark.parametrize(("client", "form", "language"), CASES)
def test_an_answer_is_exactly_what_its_author_wrote(
    town: Town, client: Client, form: str, language: str, above: bool
) -> None:
    letter, sent = letter_to(town, language)
    own = OWN[language]
    pieces: list[Piece] = [own, letter] if above else [letter, own]
    mail = read_mail(client.write(pieces, letter, form), sent=sent)
    assert mail.text.split("\n\n") == own
    assert "answer above this line" in mail.cut or "au-dessus de cette ligne" in mail.cut


@pytest.mark.parametrize(("client", "form", "language"), CASES)
def test_answers_between_quotes_stay_in_their_place(
    town: Town, client: Client, form: str, language: str
) -> None:
    letter, sent = letter_to(town, language)
    question, rest = letter.parts_at(2)
    listed, rest = rest.parts_at(1)
    first, second, third = OWN[language]
    pieces: list[Piece] = [question, [first], listed, [second, third], rest]
    mail = read_mail(client.write(pieces, letter, form), sent=sent)
    kept = runs(mail.text)
    assert [lines for quoted, lines in kept if not quoted] == [[first], [second, third]]
    quotes = [words_of(" ".join(lines)) for quoted, lines in kept if quoted]
    assert quotes == [words_of(question.as_text("{}")), words_of(listed.as_text("{}"))]
    assert "/-/" not in mail.text + mail.cut


@pytest.mark.parametrize(("client", "form", "language"), CASES)
def test_without_knowing_what_was_sent_an_answer_on_top_is_right_too(
    town: Town, client: Client, form: str, language: str
) -> None:
    letter, _ = letter_to(town, language)
    mail = read_mail(client.write([OWN[language], letter], letter, form))
    assert mail.text.split("\n\n") == OWN[language]


SENT = """Ada wrote, on 3 November 2026, 09:12 UTC:

How deep is the river near the old mill? Could it be two metres?

Yes or no will do. The mayor wants to know it before the winter.

— answer above this line —

Read it on the page: https://example.org/opportunities/farm/#c-1
To leave, answer “stop”."""
ABOVE = "On 3 Nov 2026, at 10:12, Ada (via Emergence) <discuss+farm@talk.example.org> wrote:"
OUTLOOK = """From: Ada (via Emergence) <discuss+farm@talk.example.org>
Sent: Tuesday, 3 November 2026 10:12
To: Bob <bob@example.org>
Subject: [A data platform] How deep"""
MARKED = "\n".join(f"> {line}".rstrip() for line in SENT.split("\n"))


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        pytest.param(
            f"{ABOVE}\n> How deep is the river near the old mill? Could it be two metres?\nYes\n"
            "> The mayor wants to know it before the winter.\nI see.",
            "> How deep is the river near the old mill? Could it be two metres?\n\nYes\n\n"
            "> The mayor wants to know it before the winter.\n\nI see.",
            id="a word that happens to come next in the letter",
        ),
        pytest.param(
            f"The mayor wants to know it before the winter.\n\n{ABOVE}\n{MARKED}",
            "The mayor wants to know it before the winter.",
            id="words of the letter, said again",
        ),
        pytest.param(
            f"{ABOVE}\n\nMy answer first.\n\n> Could it be two metres?\n\nIt could.",
            "My answer first.\n\n> Could it be two metres?\n\nIt could.",
            id="an answer right below the attribution",
        ),
        pytest.param(
            f"It is.\n\n{OUTLOOK}\n\nCAUTION: This came from outside.\n\n{SENT}",
            "It is.",
            id="a warning above the letter",
        ),
        pytest.param(
            f"It is.\n\nGet Outlook for iOS<https://aka.ms/o0>\n{'_' * 32}\n{OUTLOOK}\n\n{SENT}",
            "It is.",
            id="outlook on a phone",
        ),
        pytest.param(
            f"It is.\n\n    On Tuesday, November 3, 2026 at 10:12:00 AM GMT+1, Ada "
            f"<discuss+farm@talk.example.org> wrote:  \n \n {SENT}",
            "It is.",
            id="yahoo",
        ),
        pytest.param(
            f"{OUTLOOK}\n\n" + SENT.replace("Yes or", "Yes.\n\nYes or"),
            "> Ada wrote, on 3 November 2026, 09:12 UTC:\n>\n"
            "> How deep is the river near the old mill? Could it be two metres?\n\nYes.",
            id="the same in outlook",
        ),
        pytest.param(f"It is.\n\n{SENT}", "It is.", id="a quote with nothing above it"),
        pytest.param(f"{SENT}\n\nIt is.", "It is.", id="below a quote with nothing above it"),
        pytest.param(
            f"It is.\n\n{ABOVE}\n{MARKED}\n\nScanned for viruses.",
            "It is.\n\nScanned for viruses.",
            id="a line that a server put at the end",
        ),
        pytest.param(
            f"{ABOVE}\n> How deep is the river near the old\nmill? Could it be two metres?\n\nYes.",
            "> How deep is the river near the old\n> mill? Could it be two metres?\n\nYes.",
            id="a quoted line that was wrapped without its mark",
        ),
        pytest.param(
            f"It is.\n\n-- \nBob Hoppe\nWaterworks\n\n{ABOVE}\n{MARKED}", "It is.", id="a signature"
        ),
        pytest.param(f"stop\n\n{ABOVE}\n{MARKED}", "stop", id="one word"),
        pytest.param(
            f"2026. nov. 3. 10:12 Ada ezt írta:\n{MARKED}\n\nIt is.",
            "2026. nov. 3. 10:12 Ada ezt írta:\n\nIt is.",
            id="a language that we do not know",
        ),
    ],
)
def test_what_remains_of_an_answer(mail: str, words: str) -> None:
    assert own_words(mail, SENT)[0] == words


@pytest.mark.parametrize(
    "listed",
    [
        "From: Paris\nTo: Lyon\nDate: 12 May",
        "Date: 12 May\nFrom: 9 h\nTo: 17 h\nCc: nobody",
        "De : 9 h\nÀ : 17 h\nDate : 12 mai",
        "Von: Köln\nAn: Bonn\nDatum: 12. Mai",
        "From: the bank\nSubject: pumps",
    ],
)
@pytest.mark.parametrize("sent", [SENT, ""], ids=["to our letter", "to nothing we know"])
def test_an_author_who_lists_from_and_to_keeps_what_stands_below(listed: str, sent: str) -> None:
    mail = f"My trip:\n\n{listed}\n\nThen I need two days on site. My price is 4000."
    assert own_words(mail, sent) == (mail, "")


@pytest.mark.parametrize(
    "block",
    [
        "From: Ada Lovelace\nSent: Tuesday, 3 November 2026\nSubject: How deep",
        "De : Ada Lovelace\nEnvoyé : mardi 3 novembre 2026\nÀ : Bob\nObjet :",
        "Von: Ada\nGesendet: Dienstag, 3. November 2026\nAn: Bob\nBetreff: Wie tief",
        "From: Ada <ada@example.org>\nDate: 3 November 2026",
    ],
)
def test_a_block_with_a_subject_or_an_address_is_a_quoted_header(block: str) -> None:
    assert own_words(f"It is.\n\n{block}\n\nHow deep is the river?")[0] == "It is."


def test_no_line_is_lost_whatever_stands_where() -> None:
    chance = random.Random(8)  # noqa: S311 - the same mails in every run
    pieces = [ABOVE, OUTLOOK, MARKED, SENT, "", "Yes.", "--", "-- ", "Bob", "> > deeper", "_" * 32]
    pieces += [
        "Sent from my iPhone",
        "-----Original Message-----",
        "Le 3 nov. 2026 à 10:12, a écrit :",
    ]
    pieces += ["Regards,", "> a book", "🎉", "wrote:", "De : Ada", "— answer above this line —"]
    for _ in range(1_000):
        mail = "\n".join(chance.choices(pieces, k=chance.randrange(1, 15)))
        sent = chance.choice([SENT, ""])
        text, cut = own_words(mail, sent)
        shown = [line.strip("> ") for line in f"{text}\n{cut}".split("\n")]
        lost = {line.strip("> ") for line in mail.split("\n")} - set(shown) - {""}
        assert lost == set(), mail
        assert text or not mail.strip() or (sent and len(cut.split()) > 6), mail


def test_our_own_letter_sent_back_says_nothing() -> None:
    assert own_words(f"{ABOVE}\n{MARKED}", SENT) == ("", f"{ABOVE}\n{MARKED}".strip())
    assert own_words(f"Yes.\n\n{ABOVE}\n{MARKED}", SENT)[0] == "Yes."
