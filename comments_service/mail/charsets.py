"""Bytes to letters: no letter is ever dropped, whatever the charset is said to be."""

import codecs
import re
from base64 import b64decode
from binascii import a2b_qp

# Names that programs write, and what they mean by them: mostly the superset that browsers use.
_MEANT = {
    "big5": "big5hkscs",
    "default": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-sjis": "cp932",
}
_LATIN = {"ascii", "iso8859-1", "iso8859-15", "cp1252"}
# Text encodings for Python that no mail is written in; the first two take quadratic time.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs"}
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def text_of(data: bytes, charset: str | None, *, whole: bool = True) -> str:
    """`data` as text with `\\n` between lines: as declared, else UTF-8, else windows-1252.

    `whole` is false when more bytes follow: then half a letter at the end is left off.
    """
    text = _decoded(data, _codec(charset), whole)
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def header_text(data: bytes) -> str:
    """A header's raw bytes: ASCII by the standard, UTF-8 by RFC 6532, windows-1252 by mistake."""
    return data.decode("utf-8", "windows1252")


_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]{0,2000})\?=", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")


def decoded_words(value: str) -> str:
    """A header's value with its encoded words (RFC 2047) decoded; what is not one stays."""
    value = _BETWEEN_WORDS.sub(r"\1", value)
    found, end, text = b"", -1, ""
    charset = ""
    for word in _WORD.finditer(value):
        # Words that touch are decoded together: programs cut letters of several bytes in two.
        if word.start() != end or word[1].lower() != charset:
            text += text_of(found, charset) + value[max(end, 0) : word.start()]
            found, charset = b"", word[1].lower()
        found += _bytes_of_word(word[2], word[3])
        end = word.end()
    return text + text_of(found, charset) + value[max(end, 0) :]


def _bytes_of_word(how: str, letters: str) -> bytes:
    if how in "qQ":
        return a2b_qp(letters.encode("utf-8", "replace"), header=True)
    return from_base64(letters.encode("ascii", "replace"))


def from_base64(data: bytes) -> bytes:
    """What can be read of base64 that may be cut off, or hold other letters."""
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data.partition(b"=")[0])
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return b64decode(letters + b"=" * (-len(letters) % 4))


def _codec(charset: str | None) -> str | None:
    """Python's name for a charset of mail, or None when there is none."""
    name = (charset or "").strip("\"' ").lower().partition("*")[0]
    try:
        found = codecs.lookup(_MEANT.get(name, name))
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)  # base64, zip and the like are not
    return found.name if is_text and found.name not in _NO_CHARSETS else None


def _decoded(data: bytes, codec: str | None, whole: bool) -> str:
    # Latin-1 takes any byte: what reads as UTF-8 was written in it, whatever the label says.
    order = ["utf-8", codec] if codec is None or codec in _LATIN else [codec, "utf-8"]
    for name in filter(None, order):
        name = "cp1252" if name == "iso8859-1" else name
        try:
            return codecs.getincrementaldecoder(name)("strict").decode(data, final=whole)
        except (ValueError, LookupError):
            continue
    known = codec if codec and codec not in _LATIN else "utf-8"
    return codecs.getincrementaldecoder(known)("windows1252").decode(data, final=whole)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """What is no letter in its own charset is one in windows-1252, or in Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data = error.object[error.start : error.end]
    return "".join(_LETTERS[byte] for byte in data), error.end


_LETTERS = [
    bytes([byte]).decode("cp1252", "ignore") or bytes([byte]).decode("latin-1")
    for byte in range(256)
]
codecs.register_error("windows1252", _as_windows_1252)
