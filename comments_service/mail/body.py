"""What a message says: its text parts, the plain one first, and the files that came with it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..domain.incoming import Attachment
from .hypertext import ATTRIBUTION, to_markdown
from .mime import Part

LONGEST = 256 * 1024  # letters of one mail; a comment has at most 16,384
LARGEST = 1024 * 1024  # bytes that are read as text, of all parts together
MOST_FILES = 100
_STUB = 300  # letters: a longer plain text says what the mail says
_PLAIN = {"text/plain", "text/markdown", "text/x-markdown"}
# A signature over the bytes is for programs, and no file that anybody sent.
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature"}
_SIGNATURES |= {"application/x-pkcs7-signature", "application/pgp-keys"}


@dataclass
class Body:
    """What was found, in the order of the mail."""

    texts: list[str] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    whole: bool = True  # whether all that it says was read
    letters_left: int = LONGEST
    bytes_left: int = LARGEST

    @property
    def text(self) -> str:
        """The words, in markdown."""
        return "\n\n".join(text.strip("\n") for text in self.texts if text.strip())

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files, without their content."""
        files = (part for part in self.files if part.kind not in _SIGNATURES)
        shown = list(files)[:MOST_FILES]
        return tuple(Attachment(part.name(), part.kind[:100], part.size()) for part in shown)

    def add(self, text: str) -> None:
        """More words, as far as there is room."""
        self.whole = self.whole and len(text) <= self.letters_left
        self.texts.append(text[: self.letters_left])
        self.letters_left -= min(len(text), self.letters_left)

    def words_of(self, part: Part) -> str:
        """What a text part says, in markdown; nothing once too much was read."""
        room = self.bytes_left > 0
        self.whole = self.whole and room and part.is_read_whole()
        self.bytes_left -= part.end - part.start
        if not room:
            return ""
        return to_markdown(part.text()) if part.kind == "text/html" else plain_text(part)


def read_body(message: Part) -> Body:
    """The text and the files of `message`."""
    body = Body()
    _read(message, body)
    if not body.texts:  # a mail whose only text has the name of a file
        named = [part for part in body.files if part.kind in _PLAIN and not part.is_attached]
        for part in named[:1]:
            body.files.remove(part)
            body.add(body.words_of(part))
    return body


def _read(part: Part, body: Body) -> None:
    if part.kind == "multipart/alternative" and part.parts:
        _read_alternative(part, body)
    elif part.parts:
        for child in part.parts:
            _read(child, body)
    elif _is_text(part):
        body.add(body.words_of(part))
    else:
        body.files.append(part)


def _is_text(part: Part) -> bool:
    shown = part.kind in _PLAIN or part.kind == "text/html" or part.kind.startswith("multipart/")
    return shown and not part.is_attached and not part.file_name


def _read_alternative(part: Part, body: Body) -> None:
    """The same thing said several times; files that hang in one of them are files all the same."""
    leaves = list(part.leaves())
    texts = [leaf for leaf in leaves if _is_text(leaf)]
    plain = [leaf for leaf in texts if leaf.kind in _PLAIN]
    html = [leaf for leaf in texts if leaf.kind == "text/html"]
    body.files += [
        leaf for leaf in leaves if leaf not in texts and not _is_other_form(leaf, part.parts)
    ]
    words = _joined(body.words_of(leaf) for leaf in plain)
    if len(words.strip()) > _STUB or not html:
        body.add(words)
        return
    form = _joined(body.words_of(leaf) for leaf in html)
    body.add(form if _is_stub(words, form) else words)


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text for text in texts if text.strip())


def _is_other_form(leaf: Part, forms: tuple[Part, ...]) -> bool:
    """Calendar, AMP and the like: the mail once more, for other programs."""
    return leaf in forms and leaf.kind.startswith("text/") and not leaf.is_attached


_MARKUP = re.compile(r"\W|_")


def _is_stub(plain: str, form: str) -> bool:
    """Whether the plain text only says that the mail is elsewhere: the HTML lacks its words."""
    said = _MARKUP.sub("", plain)
    shown = _MARKUP.sub("", form)
    return not plain.strip() or (said not in shown and 2 * len(shown) > len(said))


def plain_text(part: Part) -> str:
    """A text/plain part, its paragraphs put together when it is `format=flowed`."""
    text = part.text().replace(ATTRIBUTION, "")
    if part.parameter("format").lower() == "flowed":
        return unflowed(text, delete_space=part.parameter("delsp").lower() == "yes")
    return text


_QUOTED = re.compile(r"(>*)( ?)")


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """RFC 3676: lines that end in a space go on in the next one of the same quote depth."""
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        marks = _QUOTED.match(line)
        depth, words = (len(marks[1]), line[marks.end() :]) if marks else (0, line)
        if depth == open_depth and words != "-- ":
            paragraphs[-1].append(words)
        else:
            paragraphs.append([">" * depth + " " * (depth > 0), words])
        flows = words.endswith(" ") and words != "-- "
        open_depth = depth if flows else -1
        if flows and delete_space:
            paragraphs[-1][-1] = words[:-1]
    return "\n".join(map("".join, paragraphs))
