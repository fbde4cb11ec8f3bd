"""Where an answer ends and the quoted mail begins: the author's own words, found by what we sent.

What matches our own letter is cut first. Only what is left is guessed at, from the lines that mail
programs write above a quote. In doubt a quote too many stays, rather than that words are cut.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, islice

from .attributions import Attribution, find_attributions
from .hypertext import ATTRIBUTION
from .sent import DELIMITERS, Sent, delimiter, is_delimiter, words_of
from .signatures import signature_lines

__all__ = ["DELIMITERS", "delimiter", "own_words"]

_WHOLE = 0.8  # of the words above the delimiter: so much of a letter is the letter
_FEW = 6  # words that anybody may say without quoting
_MARKS = re.compile(r"(?!>:\s*$)\s?((?:> ?)+)")  # `>:` ends an attribution that was wrapped


class _Is(Enum):
    BLANK = "blank"
    OWN = "own"
    QUOTE = "quote"
    CUT = "cut"


@dataclass
class _Answer:
    """The lines of a mail, each with what it is taken for."""

    raw: list[str]
    lines: list[str] = field(default_factory=list)  # without marks of quoting
    depths: list[int] = field(default_factory=list)
    labels: list[_Is] = field(default_factory=list)
    ours: set[int] = field(default_factory=set)  # unmarked, but of the letter that we sent
    is_marked: bool = False  # whether the lines of that letter bear marks
    attributions: list[Attribution] = field(default_factory=list)

    def __post_init__(self) -> None:
        for line in self.raw:
            marks = _MARKS.match(line)
            depth = marks[1].count(">") if marks else 0
            self.lines.append(line[marks.end() :] if marks else line)
            self.depths.append(depth)
            said = _Is.QUOTE if depth else _Is.OWN
            self.labels.append(said if self.lines[-1].strip() else _Is.BLANK)
        self.attributions = find_attributions(self.lines, self.depths)

    def next_said(self, at: int) -> int:
        """The number of the first line from `at` on that is not blank."""
        while at < len(self.raw) and not self.lines[at].strip():
            at += 1
        return at

    def words_of_letter(self, numbers: list[int], letter: Sent, at_least: int = 1) -> int:
        """How many words of these lines are of the letter, in lines of `at_least` so many."""
        held = (len(words_of(self.lines[n])) for n in numbers if letter.holds(self.lines[n]))
        return sum(count for count in held if count >= at_least)

    def blocks(self) -> list[list[int]]:
        """Runs of lines with marks of quoting."""
        runs = groupby(range(len(self.raw)), key=lambda n: self.depths[n] > 0)
        return [list(run) for quoted, run in runs if quoted]


def own_words(text: str, sent: str = "") -> tuple[str, str]:
    """What the author wrote, in markdown, and what was cut: quotes at the end, signatures.

    `sent` is the text of our letter that is answered, if one is. Answers between quotes stay in
    their place, with the quotes. When nothing else would remain, everything does; but our own
    letter sent back is nobody's words.
    """
    answer = _Answer([line.rstrip("\r") for line in text.split("\n")])
    letter = Sent(sent) if sent.strip() else None
    if letter:
        _keep_own_quotes(answer, letter)
        _find_letter(answer, letter)
    _find_overflow(answer)
    _cut_attributions(answer)
    _cut_below_delimiter(answer)
    _cut_signatures(answer)
    _cut_quotes(answer, letter)
    if not any(label is _Is.OWN for label in answer.labels):
        whole = text.replace(ATTRIBUTION, "").strip()
        return ("", whole) if letter and _is_only_the_letter(answer, letter) else (whole, "")
    return _written(answer)


def _is_only_the_letter(answer: _Answer, letter: Sent) -> bool:
    """Whether what was taken for a quote is the letter, but for what programs add."""
    quoted = [n for n, label in enumerate(answer.labels) if label in (_Is.QUOTE, _Is.CUT)]
    said = sum(len(words_of(answer.lines[n])) for n in quoted)
    return answer.words_of_letter(quoted, letter) >= max(_WHOLE * said, _FEW)


def _keep_own_quotes(answer: _Answer, letter: Sent) -> None:
    """Who quotes a book in an answer quotes nothing of ours, and no program said so."""
    attributed = {answer.next_said(one.stop) for one in answer.attributions}
    attributed |= {n for one in answer.attributions for n in range(one.start, one.stop)}
    for block in answer.blocks():
        if not attributed & set(block) and not any(letter.holds(answer.lines[n]) for n in block):
            for number in block:
                if answer.labels[number] is _Is.QUOTE:
                    answer.labels[number] = _Is.OWN


def _find_letter(answer: _Answer, letter: Sent) -> None:
    """Find our letter where its lines bear no marks: Outlook's way, and lines that Gmail wraps."""
    marked = sum(answer.words_of_letter(block, letter) for block in answer.blocks())
    unmarked = [n for n, label in enumerate(answer.labels) if label is _Is.OWN]
    answer.is_marked = marked > answer.words_of_letter(unmarked, letter, at_least=4)
    for number in range(_letter_may_start(answer, letter), len(answer.raw)):
        line = answer.lines[number]
        if answer.depths[number]:
            letter.read_to(line)
            continue
        if answer.labels[number] is not _Is.OWN:
            continue
        below_mark = number > 0 and answer.depths[number - 1] > 0
        if answer.is_marked or below_mark:
            ours = below_mark and letter.was_wrapped_into(line)
        else:
            ours = letter.is_at(line) or (bool(answer.ours) and letter.is_furniture(line))
        if ours:
            answer.labels[number] = _Is.QUOTE
            answer.ours.add(number)


def _letter_may_start(answer: _Answer, letter: Sent) -> int:
    """Below what a program wrote above it; else as far above the delimiter as lines are ours."""
    starts = [one.stop for one in answer.attributions[:1]]
    unmarked = (n for n, line in enumerate(answer.raw) if is_delimiter(line))
    for number in islice((n for n in unmarked if not answer.depths[n]), 1):
        while number and (
            answer.labels[number - 1] is not _Is.OWN or letter.holds(answer.lines[number - 1])
        ):
            number -= 1
        starts.append(number)
    return min(starts, default=len(answer.raw))


def _find_overflow(answer: _Answer) -> None:
    """The rest of a quoted line that was wrapped without a mark, where nothing else can be meant.

    It begins in lower case, in the middle of a sentence, and did not fit in the line above.
    """
    for number in range(1, len(answer.raw) - 1):
        above, line = answer.raw[number - 1].rstrip(), answer.raw[number]
        if answer.labels[number] is not _Is.OWN or not answer.depths[number - 1]:
            continue
        fits = len(above) + 1 + len(line.split(" ")[0]) <= 76
        open_end = above[-1:].isalnum() or above[-1:] in ",;"
        if answer.depths[number + 1] and open_end and line[:1].islower() and not fits:
            answer.labels[number] = _Is.QUOTE
            answer.ours.add(number)


def _cut_attributions(answer: _Answer) -> None:
    """Cut what programs wrote above quotes; under one that is sure, what is quoted unmarked too."""
    reached = 0
    stops = {one.start: one.stop for one in answer.attributions}
    last_mark = max((n for n, depth in enumerate(answer.depths) if depth), default=-1)
    for one in answer.attributions:
        if one.start < reached:
            continue
        below = answer.next_said(one.stop)
        while below in stops:
            below = answer.next_said(stops[below])
        quoted = below < len(answer.raw) and answer.labels[below] is _Is.QUOTE
        deeper = quoted and answer.depths[below] > answer.depths[one.start]
        if not deeper and not one.sure:
            continue
        for number in range(one.start, one.stop):
            answer.labels[number] = _Is.CUT
        may_be_own = answer.is_marked or (one.sentence and last_mark > below)
        if not quoted and not may_be_own and answer.depths[one.start] == 0:
            reached = _cut_unmarked(answer, one.stop)


def _cut_unmarked(answer: _Answer, start: int) -> int:
    """Cut all that follows, up to where our letter begins, for there one knows better; where."""
    for number in range(start, len(answer.raw)):
        if number in answer.ours:
            return number
        if answer.labels[number] is not _Is.BLANK:
            answer.labels[number] = _Is.CUT
    return len(answer.raw)


def _cut_below_delimiter(answer: _Answer) -> None:
    """Cut the delimiter, and what is quoted below it: links, and how to stop."""
    below = False
    for number, line in enumerate(answer.raw):
        if is_delimiter(line):
            below = True
            answer.labels[number] = _Is.CUT
        elif below and answer.labels[number] is _Is.QUOTE:
            answer.labels[number] = _Is.CUT


def _cut_signatures(answer: _Answer) -> None:
    runs = groupby(range(len(answer.raw)), key=lambda n: answer.labels[n] in (_Is.OWN, _Is.BLANK))
    for own, run in runs:
        if own:
            for number in signature_lines(answer.lines, list(run)):
                if answer.labels[number] is _Is.OWN:
                    answer.labels[number] = _Is.CUT


def _cut_quotes(answer: _Answer, letter: Sent | None) -> None:
    """Cut quotes at the end, and whole letters; what stands above an answer to it stays."""
    said = [n for n, label in enumerate(answer.labels) if label in (_Is.OWN, _Is.QUOTE)]
    groups = [list(run) for _, run in groupby(said, key=lambda n: answer.labels[n])]
    own = [place for place, group in enumerate(groups) if answer.labels[group[0]] is _Is.OWN]
    for place, group in enumerate(groups):
        if answer.labels[group[0]] is not _Is.QUOTE:
            continue
        at_end = (not own or place > own[-1]) and (letter or answer.attributions)
        above_all = place == 0 and len(own) == 1 and _is_attributed(answer, group)
        held = answer.words_of_letter(group, letter) if letter else 0
        whole = letter is not None and held >= _WHOLE * letter.above
        if at_end or whole or (above_all and not held):
            for number in group:
                answer.labels[number] = _Is.CUT


def _is_attributed(answer: _Answer, group: list[int]) -> bool:
    return any(answer.next_said(one.stop) == group[0] for one in answer.attributions)


def _written(answer: _Answer) -> tuple[str, str]:
    """The text with its quotes as markdown, and what was cut, each in the order of the mail."""
    kept: list[str] = []
    cut: list[str] = []
    blanks, gap, was_quote = 0, False, False
    for number, raw in enumerate(answer.raw):
        label, depth = answer.labels[number], answer.depths[number]
        if label is _Is.BLANK:
            blanks += 1
            cut += [""] if cut and cut[-1] else []
        elif label is _Is.CUT:
            gap = True
            cut.append(raw.replace(ATTRIBUTION, "").strip())
        else:
            is_quote = depth > 0 or label is _Is.QUOTE
            between = blanks if not gap and is_quote == was_quote else 1
            if kept:
                kept += [">" if is_quote and was_quote else ""] * between
            marks = "> " * max(depth, 1) if is_quote else ""
            kept.append((marks + answer.lines[number]).replace(ATTRIBUTION, "").rstrip())
            blanks, gap, was_quote = 0, False, is_quote
    return "\n".join(kept).strip("\n"), "\n".join(cut).strip()
