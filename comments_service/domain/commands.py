"""Answers of one word: `stop`, `ok`, `hide`, `no`. In a sentence the same word is only a word."""

import re
from enum import StrEnum

from .people import one_line


class Command(StrEnum):
    """What a mail of one word asks for."""

    STOP = "stop"
    YES = "yes"
    NO = "no"
    HIDE = "hide"


_WORDS = {
    Command.STOP: "stop unsubscribe arrêt arrêter arret arreter désabonner desabonner leave partir",
    Command.YES: "ok yes oui accept accepter approve approuver confirm confirmer d'accord publish",
    Command.NO: "no non decline décliner decliner",
    Command.HIDE: "hide masquer cacher",
}
_COMMANDS = {word: command for command, words in _WORDS.items() for word in words.split()}
_COMMANDS |= dict.fromkeys(("no thanks", "no thank you", "non merci"), Command.NO)


# What people put under a word: it is still all that they say.
_CLOSINGS = (
    "thanks thank you merci regards kind best cheers cordialement bien à vous bonne journée "
    "sincerely salutations amicalement bonjour hello hi"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# How one declines in a sentence, where one was asked; in doubt nothing is published.
_DECLINING = re.compile(
    r"(?:no|non|sorry|désolée?|malheureusement|unfortunately)\b"
    r"|.{0,80}\b(?:not interested|can(?:no|['’])t|pas intéressée?|decline|décline|unable"
    r"|too busy|no time|not available|pas disponible|indisponible|pas le temps|ne peux pas)\b",
    re.IGNORECASE | re.DOTALL,
)


def command_in(text: str, name: str = "") -> Command | None:
    """The command that is all of `text`, in any case and with a full stop or none.

    Below it may stand a greeting and the writer's own `name`.
    """
    first, _, below = text.strip().partition("\n")
    word = one_line(first).replace("’", "'").strip(" .,!*_\"'«»").replace(",", "")
    command = _COMMANDS.get(word.casefold())
    known = {*_CLOSINGS.split()} | {word.casefold() for word in _WORD.findall(name)}
    said = {word.casefold() for word in _WORD.findall(below)}
    return command if said <= known and not re.search(r"\d", below) else None


def may_decline(text: str) -> bool:
    """Whether these words, which answer an invitation, may be a no."""
    return _DECLINING.match(one_line(text)) is not None
