"""A mail that came in: kept before it is read, then made what it is, once, in one transaction.

Whatever a mail may do is decided here, from what `Mail` says; the bytes are the mail room's matter.
"""

import hashlib
from dataclasses import replace
from datetime import datetime

from .. import errors
from ..domain.house import House
from ..domain.ids import mint
from ..domain.incoming import (
    Addressed,
    Answering,
    AnsweringInPublic,
    Discussing,
    Fate,
    Incoming,
    Mail,
    Stopping,
)
from ..domain.letters import Kind
from ..domain.people import normal_email
from ..gettext import N_
from ..storage.interface import Store
from .comments import Written
from .placing import adopt_orphans
from .reception import Reception
from .telling import tell
from .wording import words_of_mail


def keep(
    store: Store, door: str, sender: str, recipient: str, raw: bytes, now: datetime
) -> Incoming:
    """Put a mail on disk as it came; the same bytes for the same recipient are one mail.

    `sender` is the envelope's: empty for a null sender, "?" when the door does not know it.
    """
    digest = hashlib.sha256(recipient.encode("utf-8", "replace") + b"\0" + raw).hexdigest()
    with store.transaction() as t:
        if before := t.incoming_by_digest(digest):
            return before
        kept = Incoming(mint(now), now, door, sender, recipient, digest)
        t.keep_incoming(kept, raw)
        return kept


def kept_mail(store: Store, after: str = "", limit: int = 50) -> list[Incoming]:
    """Mails that were kept and not read, oldest first, after the one with that id."""
    with store.reading() as look:
        return look.incoming_kept(after, limit)


def forget(store: Store, kept: Incoming) -> None:
    """A mail whose sender was told to try again is as if it had never come."""
    with store.transaction() as t:
        t.forget_kept(kept.id)


def expects(store: Store, to: Addressed) -> bool:
    """Whether mail to an address that anybody can make up leads somewhere, and is worth keeping."""
    with store.reading() as look:
        match to:
            case Discussing(slug):
                return look.opportunity(slug) is not None
            case AnsweringInPublic(comment_id):
                return look.comment(comment_id) is not None
    return True


def language_for(store: Store, to: Addressed | None, sender: str) -> str:
    """The language of whoever writes: of the letter's reader, the sender, else the discussion."""
    with store.reading() as look:
        letter = look.letter(to.letter_id) if isinstance(to, Answering | Stopping) else None
        email = normal_email(sender)
        person = look.person_by_email(email) if email else None
        if letter:
            person = look.person(letter.person_id) or person
        if person:
            return person.language
        opportunity = look.opportunity(to.slug) if isinstance(to, Discussing) else None
        return opportunity.language if opportunity else "en"


def raw_mail(store: Store, id: str) -> bytes:
    """The bytes of a mail, as they came. Raises NotFound."""
    with store.reading() as look:
        raw = look.incoming_raw(id)
    if raw is None:
        raise errors.NotFound(N_("There is no such mail."))
    return raw


def settle(
    store: Store, house: House, kept: Incoming, mail: Mail, to: Addressed, now: datetime
) -> Incoming:
    """Make of a kept mail what it is; done twice, it is done once.

    Raises the refusal that its sender should hear, after noting it; TooMany notes nothing, so that
    the mail can be tried again.
    """
    kept = replace(
        kept,
        message_id=mail.message_id,
        answers=mail.in_reply_to or (mail.references[-1] if mail.references else None),
        words=hashlib.sha256(mail.text.encode("utf-8", "replace")).hexdigest()[:32],
        cut=mail.cut,
        settled=now,
    )
    written = _written(mail)
    try:
        with store.transaction() as t:
            latest = t.incoming(kept.id)
            if latest is None:  # forgotten: the same mail came twice at once, and was put off
                raise errors.TooMany(N_("This mail has to come again."))
            if latest.fate is Fate.REFUSED:
                raise errors.Conflict(latest.reason, **latest.values)
            if latest.fate is not Fate.KEPT:
                return latest
            settled = Reception(t, house, kept, mail, written, now).settle(to)
            t.settle_incoming(settled)
            comment = t.comment(settled.comment_id) if settled.comment_id else None
            if comment and settled.message_id:
                adopt_orphans(t, comment, settled.message_id, now)
            return settled
    except (errors.TooMany, errors.Unavailable):
        raise
    except errors.Refusal as refusal:
        refuse(store, house, kept, mail, to, refusal, now)
        raise


def tell_refusal(store: Store, house: House, kept: Incoming, now: datetime) -> None:
    """Mail the refusal to its sender, for a door that cannot: to people we know, once a day each.

    A stranger gets no mail from us that anybody could have asked for in their name.
    """
    with store.transaction() as t:
        latest = t.incoming(kept.id)
        person = t.person(latest.person_id) if latest and latest.person_id else None
        if latest is None or person is None or latest.fate is not Fate.REFUSED:
            return
        until_midnight = f"{now:%Y-%m-%d}T23"
        if t.count_use(f"refusal:{person.id}:{latest.reason}", until_midnight) == 1:
            where = latest.opportunity_id
            tell(t, house, Kind.NOT_TAKEN, [person], now, opportunity_id=where, subject=latest.id)


def refuse(
    store: Store,
    house: House,
    kept: Incoming,
    mail: Mail,
    to: Addressed,
    refusal: errors.Refusal,
    now: datetime,
) -> None:
    """Note that a kept mail is refused, and whom that concerns."""
    with store.transaction() as t:
        reception = Reception(t, house, kept, mail, None, now)
        person_id, opportunity_id = reception.whose(to)
        t.settle_incoming(
            replace(
                kept,
                fate=Fate.REFUSED,
                reason=refusal.message,
                values=refusal.values,
                person_id=person_id,
                opportunity_id=opportunity_id,
            )
        )


def give_up(
    store: Store,
    house: House,
    kept: Incoming,
    to: Addressed | None,
    refusal: errors.Refusal,
    now: datetime,
) -> None:
    """Refuse a kept mail that nobody could read, so that it is not tried for ever."""
    mail = Mail(normal_email(kept.sender))
    with store.transaction() as t:
        latest = t.incoming(kept.id)
        if latest is None or latest.fate is not Fate.KEPT:
            return
        reception = Reception(t, house, latest, mail, None, now)
        person_id, opportunity_id = reception.whose(to) if to else (None, None)
        t.settle_incoming(
            replace(
                latest,
                fate=Fate.REFUSED,
                reason=refusal.message,
                values=refusal.values,
                settled=now,
                person_id=person_id,
                opportunity_id=opportunity_id,
            )
        )


def _written(mail: Mail) -> Written | errors.Invalid:
    """The words as a comment, or why they are none."""
    try:
        return words_of_mail(mail.text, mail.attachments)
    except errors.Invalid as refusal:
        return refusal
