"""From a letter's matter to a message: its headers, a text part, and the same as HTML."""

from email.message import EmailMessage
from typing import Any

from ..actions.following import zone_of
from ..actions.matter import Matter
from ..domain.access import Grant, Scope
from ..domain.tokens import sign
from ..settings import Settings
from ..words import best_language, kept_refusal
from . import parts
from .addresses import public_answer_address, stop_token
from .headers import POLICY, headers_of
from .quotes import delimiter
from .subjects import LONGEST_TITLE, shortened, thread_subject

_DOORS = {Scope.INVITATION: "invitation", Scope.CONFIRM: "confirm", Scope.FOLLOW: "follow"}


def personal_link(settings: Settings, grant: Grant) -> str:
    """The URL that lets the grant's person in; where it leads depends on what it is for."""
    token = sign(settings.secret, grant.scope, grant.id)
    return f"{settings.service_url}/-/{_DOORS.get(grant.scope, 'hello')}/{token}"


def compose(settings: Settings, matter: Matter) -> EmailMessage:
    """The message of a letter: multipart/alternative, in its reader's language.

    Both parts are quoted-printable: no server on the way has to recode them, which would break a
    signature (RFC 6376 §5.3).
    """
    name, language, spoken_of = _to_render(settings, matter)
    subject, text, html = parts.render(name, language, spoken_of)
    utf8 = not matter.person.email.isascii()  # RFC 6531
    message = EmailMessage(policy=POLICY.clone(utf8=utf8))
    for header, value in headers_of(settings, matter, subject).items():
        message[header] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def compose_text(settings: Settings, matter: Matter) -> str:
    """The text part alone."""
    return parts.render_text(*_to_render(settings, matter))


def _to_render(settings: Settings, matter: Matter) -> tuple[str, str, dict[str, Any]]:
    """Which template, in which language, and what it may speak of."""
    letter, opportunity, thread = matter.letter, matter.opportunity, matter.thread
    language = best_language([matter.person.language])
    title, reason = opportunity.title if opportunity else "", ""
    subject = thread_subject(title, thread.opening, answers=bool(thread.above)) if thread else ""
    if matter.refused:
        reason = kept_refusal(matter.refused.reason, matter.refused.values, language)
    return (
        letter.kind,
        language,
        {
            "matter": matter,
            "zone": zone_of(matter.person, settings.house),
            "title": title,
            "short_title": shortened(title, LONGEST_TITLE),
            "subject": subject,
            "reason": reason,
            "site_name": settings.site_name,
            "service_url": settings.service_url,
            "personal_link": personal_link(settings, matter.grant) if matter.grant else "",
            "stop_link": f"{settings.service_url}/-/stop/{stop_token(settings, letter)}",
            "answer_to": lambda comment: public_answer_address(settings, comment.id),
            "delimiter": delimiter(language),
        },
    )
