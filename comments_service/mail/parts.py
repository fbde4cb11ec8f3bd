"""The two parts of a letter, plain text and HTML, from one template: how each shows what is said.

A template's first line is the subject; blocks between blank lines are paragraphs.
"""

import html as entities
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup, escape

from .. import words
from ..domain.changes import Run, RunKind
from ..gettext import N_

_TEMPLATES = Path(__file__).parent / "templates"
_BLOCKS = ("<p", "<div", "<h2")
_LINK = re.compile(r'<a href="([^"]*)"(?: [\w-]+="[^"]*")*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_WDIFF: dict[RunKind, Callable[[str], str]] = {
    RunKind.SAME: lambda words: words,
    RunKind.IN: lambda words: f"{{+{words}+}}",
    RunKind.OUT: lambda words: f"[-{words}-]",
    RunKind.GAP: lambda words: "…",
}
_RUNS = {
    RunKind.SAME: Markup("{}"),
    RunKind.IN: Markup("<ins>{}</ins>"),
    RunKind.OUT: Markup("<del>{}</del>"),
    RunKind.GAP: Markup("…"),
}
_inliner = CSSInliner(
    load_remote_stylesheets=False,
    keep_at_rules=True,
    extra_css=(_TEMPLATES / "letter.css").read_text("utf-8"),
)


class AsText:
    """How a template's pieces read in plain text."""

    autoescape = False

    def __init__(self, language: str) -> None:
        self._what = words.translations(language).gettext(N_("%(what)s:"))

    def link(self, url: str, label: str) -> str:
        """What it is for and the address, on a line of its own."""
        return f"{self._what % {'what': label}} {url}"

    def button(self, url: str, label: str) -> str:
        """The link that the letter is about."""
        return f"{self._what % {'what': label}}\n{url}"

    def write_to(self, address: str, label: str) -> str:
        """An address to write to."""
        return self.link(address, label)

    def said(self, text: str, html: str) -> str:
        """Somebody's words."""
        return text

    def quoted(self, text: str, html: str) -> str:
        """The same of somebody whom nobody knows: without links that work."""
        return text

    def typed(self, text: str) -> str:
        """Somebody's words that are no markdown."""
        return text

    def changed(self, paragraphs: Sequence[Sequence[Run]]) -> str:
        """What changed in a text, by the word, as wdiff writes it."""
        return "\n\n".join(" ".join(_WDIFF[run.kind](run.text) for run in p) for p in paragraphs)

    def heading(self, text: str) -> str:
        """What stands over one of several."""
        return f"{text}\n{'-' * min(len(text), 60)}"

    def mark(self, line: str) -> str:
        """The line above which one answers."""
        return line


class AsHtml:
    """The same for the HTML part; everything else that a template says is escaped."""

    autoescape = True

    def __init__(self, language: str) -> None:
        self._language = language

    def link(self, url: str, label: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(url, label)

    def button(self, url: str, label: str) -> Markup:
        return Markup('<p><a class="button" href="{}">{}</a></p>').format(url, label)

    def write_to(self, address: str, label: str) -> Markup:
        return self.link(f"mailto:{address}", label)

    def said(self, text: str, html: str) -> Markup:
        return _said(_LINK.sub(_with_its_host, html))

    def quoted(self, text: str, html: str) -> Markup:
        return _said(_LINK.sub(_without_its_link, html))

    def typed(self, text: str) -> Markup:
        return Markup('<div class="said" dir="auto">{}</div>').format(
            _paragraphs(str(escape(text)))
        )

    def changed(self, paragraphs: Sequence[Sequence[Run]]) -> Markup:
        words = Markup("\n").join(Markup("<p>{}</p>").format(_marked(p)) for p in paragraphs)
        return Markup('<div class="said" dir="auto">{}</div>').format(words)

    def heading(self, text: str) -> Markup:
        return Markup("<h2>{}</h2>").format(text)

    def mark(self, line: str) -> Markup:
        return Markup('<p class="mark">{}</p>').format(line)


def render(name: str, language: str, matter: dict[str, Any]) -> tuple[str, str, str]:
    """The subject, the text part and the HTML part of the letter `name`."""
    subject, _, text = _render(AsText(language), name, language, matter).partition("\n")
    html = _render(AsHtml(language), name, language, matter).partition("\n")[2]
    page = _environment(True, language).get_template("page.jinja")
    whole = page.render(
        subject=subject,
        body=_paragraphs(html),
        language=language,
        direction=words.direction(language),
    )
    return subject, text.strip() + "\n", _inliner.inline(whole)


def render_text(name: str, language: str, matter: dict[str, Any]) -> str:
    """Its text part only."""
    return _render(AsText(language), name, language, matter).partition("\n")[2].strip() + "\n"


def _render(style: AsText | AsHtml, name: str, language: str, matter: dict[str, Any]) -> str:
    template = _environment(style.autoescape, language).get_template(f"{name}.jinja")
    pieces = ["link", "write_to", "button", "said", "quoted", "typed", "changed"]
    pieces += ["heading", "mark"]
    return template.render(matter | {piece: getattr(style, piece) for piece in pieces})


@lru_cache
def _environment(autoescape: bool, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,  # noqa: S701 - off for the text part only
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        words.translations(language), newstyle=True
    )
    environment.filters |= {
        "language_name": words.language_name,
        "date_words": pass_context(
            lambda context, moment: words.date_words(moment, language, context["zone"])
        ),
        "day_words": pass_context(
            lambda context, moment: words.day_words(moment, language, context["zone"])
        ),
    }
    return environment


def _paragraphs(html: str) -> Markup:
    """Blocks between blank lines become paragraphs; one that is markup already stays."""
    blocks = [block.strip() for block in re.split(r"\n{2,}", html.strip())]
    made = [
        block if block.startswith(_BLOCKS) else f"<p>{block.replace(chr(10), '<br>')}</p>"
        for block in blocks
        if block
    ]
    return Markup("\n".join(made))  # noqa: S704 - rendered with autoescape


def _marked(runs: Sequence[Run]) -> Markup:
    return Markup(" ").join(_RUNS[run.kind].format(run.text) for run in runs)


def _said(html: str) -> Markup:
    shown = html.replace("\n\n", "\n&#10;")  # a blank line in code is no end of a paragraph
    return Markup(f'<div class="said" dir="auto">{shown}</div>')  # noqa: S704 - sanitised before


def _with_its_host(link: re.Match[str]) -> str:
    """A link, and where it leads when its words say something else; a title could lie, and goes."""
    shown = f'<a href="{link[1]}">{link[2]}</a>'
    if _says_where_it_leads(link):
        return shown
    return f'{shown} <span class="host">({escape(_host(entities.unescape(link[1])))})</span>'


def _without_its_link(link: re.Match[str]) -> str:
    return link[2] if _says_where_it_leads(link) else f"{link[2]} ({link[1]})"


def _says_where_it_leads(link: re.Match[str]) -> bool:
    url = entities.unescape(link[1]).rstrip("/")
    said = entities.unescape(_TAG.sub("", link[2])).strip().rstrip("/")
    return url.isascii() and said in (url, url.removeprefix("mailto:"), url.partition("://")[2])


def _host(url: str) -> str:
    """Where a URL leads; letters that only look like ASCII are spelt out."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or parts.path
        return host.encode("idna").decode("ascii")
    except ValueError:  # brackets that do not close, a label of more than 63 letters
        return url[:80]
