"""What changed from one version of a text to the next, by the word. Works on bytes; asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from .model import Field, Prose, Run
from .texts import blocks, split

MOST_WORDS = 400  # shown of one change of one text; the rest is counted
AROUND = 12  # words shown before and after what changed
MOST_COMPARED = 4_000_000  # pairs of words; past that a passage is told as replaced
MOST_BYTES = 2_000_000
_END = "\n"  # of a paragraph, among words
_LIKE = 0.3  # of the words; two passages that share less are two passages

Kind = Literal["same", "in", "out"]
Word = tuple[Kind, str]


def compare(before: bytes | None, after: bytes | None) -> Prose:
    """What changed. A text that is new or gone has its words counted, and none shown."""
    if before is None or after is None:
        new = sum(len(block.split()) for block in blocks(split(after or b"")[1]))
        old = sum(len(block.split()) for block in blocks(split(before or b"")[1]))
        return Prose(came=new, went=old, words=new)
    if max(len(before), len(after)) > MOST_BYTES:
        count = len(after.split())
        return Prose(came=count, went=len(before.split()), words=count, left_out=count)
    (old_fields, old_text), (new_fields, new_text) = split(before), split(after)
    words = list(_changes(old_text, new_text))
    paragraphs, left_out = _shown(words)
    return Prose(
        fields=tuple(_fields(old_fields, new_fields)),
        paragraphs=paragraphs,
        came=_count(words, "in"),
        went=_count(words, "out"),
        words=len(new_text.split()),
        left_out=left_out,
    )


def _fields(before: dict[str, str], after: dict[str, str]) -> Iterator[Field]:
    old, new = ({name.title(): (name, text) for name, text in d.items()} for d in (before, after))
    for key in dict.fromkeys([*new, *old]):
        name = (new.get(key) or old[key])[0]
        was, now = old.get(key, ("", ""))[1], new.get(key, ("", ""))[1]
        if was != now:
            words = list(_within(was.split(), now.split()))
            kinds = [(k, [w for _, w in run]) for k, run in groupby(words, key=lambda w: w[0])]
            yield Field(name, _runs(kinds, MOST_WORDS)[0])


def _count(words: Iterable[Word], kind: Kind) -> int:
    return sum(1 for each, word in words if each == kind and word != _END)


def _changes(before: str, after: str) -> Iterator[Word]:
    """The words of the paragraphs that are not the same; those that are cost next to nothing."""
    old, new = before.split("\n\n"), after.split("\n\n")
    head, tail = _ends(old, new)
    old_blocks = list(blocks("\n\n".join(old[head : len(old) - tail])))
    new_blocks = list(blocks("\n\n".join(new[head : len(new) - tail])))
    for tag, gone, come in _passages(old_blocks, new_blocks):
        if tag != "equal":
            yield from _within(list(_words(gone)), list(_words(come)))


def _passages(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """What is equal and what is not, in turns; what both begin and end with is not compared."""
    head, tail = _ends(old, new)
    yield "equal", list(old[:head]), list(new[:head])
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(a) * len(b) > MOST_COMPARED:
        yield "replace", list(a), list(b)
    else:
        for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            yield tag, list(a[i:j]), list(b[k:m])
    yield "equal", list(old[len(old) - tail :]), list(new[len(new) - tail :])


def _ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many items both begin with, and how many of the others both end with."""
    least, head, tail = min(len(old), len(new)), 0, 0
    while head < least and old[head] == new[head]:
        head += 1
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return head, tail


def _words(paragraphs: Iterable[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield from paragraph.split(" ")
        yield _END


def _within(old: list[str], new: list[str]) -> Iterator[Word]:
    """A passage that changed, word by word; as a whole where hardly a word stayed."""
    runs: list[tuple[str, list[str], list[str]]] = []
    for tag, gone, come in _passages(old, new):
        if (gone or come) and not (runs and tag == "equal" and len(come) == 0):
            runs.append((tag, gone, come))
    same = sum(len([w for w in come if w != _END]) for tag, _, come in runs if tag == "equal")
    if same < _LIKE * min(len(old), len(new)):
        runs = [("replace", old, new)]
    for tag, gone, come in _without_crumbs(runs):
        if tag == "equal":
            yield from (("same", word) for word in come)
        else:
            yield from (("out", word) for word in gone)
            yield from (("in", word) for word in come)


def _without_crumbs(
    runs: list[tuple[str, list[str], list[str]]],
) -> Iterator[tuple[str, list[str], list[str]]]:
    """A word or two that stayed by chance between others are told as replaced with them."""

    def is_crumb(place: int) -> bool:
        tag, _, come = runs[place]
        inside = 0 < place < len(runs) - 1 and _END not in come
        return tag == "equal" and inside and len(come) <= 2 and _both_change(place)

    def _both_change(place: int) -> bool:
        return all(runs[at][0] == "replace" for at in (place - 1, place + 1))

    told = [(run[0] != "equal" or is_crumb(place), run) for place, run in enumerate(runs)]
    for changed, several in groupby(told, key=lambda pair: pair[0]):
        group = [run for _, run in several]
        gone = [word for _, old, _ in group for word in old]
        come = [word for _, _, new in group for word in new]
        yield "replace" if changed else "equal", gone, come


def _shown(words: list[Word]) -> tuple[tuple[tuple[Run, ...], ...], int]:
    """The paragraphs in which something changed, up to MOST_WORDS, and how many changed words
    there are besides."""
    shown: list[tuple[Run, ...]] = []
    left_out = room = 0
    room = MOST_WORDS
    for paragraph in _paragraphs(words):
        changed = sum(len(text) for kind, text in paragraph if kind != "same")
        if changed and room > 0:
            runs, over = _runs(paragraph, room)
            shown.append(runs)
            room -= changed
            left_out += over
        else:
            left_out += changed
    return tuple(shown), left_out


def _paragraphs(words: list[Word]) -> Iterator[list[tuple[Kind, list[str]]]]:
    """Runs of one kind by paragraph. One that went and one that came are two."""
    paragraph: list[tuple[Kind, list[str]]] = []
    for kind, several in groupby(words, key=lambda word: word[0]):
        run: list[str] = []
        for _, word in several:
            if word != _END:
                run.append(word)
                continue
            if run:
                paragraph.append((kind, run))
            if paragraph:
                yield paragraph
            paragraph, run = [], []
        if run:
            paragraph.append((kind, run))
    if paragraph:
        yield paragraph


def _runs(paragraph: list[tuple[Kind, list[str]]], room: int) -> tuple[tuple[Run, ...], int]:
    runs: list[Run] = []
    left_out = 0
    for place, (kind, words) in enumerate(paragraph):
        if kind == "same":
            runs.extend(_context(words, first=place == 0, last=place == len(paragraph) - 1))
            continue
        kept = words[: max(0, room)]
        room -= len(words)
        left_out += len(words) - len(kept)
        if kept:
            runs.append(Run(kind, " ".join(kept)))
        if len(kept) < len(words) and (not runs or runs[-1].kind != "gap"):
            runs.append(Run("gap"))
    return tuple(runs), left_out


def _context(words: list[str], first: bool, last: bool) -> Iterator[Run]:
    before, after = (0 if first else AROUND), (0 if last else AROUND)
    if len(words) <= before + after + AROUND:
        yield Run("same", " ".join(words))
        return
    if before:
        yield Run("same", " ".join(words[:before]))
    yield Run("gap")
    if after:
        yield Run("same", " ".join(words[-after:]))
