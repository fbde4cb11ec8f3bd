"""Who people are and where they stand: facilitators, introductions, leaving, one's own data."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import available_timezones

from .. import errors
from ..domain.directory import split_links
from ..domain.discussion import Comment, State
from ..domain.erasures import Words
from ..domain.house import House
from ..domain.ids import mint
from ..domain.letters import Kind
from ..domain.people import Participant, Person
from ..gettext import N_
from ..storage.interface import Reading, Store, Writing
from .comments import withdraw_in
from .directory import a_status, some_links_of
from .finding import a_line, a_text, require_facilitator, the_opportunity
from .introducing import (
    LONGEST_WHY,
    an_introduction,
    in_own_words,
    is_ones_own,
    publish_introduction,
    reworded,
)
from .invitations import take_part
from .roles import leave_roles_in
from .telling import stop_mail, tell


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
    store: Store,
    house: House,
    by: Person,
    slug: str,
    person_id: str,
    text: str,
    now: datetime,
    *,
    seen: str | None = None,
) -> Participant:
    """Say who a participant is; public once the person has seen it and agreed.

    A facilitator's words about himself are public at once. `seen` is the edition that he had
    before him. Raises Invalid, NotFound, NotAllowed; Conflict when it was changed since.
    """
    text = a_text(text, longest=LONGEST_WHY, field="introduction")
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        require_facilitator(t, by, opportunity.id)
        participant = _participant(t, opportunity.id, person_id)
        if seen is not None and seen != participant.introduction_edition:
            raise errors.Conflict(
                N_("The introduction was changed meanwhile. Look at it, then save again."),
                field="introduction",
            )
        if text == participant.introduction:
            return participant
        if person_id == by.id:
            changed = in_own_words(participant, text)
        else:
            changed = replace(reworded(participant, text, by.id), introduction_public=False)
        changed = replace(changed, introduced_by=by.id)
        _keep(t, changed, now)
        publish_introduction(t, house, changed, now)
        return changed


def mend_introduction(
    store: Store, house: House, person: Person, slug: str, text: str, now: datetime
) -> Participant:
    """The person's own version of their introduction, public from now on; empty text takes it away.

    Raises Invalid, NotFound.
    """
    words = an_introduction(text)
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        participant = _participant(t, opportunity.id, person.id)
        changed = in_own_words(participant, words)
        _keep(t, changed, now)
        publish_introduction(t, house, changed, now)
        return changed


def leave(
    store: Store,
    house: House,
    person: Person,
    slug: str,
    now: datetime,
    words: Words = Words.KEPT,
) -> Participant:
    """Go as freely as one came; comments stay, or are withdrawn. A goodbye is the last mail.

    Whoever has left may still withdraw what stayed. Raises NotFound.
    """
    with store.transaction() as t:
        opportunity = the_opportunity(t, slug)
        participant = _participant(t, opportunity.id, person.id)
        if words is Words.WITHDRAWN:
            _withdraw_all(t, opportunity.id, person.id, now)
            participant = _participant(t, opportunity.id, person.id)
        if not participant.present:
            return participant
        stop_mail(t, person.id, opportunity.id, now)
        leave_roles_in(t, opportunity.id, person.id, now)
        changed = replace(participant, left=now)
        _keep(t, changed, now)
        where, what = opportunity.id, words.value
        tell(t, house, Kind.GOODBYE, [person], now, opportunity_id=where, subject=what)
        return changed


def has_words_in(store: Store, person: Person, slug: str) -> bool:
    """Whether somebody wrote there what could be withdrawn. Raises NotFound."""
    with store.reading() as look:
        opportunity = the_opportunity(look, slug)
        return any(_own_words(look, opportunity.id, person.id))


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
    links: str | None = None,
) -> Person:
    """Put right what is kept of oneself; pages that show it follow. Raises Invalid.

    `time_zone` is a name of the IANA database in any case, or empty for the house's. `links` are
    web addresses between spaces or lines; None leaves them.
    """
    name = a_line(name, "name", longest=80)
    know_how = a_line(know_how, "know_how", required=False)
    language = a_line(language, "language", longest=12)
    kind, zone = a_status(status), _time_zone(time_zone)
    with store.transaction() as t:
        kept = t.person(person.id) or person  # who facilitates may have changed meanwhile
        changed = replace(
            kept,
            name=name,
            know_how=know_how,
            language=language,
            status=kind,
            time_zone=zone,
            links=kept.links if links is None else some_links_of(split_links(links)),
        )
        t.change_person(changed)
        for participation in t.participations(person.id):
            t.note_change(participation.opportunity_id, None, now)
        for opportunity_id in {comment.opportunity_id for comment in t.comments_by(person.id)}:
            t.note_change(opportunity_id, None, now)
    return changed


def prefer_address(store: Store, person: Person, email: str) -> None:
    """Have mail sent to another address that is known as one's own. Raises NotFound."""
    with store.transaction() as t:
        kept = _with_address(t, person, email)
        t.drop_address(email, kept.id)
        t.change_person(replace(kept, email=email, unreachable=None))
        t.add_address(kept.email, kept.id)
        t.forget_bounces(kept.id)


def forget_address(store: Store, person: Person, email: str) -> None:
    """Know an address no longer; not the one that mail goes to. Raises NotFound."""
    with store.transaction() as t:
        t.drop_address(email, _with_address(t, person, email).id)


def void_answer_addresses(store: Store, person: Person, now: datetime) -> None:
    """Make worthless every answer address that was mailed to the person before now."""
    with store.transaction() as t:
        kept = t.person(person.id) or person
        t.change_person(replace(kept, answers_since=now))


@lru_cache
def time_zones() -> tuple[str, ...]:
    """Those that `correct_data` takes: places, and UTC; not `localtime` or what is kept for old."""
    return tuple(sorted(z for z in available_timezones() if "/" in z or z == "UTC"))


def _withdraw_all(t: Writing, opportunity_id: str, person_id: str, now: datetime) -> None:
    for comment in list(_own_words(t, opportunity_id, person_id)):
        withdraw_in(t, comment, now)


def _own_words(look: Reading, opportunity_id: str, person_id: str) -> Iterator[Comment]:
    """All that somebody wrote there and has not withdrawn, but how they introduced others."""
    for comment in look.comments_by(person_id):
        here = comment.opportunity_id == opportunity_id and is_ones_own(comment)
        if here and comment.state is not State.WITHDRAWN:
            yield comment


def _with_address(t: Writing, person: Person, email: str) -> Person:
    kept = t.person(person.id)
    if kept is None or email == kept.email or email not in t.addresses(person.id):
        raise errors.NotFound(N_("This address is not known as another one of yours."))
    return kept


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


def _participant(t: Writing, opportunity_id: str, person_id: str) -> Participant:
    participant = t.participant(opportunity_id, person_id)
    if participant is None:
        raise errors.NotFound(N_("This person has no part in this opportunity."))
    return participant


def _keep(t: Writing, participant: Participant, now: datetime) -> None:
    t.change_participant(participant)
    t.note_change(participant.opportunity_id, None, now)
