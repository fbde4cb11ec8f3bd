"""How mail programs quote what they answer: bytes as Gmail, Outlook, Apple Mail and others send.

Each quotes in its own way, above or below what somebody wrote, or around it; the quoted words are
those of the letter's HTML part, save in programs that know plain text only.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from textwrap import wrap

from bs4 import BeautifulSoup, Tag


@dataclass(frozen=True)
class Letter:
    """What is answered: from whom, its two parts, and the reader's language."""

    name: str
    address: str
    text: str
    html: str
    language: str

    @property
    def blocks(self) -> list[Tag]:
        """The paragraphs and lists of the HTML part, as a program that edits it has them."""
        soup = BeautifulSoup(self.html, "html.parser")
        return [b for b in soup.find_all(["p", "ul", "ol"]) if not b.find_parent(["ul", "ol"])]

    def parts_at(self, place: int) -> tuple["Letter", "Letter"]:
        """The letter cut in two, in front of the block of that number."""
        blocks, paragraphs = self.blocks, self.text.strip().split("\n\n")
        assert len(blocks) == len(paragraphs)
        return (
            self._of(blocks[:place], paragraphs[:place]),
            self._of(blocks[place:], paragraphs[place:]),
        )

    def _of(self, blocks: Iterable[Tag], paragraphs: Iterable[str]) -> "Letter":
        html = "\n".join(str(block) for block in blocks)
        return Letter(self.name, self.address, "\n\n".join(paragraphs), html, self.language)

    def as_text(self, link: str, bold: str = "{}", bullet: str = "- ") -> str:
        """The HTML part as a program makes text of it."""
        said = []
        for block in self.blocks:
            for a in block.find_all("a"):
                if a.get_text() != a["href"]:
                    a.replace_with(link.format(a.get_text(), a["href"]))
            for strong in block.find_all("strong"):
                strong.replace_with(bold.format(strong.get_text()))
            for br in block.find_all("br"):
                br.replace_with("\x00")
            items = block.find_all("li") or [block]
            sign = bullet if block.name != "p" else ""
            lines = [sign + " ".join(item.get_text().split()) for item in items]
            said.append("\n".join(lines).replace("\x00", "\n"))
        return "\n\n".join(said)


# The pieces of a mail, in order: what somebody wrote (paragraphs), and pieces of the letter.
Piece = list[str] | Letter
Form = Callable[[list[Piece], Letter], str]


@dataclass(frozen=True)
class Client:
    """A mail program: how its text part and its HTML part look. None where it sends none."""

    name: str
    text: Form | None
    html: Form | None
    flowed: bool = False

    def write(self, pieces: list[Piece], letter: Letter, form: str) -> bytes:
        """The mail, with both parts or with the `text` or the `html` only."""
        message = EmailMessage(policy=SMTP)
        message["From"] = "Bob Hoppe <bob@example.org>"
        message["To"] = "reply+whatever@talk.example.org"
        message["Subject"] = "Re: [A data platform] How deep"
        message["Message-ID"] = "<answer@mail.example.org>"
        text = self.text(pieces, letter) if self.text and form != "html" else None
        if text is not None:
            how = {"params": {"format": "flowed"}} if self.flowed else {}
            message.set_content(text, **how)
        if self.html and form != "text":
            html = self.html(pieces, letter)
            if text is None:
                message.set_content(html, subtype="html")
            else:
                message.add_alternative(html, subtype="html")
        return message.as_bytes()

    @property
    def forms(self) -> list[str]:
        """What it can send."""
        both = ["both", "text", "html"]
        return both if self.text and self.html else ["text"] if self.text else ["html"]


_HABITS = {
    # program: (English, French), with {n} for the name and {a} for the address
    "gmail": (
        "On Tue, Nov 3, 2026 at 10:12\u202fAM {n} <{a}> wrote:",
        "Le mar. 3 nov. 2026 à 10:12, {n} <{a}> a écrit :",
    ),
    "apple": (
        "On 3 Nov 2026, at 10:12, {n} <{a}> wrote:",
        "Le 3 nov. 2026 à 10:12, {n} <{a}> a écrit :",
    ),
    "thunderbird": ("On 03/11/2026 10:12, {n} wrote:", "Le 03/11/2026 à 10:12, {n} a écrit\u00a0:"),
    "mutt": (
        "On Tue, Nov 03, 2026 at 09:12:00AM +0000, {n} wrote:",
        "Le mar. 03 nov. 2026 à 09:12:00 +0000, {n} a écrit :",
    ),
    "k9": (
        'On 3 November 2026 10:12:00 CET, "{n}" <{a}> wrote:',
        'Le 3 novembre 2026 10:12:00 GMT+01:00, "{n}" <{a}> a écrit\u00a0:',
    ),
}
_HEADERS = {
    "en": ("From", "Sent", "To", "Subject", "Tuesday, 3 November 2026 10:12", ":"),
    "fr": ("De", "Envoyé", "À", "Objet", "mardi 3 novembre 2026 10:12", "\u00a0:"),
}


def _above(program: str, letter: Letter) -> str:
    said = _HABITS[program][letter.language == "fr"]
    return said.format(n=letter.name, a=letter.address)


def _headers(letter: Letter) -> list[tuple[str, str]]:
    who, sent, to, subject, moment, colon = _HEADERS[letter.language]
    values = (f"{letter.name} <{letter.address}>", moment, "Bob Hoppe <bob@example.org>")
    values += ("[A data platform] How deep",)
    return [(k + colon, v) for k, v in zip((who, sent, to, subject), values, strict=True)]


def _marked(text: str, mark: str = "> ", width: int = 0) -> str:
    lines = [part for line in text.split("\n") for part in (_wrapped(line, width) or [""])]
    return "\n".join((mark + line).rstrip() if mark == "> " else mark + line for line in lines)


def _wrapped(line: str, width: int) -> list[str]:
    if not width:
        return [line]
    return wrap(line, width, break_long_words=False, break_on_hyphens=False)


def _in_text(
    program: str,
    quote: Callable[[Letter], str],
    above: str | None = None,
    between: str = "\n\n",
    below_own: str = "",
) -> Form:
    """Text with marks: the attribution once, above the first quote."""

    def form(pieces: list[Piece], letter: Letter) -> str:
        said, told = [], False
        for piece in pieces:
            if isinstance(piece, list):
                said.append("\n\n".join(piece) + below_own)
                continue
            head = "" if told else (above or "{}{}").format(_above(program, letter), "\n")
            said.append(head + quote(piece))
            told = True
        return between.join(said) + "\n"

    return form


def _gmail_text(pieces: list[Piece], letter: Letter) -> str:
    quote = _in_text(
        "gmail",
        lambda part: _marked(part.as_text("{}\n<{}>", "*{}*", "   - "), width=72),
        above="{}\n{}",
    )
    text = quote(pieces, letter)
    # It wraps the attribution in front of the address, or behind it.
    return re.sub(r" <(\S+@\S+)> (wrote:|a écrit)", r" <\n\1> \2", text, count=1)


def _apple_text(below_own: str = "") -> Form:
    def form(pieces: list[Piece], letter: Letter) -> str:
        quote = _in_text(
            "apple",
            lambda part: _marked(part.as_text("{} <{}>", "{}", "• "), mark="> "),
            above="> {}\n> {}",
            below_own=below_own,
        )
        return quote(pieces, letter)

    return form


def _outlook_text(rule: str) -> Form:
    def form(pieces: list[Piece], letter: Letter) -> str:
        said, told = [], False
        for piece in pieces:
            if isinstance(piece, list):
                said.append("\n\n".join(piece))
                continue
            head = "" if told else rule + "".join(f"{k} {v}\n" for k, v in _headers(letter)) + "\n"
            said.append(head + piece.as_text("{}<{}>", "{}", "  *   "))
            told = True
        return "\n\n".join(said) + "\n"

    return form


def _own_html(own: list[str], tag: str = "div") -> str:
    if tag == "p":
        return "".join(f'<p class="MsoNormal">{escape(line)}<o:p></o:p></p>\n' for line in own)
    return "<div><br></div>".join(f"<div>{escape(line)}</div>" for line in own)


def _in_html(around: str, above: Callable[[Letter], str], quote: str, tag: str = "div") -> Form:
    """HTML: what stands above the first quote, and each quote in its own way."""

    def form(pieces: list[Piece], letter: Letter) -> str:
        said, told = [], False
        for piece in pieces:
            if isinstance(piece, list):
                said.append(_own_html(piece, tag))
                continue
            said.append(("" if told else above(letter)) + quote.format(piece.html))
            told = True
        return around.format("\n".join(said))

    return form


def _sentence(program: str, form: str) -> Callable[[Letter], str]:
    return lambda letter: form.format(escape(_above(program, letter)))


def _outlook_headers(form: str, line: str, between: str) -> Callable[[Letter], str]:
    def above(letter: Letter) -> str:
        lines = [line.format(k, escape(v)) for k, v in _headers(letter)]
        return form.format(between.join(lines))

    return above


_CITE = '<blockquote type="cite">{}</blockquote>'
_GMAIL = _in_html(
    '<div dir="ltr">{}</div>',
    _sentence(
        "gmail",
        '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{}'
        "<br></div></div>",
    ),
    '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
    'rgb(204,204,204);padding-left:1ex">{}</blockquote>',
)
_APPLE = _in_html(
    '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
    '<body style="overflow-wrap: break-word;">{}</body></html>',
    _sentence("apple", '<div><br><blockquote type="cite"><div>{}</div></blockquote></div>'),
    '<br class="Apple-interchange-newline"><blockquote type="cite"><div>{}</div></blockquote>',
)
_IPHONE = _in_html(
    "<html><body>{}</body></html>",
    _sentence(
        "apple",
        '<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div>'
        '<div dir="ltr"><br><blockquote type="cite">{}<br><br></blockquote></div>',
    ),
    '<blockquote type="cite"><div dir="ltr">\ufeff{}</div></blockquote>',
)
_THUNDERBIRD = _in_html(
    "<!DOCTYPE html><html><head></head><body>{}</body></html>",
    _sentence("thunderbird", '<div class="moz-cite-prefix">{}<br></div>'),
    '<blockquote type="cite" cite="mid:x@talk.example.org">{}</blockquote>',
)
_K9 = _in_html(
    "<html><head></head><body>{}</body></html>",
    _sentence("k9", '<br><br><div class="gmail_quote"><div dir="auto">{}</div></div>'),
    '<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex">{}</blockquote>',
)
_OUTLOOK = _in_html(
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal '
    '{{margin:0cm}} --></style></head><body lang="EN-GB"><div class="WordSection1">{}</div></body>'
    "</html>",
    _outlook_headers(
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<p class="MsoNormal">{}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p>'
        "</p>",
        '<b><span lang="EN-US">{}</span></b> {}',
        "<br>",
    ),
    "{}",
    tag="p",
)
_OUTLOOK_WEB = _in_html(
    "<html><body>{}</body></html>",
    _outlook_headers(
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{}</font><div>&nbsp;</div></div>',
        "<b>{}</b> {}",
        "<br>",
    ),
    "<div>{}</div>",
)

CLIENTS = [
    Client("gmail", _gmail_text, _GMAIL),
    Client("outlook", _outlook_text(""), _OUTLOOK),
    Client("outlook on the web", _outlook_text("_" * 32 + "\n"), _OUTLOOK_WEB),
    Client("apple mail", _apple_text(), _APPLE),
    Client("iphone", _apple_text("\n\nSent from my iPhone"), _IPHONE),
    Client(
        "thunderbird",
        _in_text("thunderbird", lambda p: _marked(p.as_text("{} <{}>", "*{}*", " * "), width=70)),
        _THUNDERBIRD,
        flowed=True,
    ),
    Client("mutt", _in_text("mutt", lambda part: _marked(part.text)), None),
    Client(
        "k-9",
        _in_text("k9", lambda p: _marked(p.as_text("{} <{}>", "{}", "- "), mark=">"), None),
        _K9,
    ),
]
