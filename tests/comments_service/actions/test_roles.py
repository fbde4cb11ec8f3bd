"""Roles: claimed, or proposed and taken; supported without any count; laid down at any time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import (
    comments,
    following,
    invitations,
    people,
    receiving,
    roles,
    supports,
)
from comments_service.actions.sending import matter_to_send
from comments_service.domain.discussion import Comment, Door
from comments_service.domain.following import Dose
from comments_service.domain.incoming import Answering, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person
from comments_service.domain.team import MOST_ROLES, PROPOSALS_AN_HOUR, Role

from ..conftest import Circle, entry

WITH_ROLES = ["convergence", "engagement", "underway"]


@pytest.fixture
def ada(circle: Circle) -> Person:
    circle.publish(entry("farm", phase="convergence"))
    return circle.bring_in("Ada")


@pytest.fixture
def bob(circle: Circle, ada: Person) -> Person:
    return circle.bring_in("Bob")


def claim(circle: Circle, person: Person, title: str = "Wells", words: str = "I *dig*.") -> Role:
    return roles.claim_role(circle.store, person, "farm", title, words, circle.now)


def propose(
    circle: Circle, by: Person, whom: Person, title: str = "Wells", words: str = "You know how."
) -> Role:
    return roles.propose_role(
        circle.store, circle.house, by, "farm", whom.id, title, words, circle.now
    )


def support(circle: Circle, person: Person, role: Role, comment: Comment | None = None) -> None:
    id = comment.id if comment else None
    supports.support_role(circle.store, person, role.id, id, circle.now)


def shown(circle: Circle) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = circle.exported()["roles"]
    return found


def answer(circle: Circle, text: str, sender: str) -> None:
    [letter, *_] = circle.letters(Kind.ROLE)
    to = Answering(letter.id)
    raw = f"{sender} at {circle.now}: {text}".encode()
    kept = receiving.keep(circle.store, "lmtp", sender, str(to), raw, circle.now)
    mail = Mail(sender, text=text, message_id=f"<{circle.now.timestamp()}@home>")
    receiving.settle(circle.store, circle.house, kept, mail, to, circle.now)


@pytest.mark.parametrize("phase", WITH_ROLES)
def test_a_claimed_role_is_on_the_page_in_its_holders_words(
    circle: Circle, ada: Person, phase: str
) -> None:
    circle.publish(entry("farm", phase=phase))
    before = circle.changes()["cursor"]
    role = claim(circle, ada, " Digging \n wells ")
    [one] = shown(circle)
    assert (one["id"], one["title"], one["person"]) == (role.id, "Digging wells", ada.id)
    assert one["html"] == "<p>I <em>dig</em>.</p>"
    assert circle.changes()["cursor"] > before


def test_the_same_claim_twice_at_once_is_one_role(circle: Circle, ada: Person) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = {role.id for role in pool.map(lambda _: claim(circle, ada), range(4))}
    assert len(ids) == len(shown(circle)) == 1
    with pytest.raises(errors.Conflict, match="a role of that name"):
        claim(circle, ada, "WELLS", "Otherwise.")


@pytest.mark.parametrize("phase", ["brief", "divergence"])
def test_before_the_convergence_a_claim_is_refused_kindly(
    circle: Circle, ada: Person, bob: Person, phase: str
) -> None:
    circle.publish(entry("farm", phase=phase))
    for act in (lambda: claim(circle, ada), lambda: propose(circle, ada, bob)):
        with pytest.raises(errors.Conflict, match="say in the discussion what you would like"):
            act()


def test_what_is_closed_is_read_only_but_anybody_may_still_go(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = claim(circle, ada)
    support(circle, bob, role)
    circle.publish(entry("farm", phase="closed"))
    store, now = circle.store, circle.now
    for act in (
        lambda: claim(circle, ada, "Other"),
        lambda: propose(circle, bob, ada, "Other"),
        lambda: roles.lay_down_role(store, ada, role.id, now),
        lambda: roles.reword_role(store, ada, role.id, "Other", "", now),
        lambda: support(circle, bob, role),
        lambda: supports.end_support(store, bob, role.id, now),
    ):
        with pytest.raises(errors.Closed):
            act()
    people.leave(store, circle.house, ada, "farm", now)
    assert shown(circle) == []


@pytest.mark.parametrize(
    ("title", "words", "field"),
    [
        ("", "", "title"),
        (" \n ", "", "title"),
        ("t" * 121, "", "title"),
        ("t" * 5_000, "", "title"),
        (7, "", "title"),
        ("t", "w" * 1_001, "words"),
        ("t", "w" * 5_000, "words"),
        ("t", ["w"], "words"),
    ],
)
def test_a_role_out_of_bounds_is_refused_by_field(
    circle: Circle, ada: Person, title: Any, words: Any, field: str
) -> None:
    with pytest.raises(errors.Invalid) as refused:
        claim(circle, ada, title, words)
    assert (refused.value.field, shown(circle)) == (field, [])


def test_a_role_as_long_as_may_be_is_taken(circle: Circle, ada: Person) -> None:
    role = claim(circle, ada, "𝄞" * 120, "é" * 1_000)
    assert (len(role.title), len(role.words)) == (120, 1_000)


def test_only_who_takes_part_has_a_role(circle: Circle, ada: Person, bob: Person) -> None:
    stranger = circle.drop_by("Zoe", "Hello.")
    circle.confirm(stranger)
    invited = circle.invite("Ines").invitation.person
    people.leave(circle.store, circle.house, bob, "farm", circle.now)
    with circle.store.reading() as look:
        zoe = look.person(stranger.author_id)
    assert zoe is not None
    for person in (zoe, invited, bob):
        with pytest.raises(errors.NotAllowed):
            claim(circle, person)
        with pytest.raises(errors.NotAllowed):
            propose(circle, person, ada)
        with pytest.raises(errors.Invalid):
            propose(circle, ada, person)


def test_nobody_is_given_a_role_not_even_by_the_facilitator(circle: Circle, ada: Person) -> None:
    role = propose(circle, circle.facilitator, ada)
    assert shown(circle)[0]["taken"] is None
    for act in (roles.accept_role, roles.lay_down_role):
        with pytest.raises(errors.NotAllowed):
            act(circle.store, circle.facilitator, role.id, circle.now)
    roles.accept_role(circle.store, ada, role.id, circle.now)
    [one] = shown(circle)
    assert (one["proposed_by"], one["taken"] is None) == (circle.facilitator.id, False)


def test_what_was_proposed_is_mailed_once_and_taken_or_declined_by_one_word(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = propose(circle, bob, ada)
    assert propose(circle, bob, ada).id == role.id
    [letter] = circle.letters(Kind.ROLE)
    matter = matter_to_send(circle.store, circle.house, letter, circle.now)
    assert matter and matter.role and (matter.speaker, matter.person.id) == ("Bob", ada.id)
    with pytest.raises(errors.Invalid, match="Answer “ok”"):
        answer(circle, "What would that be?", "ada@example.org")
    with pytest.raises(errors.NotAllowed):
        answer(circle, "ok", "bob@example.org")
    circle.wait(seconds=1)
    answer(circle, "ok", "ada@example.org")
    assert shown(circle)[0]["taken"]
    assert matter_to_send(circle.store, circle.house, letter, circle.now) is None
    circle.wait(seconds=1)
    answer(circle, "No.", "ada@example.org")
    assert shown(circle) == []


def test_declined_means_no_mail_and_no_trace_on_the_page(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = propose(circle, bob, ada)
    roles.lay_down_role(circle.store, ada, role.id, circle.now)
    roles.lay_down_role(circle.store, ada, role.id, circle.now)
    assert (shown(circle), circle.letters(Kind.ROLE)) == ([], [])
    with pytest.raises(errors.Conflict, match="claim it anew"):
        roles.accept_role(circle.store, ada, role.id, circle.now)
    assert claim(circle, ada).id != role.id


def test_claiming_what_one_was_proposed_takes_it(circle: Circle, ada: Person, bob: Person) -> None:
    role = propose(circle, bob, ada)
    assert claim(circle, ada, "wells", "").id == role.id
    assert (shown(circle)[0]["title"], shown(circle)[0]["html"]) == (
        "Wells",
        "<p>You know how.</p>",
    )


def test_nobody_floods_others_with_proposals(circle: Circle, ada: Person, bob: Person) -> None:
    for number in range(PROPOSALS_AN_HOUR):
        propose(circle, bob, ada, f"Role {number}")
    with pytest.raises(errors.TooMany):
        propose(circle, bob, ada, "One more")
    circle.wait(hours=1)
    for number in range(MOST_ROLES - PROPOSALS_AN_HOUR):
        propose(circle, bob, ada, f"Later role {number}")
    with pytest.raises(errors.Conflict, match="wait for their answer"):
        propose(circle, bob, ada, "One more")


def test_proposals_fill_nobodys_twelve(circle: Circle, ada: Person, bob: Person) -> None:
    waiting = [propose(circle, bob, ada, f"Role {number}") for number in range(PROPOSALS_AN_HOUR)]
    for number in range(MOST_ROLES):
        claim(circle, ada, f"Own {number}")
    for act in (
        lambda: claim(circle, ada, "One more"),
        lambda: claim(circle, ada, "Role 1"),
        lambda: roles.accept_role(circle.store, ada, waiting[0].id, circle.now),
    ):
        with pytest.raises(errors.Conflict, match="a lot of roles"):
            act()


def test_what_was_declined_is_not_proposed_again_by_anybody(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = propose(circle, bob, ada)
    roles.lay_down_role(circle.store, ada, role.id, circle.now)
    for by in (bob, circle.bring_in("Cid")):
        with pytest.raises(errors.Conflict, match="declined"):
            propose(circle, by, ada, "wells", "Do think again.")
    assert circle.letters(Kind.ROLE) == []
    roles.lay_down_role(circle.store, ada, claim(circle, ada, "Roofs").id, circle.now)
    assert propose(circle, bob, ada, "Roofs").open, "what was held and laid down was not declined"


def test_who_wants_no_mail_gets_none_about_a_role(circle: Circle, ada: Person, bob: Person) -> None:
    following.choose_dose(circle.store, circle.house, ada, "farm", Dose.NOTHING, circle.now)
    role = propose(circle, bob, ada)
    [letter] = circle.letters(Kind.ROLE)
    assert matter_to_send(circle.store, circle.house, letter, circle.now) is None
    assert shown(circle)[0]["id"] == role.id, "it waits on the page"


def test_proposing_to_oneself_or_twice_over_says_so(
    circle: Circle, ada: Person, bob: Person
) -> None:
    claim(circle, ada)
    with pytest.raises(errors.Invalid, match="claim above"):
        propose(circle, ada, ada)
    with pytest.raises(errors.Conflict, match="already"):
        propose(circle, bob, ada)


def test_its_holder_alone_says_a_role_in_other_words(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = claim(circle, ada)
    circle.wait(seconds=1)
    other = claim(circle, ada, "Roofs")
    roles.reword_role(circle.store, ada, role.id, "Deep wells", "", circle.now)
    assert [one["title"] for one in shown(circle)] == ["Deep wells", "Roofs"]
    with pytest.raises(errors.NotAllowed):
        roles.reword_role(circle.store, bob, role.id, "Mine", "", circle.now)
    with pytest.raises(errors.Conflict, match="a role of that name"):
        roles.reword_role(circle.store, ada, role.id, "roofs", "", circle.now)
    with pytest.raises(errors.Invalid):
        roles.reword_role(circle.store, ada, role.id, "x" * 5_000, "", circle.now)
    roles.lay_down_role(circle.store, ada, other.id, circle.now)
    with pytest.raises(errors.Conflict):
        roles.reword_role(circle.store, ada, other.id, "Roofs", "", circle.now)
    assert [one["title"] for one in shown(circle)] == ["Deep wells"]


def test_a_role_is_laid_down_even_when_the_talk_diverges_again(circle: Circle, ada: Person) -> None:
    role = claim(circle, ada)
    circle.publish(entry("farm", phase="divergence"))
    roles.lay_down_role(circle.store, ada, role.id, circle.now)
    assert shown(circle) == []


@pytest.mark.parametrize("how", ["leave", "stop", "decline"])
def test_whoever_goes_lays_down_their_roles_and_supports_there_alone(
    circle: Circle, ada: Person, bob: Person, how: str
) -> None:
    circle.publish(entry("farm", phase="convergence"), entry("mill", phase="convergence"))
    invitations.invite(
        circle.store,
        circle.house,
        circle.facilitator,
        "mill",
        invitations.Guest("Ada", "ada@example.org"),
        circle.now,
    )
    people.come_back(circle.store, circle.house, ada, "mill", circle.now)
    elsewhere = roles.claim_role(circle.store, ada, "mill", "Stones", "", circle.now)
    claim(circle, ada)
    propose(circle, bob, ada, "Roofs")
    role = claim(circle, bob)
    support(circle, ada, role)
    match how:
        case "leave":
            people.leave(circle.store, circle.house, ada, "farm", circle.now)
        case "stop":
            [letter, *_] = [x for x in circle.letters(Kind.ROLE) if x.person_id == ada.id]
            following.stop(circle.store, letter.id, circle.now)
        case "decline":
            with circle.store.reading() as look:
                opportunity = look.opportunity("farm")
                assert opportunity
                invitation = look.invitation_of(opportunity.id, ada.id)
            assert invitation
            invitations.decline(circle.store, invitation.id, circle.now)
    assert [(one["id"], one["supporters"]) for one in shown(circle)] == [(role.id, [])]
    assert [one["id"] for one in circle.exported("mill")["roles"]] == [elsewhere.id]


def test_others_stand_by_a_role_quietly_once_and_take_it_back(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = claim(circle, ada)
    support(circle, bob, role)
    support(circle, bob, role)
    assert shown(circle)[0]["supporters"] == [bob.id]
    supports.end_support(circle.store, bob, role.id, circle.now)
    supports.end_support(circle.store, bob, role.id, circle.now)
    assert shown(circle)[0]["supporters"] == []


def test_who_may_not_stand_by_a_role(circle: Circle, ada: Person, bob: Person) -> None:
    role, waiting = claim(circle, ada), propose(circle, bob, ada, "Roofs")
    invited = circle.invite("Ines").invitation.person
    for person in (ada, invited):
        with pytest.raises(errors.NotAllowed):
            support(circle, person, role)
    with pytest.raises(errors.Conflict, match="Nobody carries"):
        support(circle, bob, waiting)
    with pytest.raises(errors.NotFound):
        supports.support_role(circle.store, bob, "nothing", None, circle.now)
    circle.publish(entry("farm", phase="divergence"))
    with pytest.raises(errors.Conflict):
        support(circle, bob, role)


def test_a_comment_that_speaks_for_a_role_is_a_comment_like_any_other(
    circle: Circle, ada: Person, bob: Person
) -> None:
    role = claim(circle, ada, "Wells *deep*")
    comment = supports.support_in_words(
        circle.store, circle.house, bob, role.id, "She dug mine.", door=Door.PAGE, now=circle.now
    )
    assert comment.text == "She dug mine."
    assert shown(circle)[0]["comments"] == [comment.id]
    [letter] = [x for x in circle.letters(Kind.COMMENT) if x.person_id == ada.id]
    matter = matter_to_send(circle.store, circle.house, letter, circle.now)
    assert matter and matter.said
    assert [(r.id, who.name) for r, who in matter.said.speaks_for] == [(role.id, "Ada")]
    support(circle, bob, role)  # quietly, after: the comment stays
    assert shown(circle)[0]["comments"] == [comment.id]
    supports.end_support(circle.store, bob, role.id, circle.now)
    assert [c["id"] for c in circle.exported()["comments"]] == [comment.id]


def test_words_that_are_refused_leave_no_support(circle: Circle, ada: Person, bob: Person) -> None:
    role = claim(circle, ada)
    for text in ("", "x" * 16_385):
        with pytest.raises(errors.Invalid):
            supports.support_in_words(
                circle.store, circle.house, bob, role.id, text, door=Door.PAGE, now=circle.now
            )
    assert shown(circle)[0]["supporters"] == []


def test_only_ones_own_comment_here_speaks_for_a_role(
    circle: Circle, ada: Person, bob: Person
) -> None:
    circle.publish(entry("farm", phase="convergence"), entry("mill"))
    role = claim(circle, ada)
    mine, hers = circle.say(bob, "She is good."), circle.say(ada, "I am good.")
    elsewhere = circle.say(circle.facilitator, "Here.", "mill")
    support(circle, bob, role, mine)
    assert shown(circle)[0]["comments"] == [mine.id]
    with pytest.raises(errors.NotAllowed):
        support(circle, bob, role, hers)
    with pytest.raises(errors.Invalid):
        support(circle, circle.facilitator, role, elsewhere)
    comments.withdraw(circle.store, bob, mine.id, circle.now)
    assert shown(circle)[0]["comments"] == []
    with pytest.raises(errors.Invalid):
        support(circle, bob, role, mine)
    [part] = supports.team(circle.store, bob, "farm").parts
    assert [(one.person.name, one.comment) for one in part.supporters] == [("Bob", None)]


def test_the_order_is_by_time_and_by_name_and_never_by_how_many_support(
    circle: Circle, ada: Person, bob: Person
) -> None:
    first = claim(circle, ada, "Zinc")
    circle.wait(seconds=1)
    second = claim(circle, bob, "Air")
    for name in ("Yves", "Clara", "Émile"):
        support(circle, circle.bring_in(name), second)
    team = supports.team(circle.store, None, "farm")
    assert [part.role.id for part in team.parts] == [first.id, second.id]
    assert [one["id"] for one in shown(circle)] == [first.id, second.id]
    assert [one.person.name for one in team.parts[1].supporters] == ["Clara", "Émile", "Yves"]
