"""Who people are and where they stand: facilitators, introductions, leaving, one's own data."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import available_timezones

from .. import errors
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Participant, Person, Status
from ..gettext import N_
from ..markup import to_html
from ..storage.interface import Store, Writing
from .finding import a_line, a_text, require_facilitator, the_opportunity
from .invitations import LONGEST_WHY, take_part
from .telling import stop_mail, tell, tell_of_introduction


def appoint_facilitators(
    store: Store, named: tuple[tuple[str, str], ...], language: str, now: datetime
) -> list[Person]:
    """Make the people (name, e-mail) that the settings name facilitators, and nobody else."""
    appointed = []
    with store.transaction() as t:
        for name, email in named:
            person = t.person_by_email(email)
            if person is None:
                person = Person(
                    id=mint(now), name=name, email=email, language=language, facilitates=True
                )
                t.add_person(person, now)
            elif not person.facilitates:
                person = replace(person, facilitates=True)
                t.change_person(person)
            appointed.append(person)
        kept = {person.id for person in appointed}
        for person in t.people():
            if person.facilitates and person.id not in kept:
                t.change_person(replace(person, facilitates=False))
    return appointed


def introduce(
    store: Store, house: House, by: Person, slug: str, person_id: str, text: str, now: datetime
) -> Participant:
    """Say who a participant is; public once the person has seen it and agreed.

    A facilitator's words about himself are public at once. Raises Invalid, NotFound, NotAllowed.
    """
    text = a_text(text, longest=LONGEST_WHY, field="introduction")
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        participant = _participant(t, opportunity.id, person_id)
        changed = replace(
            participant,
            introduction=text,
            introduction_html=to_html(text),
            introduction_public=person_id == by.id,
        )
        _keep(t, changed, now)
        tell_of_introduction(t, house, changed, now)
        return changed


def mend_introduction(
    store: Store, house: House, person: Person, slug: str, text: str, now: datetime
) -> Participant:
    """The person's own version of their introduction, public from now on; empty text takes it away.

    Raises Invalid, NotFound.
    """
    words = a_text(text, longest=LONGEST_WHY, field="introduction") if text.strip() else ""
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        participant = _participant(t, opportunity.id, person.id)
        changed = replace(
            participant,
            introduction=words,
            introduction_html=to_html(words) if words else "",
            introduction_public=True,
        )
        _keep(t, changed, now)
        tell_of_introduction(t, house, changed, now)
        return changed


def leave(store: Store, house: House, person: Person, slug: str, now: datetime) -> Participant:
    """Go as freely as one came; comments stay. A goodbye is the last mail. Raises NotFound."""
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        participant = _participant(t, opportunity.id, person.id)
        if not participant.present:
            return participant
        stop_mail(t, person.id, opportunity.id, now)
        changed = replace(participant, left=now)
        _keep(t, changed, now)
        tell(t, house, Kind.GOODBYE, [person], now, opportunity_id=opportunity.id)
        return changed


def come_back(store: Store, house: House, person: Person, slug: str, now: datetime) -> Participant:
    """Take part again after having left, or for the first time after an invitation.

    Raises NotFound.
    """
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        participant = _participant(t, opportunity.id, person.id)
        if participant.present:
            return participant
        t.note_change(opportunity.id, None, now)
        return take_part(t, house, participant, now)


def correct_data(
    store: Store,
    person: Person,
    now: datetime,
    *,
    name: str,
    know_how: str,
    language: str,
    status: str,
    time_zone: str,
) -> Person:
    """Put right what is kept of oneself; pages that show it follow. Raises Invalid.

    `time_zone` is a name of the IANA database in any case, or empty for the house's.
    """
    name = a_line(name, "name", longest=80)
    know_how = a_line(know_how, "know_how", required=False)
    language = a_line(language, "language", longest=12)
    kind, zone = _status(status), _time_zone(time_zone)
    with store.transaction() as t:
        kept = t.person(person.id) or person  # who facilitates may have changed meanwhile
        changed = replace(
            kept, name=name, know_how=know_how, language=language, status=kind, time_zone=zone
        )
        t.change_person(changed)
        for participation in t.participations(person.id):
            t.note_change(participation.opportunity_id, None, now)
        for opportunity_id in {comment.opportunity_id for comment in t.comments_by(person.id)}:
            t.note_change(opportunity_id, None, now)
    return changed


def void_answer_addresses(store: Store, person: Person, now: datetime) -> None:
    """Make worthless every answer address that was mailed to the person before now."""
    with store.transaction() as t:
        kept = t.person(person.id) or person
        t.change_person(replace(kept, answers_since=now))


@lru_cache
def time_zones() -> tuple[str, ...]:
    """Those that `correct_data` takes: places, and UTC; not `localtime` or what is kept for old."""
    return tuple(sorted(z for z in available_timezones() if "/" in z or z == "UTC"))


def _time_zone(name: object) -> str:
    wanted = a_line(name, "time_zone", required=False).replace(" ", "_").casefold()
    if not wanted:
        return ""
    for zone in time_zones():
        if zone.casefold() == wanted:
            return zone
    raise errors.Invalid(
        N_("No time zone is called that. Choose one from the list, such as Europe/Paris."),
        field="time_zone",
    )


def _status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        raise errors.Invalid(N_("This is not one of the choices."), field="status") from None


def _participant(t: Writing, opportunity_id: str, person_id: str) -> Participant:
    participant = t.participant(opportunity_id, person_id)
    if participant is None:
        raise errors.NotFound(N_("This person has no part in this opportunity."))
    return participant


def _keep(t: Writing, participant: Participant, now: datetime) -> None:
    t.change_participant(participant)
    t.note_change(participant.opportunity_id, None, now)
