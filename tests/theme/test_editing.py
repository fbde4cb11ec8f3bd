"""Links to the forge's editor on the pages of the real theme, where EDIT_URL is set."""

import os
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORGE = "https://forge.example/us/site/_edit/main/"
HERE = "opportunities/wells/index.html"
IN_WORDS = "Citations: in words"
FILES = {
    "brief.md": "Title: Wells\nDate: 2026-11-03\nFacilitator: Fay\n\nThe object.\n",
    "brief.fr.md": "Title: Puits\nDate: 2026-11-03\nFacilitator: Fay\n\nL’objet.\n",
    "summary.md": f"Title: Summary\n{IN_WORDS}\n\n## Agreed\n\n- One thing.\n",
    "agreement.md": f"Title: Agreement\n{IN_WORDS}\n\n## 1. Water\n\nIt is wet.\n",
    "agreement.fr.md": f"Title: Accord\n{IN_WORDS}\n\n## 1. Eau\n\nElle mouille.\n",
    "updates/2026-11-04-first.md": "Title: First <day>\n\nWords.\n",
    "updates/2026-11-05-second.md": "Title: Second\n\nWords.\n",
}


class Links(HTMLParser):
    """Links that leave for the forge: name as it is heard, address, and how they are marked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.marks: list[dict[str, str | None]] = []
        self._open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (given.get("href") or "").startswith("https://forge.example"):
            self.found.append(("", given["href"] or ""))
            self.marks.append(given)
            self._open = True

    def handle_data(self, data: str) -> None:
        if self._open:
            name, address = self.found.pop()
            self.found.append((name + data, address))

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"


def built(folder: Path, edit_url: str, more: str = "") -> Path:
    home = folder / "content/opportunities/wells"
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("Facilitator:", f"{more}Facilitator:"), encoding="utf-8")
    page = folder / "content/pages/about.md"
    page.parent.mkdir()
    page.write_text("Title: About\n\nWords.\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EMERGENCE_")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pelican",
            str(folder / "content"),
            "-s",
            str(ROOT / "pelicanconf.py"),
        ]
        + ["-o", str(folder / "output"), "--fatal", "errors"],
        cwd=folder,
        env=kept
        | {
            "EMERGENCE_DATA": str(folder / "var"),
            "EMERGENCE_DISCUSSION_URL": "",
            "EMERGENCE_EDIT_URL": edit_url,
        },
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "output"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("edited"), FORGE + "{path}")


def links(output: Path, path: str) -> Links:
    return Links((output / path).read_text(encoding="utf-8"))


def at(name: str) -> str:
    return f"{FORGE}content/opportunities/wells/{name}"


def test_each_text_of_an_opportunity_has_its_own_link_whose_name_tells_it_apart(
    output: Path,
) -> None:
    found = links(output, HERE).found
    assert dict(found) == {
        "Edit the summary": at("summary.md"),
        "Edit the agreement": at("agreement.md"),
        "Edit the brief": at("brief.md"),
        "Edit this update: First <day>": at("updates/2026-11-04-first.md"),
        "Edit this update: Second": at("updates/2026-11-05-second.md"),
    }
    assert len(found) == 5


def test_a_page_leads_to_the_files_of_its_language_and_says_so_in_it(output: Path) -> None:
    found = dict(links(output, f"fr/{HERE}").found)
    assert found["Modifier le brief"] == at("brief.fr.md")
    assert found["Modifier l’accord"] == at("agreement.fr.md")
    assert found["Modifier la synthèse"] == at("summary.md")  # nobody translated it
    assert "Modifier cette nouvelle\u00a0: Second" in found


def test_the_page_of_the_agreement_and_plain_pages_have_theirs(output: Path) -> None:
    page = links(output, "opportunities/wells/agreement/index.html")
    assert page.found == [("Edit the agreement", at("agreement.md"))]
    page = links(output, "fr/opportunities/wells/agreement/index.html")
    assert page.found == [("Modifier l’accord", at("agreement.fr.md"))]
    about = links(output, "about/index.html").found
    assert about == [("Edit this page", f"{FORGE}content/pages/about.md")]


def test_no_search_follows_such_a_link_and_no_paper_shows_it(output: Path) -> None:
    paths = [HERE, "opportunities/wells/agreement/index.html", "about/index.html"]
    marks = [mark for path in paths for mark in links(output, path).marks]
    assert len(marks) == 7
    for mark in marks:
        assert mark["rel"] == "nofollow"
        assert "no-print" in (mark["class"] or "").split()
        assert "data-pagefind-ignore" in mark
    style = (output / "theme/style.css").read_text(encoding="utf-8")
    assert ".no-print { display: none !important; }" in style.partition("@media print")[2]


def test_a_closed_opportunity_is_edited_still(tmp_path: Path) -> None:
    output = built(tmp_path, FORGE + "{path}", "Phase: closed\n")
    names = [name for name, _ in links(output, HERE).found]
    assert "Edit this update: Second" in names and "Edit the brief" in names


def test_without_the_setting_no_page_has_a_link(tmp_path: Path) -> None:
    output = built(tmp_path, "")
    for path in output.rglob("*.html"):
        html = unescape(path.read_text(encoding="utf-8"))
        assert (
            "_edit" not in html and "Edit the" not in html and 'class="small no-print' not in html
        )
