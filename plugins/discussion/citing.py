"""What the texts of an opportunity cite: checked against its discussion, and given to the theme."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pelican.contents import Content

from ..languages.dates import Dates
from . import citations, points
from .document import RawComment, RawDiscussion, moment
from .lines import Lines
from .model import CitedIn, Discussion, Person
from .parts import Loose, Part, Parts, Section
from .settled import Citation, Summary, Words, agreement_of

_STRUCTURE = {"summary": points.parts_of_summary, "agreement": points.parts_of_agreement}
_GROUND = "add {comment}ID, or {standard} where it is the usual one and was not discussed"
_KINDS = "agreed, open or set aside"
_MEANT = "say so by a class, such as “## What holds {.agreed}”"
_NO_SECTION = f"no heading of this summary means {_KINDS}, so it has no points: {_MEANT}"
IN_WORDS = "in words"  # a text's header says so: “Citations: in words”


class Problem(NamedTuple):
    """Something in a text that a person has to mend. `since` when it was in order once, and a
    comment was withdrawn or hidden since."""

    file: str
    line: int
    message: str
    since: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


Told = tuple[str | Part | Loose, str, bool]  # a citation or a part, the message, and `since`


class _Marked(NamedTuple):
    """A text whose citations were found, once for all the discussions it will be shown with."""

    html: str
    parts: Parts | None


class Citing:
    """The citations of a site's texts. `owner` says which discussion a comment belongs to."""

    def __init__(self, settings: Mapping[str, Any], owner: Callable[[str], str | None]) -> None:
        self._root = os.path.basename(os.path.normpath(settings["PATH"]))
        self._is_page = citations.pages_of(settings["SITEURL"])
        self._dates = Dates(ZoneInfo(settings["TIMEZONE"]))
        self._owner = owner

    def cited_in(self, article: Any) -> dict[str, tuple[CitedIn, ...]]:
        """By the id of each comment, where the article's summary and agreement cite it."""
        found: dict[str, dict[CitedIn, None]] = defaultdict(dict)
        for kind, text in _texts(article):
            parts = self._marked(kind, text).parts
            for part in parts.all if parts else ():
                place = CitedIn(kind, part.kind, part.number, part.heading, part.anchor)
                for id in part.cites:
                    found[id][place] = None
        return {id: tuple(places) for id, places in found.items()}

    def attach(self, article: Any, discussion: Discussion, raw: RawDiscussion) -> None:
        """Attach `article.settled` and `article.agreement`; None where there is no such text."""
        article.settled = article.agreement = None
        for kind, text in _texts(article):
            marked = self._marked(kind, text)
            if marked.parts:
                words = Words(text, _cited(marked.html, discussion, raw))
                if kind == "summary":
                    article.settled = Summary(text, marked.parts, words)
                else:
                    article.agreement = agreement_of(text, marked.parts, words, discussion, raw)

    def rewrite(self, articles: Sequence[Any], raw: RawDiscussion) -> None:
        """Make links of the citations in what is shown as it is, such as a brief or an update."""
        names = {person["id"]: person["name"] for person in raw["people"]}
        comments = {comment["id"]: comment for comment in raw["comments"]}
        for _, text, marked in self._each(articles):
            html = citations.fill(marked.html, self._plain(text, comments, names))
            if html != text._content:
                text._content = html
                Content.__dict__["get_content"].cache.clear()  # Pelican keeps what it has resolved

    def problems(
        self, articles: Sequence[Any], raw: RawDiscussion, *, heard: bool
    ) -> list[Problem]:
        """Everything that is wrong with the texts of one opportunity, by file and line.

        Where the service was never `heard`, nobody knows what does not exist.
        """
        comments = {comment["id"]: comment for comment in raw["comments"]}
        found: list[Problem] = []
        for strict, text, marked in self._each(articles):
            told = [*self._wrong_citations(marked, comments, strict)] if heard else []
            if marked.parts and str(text.metadata.get("citations", "")).casefold() != IN_WORDS:
                told += [
                    (what, _ungrounded(what, section), False)
                    for section, what in marked.parts.ungrounded
                ]
            found += self._located(text, told) if told else ()
        return sorted(found)

    def doubts(self, articles: Sequence[Any]) -> list[Problem]:
        """What in summaries is read otherwise than it was meant, perhaps."""
        found: list[Problem] = []
        for _, text, marked in self._each(articles):
            if marked.parts is None or text.place.kind != "summary":
                continue
            told: list[Told] = [
                (Loose(heading, False), _of_no_kind(heading), False)
                for heading in marked.parts.unknown
            ]
            if not marked.parts.sections and not told:
                told = [(Loose(marked.parts.first, False), _NO_SECTION, False)]
            found += self._located(text, told)
        return sorted(found)

    def unchecked(self, articles: Sequence[Any]) -> Iterator[tuple[str, int]]:
        """The files that cite something, and how often."""
        for _, text, marked in self._each(articles):
            if count := len(citations.cited_in(marked.html)):
                yield self._file(text), count

    def _each(self, articles: Sequence[Any]) -> Iterator[tuple[bool, Any, _Marked]]:
        """Each text of some language versions once, and whether what it cites has to stay. (An
        update tells what was so on its day.)"""
        seen = set()
        for article in articles:
            for kind, text in _texts(article):
                if id(text) not in seen and (marked := self._marked(kind, text)).html:
                    seen.add(id(text))
                    yield kind in _STRUCTURE, text, marked

    def _marked(self, kind: str, text: Any) -> _Marked:
        known: _Marked | None = getattr(text, "marked_citations", None)
        if known is None:
            html = text._content or ""
            structure = _STRUCTURE.get(kind)
            known = _Marked("", None)
            if structure or citations.might_cite(html):
                tree = citations.read(html)
                citations.mark(tree, self._is_page if structure else None)
                known = _Marked(citations.html_of(list(tree.contents)), None)
                known = known._replace(parts=structure(tree) if structure else None)
            text.marked_citations = known
        return known

    def _plain(
        self, text: Any, comments: Mapping[str, RawComment], names: Mapping[str, str]
    ) -> citations.Write:
        # As Pelican's own link to the page, which is right on the page and in a feed.
        page = f"{{filename}}/{getattr(text, 'brief', text).get_relative_source_path()}"

        def write(id: str, words: str) -> str:
            comment = comments.get(id)
            label = "#"
            if comment:
                shown = comment["state"] == "published"
                name = names.get(comment["author"] or "", "") if shown else ""
                day = self._dates.day(text.lang, moment(comment["written"]))
                label = escape(f"{name}, {day}" if name else day)
            title = f' title="{label}"' if words and comment else ""
            return f'<a class="cite" href="{page}#c-{id}"{title}>{words or label}</a>'

        return write

    def _wrong_citations(
        self, marked: _Marked, comments: Mapping[str, RawComment], strict: bool
    ) -> Iterator[Told]:
        for id in citations.cited_in(marked.html):
            comment = comments.get(id)
            if comment is None:
                owner = self._owner(id)
                where = f"belongs to the discussion of “{owner}”" if owner else "does not exist"
                yield id, f"the comment {id} that is cited here {where}", False
            elif strict and comment["state"] != "published":
                gone = "withdrawn by its author" if comment["state"] == "withdrawn" else "hidden"
                yield id, f"the comment {id} that is cited here was {gone}", True

    def _located(self, text: Any, told: Sequence[Told]) -> Iterator[Problem]:
        with open(text.source_path, encoding="utf-8-sig") as file:
            lines = Lines(file.read())
        for what, message, since in told:
            line = lines.of_citation(what) if isinstance(what, str) else lines.of_words(what.words)
            yield Problem(self._file(text), line, message, since)

    def _file(self, text: Any) -> str:
        return f"{self._root}/{text.get_relative_source_path()}"


def _texts(article: Any) -> Iterator[tuple[str, Any]]:
    yield "brief", article
    opportunity = getattr(article, "opportunity", None)
    for update in getattr(opportunity, "updates", ()):
        yield "update", update
    for kind in _STRUCTURE:
        if text := getattr(opportunity, kind, None):
            yield kind, text


def _cited(html: str, discussion: Discussion, raw: RawDiscussion) -> dict[str, Citation]:
    people: dict[str | None, Person] = {person.id: person for person in discussion.people}
    comments = {comment["id"]: comment for comment in raw["comments"]}
    found = {}
    for number, id in enumerate(dict.fromkeys(citations.cited_in(html)), start=1):
        comment = comments.get(id)
        if comment is None:
            found[id] = Citation(id, "unknown", None, None, number)
            continue
        author = people.get(comment["author"]) if comment["state"] == "published" else None
        written = moment(comment["written"])
        found[id] = Citation(id, comment["state"], author, written, number)
    return found


def _of_no_kind(heading: str) -> str:
    return (
        f"the list below “{heading}” holds no points, for that heading means none of {_KINDS}: "
        f"{_MEANT}, or {{.other}} where none are meant"
    )


def _ungrounded(what: Part | Loose, section: Section | None) -> str:
    if isinstance(what, Loose):
        below = f" below “{section.heading}”" if section else ""
        named = f"text “{points.short(what.words)}”{below}, in no list,"
    elif what.kind == "clause":
        named = f"clause {what.number} “{what.heading}”" if what.heading else "text"
    else:
        named = f"agreed point “{what.heading}”" if what.heading else "text"
    return f"the {named} cites no comment: {_GROUND}"
