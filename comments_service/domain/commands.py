"""Answers of one word: `stop`, `ok`, `hide`, `no`. In a sentence the same word is only a word."""

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


def command_in(text: str) -> Command | None:
    """The command that is all of `text`, in any case and with a full stop or none."""
    word = one_line(text).replace("’", "'").strip(" .!*_\"'«»").casefold()
    return _COMMANDS.get(word)
