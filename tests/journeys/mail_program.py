"""A person's mail program: what lies in their mailbox, and answers as real programs write them."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from ..servers.postfix import Postfix
from .conftest import until


@dataclass
class Correspondent:
    """Somebody with a mailbox and a mail program."""

    postfix: Postfix
    name: str
    address: str

    def letters(self) -> list[EmailMessage]:
        """All that was received, oldest first."""
        return self.postfix.received(self.address)

    def letter(self, words: str) -> EmailMessage:
        """The newest letter with these words in its subject or text, or with this Message-ID;
        waits for it."""
        until(lambda: self._find(words), f"{self.name} gets a letter with: {words}")
        found = self._find(words)
        assert found is not None
        return found

    def answer(self, letter: EmailMessage, text: str, style: str = "top") -> None:
        """Answer a letter: over what it says, under it, or in between its lines."""
        self.send(self.draft(letter, text, style))

    def draft(self, letter: EmailMessage, text: str, style: str = "top") -> EmailMessage:
        """An answer that is not sent yet."""
        message = self.message(letter["Reply-To"] or letter["From"])
        subject = letter["Subject"]
        message["Subject"] = subject if subject.startswith("Re:") else f"Re: {subject}"
        message["In-Reply-To"] = letter["Message-ID"]
        message["References"] = f"{letter.get('References', '')} {letter['Message-ID']}".strip()
        message.set_content(STYLES[style](text, *_quoted(letter)))
        return message

    def write(self, to: str, subject: str, text: str, *, verified: bool = True) -> None:
        """Write anew."""
        message = self.message(to)
        message["Subject"] = subject
        message.set_content(text)
        self.send(message, verified=verified)

    def send(self, message: EmailMessage, *, verified: bool = False) -> None:
        self.postfix.send(bytes(message), self.address, *addressed(message), verified=verified)

    def message(self, to: str) -> EmailMessage:
        """A new one, with nothing in it yet."""
        message = EmailMessage(policy=SMTP)
        message["From"] = f"{self.name} <{self.address}>"
        message["To"] = to
        message["Message-ID"] = make_msgid(domain="client.example.org")
        message["User-Agent"] = "A mail program"
        return message

    def _find(self, words: str) -> EmailMessage | None:
        for letter in reversed(self.letters()):
            named = words in (str(letter["Message-ID"]), str(letter["Subject"]))
            if named or words in text_of(letter):
                return letter
        return None


def text_of(letter: EmailMessage) -> str:
    """The text part of a letter."""
    part = letter.get_body(("plain",))
    return part.get_content() if part else ""


def addressed(message: EmailMessage) -> list[str]:
    """Whom a message goes to."""
    fields = [message[name] for name in ("To", "Cc") if message[name]]
    return [one.addr_spec for field in fields for one in field.addresses]


def _quoted(letter: EmailMessage) -> tuple[str, list[str]]:
    sender, when = letter["From"], format_datetime(letter["Date"].datetime)
    lines = [f"> {line}".rstrip() for line in text_of(letter).splitlines()]
    return f"On {when}, {sender} wrote:", lines


def _top(text: str, attribution: str, quote: list[str]) -> str:
    return "\n".join([text, "", attribution, "", *quote, ""])


def _bottom(text: str, attribution: str, quote: list[str]) -> str:
    return "\n".join([attribution, *quote, "", text, ""])


def _between(text: str, attribution: str, quote: list[str]) -> str:
    """Each line of the answer under one more question of the quote."""
    lines, left = [attribution], text.splitlines()
    for line in quote:
        lines.append(line)
        if line.endswith("?") and left:
            lines += ["", left.pop(0), ""]
    assert not left, "there are not so many questions"
    return "\n".join([*lines, ""])


STYLES = {"top": _top, "bottom": _bottom, "between": _between}
