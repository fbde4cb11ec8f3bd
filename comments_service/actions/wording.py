"""What a mail says, as the words of a comment: whichever way the mail came in."""

from collections.abc import Sequence

from .. import errors
from ..domain.incoming import Attachment
from ..domain.phases import Opportunity
from .comments import Written

_STALE = ("re:", "aw:", "tr:", "fwd:", "[", "sv:")  # subjects that say nothing new


def words_of_mail(text: str, attachments: Sequence[Attachment] = ()) -> Written:
    """The words, with a line that names the files that came along. Raises Invalid."""
    words = Written.of(text)
    if not attachments:
        return words
    files = [f"*{file.name} ({file.size // 1024 + 1} kB)*" for file in attachments]
    try:
        return Written.of(f"{text}\n\n📎 " + ", ".join(files))
    except errors.Invalid:  # no room for the list; the words go first
        return words


def under_subject(words: Written, subject: str, opportunity: Opportunity) -> Written:
    """The first words of a new thread: they begin with the subject, when it says something."""
    subject = subject.strip()
    known = subject.casefold() in (opportunity.title.casefold(), opportunity.slug)
    if not subject or known or subject.casefold().startswith(_STALE):
        return words
    plain = subject.replace("*", "").replace("\n", " ")[:150]
    try:
        return Written.of(f"**{plain}**\n\n{words.text}")
    except errors.Invalid:  # no room for it
        return words
