"""`emergence people`, as an operator runs it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main

ENVIRON = {
    "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
    "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
}
LIST = "name,email,tags\nZoé,zoe@example.org,water\nNobody,nowhere,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["people", *arguments], env=ENVIRON | {"EMERGENCE_DATA": str(folder)}
    )


def test_a_list_is_taken_once_and_told_line_by_line(tmp_path: Path, file: Path) -> None:
    first = run(tmp_path, "import", str(file))
    assert (first.exit_code, "New: 1, completed: 0" in first.output) == (0, True)
    assert "line 2: Zoé, new" in first.output
    assert "line 3: Nobody: This is not an e-mail address." in first.output
    again = run(tmp_path, "import", str(file))
    assert "New: 0, completed: 0, known already: 1." in again.output
    assert run(tmp_path).output.count("zoe@example.org") == 1


@pytest.mark.parametrize("form", ["csv", "vcard"])
def test_what_is_exported_is_imported_elsewhere(tmp_path: Path, file: Path, form: str) -> None:
    run(tmp_path, "import", str(file))
    there = tmp_path / "there"
    there.mkdir()
    exported = there / "list"
    assert run(tmp_path, "export", "--format", form, "--output", str(exported)).exit_code == 0
    assert "Zoé, new" in run(there, "import", str(exported)).output
    told = [run(folder, "export", "--format", form).stdout_bytes for folder in (tmp_path, there)]
    assert told[0] == told[1] == exported.read_bytes()


def test_a_list_of_nobody_fails(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    for text in ("", "name,email\nBob,nowhere\n", "\x00"):
        path.write_text(text, encoding="utf-8")
        assert run(tmp_path, "import", str(path)).exit_code == 1


def test_the_list_on_the_screen_is_as_it_was(tmp_path: Path) -> None:
    assert "Camille Le Goff  <camille@example.org>  other" in run(tmp_path).output
    assert '"name": "Camille Le Goff"' in run(tmp_path, "--json").output
