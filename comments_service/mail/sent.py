"""What we sent, to be found again in an answer, however the answering program wrapped it.

Only words are compared: programs change marks, links and line breaks, and quote the HTML part.
"""

import re
from bisect import bisect_left
from urllib.parse import unquote

# The line that each of our letters carries under the words of a comment, by language.
DELIMITERS = {
    "en": "— answer above this line —",
    "fr": "— répondez au-dessus de cette ligne —",
}

_LONGEST = 64 * 1024
_WORD = re.compile(r"[^\W_]+")
_ADDRESSES = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://|mailto:)[^\s<>()]*[^\s<>().,]|[\w.+'=-]{1,80}@[\w.-]{1,120}",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[-|>_=*#•·—–~…\s\u200b\ufeff\[\]()<>]+")


def delimiter(language: str) -> str:
    """The line in `language`, `fr-CA` being `fr`; English where it is not spoken."""
    return DELIMITERS.get(language.partition("-")[0].lower(), DELIMITERS["en"])


def is_delimiter(line: str) -> bool:
    """Whether it is that line, in any language and with whatever marks around it."""
    return len(line) < 200 and words_of(line) in _DELIMITERS


def words_of(line: str) -> list[str]:
    """The words of a line, in lower case, without addresses."""
    return _WORD.findall(_ADDRESSES.sub(" ", line).lower())


_DELIMITERS = [words_of(line) for line in DELIMITERS.values()]


class Sent:
    """A letter's text part, and how far into it one has read."""

    def __init__(self, text: str) -> None:
        text = text[:_LONGEST]
        lines = text.split("\n")
        self._text = text
        self._words: list[str] = []
        self._lines = {tuple(words_of(line)) for line in lines}
        self._lines |= {tuple(words_of(block)) for block in text.split("\n\n")}
        self._ends = {0}  # how many words stand up to the end of each line
        self.above = 0  # how many words stand above the delimiter
        for line in lines:
            if is_delimiter(line) and not self.above:
                self.above = len(self._words)
            self._words += words_of(line)
            self._ends.add(len(self._words))
        self.above = self.above or len(self._words)
        self._vocabulary = set(self._words)
        self._joined = f" {' '.join(self._words)} "
        self._starts: list[int] = []
        place = 1
        for word in self._words:
            self._starts.append(place)
            place += len(word) + 1
        self._at = 0

    def holds(self, line: str) -> bool:
        """Whether the words of `line` stand somewhere in the letter, one after the other."""
        words = words_of(line)
        return bool(words) and self._find(words) is not None

    def goes_on(self, line: str) -> bool:
        """Whether `line` is what comes next in the letter; if so, it has been read."""
        words = words_of(line)
        if not words or self._words[self._at : self._at + len(words)] != words:
            return False
        self._at += len(words)
        return True

    def was_wrapped_into(self, line: str) -> bool:
        """The same in the middle of a line of the letter."""
        return self._at not in self._ends and self.goes_on(line)

    def is_at(self, line: str) -> bool:
        """The same for a line that may stand anywhere, if it is long or a line of the letter."""
        words = words_of(line)
        # One word may happen to be the next one; what was wrapped is longer, or ends a line.
        may_go_on = len(words) > 3 or self._at + len(words) in self._ends
        if may_go_on and self.goes_on(line):
            return True
        known = len(words) >= 6 or (len(words) > 2 and tuple(words) in self._lines)
        place = self._find(words) if known else None
        if place is None:
            return False
        self._at = place + len(words)
        return True

    def read_to(self, line: str) -> None:
        """Note that `line` is quoted, if it is of the letter."""
        words = words_of(line)
        if words and not self.goes_on(line) and (place := self._find(words)) is not None:
            self._at = place + len(words)

    def is_furniture(self, line: str) -> bool:
        """Whether a line without words is of the letter: an empty mark, or one of its links."""
        if words_of(line) or not line.strip():
            return False
        links = _ADDRESSES.findall(line)
        if not links:
            return bool(_MARKS.fullmatch(line))
        return all(unquote(link) in self._text or "/-/" in unquote(link) for link in links)

    def _find(self, words: list[str]) -> int | None:
        if not self._vocabulary.issuperset(words):
            return None
        place = self._joined.find(f" {' '.join(words)} ")
        return None if place < 0 else bisect_left(self._starts, place + 1)
