"""A PDF that can be read back, made of the built site alone."""

import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from plugins.agreement import pdf
from plugins.agreement.__main__ import main

from ..discussion.small_site import ROOT, Site


def text_of(path: Path) -> str:
    pages = pypdf.PdfReader(path).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_command_makes_a_pdf_of_parties_clauses_notes_and_readers(
    site: Site, tmp_path: Path
) -> None:
    site.build()
    done = subprocess.run(
        [sys.executable, "-m", "plugins.agreement", "water", "--output", "water.pdf"],
        cwd=site.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text = text_of(site.folder / "water.pdf")
    for said in ("Between Ada & Co", "Whose data", "[2]", "Bob, 6 November 2026", "#c-bb1"):
        assert said in text
    for said in ("not committed yet", "Not reread yet: Ada & Co, Cleo, Fay", "1 / 1"):
        assert said in text
    assert "Reread and stand by it" not in text
    fonts = pypdf.PdfReader(site.folder / "water.pdf").pages[0]["/Resources"]["/Font"]
    names = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}
    assert {"Letter", "Letter-Bold", "Print"} <= names


def test_a_translation_an_alias_and_what_is_not_there(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.configure('SITEURL = ""')
    agreement = site.folder / "content/opportunities/water/agreement.md"
    agreement.write_text("Title: A\n\n## Law {standard}\n\nUsual.\n", encoding="utf-8")
    site.build()
    out = tmp_path / "fr.pdf"
    built = ["--site", str(site.output), "--output", str(out)]
    assert main(["water", "--lang", "fr", *built]) == 0
    assert "Entre Ada & Co" in text_of(out)
    assert main(["water", "--lang", "nl", *built]) == 1
    assert main(["wood", *built]) == 1
    assert main(["nothing", *built]) == 1
    assert main(["water", "--site", str(tmp_path / "none")]) == 1
    said = capsys.readouterr().err
    for told in (
        "but in: en, fr",
        "wood has no agreement",
        "there are: water, wood",
        "no built site",
    ):
        assert told in said


def test_nothing_outside_the_site_is_read(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "theme").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"")
    (site / "link.png").symlink_to(tmp_path / "secret.png")
    assert pdf._file(site, "/theme/x.css", "") == site / "theme/x.css"
    for path in ("/../secret.png", "/%2e%2e/secret.png", "/link.png", "/elsewhere/theme"):
        prefix = "/sub" if "elsewhere" in path else ""
        assert pdf._file(site, path, prefix) is None


def test_without_weasyprint_it_says_what_to_install(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.build()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert main(["water", "--site", str(site.output), "--output", str(site.folder / "x.pdf")]) == 1
    assert "emergence[pdf]" in capsys.readouterr().err
    assert not (site.folder / "x.pdf").exists()
