"""The theme's translations, read as they are written: `translations/<lang>/LC_MESSAGES/*.po`."""

from __future__ import annotations

import logging
from contextlib import suppress
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

logger = logging.getLogger(__name__)

FILE = Path("LC_MESSAGES", "messages.po")


class BrokenTranslation(Exception):
    """A .po file that cannot be read; the message names file and line."""


def languages_in(theme: Path) -> list[str]:
    """Languages that the theme is translated to: each has a folder with a messages.po."""
    return sorted(path.parts[-3] for path in theme.glob(f"translations/*/{FILE}"))


class Catalogues:
    """Words of every language the theme knows. A language without a catalogue keeps the theme's
    own words, and "fr-ca" falls back on "fr".

    Raises BrokenTranslation for the first file that cannot be read.
    """

    def __init__(self, theme: Path) -> None:
        self._theme = theme
        self._by_language = {
            lang.lower().replace("_", "-"): _read(theme / "translations" / lang / FILE, lang)
            for lang in languages_in(theme)
        }
        self._none = NullTranslations()

    def __getitem__(self, lang: str) -> NullTranslations:
        known = self._by_language
        return known.get(lang) or known.get(lang.partition("-")[0]) or self._none

    def __reduce__(self) -> tuple[type[Catalogues], tuple[Any, ...]]:
        # Stands in the context, which Pelican's cache may pickle; plural rules cannot be.
        return (Catalogues, (self._theme,))


def _read(path: Path, lang: str) -> GNUTranslations:
    compiled = BytesIO()
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang, abort_invalid=True)
        write_mo(compiled, catalogue)
    except PoFileError as error:
        raise _broken(path, error.lineno + 1, str(error)) from error
    except (ValueError, OSError) as error:
        raise _broken(path, 1, str(error)) from error
    for message, errors in catalogue.check():
        # A placeholder that the page does not fill would only fail where it is rendered.
        if not message.fuzzy:
            raise _broken(path, message.lineno or 1, "; ".join(map(str, errors)))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _broken(path: Path, line: int, what: str) -> BrokenTranslation:
    message = f"{path}:{line}: {what}"
    with suppress(RuntimeError):  # what `--fatal errors` raises
        logger.error("%s", message)
    return BrokenTranslation(message)
