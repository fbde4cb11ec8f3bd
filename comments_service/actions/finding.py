"""Finding what a request names, or refusing in words; and the bounds of what people may type."""

from datetime import datetime

from .. import errors
from ..domain.access import Grant, Scope
from ..domain.discussion import LONGEST_TEXT, Comment, Place, State, clean_text
from ..domain.ids import looks_like_id
from ..domain.people import Person, normal_email, one_line
from ..domain.permissions import may_facilitate, wrote
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Reading
from .updates import knows_update

LONGEST_LINE = 200


def the_opportunity(look: Reading, slug: str) -> Opportunity:
    """The opportunity called `slug`, now or before a renaming. Raises NotFound."""
    opportunity = look.opportunity(slug)
    if opportunity is None:
        raise errors.NotFound(N_("There is no opportunity called “%(slug)s” here."), slug=slug)
    return opportunity


def the_comment(look: Reading, id: str) -> Comment:
    """The comment with this id. Raises NotFound."""
    comment = look.comment(id)
    if comment is None:
        raise errors.NotFound(N_("There is no such comment."))
    return comment


def writable_opportunity(look: Reading, slug: str) -> Opportunity:
    """The opportunity called `slug`, if one may still write in it. Raises NotFound, Closed."""
    opportunity = the_opportunity(look, slug)
    check_open(opportunity)
    return opportunity


def check_open(opportunity: Opportunity) -> None:
    """Raise Closed when nobody may write in the opportunity any more."""
    if not opportunity.accepts_words:
        raise errors.Closed(N_("This opportunity is closed. It can be read, and not answered."))


def check_place(look: Reading, opportunity: Opportunity, place: Place) -> None:
    """Raise Invalid unless what `place` answers can be read in this opportunity."""
    if place.answer is not None:
        parent = look.comment(place.answer) if looks_like_id(place.answer) else None
        seen = parent is not None and parent.state in (State.PUBLISHED, State.WITHDRAWN)
        if parent is None or not seen or parent.opportunity_id != opportunity.id:
            raise errors.Invalid(
                N_("The comment that this answers is not in this discussion."), field="answer"
            )
    elif place.update is not None and not knows_update(look, opportunity, place.update):
        raise errors.Invalid(
            N_("The update that this answers is not in this opportunity."), field="update"
        )


def own_comment(look: Reading, author: Person, id: str) -> Comment:
    """The author's comment with this id. Raises NotFound, NotAllowed."""
    comment = the_comment(look, id)
    if not wrote(author, comment):
        raise errors.NotAllowed(N_("Only its author can do that."))
    return comment


def check_editable(look: Reading, comment: Comment, now: datetime) -> None:
    """Raise TooLate, or NotAllowed, when its author cannot mend the comment (any more).

    What a facilitator approved of a visitor stays as he read it.
    """
    if comment.introduces:
        raise errors.NotAllowed(
            N_("An introduction is mended by whom it introduces, on “My data”, or on the desk.")
        )
    if not comment.editable(now):
        raise errors.TooLate(
            N_("A comment can be edited for fifteen minutes. Answer it, or withdraw it.")
        )
    by_visitor = look.participant(comment.opportunity_id, comment.author_id) is None
    if by_visitor and look.was_decided(comment.id):
        raise errors.TooLate(
            N_("A facilitator has published it as it is. Answer it, or withdraw it.")
        )


def open_grant(look: Reading, scope: Scope, id: str | None, now: datetime) -> Grant:
    """The grant behind a link that was opened. Raises BadLink for a foreign, old or revoked one."""
    grant = look.grant(id) if id else None
    if grant is None or not grant.opens(scope, now):
        raise errors.BadLink(
            N_("This link does not open anything any more. Ask for a new one below.")
        )
    return grant


def require_facilitator(look: Reading, person: Person, opportunity_id: str) -> None:
    """Raise NotAllowed unless `person` facilitates this opportunity."""
    if not may_facilitate(person, look.participant(opportunity_id, person.id)):
        raise errors.NotAllowed(N_("Only a facilitator of this opportunity can do that."))


def require_present(look: Reading, person: Person, opportunity_id: str) -> None:
    """Raise NotAllowed unless `person` takes part in this opportunity now."""
    part = look.participant(opportunity_id, person.id)
    if part is None or not part.present:
        raise errors.NotAllowed(N_("Only those who take part in this opportunity can do that."))


def a_text(text: object, *, longest: int = LONGEST_TEXT, field: str = "text") -> str:
    """What somebody wrote, cleaned. Raises Invalid when empty, too long or not text."""
    if not isinstance(text, str):
        raise errors.Invalid(N_("This must be text."), field=field)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can spell it, UTF-8 cannot
        raise errors.Invalid(N_("This is not text in UTF-8."), field=field) from None
    cleaned = clean_text(text)
    if not any(c.isprintable() and not c.isspace() for c in cleaned):
        raise errors.Invalid(N_("There are no words in it yet."), field=field)
    if len(cleaned) > longest:
        raise errors.Invalid(
            N_("That is %(length)d characters; %(longest)d fit."),
            field=field,
            length=len(cleaned),
            longest=longest,
        )
    return cleaned


def a_line(text: object, field: str, *, required: bool = True, longest: int = LONGEST_LINE) -> str:
    """One line without control characters. Raises Invalid when missing though required, or long."""
    if not isinstance(text, str):
        raise errors.Invalid(N_("This must be text."), field=field)
    if not one_line(text):
        if required:
            raise errors.Invalid(N_("This cannot be left empty."), field=field)
        return ""
    return one_line(a_text(text, longest=longest, field=field))


def an_email(text: object) -> str:
    """A normalised e-mail address. Raises Invalid."""
    email = normal_email(text) if isinstance(text, str) else None
    if email is None:
        raise errors.Invalid(N_("This is not an e-mail address."), field="email")
    return email
