"""Delivery reports: RFC 3464, and the ways of mail servers that do not keep to it."""

import re

from ..domain.incoming import DeliveryReport
from .mime import Header, Part

_WORST_FIRST = ("failed", "delayed", "expanded", "relayed", "delivered")
_FIELD = re.compile(r"^(action|status|diagnostic-code)[ \t]*:[ \t]*(.{0,500})$", re.I | re.M)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d[ -]")  # RFC 5321: an SMTP reply says it in three digits
_DAEMON = re.compile(r"mailer-?daemon|post-?master", re.I)
_FAILED = re.compile(
    r"undeliver|delivery status notification \(failure|failure notice|returned mail|mail delivery"
    r"|delivery (?:has )?failed|non remis|échec de la remise|unzustellbar|could not be delivered",
    re.I,
)
_DELAYED = re.compile(r"delay|still being retried|retard|\(retry|warning:", re.I)


def delivery_report(message: Part, text: str) -> DeliveryReport | None:
    """What a mail server says of a letter of ours, or None when the mail is no such report."""
    for part in message.leaves():
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            return _by_the_standard(part.text())
    if message.header.first("x-failed-recipients"):  # Exim
        return DeliveryReport("failed", _status(text))
    return _by_its_words(message.header, text)


def _by_the_standard(fields: str) -> DeliveryReport:
    """The worst that it says of a recipient: one letter has one."""
    found: list[DeliveryReport] = []
    for block in re.split(r"\n[ \t]*\n", fields)[:200]:
        told = {name.lower(): value for name, value in _FIELD.findall(block)}
        if not told:
            continue
        action = re.sub(r"[^a-z].*", "", told.get("action", "").strip().lower(), flags=re.S)
        status = _STATUS.search(told.get("status", ""))
        diagnosis = told.get("diagnostic-code", "")
        found.append(DeliveryReport(action[:20], status[1] if status else _status(diagnosis)))
    order = {action: place for place, action in enumerate(_WORST_FIRST)}
    return min(found, key=lambda r: order.get(r.action, 5), default=DeliveryReport("", ""))


def _by_its_words(header: Header, text: str) -> DeliveryReport | None:
    """qmail, and others that write a letter to a human."""
    start = text[:20_000]
    if start.lstrip().startswith("Hi. This is the") or "QSBMF" in start[:2_000]:
        given_up = "permanent" in start or "given up" in start or "able to deliver" in start
        return DeliveryReport("failed" if given_up else "delayed", _status(start))
    from_daemon = _DAEMON.search(header.first("from")[:500])
    if not from_daemon and header.first("return-path") != "<>":
        return None
    subject = header.words("subject")
    if _DELAYED.search(subject) and not _FAILED.search(subject):
        return DeliveryReport("delayed", _status(start))
    return DeliveryReport("failed", _status(start)) if _FAILED.search(subject) else None


def _status(words: str) -> str:
    """The RFC 3463 code in `words`, or what the SMTP reply in them comes to, or nothing."""
    if found := _STATUS.search(words):
        return found[1]
    reply = _REPLY.search(words)
    return f"{reply[1]}.0.0" if reply else ""
