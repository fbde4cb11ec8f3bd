"""Letters and mails on the desk: what was sent, what came in, and what a facilitator does then."""

from email.errors import MessageError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

from flask import Blueprint, Response, make_response

from ..actions import correspondence
from ..domain.people import Person, one_line
from . import here, letters, pages, session, sheets

blueprint = Blueprint("correspondence", __name__)

MOST_OF_A_HEADER = 64 * 1024  # bytes that are read to find a subject
_SHUT_OFF = "sandbox; default-src 'none'"


@blueprint.get("/-/desk/o/<slug>/mail")
def show(slug: str) -> Response:
    return _page(correspondence.about(here.store(), session.require_person(), slug))


@blueprint.get("/-/desk/mail")
def show_lost() -> Response:
    return _page(correspondence.about_nothing(here.store(), session.require_person()))


@blueprint.get("/-/desk/mails/<id>")
def show_mail(id: str) -> Response:
    received, raw = correspondence.one_mail(here.store(), session.require_person(), id)
    subject, sender = _header(raw, "Subject"), "" if received.person else _header(raw, "From")
    return pages.show("desk_one_mail.html", received=received, subject=subject, sender=sender)


@blueprint.get("/-/desk/mails/<id>/raw")
def as_it_came(id: str) -> Response:
    """The bytes, to be kept and never opened by the browser: a stranger wrote them."""
    received, raw = correspondence.one_mail(here.store(), session.require_person(), id)
    response = make_response(raw)
    response.headers["Content-Type"] = "message/rfc822"
    response.headers["Content-Disposition"] = f"attachment; filename=mail-{received.mail.id}.eml"
    response.headers["Content-Security-Policy"] = _SHUT_OFF
    return response


@blueprint.post("/-/desk/letters/<id>")
def send_again(id: str) -> Response:
    opportunity = correspondence.send_again(here.store(), _at_the_desk(), id, here.now())
    about = f"o/{opportunity.slug}/mail" if opportunity else "mail"
    return pages.go_to(pages.at(f"/-/desk/{about}#letters"))


@blueprint.post("/-/desk/o/<slug>/people/<id>/reach")
def reach_again(slug: str, id: str) -> Response:
    correspondence.reach_again(here.store(), _at_the_desk(), slug, id)
    return pages.go_to(pages.at(f"/-/desk/o/{slug}/mail#unreachable"))


def _page(about: correspondence.Correspondence) -> Response:
    return pages.show(
        "desk_mail.html",
        about=about,
        opportunity=about.opportunity,
        mails_in=sheets.sheet("in", about.mails),
        letters=letters.listed(about.letters, sheets.ROWS),
    )


def _at_the_desk() -> Person:
    session.require_from_us()
    return session.require_person()


def _header(raw: bytes, name: str) -> str:
    """A header of a mail in words; what cannot be decoded is left out."""
    try:
        found = BytesHeaderParser().parsebytes(raw[:MOST_OF_A_HEADER]).get(name, "")
        return one_line(str(make_header(decode_header(found))))[:300]
    except (MessageError, ValueError, LookupError):
        return ""
