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

    The same words tell, also where names were exchanged; or what the site says it was called; or
    the same title and day. What only git takes for the same has to have one of these two as well:
    git thinks so of any two texts that begin alike.
    """
    told, updates = list(told), list(updates)
    words = {update.slug: digest_of(update) for update in updates}
    for one in list(told):  # what stays as it is, or cannot be compared, has not moved
        digest = words.get(one.slug)
        if digest is not None and (digest == one.digest or not digest or not one.digest):
            told.remove(one)
            updates = [update for update in updates if update.slug != one.slug]
    for same in (_same_words, _same_name, _is_alias, _is_git_s_guess, _same_title_and_day):
        for update in list(updates):
            if found := _first(told, update, same):
                told.remove(found)
                updates.remove(update)
                if found.slug != update.slug:
                    yield found, update


Same = Callable[[ToldUpdate, Update], bool]


def _first(told: list[ToldUpdate], update: Update, same: Same) -> ToldUpdate | None:
    return next((one for one in told if same(one, update)), None)


def _same_words(one: ToldUpdate, update: Update) -> bool:
    return bool(one.digest) and one.digest == digest_of(update)


def _same_name(one: ToldUpdate, update: Update) -> bool:
    return one.slug == update.slug


def _is_alias(one: ToldUpdate, update: Update) -> bool:
    return one.slug in update.aliases or update.slug in one.former


def _is_git_s_guess(one: ToldUpdate, update: Update) -> bool:
    return one.slug in update.renamed and (
        _same(one.title, update.title) or _same(one.date[:10], update.date[:10]) or not one.title
    )


def _same_title_and_day(one: ToldUpdate, update: Update) -> bool:
    return _same(one.title, update.title) and _same(one.date[:10], update.date[:10])


def _same(told: str, now: str) -> bool:
    return bool(told) and told.casefold() == now.casefold()
