"""Address books as vCards: what phones and programs write, read; and written again."""

import pytest

from comments_service import vcard
from comments_service.domain.directory import Listed
from comments_service.domain.people import Person, Status

ADA = Person(
    "p",
    "Ada; née Byron, “A\\B”",
    "ada@example.org",
    "fr",
    Status.FOUNDER,
    "Rivières, digues; et 水" + " eaux" * 30,
    links=("https://ada.example/a,b;c",),
    tags=("water", "a,b"),
)
PHONE = """\
BEGIN:VCARD\r
VERSION:3.0\r
N:Lovelace;Ada;;;\r
FN:Ada Love\r
 lace\r
ORG:Analytical Engines;\r
item1.EMAIL;type=INTERNET;type=HOME:home@example.org\r
item2.EMAIL;type=INTERNET;type=WORK;type=pref:Ada@Example.org\r
TITLE:Hydrologist\\, and more\r
NOTE:Met in Brest\\nin 1843\r
URL;type=WORK:https\r
 ://ada.example/\r
URL:ada.example\r
CATEGORIES:Water,North\\, far,\r
PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r
 BBBB\r
END:VCARD\r
"""


def read(text: str) -> list[Listed]:
    return [vcard.listed(card) for card in vcard.read_cards(text)]


def test_a_card_of_a_phone_is_read() -> None:
    [listed] = read(PHONE)
    assert listed == Listed(
        name="Ada Lovelace",
        email="Ada@Example.org",
        know_how="Hydrologist, and more",
        links=("https://ada.example/",),
        tags=("Water", "North, far", ""),
    )


def test_line_ends_of_every_system_are_read() -> None:
    assert read(PHONE.replace("\r\n", "\n")) == read(PHONE.replace("\r\n", "\r")) == read(PHONE)


def test_version_4_says_languages_and_preferences_in_its_own_way() -> None:
    [listed] = read(
        'begin:vcard\nVERSION:4.0\nFN;X-A="a:b;c":Bob\nEMAIL:b@example.org\n'
        'EMAIL;PREF=1;TYPE="work,x":bob@example.org\nLANG;PREF=2:fr\nROLE:Soil\nTITLE:Chief\nend:vcard'
    )
    assert listed == Listed("Bob", "bob@example.org", "Soil", language="fr")


def test_of_a_long_note_the_first_line_counts() -> None:
    [listed] = read(f"BEGIN:VCARD\nFN:Bob\nNOTE:{'x' * 300}\\nmore\nEND:VCARD")
    assert listed.know_how == "x" * 199 + "…"


@pytest.mark.parametrize("sign", ["VERSION:2.1", "NOTE;ENCODING=QUOTED-PRINTABLE:a=C3=A9"])
def test_a_card_of_version_2_is_known_as_such(sign: str) -> None:
    [card] = vcard.read_cards(f"BEGIN:VCARD\n{sign}\nFN:Bob\nEND:VCARD")
    assert card.outdated


def test_cards_are_numbered_by_their_first_lines() -> None:
    assert [card.line for card in vcard.read_cards(f"\r\n{PHONE}{PHONE}")] == [2, 19]


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "END:VCARD", "BEGIN:VCARD", ":\n;\n \nBEGIN:VCARD\n:::\n;;;\nFN\nEND:VCARD"]
    + ["BEGIN:VCARD\n" * 3, " BEGIN:VCARD", "BEGIN:VCARD\nFN" + ";" * 5_000 + "\nEND:VCARD"],
)
def test_nonsense_is_nobody(text: str) -> None:
    assert all(listed.name == listed.email == "" for listed in read(text))


def test_what_is_written_is_read_again() -> None:
    text = vcard.write_cards([ADA, Person("q", "Bob", "bob@example.org", "en")])
    ada, bob = read(text)
    assert ada == Listed(ADA.name, ADA.email, ADA.know_how, "founder", "fr", ADA.links, ADA.tags)
    assert bob == Listed("Bob", "bob@example.org", status="other", language="en")


def test_lines_are_folded_at_75_bytes_and_no_character_is_split() -> None:
    lines = vcard.write_cards([ADA]).encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() or True for line in lines)


def test_nothing_that_is_typed_begins_a_line_of_its_own() -> None:
    evil = Person("q", "Bob\r\nEND:VCARD", "bob@example.org", "en", know_how="a\rURL:x")
    assert [line.partition(":")[0] for line in vcard.write_cards([evil]).splitlines()] == (
        ["BEGIN", "VERSION", "FN", "EMAIL", "ROLE", "LANG", "X-EMERGENCE-STATUS", "END"]
    )
    assert [card.properties[0].name for card in vcard.read_cards(vcard.write_cards([evil]))] == [
        "VERSION"
    ]
