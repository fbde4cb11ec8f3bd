"""Updates that went out, and which of them is meant when the site calls one by another name."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .phases import Update


@dataclass(frozen=True, slots=True)
class ToldUpdate:
    """An update that was told once, by the name that it has now; the site may have lost it since.

    `date` is as the manifest has it, and empty when it never said; `digest` is that of its words.
    """

    slug: str
    message_id: str  # of the letters that brought it, whatever it is called now
    title: str = ""
    date: str = ""
    digest: str = ""
    former: tuple[str, ...] = ()  # slugs that it had before


def digest_of(update: Update) -> str:
    """The SHA-256 of an update's words, however they are spaced; empty when they are not known."""
    words = " ".join(update.text.split())
    return hashlib.sha256(words.encode()).hexdigest() if words else ""


def renamed(
    told: Iterable[ToldUpdate], updates: Iterable[Update]
) -> Iterator[tuple[ToldUpdate, Update]]:
    """What was told and bears another name now, and what it is called.

    The site says so itself where git saw it; else the same words tell, or the same title and day.
    """
    updates, told = list(updates), list(told)
    here, known = {update.slug for update in updates}, {one.slug for one in told}
    lost = [one for one in told if one.slug not in here]
    new = [update for update in updates if update.slug not in known]
    for same in (_is_alias, _same_words, _same_title_and_day):
        for update in list(new):
            if one := _first(lost, update, same):
                lost.remove(one)
                new.remove(update)
                yield one, update


Same = Callable[[ToldUpdate, Update], bool]


def _first(lost: list[ToldUpdate], update: Update, same: Same) -> ToldUpdate | None:
    return next((one for one in lost if same(one, update)), None)


def _is_alias(one: ToldUpdate, update: Update) -> bool:
    return one.slug in update.aliases or update.slug in one.former


def _same_words(one: ToldUpdate, update: Update) -> bool:
    return bool(one.digest) and one.digest == digest_of(update)


def _same_title_and_day(one: ToldUpdate, update: Update) -> bool:
    told = one.title.casefold(), one.date[:10]
    return all(told) and told == (update.title.casefold(), update.date[:10])
