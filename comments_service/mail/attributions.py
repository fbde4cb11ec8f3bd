"""The lines that mail programs write above what they quote, in the languages they write them in.

Two sorts: a sentence (`On Tuesday, Ada <ada@…> wrote:`, over up to four lines), and a block of
headers (`From: … Sent: … To: … Subject: …`), with the rule above either.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from .hypertext import ATTRIBUTION

_LONGEST = 600  # letters of one attribution
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines `start` to `stop`, the latter excluded."""

    start: int
    stop: int
    sure: bool  # no author writes such a line
    sentence: bool  # programs that write one mark what they quote, as a rule


_WROTE = re.compile(
    r"\b(?:wrote|writes|a écrit|schrieb|ha scritto|schreef|geschreven|escribió|escreveu|skrev"
    r"|kirjoitti|napsala?|napisała?|написала?|пишет|yazdı|έγραψε)\b|napisał\(a\)|написал\(а\)"
    r"|写道|寫道|님이 작성",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\W*(?:on|le|am|il|in data|op|el|em|a|w dniu|dnia|den|dne|tir|ons|tor|fre|man|ma|ti|ke|to|pe"
    r"|la|su|пн|вт|ср|чт|пт|сб|вс|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\W*\d",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}\s?[:.h]\s?\d\d\b|\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b|年"
)
_ADDRESS = re.compile(r"(?<![\w.+'=-])[\w.+'=-]{1,80}@[\w-]{1,80}\.[\w.-]{1,80}")
_ENDS = re.compile(r"[:：][*_\s]*$|\bwrote[-\s]*$")
_SEPARATOR = re.compile(
    r"\W*[-_=]{2,}\s*(?:original message|(?:begin )?forwarded message|reply message"
    r"|message (?:d['’]origine|original|transféré|initial)|ursprüngliche nachricht"
    r"|weitergeleitete nachricht|oprindelig (?:besked|meddelelse)|oorspronkelijk bericht"
    r"|doorgestuurd bericht|messaggio (?:originale|inoltrato)|mensaje (?:original|reenviado)"
    r"|mensagem (?:original|encaminhada)|ursprungligt meddelande|opprinnelig melding"
    r"|alkuperäinen viesti|исходное сообщение|пересылаемое сообщение"
    r"|wiadomość oryginalna)\s*[-_=]{2,}\W*$"
    r"|(?:begin forwarded message|début du message (?:réexpédié|transféré)"
    r"|anfang der weitergeleiteten nachricht|inizio messaggio inoltrato)\s*[:：]\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=*\s]{3,}")
_KEY = re.compile(r"[*_\s]*([^\W\d_][\w\s’'-]{0,18}?)[*_\s]*[:：]")
_KEYS = {
    key: kind
    for kind, keys in {
        "from": "from|de|von|van|da|fra|från|od|от|от кого|lähettäjä|remitente|发件人|差出人",
        "date": "sent|date|envoyé|envoyé le|message du|gesendet|gesendet am|datum|verzonden|inviato"
        "|data|sendt|dato|skickat|enviado|enviado el|enviada em|fecha|wysłano|lähetetty|дата"
        "|отправлено|发送时间|送信日時",
        "to": "to|à|a|an|aan|til|till|para|do|кому|vastaanottaja|收件人|宛先",
        "subject": "subject|objet|sujet|betreff|onderwerp|oggetto|emne|ämne|asunto|assunto|temat"
        "|aihe|тема|主题|件名",
        "cc": "cc|copie à|kopie|kopia|kopi|копия|抄送",
    }.items()
    for key in keys.split("|")
}


def find_attributions(lines: Sequence[str], depths: Sequence[int]) -> list[Attribution]:
    """Where mail programs say who wrote what follows. `lines` without their marks of quoting.

    The lines of one are quoted equally deeply.
    """
    found: list[Attribution] = []
    for _, run in groupby(range(len(lines)), key=depths.__getitem__):
        numbers = list(run)
        first = numbers[0]
        for one in _find_in(lines[first : numbers[-1] + 1]):
            found.append(replace(one, start=one.start + first, stop=one.stop + first))
    return found


def _find_in(lines: Sequence[str]) -> list[Attribution]:
    found: list[Attribution] = []
    at = 0
    while at < len(lines):
        after = found[-1].stop if found else 0
        one = _marked(lines, at) or _headers(lines, at) or _sentence(lines, at, after)
        if one is None:
            at += 1
            continue
        start = _with_rule_above(lines, one.start, after)
        found.append(replace(one, start=start))
        at = one.stop
    return found


def _marked(lines: Sequence[str], at: int) -> Attribution | None:
    if ATTRIBUTION in lines[at]:
        return Attribution(at, at + 1, True, bool(_WROTE.search(lines[at])))
    if len(lines[at]) <= 200 and _SEPARATOR.match(lines[at]):
        below = at + 1
        while below < len(lines) and not lines[below].strip():
            below += 1
        following = _headers(lines, below)
        return Attribution(at, following.stop if following else at + 1, True, False)
    return None


def _headers(lines: Sequence[str], at: int) -> Attribution | None:
    """A block of headers: with an address, or with who, when, and about what.

    An author who lists `From: Paris, To: Lyon, Date: 12 May` has no subject in it.
    """
    if at >= len(lines) or _kind(lines[at]) not in ("from", "date"):
        return None
    kinds: set[str] = set()
    last = at
    for place in range(at, min(at + 16, len(lines))):
        if kind := _kind(lines[place]):
            kinds.add(kind)
            last = place
        elif place - last > 2 or (lines[place].strip() and not _goes_on(lines[place])):
            break
    if "from" not in kinds or len(kinds) < 2:
        return None
    addressed = any(_ADDRESS.search(line[:_LONGEST]) for line in lines[at : last + 1])
    if addressed or kinds >= {"from", "date", "subject"}:
        return Attribution(at, last + 1, True, False)
    return None


def _kind(line: str) -> str | None:
    key = _KEY.match(line[:40])
    return _KEYS.get(key[1].strip().lower()) if key else None


def _goes_on(line: str) -> bool:
    """Whether it may be the second line of a header: more addresses."""
    return line[:1] in " \t<" or "@" in line[:_LONGEST] or line.rstrip().endswith((";", ">"))


def _sentence(lines: Sequence[str], at: int, after: int) -> Attribution | None:
    """The sentence that ends in line `at`, with as few lines as it takes."""
    if len(lines[at]) > _LONGEST or not _ENDS.search(lines[at][-40:]):
        return None
    for start in range(at, max(after, at - _MOST_LINES + 1) - 1, -1):
        if not lines[start].strip():
            break
        words = " ".join(line.strip() for line in lines[start : at + 1])
        if len(words) > _LONGEST:
            break
        if _OPENS.match(words) and (one := _judged(words, start, at + 1)):
            return one
    words = lines[at].strip()  # a program that begins with the name
    if _WROTE.search(words) and (_ADDRESS.search(words) or _MOMENT.search(words)):
        return Attribution(at, at + 1, False, True)
    return None


def _judged(words: str, start: int, stop: int) -> Attribution | None:
    address = _ADDRESS.search(words)
    rest = _ADDRESS.sub("", words)
    wrote, moment = _WROTE.search(rest), _MOMENT.search(rest)
    if not moment or not (wrote or (address and re.search(r">\W*$", words))):
        return None
    if not words.rstrip("*_ \u00a0\u202f").endswith((":", "：")) and not address:
        return None
    # Without an address somebody may be telling a story; such programs mark what they quote.
    return Attribution(start, stop, bool(address), True)


def _with_rule_above(lines: Sequence[str], start: int, after: int) -> int:
    above = start - 1
    while above >= after and not lines[above].strip():
        above -= 1
    return above if above >= after and _is_rule(lines[above]) else start


def _is_rule(line: str) -> bool:
    return bool(line.strip()) and len(line) < 200 and bool(_RULE.fullmatch(line))
