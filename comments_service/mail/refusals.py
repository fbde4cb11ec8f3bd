"""How a refusal is told, once for all doors of mail: an SMTP reply and a command's exit code."""

import os
import unicodedata
from dataclasses import dataclass

from .. import errors, words
from ..actions import receiving
from ..gettext import N_
from ..settings import Settings
from ..storage.interface import Store
from .addresses import read_address

# Reply code (RFC 5321), enhanced status (RFC 3463), exit code (sysexits.h); subclasses inherit.
_TOLD: dict[type[errors.Refusal], tuple[int, str, int]] = {
    errors.Refusal: (550, "5.7.1", os.EX_NOPERM),
    errors.Invalid: (550, "5.6.0", os.EX_DATAERR),
    errors.NotFound: (550, "5.1.1", os.EX_NOUSER),
    errors.Conflict: (550, "5.7.1", os.EX_UNAVAILABLE),
    errors.TooMany: (450, "4.7.1", os.EX_TEMPFAIL),
    errors.Unavailable: (451, "4.3.0", os.EX_TEMPFAIL),
}
BROKEN = errors.Unavailable(
    N_("Something went wrong on our side. Nothing was saved; please try again.")
)
LONGEST = 400  # octets of words; RFC 5321 §4.5.3.1.5 allows a reply 512
_IN_ASCII = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"'})
_IN_ASCII |= str.maketrans({"–": "-", "—": "-", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal as a mail server hears it; `words` are one line."""

    code: int
    status: str
    exit_code: int
    words: str

    @property
    def reply(self) -> str:
        """The line of SMTP and LMTP."""
        return f"{self.code} {self.status} {self.words}"


def tell(
    settings: Settings,
    store: Store,
    refusal: errors.Refusal,
    *,
    sender: str,
    recipient: str,
    utf8: bool = False,
) -> Told:
    """The refusal in the sender's language, as far as that can be known and ASCII can say it."""
    try:
        language = receiving.language_for(store, read_address(settings, recipient), sender)
    except errors.Unavailable:
        language = words.SOURCE
    code, status, exit_code = next(_TOLD[kind] for kind in type(refusal).__mro__ if kind in _TOLD)
    return Told(code, status, exit_code, _line(refusal, language, utf8))


def _line(refusal: errors.Refusal, language: str, utf8: bool) -> str:
    said = " ".join(words.refusal_words(refusal, language).split())
    if not utf8:
        said = _in_ascii(said) or _in_ascii(" ".join(str(refusal).split())) or "Refused."
    return said.encode()[:LONGEST].decode("utf-8", "ignore")


def _in_ascii(text: str) -> str:
    """`text` without its accents, or nothing where ASCII has no letters for it."""
    apart = unicodedata.normalize("NFKD", text.translate(_IN_ASCII))
    plain = "".join(char for char in apart if not unicodedata.combining(char))
    return plain if plain.isascii() else ""
