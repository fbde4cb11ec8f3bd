"""Links, sessions and tokens: good for one thing, for a time, until they are ended."""

import pytest

from comments_service import errors
from comments_service.actions import access, invitations, visitors
from comments_service.domain.access import LASTS, Scope
from comments_service.domain.house import House
from comments_service.domain.letters import Kind

from ..conftest import Circle


def test_a_mailed_link_opens_one_session(circle: Circle) -> None:
    access.ask_to_sign_in(circle.store, circle.house, " Camille@Example.org", "", circle.now)
    [letter] = circle.letters(Kind.SIGN_IN)
    grant_id = letter.subject or ""
    assert access.who_is_behind(circle.store, Scope.SIGN_IN, grant_id, circle.now)[0].facilitates
    session = access.open_session(circle.store, Scope.SIGN_IN, grant_id, circle.now)
    person, _ = access.who_is_behind(circle.store, Scope.SESSION, session.id, circle.now)
    assert person == circle.facilitator
    with pytest.raises(errors.BadLink):
        access.open_session(circle.store, Scope.SIGN_IN, grant_id, circle.now)


def test_whom_we_know_is_not_told_to_strangers(circle: Circle) -> None:
    access.ask_to_sign_in(circle.store, circle.house, "nobody@example.org", "", circle.now)
    assert circle.letters(Kind.SIGN_IN) == []
    with pytest.raises(errors.Invalid):
        access.ask_to_sign_in(circle.store, circle.house, "nobody", "", circle.now)
    circle.house = House("talk.example.org", strangers_an_hour=1)
    for address in ("nobody@example.org", "camille@example.org"):
        with pytest.raises(errors.TooMany):
            for _ in range(2):
                access.ask_to_sign_in(circle.store, circle.house, address, "", circle.now)


@pytest.mark.parametrize("scope", Scope)
def test_a_grant_is_worthless_for_anything_else(circle: Circle, scope: Scope) -> None:
    grants = {
        Scope.SIGN_IN: access.make_sign_in_link(circle.store, circle.facilitator, circle.now),
        Scope.API: access.make_api_token(circle.store, circle.facilitator, "script", circle.now),
        Scope.INVITATION: circle.invite("Ines").grant,
    }
    for made_for, grant in grants.items():
        if made_for is not scope:
            with pytest.raises(errors.BadLink):
                access.who_is_behind(circle.store, scope, grant.id, circle.now)
            with pytest.raises(errors.BadLink):
                access.open_session(circle.store, scope, grant.id, circle.now)


def test_a_sign_in_link_confirms_no_comment(circle: Circle) -> None:
    grant = access.make_sign_in_link(circle.store, circle.facilitator, circle.now)
    with pytest.raises(errors.BadLink):
        visitors.confirm(circle.store, circle.house, grant.id, circle.now)


@pytest.mark.parametrize("grant_id", [None, "", "0" * 18, "nonsense", "'; DROP TABLE access; --"])
def test_a_foreign_grant_opens_nothing(circle: Circle, grant_id: str | None) -> None:
    with pytest.raises(errors.BadLink):
        access.who_is_behind(circle.store, Scope.SESSION, grant_id, circle.now)
    with pytest.raises(errors.BadLink):
        invitations.invitation_behind(circle.store, grant_id, circle.now)


def test_a_link_opens_until_the_moment_it_expires(circle: Circle) -> None:
    grant = access.make_sign_in_link(circle.store, circle.facilitator, circle.now)
    circle.now += LASTS[Scope.SIGN_IN]
    circle.wait(milliseconds=-1)
    access.who_is_behind(circle.store, Scope.SIGN_IN, grant.id, circle.now)
    circle.wait(milliseconds=1)
    with pytest.raises(errors.BadLink):
        access.who_is_behind(circle.store, Scope.SIGN_IN, grant.id, circle.now)


def test_one_ends_ones_own_tokens_and_nobody_elses(circle: Circle) -> None:
    grant = access.make_api_token(circle.store, circle.facilitator, "script", circle.now)
    with pytest.raises(errors.NotFound):
        access.revoke(circle.store, circle.bring_in("Ines"), grant.id, circle.now)
    access.revoke(circle.store, circle.facilitator, grant.id, circle.now)
    with pytest.raises(errors.BadLink):
        access.who_is_behind(circle.store, Scope.API, grant.id, circle.now)
    with pytest.raises(errors.Invalid):
        access.make_api_token(circle.store, circle.facilitator, " ", circle.now)
