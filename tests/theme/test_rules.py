"""What the theme promises: small, from this host only, safe in both directions of writing."""

import gzip
import re
from pathlib import Path

import pytest

THEME = Path(__file__).resolve().parents[2] / "theme"
SHEET = (THEME / "static" / "style.css").read_text(encoding="utf-8")
TEMPLATES = sorted((THEME / "templates").rglob("*.html"))
# Sanitised by the service, or written in git by the site's own people.
TRUSTED = {
    "article.content",
    "page.content",
    "page.metadata.summary",
    "update.content",
    "opportunity.summary.content",
    "opportunity.agreement.content",
}


def test_the_script_is_at_most_six_kilobytes_gzipped() -> None:
    script = (THEME / "static" / "emergence.js").read_bytes()
    assert len(gzip.compress(script, mtime=0)) <= 6 * 1024


def test_the_script_for_pages_on_a_host_of_their_own_is_at_most_three_kilobytes_gzipped() -> None:
    script = (THEME / "static" / "newer.js").read_bytes()
    assert len(gzip.compress(script, mtime=0)) <= 3 * 1024


def test_there_is_one_stylesheet_and_one_script_for_every_page() -> None:
    kinds = {path.suffix for path in (THEME / "static").rglob("*") if path.is_file()}
    assert len(list((THEME / "static").rglob("*.css"))) == 1
    scripts = {path.name for path in (THEME / "static").rglob("*.js")}
    on_some = {"newer.js", "search.js"}  # only where there is something for them to do
    assert scripts - on_some == {"emergence.js"}
    base = (THEME / "templates" / "base.html").read_text(encoding="utf-8")
    assert [name for name in sorted(scripts) if name in base] == ["emergence.js"]
    assert kinds == {".css", ".js", ".svg", ".woff2", ".txt"}


def test_nothing_comes_from_another_host() -> None:
    assert not re.search(r"url\(\s*['\"]?(https?:)?//", SHEET)
    assert "@import" not in SHEET
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=["'](https?:)?//""", text), path.name


def test_the_stylesheet_names_no_side_of_the_page() -> None:
    """Logical properties only; "to right" in a symmetric gradient and safe areas are no sides."""
    rules = re.sub(r"/\*.*?\*/|to right|safe-area-inset-\w+", "", SHEET, flags=re.DOTALL)
    physical = r"(margin|padding|border|inset)-(left|right|top|bottom)\b|text-align:\s*(left|right)"
    assert not re.search(physical, rules)
    assert not re.search(r"[;{\s](left|right|top|bottom):|float:(?! inline)", rules)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_only_sanitised_or_own_html_is_marked_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"([\w.]+)\|safe", text)) <= TRUSTED
    assert "autoescape" not in text
