"""Lists of people as files: what spreadsheets make of them, both ways."""

import pytest

from comments_service import errors
from comments_service.actions.gathering import Row
from comments_service.domain.directory import Listed
from comments_service.domain.people import Person, Status
from comments_service.people_list import read_people, write_table

BOB = Listed("Bob", "bob@example.org", "Soil", "friend", "fr", ("https://b.example",), ("a", "b"))
HEAD = "name,email,know_how,status,language,links,tags\r\n"
LINE = 'Bob,bob@example.org,Soil,friend,fr,https://b.example,"A, #b"\r\n'


@pytest.mark.parametrize(
    "file",
    [
        (HEAD + LINE).encode(),
        ("\ufeff" + HEAD + LINE).encode(),
        (HEAD + LINE).replace("\r\n", "\n").encode(),
        (HEAD + LINE).replace('"A, #b"', "A|#b").replace(",", ";").encode(),
        (HEAD.upper() + LINE).encode(),
    ],
)
def test_csv_is_read_as_spreadsheets_write_it(file: bytes) -> None:
    assert read_people(file) == [Row(2, BOB)]


def test_what_an_older_spreadsheet_saved_is_read() -> None:
    [row] = read_people("name;email\r\nZoé;z@example.org".encode("windows-1252"))
    assert row.listed == Listed("Zoé", "z@example.org")


def test_name_and_address_are_enough_and_empty_lines_are_nobody() -> None:
    rows = read_people(b"email,name\n\nb@example.org,Bob\n,\n")
    assert rows == [Row(3, Listed("Bob", "b@example.org"))]


@pytest.mark.parametrize(
    "file",
    [b"", b"\xef\xbb\xbf", b"  \n", b"\xff\xfe", b"a\0b", b"name\nBob", b"email\nb@example.org"]
    + [b"name,email,shoe size\n", b'"\n'],
)
def test_what_is_no_list_is_refused_whole(file: bytes) -> None:
    with pytest.raises(errors.Invalid):
        read_people(file)


def test_a_line_that_cannot_be_read_says_so_and_the_others_are_read() -> None:
    rows = read_people(HEAD.encode() + b"a,b,c,d,e,f,g,h\r\n" + LINE.encode() + b'"a"b,"\r\n')
    assert [row.line for row in rows] == [2, 3, 4]
    assert isinstance(rows[0].listed, errors.Invalid)
    assert rows[1].listed == BOB
    assert isinstance(rows[2].listed, errors.Invalid)


def test_a_vcard_of_version_2_is_refused_kindly() -> None:
    [old, new] = read_people(
        b"BEGIN:VCARD\nVERSION:2.1\nFN:A\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nFN:Bob\nEND:VCARD"
    )
    assert isinstance(old.listed, errors.Invalid) and "3.0 or 4.0" in str(old.listed)
    assert new == Row(5, Listed("Bob", ""))


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula_and_what_is_written_is_read_again(evil: str) -> None:
    person = Person("p", evil, "+bob@example.org", "en", Status.OTHER, evil)
    table = write_table([person])
    assert table.startswith("\ufeff")
    for cell in table.splitlines()[1].split(","):
        assert not cell.lstrip('"').startswith(("=", "+", "-", "@", "\t"))
    [row] = read_people(table.encode())
    assert isinstance(row.listed, Listed)
    assert (row.listed.name, row.listed.email) == (evil, "+bob@example.org")
