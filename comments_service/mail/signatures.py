"""Where an author stops and a signature begins; in doubt it is left in, and nothing is lost."""

import re
from collections.abc import Sequence

_LONGEST = 12  # lines of one that does not begin as the standard says
_DASHES = re.compile(r"--[ \u00a0]?$")
_LIST_FOOTER = re.compile(r"_{2,}\s*$")
_DEVICE = re.compile(
    r"[*_\s]*(?:sent (?:from|via|with) (?:my |outlook|mail|yahoo|proton|typeapp|gmail|samsung|the )"
    r"|get outlook for |envoyé (?:de|depuis|à partir|avec) |télécharger? outlook pour "
    r"|gesendet (?:von|mit) |holen sie sich outlook |inviato da|enviado (?:desde|do) "
    r"|verzonden (?:vanaf|met) |sendt fra |skickat från |lähetetty )[^.!?]{0,80}"
    r"(?:\W*https?://[^\s<>]{1,200}\W*|\.)?\s*$",
    re.IGNORECASE,
)


def signature_lines(lines: Sequence[str], own: Sequence[int]) -> set[int]:
    """Which of the `own` lines (their numbers, up to a quote or the end) are a signature."""
    for place, number in enumerate(own):
        line = lines[number]
        below = len(own) - place - 1
        if line.rstrip("\r") == "-- " or (_DASHES.fullmatch(line) and below <= _LONGEST):
            return set(own[place:])
        is_rule = below <= _LONGEST and _LIST_FOOTER.fullmatch(line)
        if is_rule and _is_list_footer(lines, own[place + 1 :]):
            return set(own[place:])
    last = next((number for number in reversed(own) if lines[number].strip()), None)
    return {last} if last is not None and _DEVICE.match(lines[last][:300]) else set()


def _is_list_footer(lines: Sequence[str], below: Sequence[int]) -> bool:
    """What a mailing list's program writes under each mail."""
    said = [lines[number] for number in below if lines[number].strip()]
    return 1 < len(said) < 6 and "list" in said[0].lower() and "://" in said[-1]
