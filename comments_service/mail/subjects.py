"""What a thread is called in mail: the same for all of it, so that every program keeps it whole."""

import re

from ..domain.people import one_line

LONGEST_TITLE = 40
LONGEST_OPENING = 50
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,2000}\)")
_MARK = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)|^[ \t]*(?:[#>|+-]+|\d{1,9}[.)])[ \t]+", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
_ALL_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_ENOUGH = 2_000  # characters of a text, for its first words


def thread_subject(title: str, opening: str, *, answers: bool) -> str:
    """`[short title] first words`, with one `Re:` for all that answers.

    `opening` is what the thread begins with: markdown, or nothing when it was taken back.
    """
    subject = f"[{shortened(title, LONGEST_TITLE)}] {first_words(opening)}".strip()
    return f"Re: {subject}" if answers else subject


def first_words(markdown: str) -> str:
    """The first words of a text, without its marks. A first line all in bold is its heading."""
    text = markdown[:_ENOUGH]
    heading = text.strip().partition("\n")[0].strip()
    if not _ALL_BOLD.fullmatch(heading):
        heading = _QUOTED.sub("", text).strip() or text
    return shortened(_MARK.sub("", _LINK.sub(r"\1", heading)), LONGEST_OPENING)


def shortened(text: str, longest: int) -> str:
    """One line of at most `longest` characters, cut after a word where there is one."""
    line = one_line(text)
    if len(line) <= longest:
        return line
    cut = line[:longest]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > longest // 2 else cut[:-1]).rstrip(" ,;:.–—-") + "…"
