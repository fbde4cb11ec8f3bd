"""The headers of a letter: who speaks, where an answer goes, where it stands in its thread, how to
stop. Nothing that people typed can begin a header of its own.
"""

import re
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from urllib.parse import quote

from ..actions.matter import Matter
from ..actions.one_word import ANSWERS
from ..actions.reception import TALKING
from ..domain.letters import Kind
from ..domain.people import one_line
from ..settings import Settings
from .addresses import answer_address, discussion_address, stop_address, stop_token

ANSWERABLE = TALKING | ANSWERS.keys()
LONGEST_LOCAL_PART = 64  # RFC 5321 §4.5.3.1.1
MOST_REFERENCES = 100
_SOUND_ID = re.compile(r"<[!-;=?-~]{3,900}>")  # what others made up may not be
# Anybody can have them sent to any address, with any name.
_NAMELESS = {Kind.CONFIRM, Kind.FOLLOW}
# Those that are not part of a discussion, and have no list that one could leave.
_NO_LIST = {Kind.SIGN_IN, Kind.CONFIRM, Kind.FOLLOW, Kind.HELD, Kind.NOT_TAKEN, Kind.BAD_PUSH}

Headers = dict[str, str | Address]


class _Tokens(UnstructuredHeader, BaseHeader):
    """Ids and addresses: folded between them and never inside, where Python would encode a long
    one as if it were words.
    """

    max_count = 1

    def fold(self, *, policy: Policy) -> str:
        line_break = f"{policy.linesep} "
        return f"{self.name}: {line_break.join(self.split())}{policy.linesep}"


_registry = HeaderRegistry()
for _name in (
    *("message-id", "in-reply-to", "references"),
    *("list-id", "list-archive", "list-unsubscribe", "archived-at"),
):
    _registry.map_to_type(_name, _Tokens)
POLICY = EmailPolicy(linesep="\r\n", header_factory=_registry)


def headers_of(settings: Settings, matter: Matter, subject: str) -> Headers:
    """All headers of a letter but those of its MIME structure."""
    letter, person = matter.letter, matter.person
    local, _, domain = person.email.rpartition("@")
    name = "" if letter.kind in _NAMELESS else one_line(person.name)
    headers: Headers = {
        "Message-ID": letter.message_id,
        "Date": format_datetime(letter.created),
        "Subject": one_line(subject),
        "From": _sender(settings, matter),
        "To": Address(name, local, domain),
    }
    if letter.kind in ANSWERABLE:
        headers["Reply-To"] = answer_address(settings, letter)
    headers |= _threading(matter)
    if matter.opportunity and letter.kind not in _NO_LIST:
        headers |= _listing(settings, matter)
    return headers | _origin(matter)


def _sender(settings: Settings, matter: Matter) -> Address:
    """Our own address, whoever speaks: mail in the name of another domain is refused (DMARC)."""
    site = one_line(settings.site_name)
    name = f"{one_line(matter.speaker)} (via {site})" if matter.speaker else site
    address = f"emergence@{settings.mail_domain}"
    if matter.opportunity and matter.letter.kind in TALKING:
        address = discussion_address(settings, matter.opportunity.slug)
    local, _, domain = address.rpartition("@")
    return Address(name, local if len(local) <= LONGEST_LOCAL_PART else "emergence", domain)


def _threading(matter: Matter) -> Headers:
    above = matter.thread.above if matter.thread else ()
    if matter.refused and matter.refused.message_id:
        above = (matter.refused.message_id,)
    above = tuple(id for id in above if _SOUND_ID.fullmatch(id))
    if not above:
        return {}
    kept = above if len(above) <= MOST_REFERENCES else (above[0], *above[1 - MOST_REFERENCES :])
    return {"In-Reply-To": kept[-1], "References": " ".join(kept)}


def _listing(settings: Settings, matter: Matter) -> Headers:
    """RFC 2919, 2369, 8058, 5064."""
    opportunity, letter = matter.opportunity, matter.letter
    assert opportunity is not None  # noqa: S101 - asked before
    stop_url = f"{settings.service_url}/-/stop/{stop_token(settings, letter)}"
    headers: Headers = {
        "List-Id": f"<{opportunity.slug}.{settings.mail_domain}>",
        "List-Archive": f"<{_url(opportunity.url)}>",
        "List-Unsubscribe": f"<{stop_url}>, <mailto:{stop_address(settings, letter)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if letter.kind in (Kind.COMMENT, Kind.INTRODUCTION) and matter.said:
        headers["Archived-At"] = f"<{_url(opportunity.url)}#c-{matter.said.comment.id}>"
    elif letter.kind is Kind.UPDATE and matter.updates:
        headers["Archived-At"] = f"<{_url(matter.updates[0].update.url)}>"
    return headers


def _origin(matter: Matter) -> Headers:
    """RFC 3834 says that a machine wrote it, unless a person did.

    Exchange is asked for no receipts and no automatic answers; delivery reports stay welcome, so
    it is not the usual `All`.
    """
    headers: Headers = {"X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply"}
    if not matter.speaker:
        answers = matter.letter.kind is Kind.NOT_TAKEN
        headers["Auto-Submitted"] = "auto-replied" if answers else "auto-generated"
    return headers


def _url(url: str) -> str:
    return quote(url, safe="%/:?#[]@!$&'()*+,;=~")
