"""Guest lists as spreadsheets write them, and what is said of those that cannot be read."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main
from comments_service.guest_list import BadList, read_guests

from .conftest import Circle, entry

LIST = "email;name;why\r\nzoe@example.org;Zoé Le Bihan;L’eau, surtout.\r\n"


def invite(circle: Circle, folder: Path, *arguments: str) -> Result:
    """Run the command in the house of `circle`, whose facilitator the settings name."""
    circle.publish(entry("farm"))
    circle.store.close()
    environ = {
        "EMERGENCE_DATA": str(folder),
        "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
    }
    return CliRunner().invoke(main, ["invite", *arguments], env=environ)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_list_is_read_as_its_spreadsheet_wrote_it(encoding: str, separator: str) -> None:
    written = io.StringIO(newline="")
    rows = [["email", "name", "why"], ["zoe@example.org", "Zoé", "L’eau, ; et\nla pluie."]]
    csv.writer(written, delimiter=separator).writerows(rows)
    [(line, guest)] = read_guests(written.getvalue().encode(encoding))
    assert (line, guest.email, guest.name) == (3, "zoe@example.org", "Zoé")
    assert guest.why == "L’eau, ; et\nla pluie."


def test_the_names_of_columns_may_begin_large() -> None:
    [(_, guest)] = read_guests(b"Email , NAME\na@b.org,Ada\n")
    assert (guest.email, guest.name) == ("a@b.org", "Ada")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"", "line 1: the columns are email, name"),
        (b"name,why\nAda,rivers\n", "email is needed"),
        (b"email,age\na@b.org,7\n", "line 1: the columns are"),
        (b"email,name\na@b.org,Ada, PhD\n", "line 2: more cells than columns"),
        (b"email,as\na@b.org,king\n", "line 2: 'king' is not a valid Capacity"),
        (b'email,name\na@b.org,"Ada\n', "unexpected end of data"),
        (b"PK\x03\x04\x00\x00", "no text in UTF-8 or windows-1252"),
        ("email\na@b.org\n".encode("utf-16"), "no text in UTF-8 or windows-1252"),
        (b"email,name\na@b.org,\x81\n", "no text in UTF-8 or windows-1252"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_in_a_line(table: bytes, words: str) -> None:
    with pytest.raises(BadList) as refused:
        read_guests(table)
    assert words in refused.value.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1252"])
def test_a_list_from_a_spreadsheet_invites(circle: Circle, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "list.csv").write_bytes(LIST.encode(encoding))
    done = invite(circle, tmp_path, "farm", "--csv", str(tmp_path / "list.csv"))
    assert (done.exit_code, done.output.startswith("Zoé Le Bihan: http")) == (0, True)


def test_a_list_that_cannot_be_read_invites_nobody(circle: Circle, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"\x00\xff")
    done = invite(circle, tmp_path, "farm", "--csv", str(tmp_path / "list.csv"))
    assert done.exit_code == 1 and done.output.startswith("Error: Nobody was invited.\nThe file")


@pytest.mark.parametrize("by_list", [True, False])
def test_who_is_invited_to_a_draft_reads_that_the_service_does_not_know_it(
    circle: Circle, tmp_path: Path, by_list: bool
) -> None:
    (tmp_path / "list.csv").write_bytes(LIST.encode())
    whom = ["--csv", str(tmp_path / "list.csv")] if by_list else ["a@b.org", "--name", "Ada"]
    done = invite(circle, tmp_path, "orchard", *whom)
    assert done.exit_code == 1
    assert "There is no opportunity called “orchard” here." in done.output
    assert "Status: draft" in done.output
