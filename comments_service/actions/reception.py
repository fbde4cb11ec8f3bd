"""One mail inside the transaction that settles it: whose it is, and what it does."""

from dataclasses import dataclass, replace
from datetime import datetime

from .. import errors
from ..domain.commands import Command, command_in, may_decline
from ..domain.discussion import SAME_WORDS_WINDOW, Comment, Door, Place, State
from ..domain.house import House
from ..domain.incoming import (
    Addressed,
    Answering,
    AnsweringInPublic,
    Bouncing,
    Discussing,
    Fate,
    Incoming,
    Mail,
    Stopping,
)
from ..domain.letters import ANSWERS_LAST, Kind, Letter
from ..domain.people import Person
from ..domain.phases import Opportunity
from ..gettext import N_
from ..storage.interface import Writing
from .bouncing import note_bounce_in, write_again_in
from .comments import Written, contribute_in, prove_in
from .finding import the_comment, the_opportunity
from .following import stop_in, the_letter
from .limits import check_repeated, count_in_thread
from .one_word import ANSWERS
from .placing import place_by_references
from .updates import knows_update
from .visitors import Visitor, ask_to_confirm_in, contribute_as_visitor_in
from .wording import under_subject

# Letters whose answer is words for the discussion.
TALKING = {
    Kind.COMMENT,
    Kind.UPDATE,
    Kind.INTRODUCTION,
    Kind.DIGEST,
    Kind.INVITATION,
    Kind.REMINDER,
    Kind.CLIENT_JOINS,
    Kind.APPROVED,
    Kind.GOODBYE,
    Kind.PHASE,
    Kind.REREAD,
}


@dataclass(frozen=True, slots=True)
class Reception:
    """One mail inside the transaction that settles it."""

    t: Writing
    house: House
    kept: Incoming
    mail: Mail
    written: Written | errors.Invalid | None
    now: datetime

    def settle(self, to: Addressed) -> Incoming:
        """The mail with its fate. Raises Refusal."""
        if isinstance(to, Bouncing):
            return self._bounce(to)
        if isinstance(to, Stopping):  # whatever the mail says, whoever or whatever wrote it
            return self._stop(the_letter(self.t, to.letter_id))
        if machine := self._written_by_a_machine():
            return self._ignored(machine, to)
        match to:
            case Answering(letter_id):
                return self._answer(self._letter(letter_id))
            case AnsweringInPublic(comment_id):
                answered = the_comment(self.t, comment_id)
                opportunity = self.t.opportunity_by_id(answered.opportunity_id)
                assert opportunity is not None  # noqa: S101 - a foreign key holds it
                return self._speak(opportunity, Place(answer=answered.id), to)
            case Discussing(slug):
                opportunity = the_opportunity(self.t, slug)
                return self._speak(
                    opportunity, place_by_references(self.t, opportunity, self.mail), to
                )

    def whose(self, to: Addressed) -> tuple[str | None, str | None]:
        """The ids of the person and the opportunity that the mail concerns, as far as we know."""
        person = self.t.person_by_email(self.mail.sender) if self.mail.sender else None
        person_id, opportunity = person.id if person else None, None
        match to:
            case Answering(letter_id) | Stopping(letter_id) | Bouncing(letter_id):
                letter = self.t.letter(letter_id)
                if letter:
                    return letter.person_id, letter.opportunity_id
            case AnsweringInPublic(comment_id):
                comment = self.t.comment(comment_id)
                return person_id, comment.opportunity_id if comment else None
            case Discussing(slug):
                opportunity = self.t.opportunity(slug)
        return person_id, opportunity.id if opportunity else None

    def _written_by_a_machine(self) -> str:
        if self.mail.automatic:
            return self.mail.automatic
        if not self.kept.sender:
            return "null envelope sender"
        sender = self.mail.sender or ""
        ours = sender.rpartition("@")[2] == self.house.mail_domain
        if ours and self.t.person_by_email(sender) is None:  # people may live at that domain too
            return "from ourselves"
        return ""

    def _ignored(self, reason: str, to: Addressed) -> Incoming:
        person_id, opportunity_id = self.whose(to)
        return replace(
            self.kept,
            fate=Fate.IGNORED,
            reason=reason,
            person_id=person_id,
            opportunity_id=opportunity_id,
        )

    def _bounce(self, to: Bouncing) -> Incoming:
        report, letter = self.mail.report, self.t.letter(to.letter_id)
        if letter is None or report is None:
            return self._ignored("no delivery report" if letter else "a letter of nobody", to)
        if not report.failed:
            return self._ignored(f"delivery report: {report.action or 'no failure'}", to)
        note_bounce_in(self.t, letter, report, self.now)
        words = f"bounced: {report.status or report.action}"
        return replace(self._ignored(words, to), fate=Fate.TAKEN)

    def _letter(self, id: str) -> Letter:
        """The letter behind an address, if one may still answer it. Raises BadLink."""
        letter = self.t.letter(id)
        person = self.t.person(letter.person_id) if letter else None
        if letter and person:
            revoked = person.answers_since and letter.created < person.answers_since
            if not revoked and self.now <= letter.created + ANSWERS_LAST:
                return letter
        raise errors.BadLink(
            N_("This answer address is not valid any more. Answer a newer mail, or use the page.")
        )

    def _stop(self, letter: Letter) -> Incoming:
        stop_in(self.t, letter, self.now)
        return self._taken("stop", letter.person_id, letter.opportunity_id)

    def _answer(self, letter: Letter) -> Incoming:
        person = self.t.person(letter.person_id)
        assert person is not None  # noqa: S101 - a foreign key holds it
        proven = self._is_from(person) and self.mail.dmarc != "fail"
        if proven:
            write_again_in(self.t, person)
        command = command_in(self.mail.text, f"{person.name} {self.mail.sender_name}")
        if command is Command.STOP:
            return self._stop(letter)
        if letter.kind in ANSWERS and (command or letter.kind not in TALKING):
            if not proven:
                raise errors.NotAllowed(
                    N_("This came from an address that we do not know as yours. Use the link.")
                )
            answer = ANSWERS[letter.kind]
            if done := answer(self.t, self.house, letter, person, command, self.now):
                return self._taken(done, person.id, letter.opportunity_id)
        opportunity = self.t.opportunity_by_id(letter.opportunity_id or "")
        if letter.kind not in TALKING or opportunity is None:
            raise errors.Invalid(N_("This mail cannot be answered with words. Use the link in it."))
        asked = letter.kind in (Kind.INVITATION, Kind.REMINDER)
        if asked and may_decline(self.mail.text):
            proven = False  # words that may say no are not published before they are confirmed
        place = Place()
        if letter.kind is Kind.COMMENT or self._introduces(letter):
            place = Place(answer=letter.subject)
        elif letter.kind is Kind.UPDATE and knows_update(self.t, opportunity, letter.subject or ""):
            place = Place(update=letter.subject)
        return self._comment(opportunity, place, person, proven=proven)

    def _introduces(self, letter: Letter) -> bool:
        """By a comment; introductions of old were none, and their answers begin a thread."""
        told = self.t.comment(letter.subject or "")
        return letter.kind is Kind.INTRODUCTION and told is not None

    def _speak(self, opportunity: Opportunity, place: Place, to: Addressed) -> Incoming:
        """By an address that everybody may know: only our mail server's word proves the sender.

        Nobody hears of a stranger's forged mail: a refusal would go to whose name was forged.
        """
        if command_in(self.mail.text, self.mail.sender_name) is Command.STOP:
            raise errors.Invalid(N_("To stop, answer one of our mails with “stop”."))
        sender = self.mail.sender
        if sender is None:
            raise errors.Invalid(N_("This is not an e-mail address."), field="email")
        crowd = f"mail:{opportunity.id}"  # one network, as far as we can see
        if person := self.t.person_by_email(sender):
            proven = self.mail.dmarc == "pass"
            if proven:
                write_again_in(self.t, person)
            return self._comment(opportunity, place, person, proven=proven, network=crowd)
        if self.mail.dmarc == "fail":
            return self._ignored("DMARC failed", to)
        count_in_thread(self.t, self.house, opportunity, place, self.now)
        name = self.mail.sender_name or sender.partition("@")[0]
        visitor = Visitor(name[:80], sender, opportunity.language, crowd)
        words, slug, door = self._words(opportunity, place), opportunity.slug, Door.MAIL
        comment = contribute_as_visitor_in(
            self.t, self.house, visitor, slug, words, place, door=door, now=self.now
        )
        return self._became(comment)

    def _comment(
        self,
        opportunity: Opportunity,
        place: Place,
        person: Person,
        *,
        proven: bool,
        network: str = "",
    ) -> Incoming:
        if twin := self._twin(person, opportunity):
            if proven and twin.comment_id:
                prove_in(self.t, self.house, the_comment(self.t, twin.comment_id), self.now)
            return twin
        words, slug, door = self._words(opportunity, place), opportunity.slug, Door.MAIL
        check_repeated(self.t, person, opportunity, words.text, self.now)
        count_in_thread(self.t, self.house, opportunity, place, self.now)
        if proven:
            comment = contribute_in(
                self.t, self.house, person, slug, words, place, door=door, now=self.now
            )
        else:
            strange = "" if self._is_from(person) else self.mail.sender or ""
            comment = ask_to_confirm_in(
                self.t,
                self.house,
                person,
                slug,
                words,
                place,
                network=network,
                came_from=strange,
                door=door,
                now=self.now,
            )
        return self._became(comment)

    def _words(self, opportunity: Opportunity, place: Place) -> Written:
        """What becomes the comment; a new thread begins with its subject. Raises Invalid."""
        if not isinstance(self.written, Written):
            raise self.written or errors.Invalid(N_("There are no words in it yet."), field="text")
        if place != Place():
            return self.written
        return under_subject(self.written, self.mail.subject, opportunity)

    def _twin(self, person: Person, opportunity: Opportunity) -> Incoming | None:
        """The same mail by another way (in Cc, or delivered twice) is one comment."""
        twin = self.t.incoming_twin(
            person.id,
            opportunity.id,
            self.kept.message_id,
            self.kept.words,
            self.now - SAME_WORDS_WINDOW,
        )
        if twin is None:
            return None
        return replace(
            self.kept,
            fate=Fate.IGNORED,
            reason="here already",
            person_id=person.id,
            opportunity_id=opportunity.id,
            comment_id=twin.comment_id,
        )

    def _became(self, comment: Comment) -> Incoming:
        held = comment.state is State.UNCONFIRMED
        return replace(
            self.kept,
            fate=Fate.HELD if held else Fate.TAKEN,
            reason="has to be confirmed" if held else comment.state.value,
            person_id=comment.author_id,
            opportunity_id=comment.opportunity_id,
            comment_id=comment.id,
        )

    def _taken(self, what: str, person_id: str, opportunity_id: str | None) -> Incoming:
        return replace(
            self.kept,
            fate=Fate.TAKEN,
            reason=what,
            person_id=person_id,
            opportunity_id=opportunity_id,
        )

    def _is_from(self, person: Person) -> bool:
        return self.mail.sender in self.t.addresses(person.id)
