"""The letters that would have been sent, for somebody at this machine without a mail server."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from flask import Blueprint, Response, make_response, request
from markupsafe import Markup, escape

from .. import errors
from ..gettext import N_
from . import here, network, pages, sheets

blueprint = Blueprint("mailbox", __name__)

MOST = 1_000  # letters in which a reader is looked for
_URL = re.compile(r"https?://[^\s<>\"']+")
_KEY = re.compile(r"[\w.,:=+-]{1,200}", re.ASCII)
# A letter's page is shut off: it runs nothing, loads nothing and is nobody's origin.
_SANDBOX = (
    "sandbox allow-popups allow-top-navigation-by-user-activation; "
    "default-src 'none'; style-src 'unsafe-inline'"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter as the list shows it."""

    key: str
    subject: str
    to: str
    sent: datetime | None
    body: Markup
    has_html: bool
    answers_to: str


@blueprint.get("/-/mailbox/")
def show() -> Response:
    _require_this_machine()
    wanted = request.args.get("to", "")
    newest = [(path, to) for path in _newest(here.settings().mailbox) if (to := _reader(path))]
    found = sheets.sheet("page", [path for path, to in newest if wanted in ("", to)])
    return pages.show(
        "mailbox.html",
        letters=[shown for path in found.rows if (shown := _shown(path))],
        sheet=found,
        readers=sorted({to for _, to in newest}, key=str.casefold),
        wanted=wanted,
    )


@blueprint.get("/-/mailbox/<key>/html")
def show_html(key: str) -> Response:
    _require_this_machine()
    path = here.settings().mailbox / "new" / key
    html = _part(_read(path), "html") if _KEY.fullmatch(key) and path.is_file() else None
    if html is None:
        raise errors.NotFound(N_("There is nothing at this address."))
    response = make_response(html)
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _require_this_machine() -> None:
    settings = here.settings()
    local = settings.on_loopback and not settings.secure and not settings.smtp_url
    if not local or not network.from_loopback():
        raise errors.NotFound(N_("There is nothing at this address."))


def _newest(maildir: Path) -> list[Path]:
    try:
        found = [(path.stat().st_mtime_ns, path.name, path) for path in (maildir / "new").iterdir()]
    except FileNotFoundError:
        return []
    return [path for _, _, path in sorted(found, reverse=True)[:MOST]]


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
    return message


def _reader(path: Path) -> str | None:
    """To whom a letter goes, as its header says; None when the letter is gone."""
    try:
        with path.open("rb") as file:
            header = BytesHeaderParser(policy=policy.default).parse(file)
    except FileNotFoundError:  # somebody read and moved it
        return None
    return str(header["To"] or "") or "?"


def _shown(path: Path) -> Shown | None:
    try:
        message = _read(path)
    except FileNotFoundError:  # somebody read and moved it
        return None
    try:
        sent = parsedate_to_datetime(message["Date"])
        sent = sent if sent.tzinfo else sent.replace(tzinfo=UTC)
    except (TypeError, ValueError):
        sent = None
    text = _part(message, "plain") or ""
    subject, to = str(message["Subject"] or ""), str(message["To"] or "")
    has_html, answers_to = bool(_part(message, "html")), str(message["Reply-To"] or "")
    return Shown(path.name, subject, to, sent, _linked(text), has_html, answers_to)


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=(kind,))
    content = part.get_content() if part else None
    return content if isinstance(content, str) else None


def _linked(text: str) -> Markup:
    """The text, escaped, with our own addresses made links."""
    ours = (here.settings().service_url + "/", here.settings().site_url + "/")
    pieces, end = [], 0
    for match in _URL.finditer(text):
        url = match[0]
        pieces.append(escape(text[end : match.start()]))
        link = Markup('<a href="{0}">{0}</a>').format(url)
        pieces.append(link if url.startswith(ours) else escape(url))
        end = match.end()
    linked = Markup("").join([*pieces, escape(text[end:])])
    return linked.strip().replace("\n", Markup("<br>\n"))
