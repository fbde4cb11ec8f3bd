"""Updates as the site tells of them: told once, whatever becomes of their files afterwards."""

from dataclasses import replace
from datetime import datetime

from ..domain.house import House
from ..domain.letters import Kind
from ..domain.phases import Opportunity
from ..domain.updates import ToldUpdate, digest_of, renamed
from ..storage.interface import Reading, Writing
from .telling import free_message_id, tell_of_update


def note_updates(t: Writing, house: House, told: Opportunity) -> None:
    """Note those of an opportunity that is new: nobody was here to be told."""
    for update in told.updates:
        message_id = free_message_id(t, house, told, update.slug)
        t.note_update_told(told.id, update.slug, message_id, 0)
    _describe(t, told)


def tell_of_updates(
    t: Writing, house: House, before: Opportunity, told: Opportunity, now: datetime
) -> None:
    """Follow each to its new name, tell of those that were never told, and note what was lost.

    One that is back after a builder did not have it is mailed to those who had not got it yet.
    """
    follow_names(t, told, now)
    known = {one.slug for one in t.all_updates_told(told.id)}
    for update in told.updates:
        if update.slug not in known:
            tell_of_update(t, house, told, update.slug, now)
        elif not before.has_update(update.slug):
            t.want_letters_again(Kind.UPDATE, told.id, update.slug, now)
    if any(not told.has_update(update.slug) for update in before.updates):
        t.note_change(told.id, None, now)
    _describe(t, told)


def updates_taken_back(look: Reading, opportunity: Opportunity) -> list[ToldUpdate]:
    """Those that the site has no more, and that somebody got by mail or answered; by date."""
    return [
        one
        for one in look.all_updates_told(opportunity.id)
        if not opportunity.has_update(one.slug)
        and look.update_was_heard_of(opportunity.id, one.slug)
    ]


def knows_update(look: Reading, opportunity: Opportunity, slug: str) -> bool:
    """Whether there is, or ever was, an update of this name: its thread stays."""
    return opportunity.has_update(slug) or look.update_told(opportunity.id, slug) is not None


def follow_names(t: Writing, told: Opportunity, now: datetime) -> None:
    """What was told of an update goes with it to the name that it has now."""
    moved = renamed(t.all_updates_told(told.id), told.updates)
    if names := {one.slug: update.slug for one, update in moved}:
        t.note_change(told.id, None, now)
        for comment_id in t.rename_updates(told.id, names):
            t.note_change(told.id, comment_id, now)


def _describe(t: Writing, told: Opportunity) -> None:
    known = {one.slug: one for one in t.all_updates_told(told.id)}
    for update in told.updates:
        one = known[update.slug]
        digest = digest_of(update) or one.digest
        latest = replace(one, title=update.title, date=update.date, digest=digest)
        if latest != one:
            t.describe_update(told.id, latest)
