"""From a letter's matter to a message: one template makes its subject, text part and HTML part."""

from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from .. import words
from ..domain.access import Grant, Scope
from ..domain.discussion import Comment
from ..domain.letters import Letter
from ..domain.people import Invitation, Participant, Person, one_line
from ..domain.phases import Opportunity
from ..domain.tokens import sign
from ..settings import Settings

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Matter:
    """All that a letter may speak of, looked up when it is sent."""

    letter: Letter
    person: Person
    opportunity: Opportunity | None = None
    comment: Comment | None = None
    author: Person | None = None
    grant: Grant | None = None
    invitation: Invitation | None = None
    participant: Participant | None = None


def personal_link(settings: Settings, grant: Grant) -> str:
    """The URL that lets the grant's person in; where it leads depends on what it is for."""
    door = {Scope.INVITATION: "invitation", Scope.CONFIRM: "confirm"}.get(grant.scope, "hello")
    token = sign(settings.secret, grant.scope, grant.id)
    return f"{settings.service_url}/-/{door}/{token}"


def compose(settings: Settings, matter: Matter) -> EmailMessage:
    """The message of a letter: multipart/alternative, in its reader's language."""
    subject, _, text = _render(settings, matter, _AsText()).partition("\n")
    html = _render(settings, matter, _AsHtml()).partition("\n")[2]
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = matter.letter.message_id
    message["Date"] = format_datetime(matter.letter.created)
    message["Subject"] = one_line(subject)
    message["From"] = _sender(settings, matter)
    message["To"] = Address(matter.person.name, addr_spec=matter.person.email)
    for name, value in _thread_headers(settings, matter).items():
        message[name] = value
    message.set_content(text.strip() + "\n")
    message.add_alternative(_page(matter, _paragraphs(html)), subtype="html")
    return message


def _sender(settings: Settings, matter: Matter) -> Address:
    name = settings.site_name
    if matter.author:
        name = f"{matter.author.name} ({settings.site_name})"
    elif matter.invitation:
        name = f"{matter.invitation.invited_by.name} ({settings.site_name})"
    user = f"discuss+{matter.opportunity.slug}" if matter.opportunity else "emergence"
    return Address(one_line(name), user, settings.mail_domain)


def _thread_headers(settings: Settings, matter: Matter) -> dict[str, str]:
    headers = {"Auto-Submitted": "auto-generated"}
    opportunity, comment = matter.opportunity, matter.comment
    if opportunity:
        headers["List-Id"] = f"<{opportunity.slug}.{settings.mail_domain}>"
    if opportunity and comment and matter.letter.message_id == comment.message_id:
        del headers["Auto-Submitted"]
        headers["Archived-At"] = f"<{opportunity.url}#c-{comment.id}>"
        if comment.parent_id:
            parent = f"<{comment.parent_id}@{settings.mail_domain}>"
            headers |= {"In-Reply-To": parent, "References": parent}
    return headers


class _AsText:
    """How a template's links and quotes read in plain text."""

    autoescape = False

    @staticmethod
    def link(url: str, label: str) -> str:
        return f"{label}:\n{url}"

    @staticmethod
    def said(text: str, html: str) -> str:
        return text


class _AsHtml:
    """The same for the HTML part; everything else that a template says is escaped."""

    autoescape = True

    @staticmethod
    def link(url: str, label: str) -> Markup:
        return Markup('<p><a href="{}">{}</a></p>').format(url, label)

    @staticmethod
    def said(text: str, html: str) -> Markup:
        return Markup("<blockquote>{}</blockquote>").format(
            Markup(html.replace("\n\n", "\n"))  # noqa: S704 - sanitised when it was written
        )


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
    return environment


def _render(settings: Settings, matter: Matter, style: _AsText | _AsHtml) -> str:
    environment = _environment(style.autoescape, matter.person.language)
    template = environment.get_template(f"{matter.letter.kind}.jinja")
    grant = matter.grant
    link: Callable[[str, str], str] = style.link
    return template.render(
        link=link,
        said=style.said,
        site_name=settings.site_name,
        service_url=settings.service_url,
        matter=matter,
        personal_link=personal_link(settings, grant) if grant else "",
        date=words.date_words(matter.letter.created, matter.person.language),
    )


def _paragraphs(html: str) -> Markup:
    """Blocks between blank lines become paragraphs; one that is markup already stays."""
    blocks = [block.strip() for block in html.strip().split("\n\n")]
    made = [b if b.startswith("<") else f"<p>{b.replace(chr(10), '<br>')}</p>" for b in blocks if b]
    return Markup("\n".join(made))  # noqa: S704 - rendered with autoescape


def _page(matter: Matter, body: Markup) -> str:
    style = (
        "font:17px/1.55 Georgia,serif;color:#2a2622;background:#fbf9f4;"
        "max-width:38em;margin:0 auto;padding:24px"
    )
    head = Markup('<!doctype html><html lang="{}"><meta charset="utf-8"><body style="{}">')
    return head.format(escape(matter.person.language), style) + body + Markup("</body></html>\n")
