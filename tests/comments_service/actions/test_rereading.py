"""Who stands by which version of the agreement: said once, asked once, and void when it changes."""

import pytest

from comments_service import errors
from comments_service.actions import people, receiving, rereading
from comments_service.actions.manifest import BadManifest
from comments_service.actions.sending import matter_to_send
from comments_service.domain.following import Dose
from comments_service.domain.ids import mint
from comments_service.domain.incoming import Answering, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.people import Capacity, Person
from comments_service.domain.team import Role

from ..conftest import Circle, entry

PAGE = "https://example.org/opportunities/farm/#agreement"


def write(circle: Circle, version: str = "4f1c2d", **more: str) -> None:
    circle.publish(entry("farm", agreement={"version": version, "url": PAGE}, **more))


@pytest.fixture
def agreed(circle: Circle) -> Circle:
    """An agreement in its first version."""
    write(circle)
    return circle


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


def stand_by(circle: Circle, person: Person, version: str = "4f1c2d") -> None:
    rereading.stand_by(circle.store, person, "farm", version, circle.now)


def ask(circle: Circle, version: str = "4f1c2d") -> list[str]:
    by = circle.facilitator
    asked = rereading.ask_to_reread(circle.store, circle.house, by, "farm", version, circle.now)
    return [person.name for person in asked]


def give_role(circle: Circle, person: Person) -> None:
    with circle.store.transaction() as t:
        farm = t.opportunity("farm")
        assert farm
        now = circle.now
        t.add_role(Role(mint(now), farm.id, person.id, "data", "", "", now, taken=now))


def test_any_participant_can_stand_by_a_version_and_the_page_hears_of_it(
    agreed: Circle, ada: Person
) -> None:
    before = agreed.changes()["cursor"]
    stand_by(agreed, ada)
    [reread] = agreed.exported()["rereadings"]
    assert (reread["person"], reread["version"]) == (ada.id, "4f1c2d")
    assert agreed.changes()["cursor"] > before


def test_standing_by_it_twice_is_standing_by_it_once(agreed: Circle, ada: Person) -> None:
    stand_by(agreed, ada)
    cursor = agreed.changes()["cursor"]
    agreed.wait(hours=1)
    stand_by(agreed, ada)
    assert len(agreed.exported()["rereadings"]) == 1
    assert agreed.changes()["cursor"] == cursor


@pytest.mark.parametrize("version", ["", "4f1c2", "4f1c2d ", "x" * 5_000, "4F1C2D"])
def test_another_version_than_the_current_one_is_refused(
    agreed: Circle, ada: Person, version: str
) -> None:
    with pytest.raises(errors.Conflict, match="changed"):
        stand_by(agreed, ada, version)
    assert agreed.exported()["rereadings"] == []


def test_after_a_change_one_stands_by_nothing_until_one_says_so_anew(
    agreed: Circle, ada: Person
) -> None:
    stand_by(agreed, ada)
    write(agreed, "aaaaaa")
    so_far = rereading.how_far_reread(agreed.store, ada, "farm")
    assert so_far.mine is None and so_far.stood_by == []
    assert so_far.mine_before and so_far.mine_before.version == "4f1c2d"
    with pytest.raises(errors.Conflict):
        stand_by(agreed, ada)
    stand_by(agreed, ada, "aaaaaa")


def test_committing_the_same_words_takes_no_rereading_away(agreed: Circle, ada: Person) -> None:
    stand_by(agreed, ada)
    agreement = {"version": "4f1c2d", "commit": "c" * 40, "url": PAGE}
    agreed.publish(entry("farm", agreement=agreement))
    bea = agreed.bring_in("Bea")
    stand_by(agreed, bea)
    so_far = rereading.how_far_reread(agreed.store, bea, "farm")
    assert [one.person.name for one in so_far.stood_by] == ["Ada", "Bea"]
    assert {one["version"] for one in agreed.exported()["rereadings"]} == {"4f1c2d"}


def test_a_rereading_keeps_the_commit_that_the_site_named_at_that_moment(
    agreed: Circle, ada: Person
) -> None:
    bea = agreed.bring_in("Bea")
    stand_by(agreed, bea)
    for commit in ("c" * 40, "d" * 40):
        agreement = {"version": "4f1c2d", "commit": commit, "date": None, "url": PAGE}
        agreed.publish(entry("farm", agreement=agreement))
        stand_by(agreed, ada)
    for person, commit in ((ada, "c" * 40), (bea, "")):
        with agreed.store.reading() as look:
            [kept] = look.rereadings_by(person.id)
        assert kept.commit == commit


def test_a_stranger_and_who_left_cannot_stand_by_it(agreed: Circle, ada: Person) -> None:
    invited = agreed.invite("Bea").invitation.person
    people.leave(agreed.store, agreed.house, ada, "farm", agreed.now)
    for person in (invited, ada):
        with pytest.raises(errors.NotAllowed):
            stand_by(agreed, person)
        with pytest.raises(errors.NotAllowed):
            rereading.how_far_reread(agreed.store, person, "farm")


def test_without_an_agreement_there_is_nothing_to_stand_by(circle: Circle, ada: Person) -> None:
    for version in ("", "4f1c2d"):
        with pytest.raises(errors.NotFound):
            stand_by(circle, ada, version)
    with pytest.raises(errors.NotFound):
        rereading.how_far_reread(circle.store, ada, "farm")


def test_an_agreement_that_the_site_takes_away_is_gone(agreed: Circle, ada: Person) -> None:
    agreed.publish(entry("farm", agreement=None))
    with pytest.raises(errors.NotFound):
        stand_by(agreed, ada)
    with pytest.raises(BadManifest):
        agreed.publish(entry("farm", agreement="4f1c2d"))


def test_a_closed_opportunity_can_be_looked_at_and_not_stood_by(
    agreed: Circle, ada: Person
) -> None:
    write(agreed, phase="closed")
    with pytest.raises(errors.Closed):
        stand_by(agreed, ada)
    with pytest.raises(errors.Closed):
        ask(agreed)
    assert rereading.how_far_reread(agreed.store, ada, "farm").opportunity.agreement


def test_the_parties_are_client_facilitators_and_who_holds_a_role_by_name(agreed: Circle) -> None:
    zoe, bea = agreed.bring_in("Zoe"), agreed.bring_in("Bea")
    agreed.bring_in("Jeanne", capacity=Capacity.CLIENT)
    give_role(agreed, zoe)
    so_far = rereading.how_far_reread(agreed.store, bea, "farm")
    assert [one.person.name for one in so_far.waited] == ["Camille Le Goff", "Jeanne", "Zoe"]
    stand_by(agreed, bea)
    stand_by(agreed, zoe)
    so_far = rereading.how_far_reread(agreed.store, bea, "farm")
    assert [one.person.name for one in so_far.stood_by] == ["Bea", "Zoe"]
    assert [one.person.name for one in so_far.waited] == ["Camille Le Goff", "Jeanne"]


def test_each_party_is_asked_once_for_a_version_and_again_for_the_next(agreed: Circle) -> None:
    agreed.bring_in("Jeanne", capacity=Capacity.CLIENT)
    assert ask(agreed) == ["Jeanne"]
    assert ask(agreed) == []
    write(agreed, "aaaaaa")
    assert ask(agreed, "aaaaaa") == ["Jeanne"]
    assert len(agreed.letters(Kind.REREAD)) == 2


def test_who_wants_no_mail_or_has_reread_it_is_not_asked(agreed: Circle) -> None:
    jeanne = agreed.bring_in("Jeanne", capacity=Capacity.CLIENT)
    paul = agreed.bring_in("Paul", capacity=Capacity.CLIENT)
    agreed.choose(jeanne, Dose.NOTHING)
    stand_by(agreed, paul)
    assert ask(agreed) == []
    so_far = rereading.how_far_reread(agreed.store, agreed.facilitator, "farm")
    assert [one.wants_mail for one in so_far.waited if one.person.id == jeanne.id] == [False]


def test_only_a_facilitator_asks_and_only_for_what_is_current(agreed: Circle, ada: Person) -> None:
    with pytest.raises(errors.NotAllowed):
        rereading.ask_to_reread(agreed.store, agreed.house, ada, "farm", "4f1c2d", agreed.now)
    with pytest.raises(errors.Conflict):
        ask(agreed, "an older one")


def answer(circle: Circle, text: str, sender: str = "jeanne@example.org") -> str:
    """Answer the newest letter that asks; what became of the mail."""
    to, raw = Answering(circle.letters(Kind.REREAD)[0].id), text.encode()
    kept = receiving.keep(circle.store, "lmtp", sender, str(to), raw, circle.now)
    mail = Mail(sender, text=text, message_id=f"<{len(text)}@home>")
    return receiving.settle(circle.store, circle.house, kept, mail, to, circle.now).reason


@pytest.fixture
def asked(agreed: Circle) -> Circle:
    """The client was asked by mail."""
    agreed.bring_in("Jeanne", capacity=Capacity.CLIENT)
    ask(agreed)
    return agreed


def test_an_ok_by_mail_is_a_rereading(asked: Circle) -> None:
    assert answer(asked, "OK\n\nJeanne") == "reread"
    assert [one["version"] for one in asked.exported()["rereadings"]] == ["4f1c2d"]
    assert asked.said() == []


def test_an_ok_to_an_older_version_is_refused(asked: Circle) -> None:
    write(asked, "aaaaaa")
    with pytest.raises(errors.Conflict, match="changed"):
        answer(asked, "ok")
    assert asked.exported()["rereadings"] == []


def test_other_words_are_a_comment_and_a_bare_no_is_nothing(asked: Circle) -> None:
    with pytest.raises(errors.Invalid, match="what should be changed"):
        answer(asked, "no")
    answer(asked, "The second clause should name the date.")
    assert len(asked.said()) == 1
    assert asked.exported()["rereadings"] == []


def test_an_ok_from_an_unknown_address_is_not_taken(asked: Circle) -> None:
    with pytest.raises(errors.NotAllowed):
        answer(asked, "ok", sender="eve@example.net")
    assert asked.exported()["rereadings"] == []


def test_who_left_or_has_reread_it_meanwhile_gets_no_letter(asked: Circle) -> None:
    [letter] = asked.letters(Kind.REREAD)
    assert matter_to_send(asked.store, asked.house, letter, asked.now)
    with asked.store.reading() as look:
        jeanne = look.person(letter.person_id)
    assert jeanne
    stand_by(asked, jeanne)
    assert matter_to_send(asked.store, asked.house, letter, asked.now) is None
    write(asked, "aaaaaa")
    assert matter_to_send(asked.store, asked.house, letter, asked.now) is None
