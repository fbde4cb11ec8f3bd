"""Letters as the desk lists them: each with what it is about, by the time that is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..actions.matter import Matter
from ..actions.sending import matter_sent
from ..domain.letters import NO_LONGER_WANTED, Letter
from ..domain.people import Person
from . import here
from .sheets import Sheet, sheet


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter, its reader, and all that it speaks of, as far as that can be told."""

    letter: Letter
    person: Person
    matter: Matter | None

    @property
    def when(self) -> datetime:
        """When it went out, or is to."""
        return when(self.letter)

    @property
    def can_go_again(self) -> bool:
        """Whether sending it again is a sane thing to do: it went out, or came to grief."""
        failed = self.letter.error and self.letter.error != NO_LONGER_WANTED
        return bool(self.letter.sent or failed)


def when(letter: Letter) -> datetime:
    """The time that a list shows."""
    return letter.sent or letter.due or letter.created


def listed(letters: Iterable[tuple[Letter, Person]], size: int) -> Sheet[Listed]:
    """The sheet of them that this request asks for (`out`)."""
    newest_first = sorted(letters, key=lambda one: when(one[0]), reverse=True)
    found = sheet("out", newest_first, size)
    rows = [
        Listed(letter, person, matter_sent(here.store(), here.house(), letter.id))
        for letter, person in found.rows
    ]
    return Sheet(found.name, found.number, rows, found.newer, found.older)
