"""Finding in a markdown file the line from which a part of its HTML came."""

import re
from collections import Counter

_LETTERS = re.compile(r"\w", re.UNICODE)
_ENOUGH = (60, 30, 15, 6)  # letters that are looked for: fewer where markup stands among them


class Lines:
    """The lines of one file. Parts are looked for in their order."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = source.casefold()
        self._asked: Counter[str] = Counter()
        found = [(m[0], m.start()) for m in _LETTERS.finditer(self._text)]
        self._letters = "".join(letter for letter, _ in found)
        self._places = [place for _, place in found]
        self._at = 0

    def of_citation(self, id: str) -> int:
        """The line of the next citation of that comment."""
        self._asked[id] += 1
        pattern = re.compile(rf"(?:\{{comment\}}|\|comment\||#c-){re.escape(id)}(?![\w-])")
        places = [found.start() for found in pattern.finditer(self._text)]
        return self._line(places[min(self._asked[id], len(places)) - 1]) if places else 1

    def of_words(self, words: str) -> int:
        """The line on which these words begin, after those that were asked for before."""
        letters = "".join(_LETTERS.findall(words.casefold()))
        for enough in _ENOUGH:
            place = self._letters.find(letters[:enough], self._at)
            if letters and place >= 0:
                self._at = place + 1
                return self._line(self._places[place])
        return 1

    def _line(self, place: int) -> int:
        return self._text.count("\n", 0, place) + 1
